"""A session in which core and plant are compiled together: the fast way, once it is compiled."""

import multiprocessing
import sys
from collections.abc import Callable

import numpy as np

from host_tools.plant.plant import Plant
from host_tools.sim.compiled import compiled_once, freeze, is_compiled, thaw
from host_tools.sim.loop import run_ticks
from host_tools.sim.recording import TraceRows
from host_tools.sim.user_events import Presses
from soleus.core.controller import Controller


class CompiledRun:
    @staticmethod
    def is_ready(controller: Controller, plant: Plant, presses: Presses) -> bool:
        """Has this loop been compiled already, with core and plant as they are now?"""
        return is_compiled((controller, plant, presses))

    def __init__(self, controller: Controller, plant: Plant, presses: Presses) -> None:
        self._controller, self._plant, self._presses = controller, plant, presses
        if not self.is_ready(controller, plant, presses):
            _say_that_it_takes_a_while()
        self._rows = TraceRows(controller.boots.count)
        with compiled_once((controller, plant, presses)):
            self._frozen = [freeze(part) for part in (controller, plant, presses, self._rows)]
            # No tick at all: the first call may have to compile, and that isn't the simulation's time.
            self.advance(0)
            self.new_columns()
            self.finish()

    def advance(self, ticks_count: int) -> int:
        controller, plant, presses, rows = self._frozen
        return run_ticks(controller, plant, presses, rows, ticks_count)

    def new_columns(self) -> dict[str, np.ndarray]:
        thaw(self._frozen[3], self._rows)
        return self._rows.columns(self._rows.ticks_count)

    def finish(self) -> None:
        thaw(self._frozen[0], self._controller)
        thaw(self._frozen[1], self._plant)

    def change(self, do: Callable[[], object]) -> None:
        """Do something to plant or presses, or look at them, between two ticks."""
        self.finish()
        thaw(self._frozen[2], self._presses)
        do()
        self._frozen[:3] = [freeze(part) for part in (self._controller, self._plant, self._presses)]


def _say_that_it_takes_a_while() -> None:
    """To a person at a terminal, once: the processes of a campaign keep quiet."""
    if sys.stderr.isatty() and multiprocessing.parent_process() is None:
        line = "compiling the core and the simulated boots, about a minute; kept until they change"
        sys.stderr.write(f"soleus: {line}\n")
