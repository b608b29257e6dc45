"""The panel's walk with a real core behind it: a wish is fulfilled as `front.py` and `acts.py` do it."""

from types import SimpleNamespace
from typing import Any

from soleus.core.basics.errors import SettingError
from soleus.core.basics.units import mmhg_from_pa, pa_from_mmhg
from soleus.core.make_ready import make_ready
from soleus.core.program.changes import change
from soleus.core.session.session import DONE, IDLE
from soleus.panel.acts import go_on
from soleus.panel.screens import PLACES, row_of
from soleus.panel.table import DECLINE, FORGET, LOAD, START, TAP_LOUDER, TAP_SOFTER, TAP_START, TAP_STOP
from soleus.panel.walk import Walk, first_place
from tests.core.fake_air import LOUDER, RESUME, SOFTER, STOP, Machine, boots, program

TAPS = {"start": TAP_START, "softer": TAP_SOFTER, "louder": TAP_LOUDER, "stop": TAP_STOP}
STEP_MS = 20
# Long enough for a question to be read.
READ_MS = 600
MENU = [["after a run", ["easy", "narrow"]], ["night", ["night"]]]
RANGES = {"easy": (40, 60), "narrow": (40, 45), "night": (30, 50)}


class Desk:
    """A person at a machine: `press` is one press, with time to read before it."""

    def __init__(self, completed: int = 3, has_display: bool = True, **boots_keys: Any) -> None:
        self.machine = Machine(boots(**boots_keys))
        self.has_display = has_display
        self.completed, self.has_declined = completed, False
        self.today = 0
        self.left: dict[str, Any] | None = None
        # What a check fill has found, in words.
        self.lines: list[str] = []
        self.program_id, self.changes, self.ranges = "", {}, (0, 0, 0, 0)
        self.is_flat = False
        self.starts = 0
        self.held_ms = 0
        self._load("easy", 0, 0, None)
        self.walk = self._open()

    @property
    def session(self) -> Any:
        return self.machine.controller.session

    @property
    def place(self) -> str:
        return row_of(PLACES[self.walk.place])[0]

    def is_at_rest(self) -> bool:
        return self.session.state in (IDLE, DONE)

    def press(self, *names: str) -> "Desk":
        for name in names:
            self.wait(READ_MS)
            self.step(TAPS[name])
        return self

    def wait(self, ms: int) -> None:
        for _ in range(ms // STEP_MS):
            self.step(0)

    def step(self, tap: int) -> None:
        """What the tick's press means is up to `services/presses.py`: in a session it goes to the core."""
        if not self.is_at_rest():
            self.machine.tick(self._core_button(tap))
            self.machine.tick()
            if self.is_at_rest():
                self.walk = self._open()
            return
        self.walk.step(tap, STEP_MS)
        wish, self.walk.wish = self.walk.wish, None
        if wish:
            self._fulfil(wish)

    def answer_by_link(self) -> None:
        """The questions were answered at a laptop."""
        self.walk = self._open()
        go_on(self.walk, (LOAD, None, PLACES_BY_NAME["ready"], None, True), None)

    def reset(self) -> None:
        """Power off and on: what was under way is lost."""
        self.machine = Machine(self.machine.controller.boots)
        self._load("easy", 0, 0, None)
        self.walk = self._open()

    def _core_button(self, tap: int) -> int:
        buttons = {TAP_STOP: STOP, TAP_SOFTER: SOFTER, TAP_LOUDER: LOUDER, TAP_START: RESUME, 0: 0}
        return buttons[tap]

    def _fulfil(self, wish: tuple[Any, ...]) -> None:
        act = wish[0]
        if act == LOAD:
            refused = None
            try:
                self._load(*wish[1])
            except SettingError as error:
                refused = error
            self.walk = self._open()
            go_on(self.walk, wish, refused)
        elif act == START:
            self.starts += 1
            self.machine.started()
        elif act == DECLINE:
            self.has_declined = True
        elif act == FORGET:
            self.left = None

    def _load(self, name: str, minutes: int, mmhg: int, changes: dict[str, Any] | None) -> None:
        least, most = RANGES[name]
        the_program = program(10, {"min": least, "start": least, "max": most})
        the_program.minutes.most = 20
        the_program.need = "night" if name == "night" else ""
        change(the_program, changes or {}, self.machine.controller.boots)
        make_ready(self.machine.controller, the_program, minutes, mmhg)
        self.program_id, self.changes = name, changes or {}
        span, pressure = the_program.minutes, the_program.pressure_mmhg
        self.ranges = (span.least, span.most, pressure.least, pressure.most)

    def _open(self) -> Walk:
        facts = SimpleNamespace(
            has_display=self.has_display,
            program=self.program_id,
            minutes=self.session.duration_ms // 60_000,
            mmhg=mmhg_from_pa(self.session.asked_pa),
            ranges=self.ranges,
            changes=self.changes,
            whole={key: self.changes[key] for key in self.changes if key not in ("left", "part_of")},
            is_gentle=bool(self.changes.get("gentle")),
            completed=self.completed,
            is_gentle_due=self.completed < 3 and not self.has_declined,
            today=self.today,
            week=self.today,
            needs_one_more=int(self.today >= 2),
            left=self.left,
            has_just_ended=self.session.state == DONE,
            legs=self.machine.controller.boots.legs,
            zones=["foot", "calf", "thigh"],
            is_flat=self.is_flat,
            battery_minutes=None,
            lines=self.lines,
            menu=MENU,
        )
        return Walk(facts, first_place(facts))

    def highest_allowed_pa(self) -> int:
        return pa_from_mmhg(RANGES[self.program_id][1])


PLACES_BY_NAME = {row_of(text)[0]: place for place, text in enumerate(PLACES)}
