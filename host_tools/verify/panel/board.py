"""A board's app without its pins: real panel, link requests and core, and tables instead of the flash."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.errors import SettingError
from soleus.core.basics.limits import TICK_MS
from soleus.core.basics.signals import BUTTON_RESUME, BUTTON_STOP
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.core.program.changes import change
from soleus.core.program.table import read_program
from soleus.core.session import dose
from soleus.core.session.session import CHECKING, COMPLETED, DONE, FAULT, IDLE, PAUSED, RUNNING, SERVICE
from soleus.link import requests as link_requests
from soleus.link.requests import Requests
from soleus.panel import acts, choose, facts, front, left, requests, walk
from soleus.services import check_fill
from soleus.store.files import encode

STOP_INDEX = 1
# A press on the heels of another, time to read, and longer than anything at the panel waits.
HEELS_MS, READ_MS, LONG_MS = 20, 600, 130_000
LOG = "/data/log/000001.slog"

# The panel's modules, as `load` would find them: loading each anew would take a thousand times as long.
ROOMS = {
    "panel.walk": walk,
    "panel.facts": facts,
    "panel.acts": acts,
    "panel.choose": choose,
    "panel.left": left,
    "panel.requests": requests,
    "core.session.dose": dose,
    "services.check_fill": check_fill,
}
# What a check fill may find, by the codes of its first chamber and the legs that it doesn't feel.
FITS, HOSE_OFF, KINKED, LEG_AWAY = "fits", "hose off", "kinked", "no leg"
FINDINGS = {FITS: (0, 0), HOSE_OFF: (1, 0), KINKED: (3, 0), LEG_AWAY: (0, 1)}


class Board:
    """What `App` is for the panel."""

    def __init__(
        self,
        boots: Boots,
        programs: dict[str, dict[str, Any]],
        zones: list[str],
        has_check_fill: bool = False,
    ) -> None:
        self.programs, self.zones = programs, zones
        self.controller: Any = Controller(boots, has_bench=False)
        self.air = Air(boots)
        self._put_air_in()
        self.board = {"name": "walked"}
        # What lies on the flash.
        self.wearer: dict[str, Any] = {"completed": 0, "declined": False, "days": [], "recent": []}
        self.session_file: dict[str, Any] | None = None
        self.screen = SimpleNamespace(lines=None)
        self.parts = SimpleNamespace(battery=None)
        self.presses = SimpleNamespace(taps=0, taps_count=0)
        self.tick = Tick(self.controller)
        self.store = Store(self, has_check_fill)
        meter, ring = SimpleNamespace(therapy_s=0), SimpleNamespace(restart=_nothing)
        self.recorder = SimpleNamespace(prepare=_nothing, path=LOG, meter=meter, header=b"", ring=ring)
        self.warn = _nothing
        self.lost_session: dict[str, Any] | None = None
        self.front: Any = front.Front(self, {})
        self.requests: Any = Requests(self)
        self.load(next(iter(programs)), 0, 0)

    # --- what happens ---

    def look(self, taps: int = 0, ms: int = HEELS_MS) -> None:
        """The app's watch, once, after somebody has pressed or so much time has passed."""
        if self.store.follow_session(self.controller):
            self.requests.is_led_by_link = False
            self.front.wish = (front.ENDED,)
        if taps:
            self.presses.taps = taps
            self.presses.taps_count = (self.presses.taps_count + 1) & 0xFFFF
        self.front.step(ms, 0)

    def step(self, buttons: int = 0, ms: int = TICK_MS) -> None:
        """One tick of the core, with what services have asked for since the last one."""
        controller = self.controller
        controller.at_ms = 0
        controller.readings.buttons = buttons | self.tick.asked
        self.tick.asked = 0
        controller.step(controller.readings, ms)

    def lose_power(self) -> None:
        """And get it back: what the start does with it."""
        controller = self.controller
        run_s = controller.session.run_ms // 1000
        self.recorder.meter.therapy_s += run_s if self.store.is_in_session else 0
        lost = self.session_file or {}
        self.session_file = None
        kept = lost.get("kept", {})
        self.lost_session = None if kept else lost or None
        for name, value in vars(type(controller.session)()).items():
            setattr(controller.session, name, value)
        controller.latch.clear()
        controller.sequencer.release_all()
        controller.sequencer.begin(0)
        controller.regulator.vent_all()
        controller.commands.__init__()
        controller.service = None
        self.store.is_in_session = False
        self.store.note = encode({})
        self.tick.asked = 0
        self.front.__init__(self, kept)
        self.requests.is_led_by_link = self.requests.is_held = False
        self.load(next(iter(self.programs)), 0, 0)

    # --- what the panel asks of its app ---

    def may_load(self) -> bool:
        return self.controller.session.state in (IDLE, DONE, FAULT) and not self.tick.is_energised()

    def load(self, name: object, minutes: int, mmhg: int, changes: dict[str, Any] | None = None) -> None:
        if name not in self.programs:
            raise SettingError("program", name, "one of " + ", ".join(self.programs))
        program = read_program(self.programs[str(name)])
        if changes:
            change(program, changes, self.controller.boots)
        make_ready(self.controller, program, minutes, mmhg)
        self.program_id, self.changes = str(name), changes
        span, mmhg_span = program.minutes, program.pressure_mmhg
        self.ranges = bytes((span.least, span.most, mmhg_span.least, mmhg_span.most))

    def answer_load(self, do: str, request: dict[str, Any]) -> dict[str, Any]:
        """As `store/program_files.py`."""
        if not self.tick.is_idle() or "service" in self.front.kept:
            return dict(self.requests.refusal(do))
        self.front.drop()
        minutes, mmhg = request.get("minutes", 0), request.get("pressure_mmhg", 0)
        self.load(request.get("program", self.program_id), minutes, mmhg, request.get("changes"))
        return {"ok": True}

    def note_session(self, content: bytes | None) -> None:
        self.session_file = None if content is None else json.loads(content.partition(b"\n")[2])

    def _put_air_in(self) -> None:
        controller, air = self.controller, self.air
        controller.gauges, controller.regulator = air.gauges, air.regulator
        controller.zeroing = SimpleNamespace(begin=_nothing, step=lambda *_: air.is_zeroed)
        controller.survey = SimpleNamespace(begin=_nothing, step=_nothing)
        notices = SimpleNamespace(rested_bits=0)
        trial = SimpleNamespace(parted_bits=0, joined_bits=0, begun_bits=0)
        controller.guards = SimpleNamespace(
            notices=notices, fill_timeout=trial, begin=_nothing, step=self._guard
        )

    def _guard(self, *_: Any) -> None:
        if self.air.is_faulty:
            self.controller.latch.trip(faults.OVER_TRIP, 0, 1, 0, 0)


