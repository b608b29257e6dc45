"""The panel on a whole virtual board: by its buttons, over its link, and after a session."""

from pathlib import Path
from typing import Any

from host_tools.link.console import Console
from host_tools.virtual.board import VirtualBoard
from soleus.panel.screens import PLACES, row_of
from tests.virtual.rig import DUO, READS_MS, YES, running, wait_for

PATIENCE_MS = 5000


class Person:
    def __init__(self, board: VirtualBoard, console: Console) -> None:
        self.board, self.console = board, console

    def press(self, *buttons: str) -> str:
        """Where that leads. Each press changes something, in its time: a program is read from the flash."""
        for button in buttons:
            self.pass_ms(READS_MS)
            before = self.seen()
            # Long enough to be seen by a tick while the answers load their modules.
            self.board.press(button, 400)
            if not self._is_answered(before):
                # On a busy laptop the first yes after a stop isn't always taken: once in some twenty runs.
                self.board.press(button, 400)
                wait_for(self.board, self.console, lambda before=before: self.seen() != before)
        return row_of(PLACES[self.console.ask("panel")["place"]])[0]

    def _is_answered(self, before: tuple[int, int | None]) -> bool:
        """As long as a person waits before they press again."""
        until_ms = self.board.now_ms + PATIENCE_MS
        wait_for(self.board, self.console, lambda: self.seen() != before or self.board.now_ms > until_ms)
        return self.seen() != before

    def seen(self) -> tuple[int, int | None]:
        answer = self.console.ask("panel")
        return answer["place"], answer["question"]

    def pass_ms(self, ms: int) -> None:
        until_ms = self.board.now_ms + ms
        wait_for(self.board, self.console, lambda: self.board.now_ms >= until_ms)

    def until(self, state: str) -> None:
        wait_for(self.board, self.console, lambda: self.status("state") == state)

    def status(self, key: str) -> Any:
        return self.console.ask("status")[key]


def test_a_no_ends_it_and_what_was_stopped_goes_on_as_a_part_of_the_same_session(tmp_path: Path) -> None:
    with running(DUO, tmp_path) as (board, console):
        person = Person(board, console)
        assert person.press("start_stop") == "gentle"
        assert person.press("start_stop", "louder", "softer") == "refused"
        assert person.press("start_stop") == "offer"
        assert person.press("start_stop", *["louder"] * 4) == "ready"
        board.press("start_stop")
        wait_for(board, console, lambda: board.highest_mmhg() > 15)
        board.press("stop")
        person.until("done")
        person.pass_ms(READS_MS)
        assert person.press() == "resume"
        assert person.press("start_stop", *["louder"] * 4) == "ready"
        board.press("start_stop")
        person.until("running")
        assert person.status("duration_ms") == 14 * 60_000
        board.press("stop")
        person.until("done")
        wait_for(board, console, lambda: not console.ask("log").get("open", True))
        assert len(console.ask("log")["sessions"]) == 2
        assert not person.status("warnings")
        # Written once the legs are empty, so it outlives the power; told once, so it is offered once.
        person.pass_ms(READS_MS)
        for place in ("resume", "offer"):
            board.power_off()
            board.power_on()
            console.expect("ready", 60)
            assert person.press() == place
            assert console.ask("why")["lost_session"] is None


def test_a_laptop_answers_the_questions_and_neither_starts_nor_clears_by_itself(tmp_path: Path) -> None:
    with running(DUO, tmp_path) as (board, console):
        person = Person(board, console)
        assert "yes or no to each of the 4 questions" in console.ask("start")["error"]
        assert console.ask("start", answers=["yes", "yes", "no", "yes"])["refused"] == 2
        answer = console.ask("start", answers=YES)
        assert (answer["waits"], answer["gentle"]) == (True, True)
        wait_for(board, console, lambda: person.status("waits_for_press"))
        person.pass_ms(3000)
        assert person.status("state") == "idle"
        board.press("stop")
        wait_for(board, console, lambda: not person.status("waits_for_press"))
        # A tool that holds the machine does without a person, for as long as it is heard.
        assert console.ask("hold")["ok"]
        assert not console.ask("start", answers=YES)["waits"]
        wait_for(board, console, lambda: board.highest_mmhg() > 15)
        board.break_part("sensor.right.calf:off")
        person.until("fault")
        console.ask("hold", on=False)
        assert "at the machine only" in console.ask("clear")["error"]
