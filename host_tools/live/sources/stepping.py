"""A simulated session that can be led while it runs: so many ticks on, and a change between two of them."""

from collections.abc import Callable

import numpy as np

from host_tools.live.framer import Beside, Columns
from host_tools.live.guards.in_core import near_in_core
from host_tools.live.sources.mending import mend
from host_tools.plant.faults import parse_fault
from host_tools.plant.files.on_board import has_bus
from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.sim.loop import ENDED
from host_tools.sim.request import Request, new_controller, new_plant
from host_tools.sim.simulate import new_run
from host_tools.sim.user_events import BUTTONS, presses_of
from soleus.core.basics import faults
from soleus.core.basics.limits import TICK_MS
from soleus.core.session.session import FAULT


class Stepping:
    def __init__(self, request: Request, say: Callable[[str], None]) -> None:
        self.request = request
        self.controller, self.plant = new_controller(request), new_plant(request)
        self._presses = presses_of([])
        self._run, self.is_plain = new_run(self.controller, self.plant, self._presses, True, say)
        self.now_ms = 0
        # A session that has ended stands still, but for a fault: its clearing takes time.
        self.has_ended = False

    def advance(self, ticks_count: int) -> Columns:
        """Fewer ticks where the session ends."""
        ended = self._run.advance(ticks_count)
        columns = self._run.new_columns()
        if len(columns["time_ms"]):
            self.now_ms = int(columns["time_ms"][-1])
        if ended == ENDED:
            self.has_ended = True
        return columns

    def press(self, button: str) -> int:
        """Felt in the next tick; gives its moment."""
        at_ms = self.now_ms + TICK_MS
        presses = self._presses

        def do() -> None:
            k = presses.next_index
            presses.at_ms = np.append(presses.at_ms[:k], at_ms)
            presses.buttons = np.append(presses.buttons[:k], BUTTONS[button])
            presses.is_endless = 0
            presses.after_end_ms = 0

        self._run.change(do)
        self.has_ended = False
        return at_ms

    def wait_for_a_person(self) -> None:
        """After its end a session goes on only for somebody who is there to press something."""

        def do() -> None:
            self._presses.is_endless = 1

        self._run.change(do)
        self.has_ended = False

    def break_part(self, fault: str) -> int:
        board = self.request.board
        parsed = parse_fault(f"{fault}@{self.now_ms / 1000:.2f}s", board.boots, has_bus(board.table))
        self._run.change(lambda: self.plant.set_fault(parsed))
        return self.now_ms

    def mend_part(self, fault: str) -> int:
        board = self.request.board
        parsed = parse_fault(f"{fault}@0s", board.boots, has_bus(board.table))
        self._run.change(lambda: mend(self.plant, parsed))
        return self.now_ms

    def beside(self, dt_ms: int) -> Beside:
        """What the ticks don't say, read from the core itself."""
        self._run.finish()
        controller = self.controller
        session, notices = controller.session, controller.guards.notices
        found = Beside()
        found.level_mmhg = round(session.asked_pa / PA_PER_MMHG)
        found.run_ms = session.run_ms
        found.left_ms = max(session.duration_ms - session.run_ms, 0)
        found.rested = {
            index: faults.code_of(notices.code[index])
            for index in range(controller.boots.count)
            if notices.rested_bits >> index & 1
        }
        found.energy_wh = round(float(self.plant.truth.battery_wh_used), 3)
        found.asks_for_life = session.asks_for_presence()
        found.near = near_in_core(controller, dt_ms)
        return found

    @property
    def is_in_fault(self) -> bool:
        return bool(self.controller.session.state == FAULT)
