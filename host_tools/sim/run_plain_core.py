"""A session in which only the plant is compiled, and the core runs as plain Python.

After a change in the core this is the quickest way to one session: the compiled plant knows nothing of the
core's files, so it is still there. tests/sim/test_plain_core.py shows that nothing else is different.
"""

from typing import Any

import numpy as np

from host_tools.plant.plant import Plant
from host_tools.sim import loop
from host_tools.sim.compiled import (
    PLANT,
    compile_for,
    compiled_plant,
    freeze,
    is_compiled,
    note_compiled,
    plain,
    thaw,
)
from host_tools.sim.recording import TraceRows
from host_tools.sim.user_events import Presses
from soleus.core.basics.signals import Commands, Readings
from soleus.core.controller import Controller

_pressed_buttons, _record = plain(loop.pressed_buttons), plain(loop.record)
_has_ended = plain(loop.has_ended)


class PlainCoreRun:
    @staticmethod
    def is_ready(plant: Plant) -> bool:
        """Has the plant been compiled already?"""
        return is_compiled([plant], PLANT)

    def __init__(self, controller: Controller, plant: Plant, presses: Presses) -> None:
        self._controller = controller
        self._presses = presses
        self._plant = _CompiledPlant(plant, controller.boots.count)
        note_compiled([plant], PLANT)
        self._rows = TraceRows(controller.boots.count)

    def advance(self, ticks_count: int) -> int:
        """As `loop.run_ticks` and `loop.run_tick`."""
        controller, plant, rows = self._controller, self._plant, self._rows
        readings = controller.readings
        rows.ticks_count = 0
        for _ in range(ticks_count):
            plant.tick(controller.commands, readings)
            readings.buttons = _pressed_buttons(self._presses, plant.now_ms)
            controller.step(readings, plant.dt_ms)
            _record(rows, controller, plant)
            if _has_ended(controller, plant, self._presses):
                return loop.ENDED
        return loop.GOING

    def new_columns(self) -> dict[str, np.ndarray]:
        return self._rows.columns(self._rows.ticks_count)

    def finish(self) -> None:
        self._plant.thaw()


class _Signals:
    """What crosses the line between core and plant, apart from the core's own classes."""

    def __init__(self, chamber_count: int) -> None:
        self.fill_bits = 0
        self.seal_bits = 0
        self.pump_permille = 0
        self.gate_on = 0
        self.chamber_pa = np.zeros(chamber_count, np.int64)
        self.manifold_pa = 0
        self.supply_mv = 0
        self.missing_bits = 0


class _CompiledPlant:
    """For the plain core and its rows it looks like the plant."""

    def __init__(self, plant: Plant, chamber_count: int) -> None:
        self._plant = plant
        signals = _Signals(chamber_count)
        self._frozen, self._signals = freeze(plant, PLANT), freeze(signals, PLANT)
        compile_for(_tick, self._frozen, self._signals, 0, 0, 0, 0)
        # Arrays are shared with their frozen copies.
        self._chamber_pa = signals.chamber_pa
        self.truth = plant.truth
        self.now_ms, self.dt_ms, self.tick_ms = plant.now_ms, plant.dt_ms, plant.tick_ms

    def tick(self, commands: Commands, readings: Readings) -> None:
        truth = self.truth
        (
            self.now_ms,
            self.dt_ms,
            self.tick_ms,
            readings.manifold_pa,
            readings.supply_mv,
            readings.missing_bits,
            truth.manifold_max_mmhg,
            truth.pump_flow_ml_s,
            truth.supply_v,
        ) = _tick(
            self._frozen,
            self._signals,
            commands.fill_bits,
            commands.seal_bits,
            commands.pump_permille,
            commands.gate_on,
        )
        readings.chamber_pa[:] = self._chamber_pa.tolist()

    def thaw(self) -> None:
        thaw(self._frozen, self._plant, PLANT)


@compiled_plant
def _tick(plant: Any, signals: Any, fill_bits: int, seal_bits: int, pump_permille: int, gate_on: int) -> Any:
    signals.fill_bits = fill_bits
    signals.seal_bits = seal_bits
    signals.pump_permille = pump_permille
    signals.gate_on = gate_on
    plant.tick(signals, signals)
    truth = plant.truth
    return (
        plant.now_ms,
        plant.dt_ms,
        plant.tick_ms,
        signals.manifold_pa,
        signals.supply_mv,
        signals.missing_bits,
        truth.manifold_max_mmhg,
        truth.pump_flow_ml_s,
        truth.supply_v,
    )
