"""The loop of a simulated session: core and plant in turn, compiled together.

Both sides are the ordinary objects of `soleus.core` and `host_tools.plant`, frozen.
tests/sim/test_compiled.py shows that they do the same uncompiled.
"""

from typing import Any

from host_tools.plant.parts.units import SAFE_MMHG
from host_tools.sim.compiled import compiled
from soleus.core.basics.signals import BUTTON_ALIVE
from soleus.core.session.session import DONE, FAULT, IDLE

# After a fault the run goes on until the legs are free, and a moment longer.
AFTER_FAULT_MS = 2_000
AFTER_FAULT_MOST_MS = 30_000

GOING = 0
ENDED = 1


@compiled
def run_ticks(controller: Any, plant: Any, presses: Any, rows: Any, ticks_count: int) -> int:
    """Run up to `ticks_count` ticks into the rows; `ENDED` once the session is over and safe."""
    rows.ticks_count = 0
    for _ in range(ticks_count):
        if run_tick(controller, plant, presses, rows) == ENDED:
            return ENDED
    return GOING


@compiled
def run_tick(controller: Any, plant: Any, presses: Any, rows: Any) -> int:
    readings = controller.readings
    plant.tick(controller.commands, readings)
    readings.buttons = pressed_buttons(presses, plant.now_ms, controller.session.asks_for_presence())
    controller.step(readings, plant.dt_ms)
    record(rows, controller, plant)
    return ENDED if has_ended(controller, plant, presses) else GOING


@compiled
def pressed_buttons(presses: Any, now_ms: int, is_asked: bool) -> int:
    """`is_asked`: for a sign of life."""
    buttons = 0
    if is_asked and now_ms < presses.asleep_at_ms:
        buttons = BUTTON_ALIVE
    while presses.next_index < len(presses.at_ms) and presses.at_ms[presses.next_index] <= now_ms:
        buttons |= presses.buttons[presses.next_index]
        presses.next_index += 1
    return buttons


@compiled
def has_ended(controller: Any, plant: Any, presses: Any) -> bool:
    state = controller.session.state
    if presses.is_endless or state not in (DONE, FAULT, IDLE):
        presses.after_end_ms = 0
        return False
    if presses.next_index < len(presses.at_ms):
        # A press is still to come.
        return False
    presses.after_end_ms += plant.tick_ms
    if state != FAULT:
        return True
    if presses.after_end_ms >= AFTER_FAULT_MOST_MS:
        return True
    return bool(presses.after_end_ms >= AFTER_FAULT_MS and plant.truth.pressure_mmhg.max() < SAFE_MMHG)


@compiled
def record(rows: Any, controller: Any, plant: Any) -> None:
    k = rows.ticks_count
    readings, commands, sequencer = controller.readings, controller.commands, controller.sequencer
    rows.dt_ms[k] = plant.dt_ms
    rows.time_ms[k] = plant.now_ms
    rows.buttons[k] = readings.buttons
    rows.state[k] = controller.session.state
    rows.cycle[k] = sequencer.cycles_count
    rows.stage[k] = sequencer.stage_index
    rows.stage_kind[k] = sequencer.timeline.kind[sequencer.stage_index]
    rows.fault_code[k] = controller.latch.code
    rows.fill_bits[k] = commands.fill_bits
    rows.seal_bits[k] = commands.seal_bits
    rows.pump_permille[k] = commands.pump_permille
    rows.gate_on[k] = commands.gate_on
    rows.missing_bits[k] = readings.missing_bits
    rows.manifold_reading_pa[k] = readings.manifold_pa
    rows.supply_mv[k] = readings.supply_mv
    rows.manifold_mmhg[k] = plant.truth.manifold_max_mmhg
    rows.pump_flow_ml_s[k] = plant.truth.pump_flow_ml_s
    rows.supply_v[k] = plant.truth.supply_v
    for i in range(len(readings.chamber_pa)):
        rows.setpoint_pa[k, i] = sequencer.setpoint_pa[i]
        rows.target_pa[k, i] = sequencer.target_pa[i]
        rows.phase[k, i] = controller.regulator.phase[i]
        rows.reading_pa[k, i] = readings.chamber_pa[i]
        rows.pressure_mmhg[k, i] = plant.truth.pressure_mmhg[i]
        rows.air_ml[k, i] = plant.truth.air_ml[i]
    rows.ticks_count = k + 1
