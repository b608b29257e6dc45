"""Writes a state, lets one thing happen, and reads the state after it."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from host_tools.verify.explore.values import Values
from host_tools.verify.panel.board import FINDINGS, HEELS_MS, LONG_MS, READ_MS, Board, Check, short_press
from host_tools.verify.panel.witness import TRIES, Before, Witness
from soleus.core.basics.boots_table import read_boots
from soleus.core.basics.limits import PAUSE_MOST_MS, TICK_MS
from soleus.core.basics.signals import (
    BUTTON_CLEAR,
    BUTTON_FIRMER,
    BUTTON_PAUSE,
    BUTTON_SOFTER,
    BUTTON_STOP,
)
from soleus.core.session.questions import ANSWER_MOST_MS, READ_LEAST_MS
from soleus.core.session.session import (
    CHECKING,
    DONE,
    FAULT,
    IDLE,
    PAUSED,
    RUNNING,
    SERVICE,
    VENTING,
    WIND_DOWN_MS,
)
from soleus.panel import choose, walk
from soleus.panel.front import ENDED
from soleus.panel.table import (
    CANNOT,
    LEGS,
    NEED,
    QUESTION,
    READY,
    TAP_LOUDER,
    TAP_SOFTER,
    TAP_START,
    TAP_STOP,
)
from soleus.services.check_fill import taps_of
from soleus.store.files import encode

# What passes at once in a session: less than the sign of life, and than a pause may take.
COARSE_MS = 10 * 60_000
LEFT_STEP_MINUTES = 5
CHAMBERS = ["foot", "calf", "thigh"]
# What `services/check_fill.py` keeps, beside what can't be written down.
OF_A_CHECK = ("led", "before", "check_fill", "lines", "place")

State = tuple[Any, ...]
Happening = tuple[str, Any]

TAPS = (TAP_START, TAP_SOFTER, TAP_LOUDER, TAP_STOP)
# Any buttons of a session together: bits 0 to 4 are softer, louder, a short and a long press of start, stop.
TOGETHER = range(1, 32)
REQUESTS: tuple[dict[str, Any], ...] = (
    {"do": "start", "answers": ["yes"] * 4},
    {"do": "start", "answers": ["yes"] * 5},
    {"do": "start", "answers": ["yes"] * 3 + ["no"]},
    {"do": "start"},
    {"do": "start", "answers": ["yes"] * 4, "decline": True},
    {"do": "hold"},
    {"do": "clear"},
    {"do": "load", "pressure_mmhg": 999},
    {"do": "load"},
    {"do": "stop"},
    {"do": "louder"},
)


@dataclass(frozen=True)
class Case:
    """How much of the world is walked: the chooser's zones and the programs make most of the states."""

    programs: dict[str, dict[str, Any]]
    zones: int = 3
    max_pressure_mmhg: int = 110
    completed: int = 2
    has_display: bool = True
    requests: Sequence[dict[str, Any]] = field(default=REQUESTS)
    # A check fill comes before each session.
    has_check_fill: bool = False
    # Power may be lost, and guards may trip, at any time.
    has_mishaps: bool = True


