"""What must be true, whoever presses what: a witness counts presses and minutes for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from host_tools.verify.panel.board import FITS, HOSE_OFF, LEG_AWAY, READ_MS, Board
from soleus.core.basics.limits import PRESENCE_AFTER_MINUTES, PRESENCE_MINUTES, SOFTEST_PA
from soleus.core.basics.signals import BUTTON_CLEAR, BUTTON_FIRMER, BUTTON_SOFTER, BUTTON_STOP
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.session.session import (
    CHECKING,
    COMPLETED,
    DONE,
    FAULT,
    IDLE,
    PAUSED,
    RUNNING,
    SERVICE,
    STATE_NAMES,
    VENTING,
)
from soleus.panel.table import QUESTION, TAP_LOUDER, TAP_SOFTER, TAP_START, TAP_STOP

QUESTIONS, ONE_MORE_AFTER, GENTLE_SESSIONS = 4, 2, 3
COUNTS_FROM_MS = 120_000
ANSWERS_LAST_MS = 120_000
# What a check fill names so often may be wrong.
TRIES = 2


@dataclass(frozen=True)
class Before:
    """What the laws need to know of the time before something happened."""

    state: int
    asked_pa: int
    level_pa: int
    stage_index: int
    code: int
    place: int
    wish: int

    @staticmethod
    def of(board: Board) -> Before:
        session, sequencer = board.controller.session, board.controller.sequencer
        at, wish = board.front.walk, board.front.wish
        return Before(
            session.state,
            session.asked_pa,
            sequencer.level_pa,
            sequencer.stage_index,
            board.controller.latch.code,
            at.place if at else -1,
            wish[0] if wish else -1,
        )


class Witness:
    def __init__(self) -> None:
        # Yes after yes since another press, how long since the last one; or a laptop has told of all of them.
        self.yes = self.since_ms = 0
        self.is_told = False
        # What the check fill before this session has found; "" without one, and while it is under way.
        self.check = self.check_before = ""
        self.is_checking = self.is_pressed = False
        # How often in a row it named the same; and somebody goes on all the same, or a tool does without.
        self.named = 0
        self.goes_on = False
        # Start was pressed after enough of them; or a service tool holds the machine.
        self.may_start = False
        # In the session: since the last press, in all, and which cycles were whole.
        self.silent_ms = self.run_ms = 0
        self.whole_pa = 0
        self.is_cut = False
        self.is_part = False
        # Since the power is on: how many sessions; and how many were completed by these legs.
        self.sessions = self.completed = 0

    def values(self) -> tuple[Any, ...]:
        return tuple(vars(self).values())

    def become(self, values: tuple[Any, ...]) -> None:
        vars(self).update(zip(vars(self), values, strict=True))

    # --- what it hears ---

    def hear_tap(self, tap: int, before: Before) -> None:
        if before.state not in (IDLE, DONE) or before.wish >= 0:
            self.is_pressed = bool(self.is_checking or self.check)
            return
        if self.check:
            self._hear_tap_after_check(tap)
            return
        if tap == TAP_LOUDER:
            if self.since_ms >= READ_MS:
                self.yes = min(self.yes + 1, QUESTIONS + 1)
                self.since_ms = 0
            return
        is_enough = self.is_told or self.yes >= QUESTIONS + (self.sessions >= ONE_MORE_AFTER)
        if tap == TAP_START and before.place == QUESTION:
            # It answers none, and takes none back.
            return
        self.may_start = tap == TAP_START and is_enough
        self.yes = self.since_ms = 0
        self.is_told = False

    def _hear_tap_after_check(self, tap: int) -> None:
        """The answers still hold: start tries again, or begins; louder goes on where that may be."""
        is_twice = self.check == HOSE_OFF and self.named >= TRIES
        self.goes_on = tap == TAP_LOUDER and (is_twice or self.check == LEG_AWAY)
        self.may_start = tap == TAP_START or self.goes_on
        if tap in (TAP_SOFTER, TAP_STOP):
            self.forget()

    def hear_check(self, found: str) -> None:
        """The check fill is over."""
        self.named = self.named + 1 if found == self.check_before else 1
        self.named = min(self.named, TRIES)
        self.check = self.check_before = found
        self.is_checking = False

    def forget(self) -> None:
        """Whoever comes begins with the first question."""
        self.yes = 0
        self.is_told = self.may_start = self.goes_on = False
        self.check = ""

    def hear_time(self, ms: int) -> None:
        self.since_ms = min(self.since_ms + ms, READ_MS)
        if ms >= ANSWERS_LAST_MS:
            self.forget()

    def hear_start_by_link(self, answers: list[str], is_taken: bool, is_held: bool) -> str:
        is_all_yes = answers == ["yes"] * (QUESTIONS + (self.sessions >= ONE_MORE_AFTER and not is_held))
        if is_taken and not is_all_yes:
            return "a laptop's start was taken without the answers"
        if is_taken:
            self.forget()
            self.may_start, self.is_told = is_held, not is_held
            self.goes_on = is_held
        return ""

    def hear_power_lost(self, was_in_session: bool) -> None:
        counted = int(was_in_session and self.run_ms >= COUNTS_FROM_MS)
        completed = self.completed
        self.become(Witness().values())
        self.sessions, self.completed = counted, completed

    # --- what must be true ---

    def count(self, board: Board) -> None:
        """The machine has noted the end of a session."""
        if self.run_ms < COUNTS_FROM_MS or board.requests.is_held:
            return
        if board.controller.session.ended_by == COMPLETED:
            self.completed = min(self.completed + 1, GENTLE_SESSIONS)
        if not self.is_part:
            self.sessions = min(self.sessions + 1, ONE_MORE_AFTER)

    def after_tick(self, before: Before, buttons: int, ms: int, board: Board) -> str:
        session = board.controller.session
        if before.state != CHECKING and session.state == CHECKING:
            return self._begin_check() if session.after_check == SERVICE else self._begin(board)
        if buttons & BUTTON_STOP and (self.is_checking or before.state not in (IDLE, DONE)):
            # It ends the attempt.
            self.forget()
        if session.state == FAULT:
            self.forget()
        self._follow(before, buttons, ms, board)
        return (
            self._pressure(board)
            or self._level(before, buttons, board)
            or _stop(buttons, board)
            or self._life(board)
            or _energy(board)
            or _latch(before, buttons, board)
        )

    def _begin(self, board: Board) -> str:
        session = board.controller.session
        if board.store.settings.check_fill and not self.goes_on:
            if not self.check:
                return "a session without a check fill"
            if self.check != FITS:
                return f"a session although the check fill found: {self.check}"
        begins_by_itself = self.check == FITS and not self.is_pressed
        if not self.may_start and not begins_by_itself:
            return "a session without fresh answers and a press at the machine"
        self.check = ""
        self.goes_on = self.is_pressed = False
        left, changes = board.front.kept.get("left"), board.changes or {}
        self.is_part = bool(left and changes.get("part_of") == left["changes"]["part_of"])
        is_new_here = self.completed < GENTLE_SESSIONS and not board.wearer["declined"]
        program = board.programs[board.program_id]
        is_longer = session.duration_ms > program["minutes"]["min"] * 60_000
        is_firmer = session.asked_pa > pa_from_mmhg(program["pressure_mmhg"]["min"])
        self.yes = self.since_ms = self.silent_ms = self.run_ms = self.whole_pa = 0
        self.is_cut = self.may_start = self.is_told = False
        if is_new_here and not board.requests.is_held and (is_longer or is_firmer):
            return "one of the first sessions isn't the gentlest"
        return ""

    def _begin_check(self) -> str:
        if not self.may_start:
            return "a check fill without fresh answers and a press at the machine"
        self.forget()
        self.is_checking, self.is_pressed = True, False
        self.since_ms = self.run_ms = 0
        return ""

    def _follow(self, before: Before, buttons: int, ms: int, board: Board) -> None:
        if before.state != RUNNING:
            self.silent_ms = 0
            return
        self.silent_ms = 0 if buttons else self.silent_ms + ms
        self.run_ms += ms
        sequencer = board.controller.sequencer
        self.is_cut = self.is_cut or sequencer.is_cut_short
        if sequencer.stage_index < before.stage_index:
            self.whole_pa = self.whole_pa if self.is_cut else before.level_pa
            self.is_cut = False

    def _pressure(self, board: Board) -> str:
        most_mmhg = board.programs[board.program_id]["pressure_mmhg"]["max"]
        most_pa = min(pa_from_mmhg(most_mmhg), board.controller.boots.target_most_pa)
        is_above = max(board.controller.sequencer.target_pa) > most_pa
        return "a chamber should have more than the program or the board allows" if is_above else ""

    def _level(self, before: Before, buttons: int, board: Board) -> str:
        asked_pa = board.controller.session.asked_pa
        if buttons & BUTTON_SOFTER and before.state in (CHECKING, RUNNING, PAUSED):
            if asked_pa > before.asked_pa:
                return "softer, and it became louder"
            is_alone = not buttons & (BUTTON_STOP | BUTTON_FIRMER)
            is_softer = asked_pa < before.asked_pa or before.asked_pa == SOFTEST_PA
            if is_alone and not is_softer and not _is_winding_down(board) and not before.code:
                return "softer, and it didn't become softer"
        if asked_pa <= before.asked_pa:
            return ""
        is_asked = buttons & BUTTON_FIRMER and asked_pa <= before.asked_pa + pa_from_mmhg(5)
        is_felt = self.whole_pa >= before.asked_pa
        return "" if is_asked and is_felt else "louder before the level was felt in a whole cycle"

    def _life(self, board: Board) -> str:
        session = board.controller.session
        is_night = board.programs[board.program_id].get("need") == "night"
        is_asked_for = is_night or session.duration_ms > PRESENCE_AFTER_MINUTES * 60_000
        is_running = session.state == RUNNING and not session.wind_down_ms
        if is_running and is_asked_for and self.silent_ms >= PRESENCE_MINUTES * 60_000:
            return "it runs, and nobody has given a sign of life"
        return ""


def _stop(buttons: int, board: Board) -> str:
    if not buttons & BUTTON_STOP:
        return ""
    commands, state = board.controller.commands, board.controller.session.state
    if state in (CHECKING, RUNNING, PAUSED, SERVICE):
        return "stop, and the session goes on"
    return "stop, and something is closed" if commands.pump_permille or commands.seal_bits else ""


def _energy(board: Board) -> str:
    state = board.controller.session.state
    if board.tick.is_energised() and state not in (CHECKING, RUNNING, VENTING, SERVICE):
        return f"energy while {STATE_NAMES[state]}"
    return ""


def _latch(before: Before, buttons: int, board: Board) -> str:
    code = board.controller.latch.code
    if code and board.controller.session.state != FAULT:
        return "a latched fault, and the session goes on"
    if before.code and not code and not buttons & BUTTON_CLEAR:
        return "a latched fault ended without a person"
    return ""


def _is_winding_down(board: Board) -> bool:
    session = board.controller.session
    return bool(session.wind_down_ms) or session.state == VENTING
