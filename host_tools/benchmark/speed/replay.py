"""Runs core and plant each alone, with the other's side taken from a recorded session.

Each does exactly the work that it did in the session. The replay checks that: at every tick the core must
give the recorded commands again, and the plant the recorded pressures.
"""

from typing import Any

import numpy as np

from host_tools.plant.files.draw import draw_plant
from host_tools.plant.plant import Plant
from host_tools.sim.compiled import compiled
from host_tools.sim.request import Request
from host_tools.sim.trace import Trace
from soleus.core.basics.signals import Commands, Readings
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready


class Exchange:
    """What core and plant gave each other, and the results to expect."""

    def __init__(self, trace: Trace) -> None:
        self.dt_ms = trace.dt_ms.astype(np.int64)
        self.buttons = trace.buttons.astype(np.int64)
        self.missing_bits = trace.missing_bits.astype(np.int64)
        self.manifold_pa = trace.manifold_reading_pa.astype(np.int64)
        self.supply_mv = trace.supply_mv.astype(np.int64)
        self.reading_pa = trace.reading_pa.astype(np.int64)
        self.fill_bits = trace.fill_bits.astype(np.int64)
        self.seal_bits = trace.seal_bits.astype(np.int64)
        self.pump_permille = trace.pump_permille.astype(np.int64)
        self.gate_on = trace.gate_on.astype(np.int64)
        self.pressure_mmhg = np.ascontiguousarray(trace.pressure_mmhg)


def fresh_core(request: Request) -> Controller:
    controller = Controller(request.board.boots)
    make_ready(controller, request.program, request.minutes, request.pressure_mmhg)
    return controller


def fresh_plant(request: Request) -> tuple[Plant, Commands, Readings]:
    boots = request.board.boots
    return draw_plant(request.plant, boots, request.seed), Commands(), Readings(boots.count)


@compiled
def replay_core(controller: Any, exchange: Any, ticks_count: int) -> int:
    """The number of ticks with other commands than recorded; 0 if all is well."""
    readings = controller.readings
    differing_count = 0
    for k in range(ticks_count):
        readings.buttons = exchange.buttons[k]
        readings.missing_bits = exchange.missing_bits[k]
        readings.manifold_pa = exchange.manifold_pa[k]
        readings.supply_mv = exchange.supply_mv[k]
        for i in range(len(readings.chamber_pa)):
            readings.chamber_pa[i] = exchange.reading_pa[k, i]
        commands = controller.step(readings, exchange.dt_ms[k])
        is_same_air = (
            commands.fill_bits == exchange.fill_bits[k] and commands.seal_bits == exchange.seal_bits[k]
        )
        is_same_pump = commands.pump_permille == exchange.pump_permille[k]
        if not (is_same_air and is_same_pump and commands.gate_on == exchange.gate_on[k]):
            differing_count += 1
    return differing_count


@compiled
def replay_plant(plant: Any, commands: Any, readings: Any, exchange: Any, ticks_count: int) -> int:
    """The number of ticks with other pressures than recorded; 0 if all is well."""
    differing_count = 0
    for k in range(ticks_count):
        if k > 0:
            # The plant gets the commands of the previous tick.
            commands.fill_bits = exchange.fill_bits[k - 1]
            commands.seal_bits = exchange.seal_bits[k - 1]
            commands.pump_permille = exchange.pump_permille[k - 1]
            commands.gate_on = exchange.gate_on[k - 1]
        plant.tick(commands, readings)
        last = len(readings.chamber_pa) - 1
        if plant.truth.pressure_mmhg[last] != exchange.pressure_mmhg[k, last]:
            differing_count += 1
    return differing_count