class Air:
    """Wherever the walk says that it is; the pump runs and valves are closed whenever they may be."""

    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.is_zeroed = self.is_faulty = False
        emptying = SimpleNamespace(empty_bits=0, shortest_vent_ms=lambda: 0, forget_empty=_nothing)
        self.gauges = SimpleNamespace(
            boots=boots,
            emptying=emptying,
            overview=SimpleNamespace(unvented_bits=0),
            smooth_pa=[0] * boots.count,
            step=_nothing,
            is_fresh=lambda _: True,
        )
        self.ledger = SimpleNamespace(reached_bits=0)
        self.regulator = SimpleNamespace(
            ledger=self.ledger,
            phase=[0] * boots.count,
            is_quiet=lambda: True,
            vent_all=_nothing,
            step=self._press,
        )

    def be(self, is_there: bool) -> None:
        """In each chamber that should have some, and in no other; or not yet."""
        self.ledger.reached_bits = self.boots.all_bits if is_there else 0
        self.gauges.emptying.empty_bits = self.boots.all_bits if is_there else 0
        self.gauges.smooth_pa[:] = [0 if is_there else 5000] * self.boots.count

    def _press(self, _gauges: Any, sequencer: Any, commands: Any, _dt_ms: int) -> None:
        commands.fill_bits = commands.seal_bits = sequencer.keep_bits
        commands.pump_permille = 1000 if sequencer.keep_bits else 0


