"""A session in which only the plant is compiled, and the core runs as plain Python.

After a change in the core this is the quickest way to one session: the compiled plant knows nothing of the
core's files, so it is still there. tests/sim/test_plain_core.py shows that nothing else is different.
"""

from collections.abc import Callable

import numpy as np

from host_tools.plant.plant import Plant
from host_tools.sim import loop
from host_tools.sim.compiled import plain
from host_tools.sim.compiled_plant import CompiledPlant
from host_tools.sim.recording import TraceRows
from host_tools.sim.user_events import Presses
from soleus.core.controller import Controller

_pressed_buttons, _record = plain(loop.pressed_buttons), plain(loop.record)
_has_ended = plain(loop.has_ended)


class PlainCoreRun:
    @staticmethod
    def is_ready(plant: Plant) -> bool:
        """Has the plant been compiled already?"""
        return CompiledPlant.is_ready(plant)

    def __init__(self, controller: Controller, plant: Plant, presses: Presses) -> None:
        self._controller = controller
        self._presses = presses
        self._plant = CompiledPlant(plant, controller.boots.count)
        self._rows = TraceRows(controller.boots.count)

    def advance(self, ticks_count: int) -> int:
        """As `loop.run_ticks` and `loop.run_tick`."""
        controller, plant, rows = self._controller, self._plant, self._rows
        readings = controller.readings
        rows.ticks_count = 0
        for _ in range(ticks_count):
            plant.tick(controller.commands, readings)
            readings.buttons = _pressed_buttons(
                self._presses, plant.now_ms, controller.session.asks_for_presence()
            )
            controller.step(readings, plant.dt_ms)
            _record(rows, controller, plant)
            if _has_ended(controller, plant, self._presses):
                return loop.ENDED
        return loop.GOING

    def new_columns(self) -> dict[str, np.ndarray]:
        return self._rows.columns(self._rows.ticks_count)

    def finish(self) -> None:
        self._plant.thaw()

    def change(self, do: Callable[[], object]) -> None:
        """Do something to plant or presses, or look at them, between two ticks."""
        self._plant.thaw()
        do()
        self._plant.freeze()