class Machine:
    def __init__(self, case: Case) -> None:
        self.case = case
        table = {"legs": 1, "chambers": CHAMBERS, "zones": CHAMBERS, "valves": "fill_vent"}
        table |= {"sensors": "per_chamber", "max_pressure_mmhg": case.max_pressure_mmhg}
        zones = CHAMBERS[: case.zones]
        self.board = Board(read_boots(table), case.programs, zones, case.has_check_fill)
        self.board.wearer["completed"] = case.completed
        if not case.has_display:
            vars(self.board)["screen"] = None
        self.witness = Witness()
        self.witness.completed = case.completed
        controller = self.board.controller
        self._session = Values(controller.session)
        names = ("keep_bits", "level_pa", "stage_index", "cycles_count", "whole_pa", "is_cut_short")
        self._sequencer = Values(controller.sequencer, names)
        self._commands = Values(controller.commands)
        # Things that aren't numbers stand in a state by their words.
        self._things: dict[str, Any] = {}
        self._timelines: dict[Any, Any] = {}
        self._facts: dict[str, dict[str, Any]] = {}

    # --- what can happen, and what it does ---

    def happenings(self) -> list[Happening]:
        """In this state."""
        board, state = self.board, self.board.controller.session.state
        found: list[Happening] = [("power", 0), ("tick", "fault")] if self.case.has_mishaps else []
        if board.tick.asked:
            # The next tick is at most 10 ms away, and hears of it.
            return [*found, ("tick", ""), *(("press", bits) for bits in TOGETHER)]
        found.append(("look", HEELS_MS))
        found += [("request", number) for number in range(len(self.case.requests))]
        is_check_over = "service" in board.front.kept and state in (IDLE, DONE, FAULT)
        if not board.front.wish and not is_check_over:
            # What was wished for comes within 20 ms, and what follows a check fill. These take longer.
            found += [("link lost", 0), ("look", READ_MS), ("look", LONG_MS)]
        if state in (IDLE, DONE):
            found += [("tap", tap) for tap in TAPS]
        else:
            found += [("press", bits) for bits in TOGETHER]
        if state == FAULT:
            found += [("tick", "clear"), ("tick", "clear, pressed")]
        elif state == RUNNING:
            is_winding_down = board.controller.session.wind_down_ms > 0
            more = ("wound",) if is_winding_down else ("stage", "overdue", "time")
            found += [("tick", what) for what in more]
        elif state == PAUSED:
            found += [("tick", "time")]
        elif state == CHECKING:
            found += [("tick", "zeroed")]
        elif state == VENTING:
            found += [("tick", "empty")]
        elif state == SERVICE:
            found += [("tick", what) for what in FINDINGS]
        return found

    def happen(self, what: Happening) -> str:
        """The law that was broken, or ""."""
        kind, more = what
        board, witness, before = self.board, self.witness, Before.of(self.board)
        if kind == "power":
            witness.hear_power_lost(board.store.is_in_session)
            board.lose_power()
            return ""
        if kind == "link lost":
            board.requests._give_up_link()
            return ""
        if kind == "request":
            return self._request(self.case.requests[more])
        if kind == "tap":
            if "service" in board.front.kept:
                # The check fill has just ended, or is about to begin.
                witness.is_pressed = True
            else:
                witness.hear_tap(more, before)
            self._look(more, HEELS_MS)
            return ""
        if kind == "look":
            if before.state in (IDLE, DONE):
                witness.hear_time(more)
            self._look(0, more)
            return ""
        if kind == "press":
            self._note_press()
            return self._tick(self._buttons(more))
        return self._ticks_of(more)

    def _note_press(self) -> None:
        """The check fill that is under way hears of it."""
        board = self.board
        if "service" in board.front.kept:
            board.presses.taps_count = board.front.taps_count = (board.presses.taps_count + 1) & 0xFFFF
            self.witness.is_pressed = True

    def _look(self, tap: int, ms: int) -> None:
        board = self.board
        had_ended = board.store.is_in_session or board.front.wish == (ENDED,)
        board.look(tap, ms)
        if had_ended and not board.store.is_in_session and board.front.wish != (ENDED,):
            self.witness.count(board)

    def _request(self, request: dict[str, Any]) -> str:
        board = self.board
        is_held = board.requests.is_held
        answer = board.requests.answer(dict(request))
        is_taken = bool(answer.get("ok"))
        if request["do"] == "start":
            return self.witness.hear_start_by_link(request.get("answers", []), is_taken, is_held)
        if request["do"] == "clear" and is_taken and not is_held:
            return "a laptop cleared a fault"
        if request["do"] == "load" and is_taken:
            # Whoever was answering did so for another program.
            self.witness.forget()
        return ""

    def _buttons(self, bits: int) -> int:
        state = self.board.controller.session.state
        buttons = BUTTON_SOFTER * (bits & 1) | BUTTON_FIRMER * (bits >> 1 & 1)
        buttons |= short_press(state) if bits & 4 else 0
        buttons |= BUTTON_PAUSE if bits & 8 else 0
        return buttons | BUTTON_STOP * (bits >> 4 & 1)

    def _ticks_of(self, what: str) -> str:
        air = self.board.air
        air.be(False)
        if what == "fault":
            air.is_faulty = True
        elif what == "zeroed":
            # The vents have been open for long enough by then.
            self.board.controller.session.state_ms = COARSE_MS
            air.is_zeroed = True
        elif what in ("stage", "empty", "clear"):
            air.be(True)
        elif what in FINDINGS:
            self.board.controller.service.find(what)
            self.witness.hear_check(what)
        try:
            if what.startswith("clear"):
                return self._tick(BUTTON_CLEAR)
            return self._tick(0, {"time": COARSE_MS, "wound": WIND_DOWN_MS}.get(what, TICK_MS), what)
        finally:
            air.is_faulty = air.is_zeroed = False

    def _tick(self, buttons: int, ms: int = TICK_MS, what: str = "") -> str:
        board, controller = self.board, self.board.controller
        before = Before.of(board)
        buttons |= board.tick.asked
        sequencer = controller.sequencer
        # As long as it takes for what is to happen, and no longer.
        sequencer.stage_ms = sequencer.cycle_ms = -ms
        if what == "stage":
            controller.commands.pump_permille = 0
            sequencer.stage_ms = sequencer.cycle_ms = 120_000
        elif what == "overdue":
            sequencer.stage_ms = sequencer.cycle_ms = 166_000
        board.step(buttons, ms)
        return self.witness.after_tick(before, buttons, ms, board)

    # --- its state ---

    def read(self) -> State:
        board, front = self.board, self.board.front
        self._tidy()
        at = front.walk
        left, kept = front.kept.get("left"), front.kept
        return (
            self._session.get(),
            self._sequencer.get(),
            self._commands.get(),
            board.controller.latch.code,
            (board.program_id, self._word(board.changes), board.ranges, self._timeline()),
            self._panel(at) if at else None,
            self._word(front.wish),
            ("left" in kept, self._word(left), min(len(kept.get("undated_s", ())), 2)),
            self._check(),
            (board.wearer["completed"], board.wearer["declined"]),
            self._word(board.session_file),
            self._word(board.lost_session),
            board.store.note,
            (board.store.is_in_session, board.requests.is_led_by_link, board.requests.is_held),
            (board.tick.asked, board.recorder.meter.therapy_s),
            self.witness.values(),
        )

    def write(self, state: State) -> None:
        board, front = self.board, self.board.front
        session, sequencer, commands, code, program, panel, wish, kept, check, wearer, *rest = state
        session_file, lost, note, flags, (asked, therapy_s), witness = rest
        _put(self._session, session)
        _put(self._sequencer, sequencer)
        _put(self._commands, commands)
        board.controller.rotor_ms = 0
        board.controller.latch.code = code
        board.controller.sequencer.forget_targets()
        board.program_id, changes, board.ranges, timeline = program
        board.changes = self._things[changes]
        board.controller.sequencer.timeline = self._timelines[timeline]
        front.walk = self._walk(panel) if panel else None
        front.taps_count = board.presses.taps_count
        front.wish = _fresh_wish(self._things[wish])
        has_left, left, undated = kept
        front.kept = {"undated_s": [0] * undated}
        if has_left:
            front.kept["left"] = self._things[left]
        self._put_check(check)
        board.wearer["completed"], board.wearer["declined"] = wearer
        board.session_file, board.lost_session = self._things[session_file], self._things[lost]
        board.store.note = note
        board.store.is_in_session, board.requests.is_led_by_link, board.requests.is_held = flags
        board.tick.asked, board.recorder.meter.therapy_s = asked, therapy_s
        self.witness.become(witness)

    def _check(self) -> tuple[Any, ...]:
        """The check fill that is under way, and what the last ones have left behind."""
        board, kept = self.board, self.board.front.kept
        service = board.controller.service
        is_heard = kept["taps"] != taps_of(board) if "taps" in kept else None
        words = [(name, self._word(kept[name])) for name in OF_A_CHECK if name in kept]
        return (service.found if service else None, "service" in kept, is_heard, tuple(words))

    def _put_check(self, check: tuple[Any, ...]) -> None:
        board, kept = self.board, self.board.front.kept
        found, has_service, is_heard, words = check
        board.controller.service = None if found is None else Check(board.controller.boots, found)
        kept.update((name, copy.deepcopy(self._things[word])) for name, word in words)
        if has_service:
            kept["service"] = None
        if is_heard is not None:
            kept["taps"] = taps_of(board) - is_heard

    def _tidy(self) -> None:
        """One form for all states that can't be told apart by what happens next."""
        board = self.board
        session, witness = board.controller.session, self.witness
        wish = board.front.wish
        for clocks in (session, witness):
            clocks.run_ms, clocks.silent_ms = _coarse(clocks.run_ms), _coarse(clocks.silent_ms)
        session.state_ms = _coarse(session.state_ms) if session.state in (PAUSED, FAULT) else 0
        session.state_ms = min(session.state_ms, PAUSE_MOST_MS + 2 * COARSE_MS)
        session.wind_down_ms = WIND_DOWN_MS if session.wind_down_ms > 0 else 0
        if session.wind_down_ms == 0:
            session.after_wind_down = 0
        is_at_rest = session.state in (IDLE, DONE)
        witness.since_ms = READ_MS if is_at_rest and witness.since_ms >= READ_MS else 0
        if not is_at_rest:
            # Whoever was answering begins anew after it.
            witness.yes, witness.is_told = 0, False
        if board.front.kept.get("left"):
            board.front.kept["left"] = _rounded(board.front.kept["left"])
        _tidy_check(board.front.kept)
        sequencer = board.controller.sequencer
        sequencer.cycles_count = min(sequencer.cycles_count, 1)
        if session.state not in (RUNNING, PAUSED):
            session.silent_ms = witness.silent_ms = witness.whole_pa = 0
            sequencer.whole_pa = sequencer.cycles_count = 0
        if session.state != RUNNING:
            sequencer.stage_index = sequencer.level_pa = 0
            sequencer.is_cut_short = witness.is_cut = False
        has_ended = session.state in (IDLE, DONE, FAULT) and not board.store.is_in_session
        if has_ended and not (wish and wish[0] == ENDED):
            session.run_ms = witness.run_ms = 0
            witness.is_part = False
            board.recorder.meter.therapy_s *= bool(board.lost_session and "left" not in board.front.kept)
            if not board.tick.asked:
                # The next start writes its own.
                board.store.note = encode({})
        if "left" in board.front.kept:
            board.lost_session = None
        board.wearer["completed"] = min(board.wearer["completed"], 3)

    def _panel(self, at: Any) -> tuple[Any, ...]:
        questions, place = at.questions, at.place
        is_choosing = NEED <= place <= LEGS or place == CANNOT
        is_asking = place in (QUESTION, READY)
        facts = self._fact_words(at.facts)
        return (
            place,
            _class(at.place_ms, ANSWER_MOST_MS) if place == READY else 0,
            questions.count,
            (questions.index, questions.refused, _class(questions.shown_ms, READ_LEAST_MS, ANSWER_MOST_MS))
            if is_asking
            else (0, -1, 0),
            at.back_to if place == CANNOT else 0,
            at.is_led_by_link,
            tuple(at.choice) if at.choice and is_choosing else None,
            facts,
        )

    def _walk(self, panel: tuple[Any, ...]) -> Any:
        place, place_ms, count, (index, refused, shown_ms), back_to, is_led, choice, facts = panel
        known = SimpleNamespace(**self._facts[facts], needs_one_more=count - 4)
        at: Any = walk.Walk(known, place)
        at.place_ms, at.back_to, at.is_led_by_link = place_ms, back_to, is_led
        at.questions.index, at.questions.refused, at.questions.shown_ms = index, refused, shown_ms
        at.choice = list(choice) if choice else None
        at.chooser = choose
        return at

    def _fact_words(self, facts: Any) -> str:
        known = dict(vars(facts))
        del known["needs_one_more"]
        words = repr(known)
        self._facts.setdefault(words, known)
        return words

    def _word(self, thing: Any) -> str:
        words = repr(thing)
        self._things.setdefault(words, thing)
        return words

    def _timeline(self) -> str:
        """The same for the same program, changes and minutes."""
        board = self.board
        words = f"{board.program_id} {board.changes} {board.controller.session.duration_ms}"
        self._timelines.setdefault(words, board.controller.sequencer.timeline)
        return words


def _tidy_check(kept: dict[str, Any]) -> None:
    """Named twice is named often enough."""
    for name in ("check_fill", "before"):
        if kept.get(name):
            kept[name]["count"] = min(kept[name]["count"], TRIES)


def _rounded(left: dict[str, Any]) -> dict[str, Any]:
    """What was left, in steps of five minutes."""
    minutes = -(-left["minutes"] // LEFT_STEP_MINUTES) * LEFT_STEP_MINUTES
    return {**left, "minutes": minutes, "changes": {**left["changes"], "left": minutes}}


def _put(values: Values, held: tuple[Any, ...]) -> None:
    """Numbers only: none of these has lists."""
    values.holder.update(zip(values.names, held[0], strict=True))


def _coarse(ms: int) -> int:
    """What takes no time in a session leaves no trace but that it has begun."""
    return ms // COARSE_MS * COARSE_MS + min(ms, 1)


def _class(ms: int, *limits_ms: int) -> int:
    return max((limit for limit in limits_ms if ms >= limit), default=0)


def _fresh_wish(wish: Any) -> Any:
    """A choice goes on changing after it was wished for."""
    if not wish or len(wish) < 5 or not wish[3]:
        return wish
    return (*wish[:3], list(wish[3]), wish[4])