class Check:
    """A check fill of one tick: the walk says what it finds."""

    ended_by = COMPLETED

    def __init__(self, boots: Boots, found: str = "") -> None:
        self.boots = boots
        self.find(found)

    def find(self, found: str) -> None:
        self.found = found
        code, no_leg_bits = FINDINGS.get(found, (0, 0))
        codes = [code] + [0] * (self.boots.count - 1)
        others, room_ml = [0] * self.boots.count, [0] * self.boots.legs
        self.findings = SimpleNamespace(
            found=codes, other_index=others, no_leg_bits=no_leg_bits, room_ml=room_ml
        )

    def begin(self) -> None:
        pass

    def renew(self) -> None:
        pass

    def has_fallen_silent(self) -> bool:
        return bool(self.found)

    def step(self, _gauges: Any, _sequencer: Any, _phase: Any, commands: Any, _dt_ms: int) -> None:
        commands.fill_bits = commands.seal_bits = self.boots.all_bits
        commands.pump_permille = 1000


class Tick:
    """As the board's: what services ask of the core comes with the next tick."""

    def __init__(self, controller: Any) -> None:
        self.controller = controller
        self.asked = 0
        self.asked_count = [0, 0]
        self.tape = None

    def press(self, button: int) -> None:
        self.asked |= button
        self.asked_count[STOP_INDEX] += bool(button & BUTTON_STOP)

    def is_idle(self) -> bool:
        return self.controller.session.state in (IDLE, DONE)

    def is_energised(self) -> bool:
        commands = self.controller.commands
        return bool(commands.fill_bits or commands.seal_bits or commands.pump_permille)


class Store:
    """As `store/state_store.py`: notes when a session begins and ends."""

    def __init__(self, board: Board, has_check_fill: bool) -> None:
        self.board = board
        self.note = encode({})
        self.is_in_session = False
        self.settings = SimpleNamespace(check_fill=has_check_fill)

    def note_session(self, content: bytes | None) -> None:
        self.board.note_session(content)

    def follow_session(self, controller: Any) -> bool:
        state = controller.session.state
        if state in (CHECKING, RUNNING, PAUSED, SERVICE) and not self.is_in_session:
            self.note_session(self.note)
            self.is_in_session = True
        elif state in (IDLE, DONE, FAULT) and self.is_in_session:
            self.note_session(None)
            self.is_in_session = False
            return True
        return False


def short_press(state: int) -> int:
    """Of start/stop, for the core: as `services/presses.py`."""
    if state == PAUSED:
        return BUTTON_RESUME
    return BUTTON_STOP if state in (RUNNING, CHECKING, SERVICE) else 0


@contextmanager
def rooms_loaded(board: Board) -> Iterator[None]:
    """While the walk runs the panel's modules are all there, and its files are the board's tables."""
    wearer = SimpleNamespace(
        read=lambda app: {**app.wearer, "days": list(app.wearer["days"])},
        write=lambda app, table: setattr(app, "wearer", table),
        decline=lambda app: app.wearer.__setitem__("declined", True),
        note_used=_nothing,
    )
    files = SimpleNamespace(
        load_program=lambda app, *what: app.load(*what),
        answer=lambda app, do, asked: app.answer_load(do, asked),
    )
    rooms = {**ROOMS, "store.wearer": wearer, "store.program_files": files}
    rooms["core.sealed_fill"] = SimpleNamespace(service_for=Check)
    rooms["panel.screens"] = SimpleNamespace(session_lines=_nothing)
    menu = [["all", list(board.programs)]]
    changed = [
        *((module, "load", rooms.__getitem__) for module in (walk, facts, acts, front, requests)),
        (link_requests, "load", rooms.__getitem__),
        (front, "unload", _nothing),
        (front, "gc", SimpleNamespace(collect=_nothing)),
        (facts, "_menu", lambda _: menu),
        (facts, "ZONES", board.zones),
        (left, "sessions", lambda: [("000001.slog", 1)]),
    ]
    before = [(module, name, getattr(module, name)) for module, name, _ in changed]
    for module, name, value in changed:
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def _nothing(*_: Any) -> None:
    pass
