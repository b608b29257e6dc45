"""The check fill on a whole virtual board: what is wrong is named, mended, and tried again by one press."""

from pathlib import Path

from host_tools.plant.plant import Plant
from host_tools.virtual.board import VirtualBoard
from soleus.panel.screens import PLACES, row_of
from tests.virtual.rig import DUO, running, wait_for
from tests.virtual.test_panel import Person

FOUR_YES = ("louder",) * 4


def test_a_hose_that_is_off_is_named_and_after_one_press_the_session_begins(tmp_path: Path) -> None:
    with running(DUO, tmp_path) as (board, console):
        person = Person(board, console)
        board.break_part("hose.left.calf:off")
        assert person.press("start_stop", "start_stop", *FOUR_YES) == "ready"
        highest_mmhg = _check(board, person)
        assert highest_mmhg < 25
        assert person.press() == "mend"
        assert console.ask("panel")["check_fill"] == ["left.calf: no air stays. Push its hose on."]
        assert person.status("check_fill")["found"] == [[2, 1, 0]]
        board.change(_mend)
        _check(board, person)
        wait_for(board, console, lambda: person.status("state") == "running")
        fit = person.status("check_fill")
        assert (fit["found"], fit["no_leg_bits"]) == ([], 0)
        assert all(300 < room_ml < 800 for room_ml in fit["room_ml"])
        board.press("stop")
        person.until("done")
        wait_for(board, console, lambda: not console.ask("log").get("open", True))
        assert len(console.ask("log")["sessions"]) == 1
        assert not person.status("warnings")


def test_a_stop_in_the_check_fill_ends_the_attempt(tmp_path: Path) -> None:
    with running(DUO, tmp_path) as (board, console):
        person = Person(board, console)
        person.press("start_stop", "start_stop", *FOUR_YES)
        board.press("start_stop")
        person.until("service")
        board.press("stop")
        person.until("done")
        person.pass_ms(3000)
        assert person.status("state") == "done"
        assert row_of(PLACES[console.ask("panel")["place"]])[0] == "offer"


def _mend(plant: Plant) -> None:
    plant.faults.count = plant.faults.next_ms = 0


def _check(board: VirtualBoard, person: Person) -> float:
    """Start is pressed; until the check fill is over. The highest true pressure meanwhile."""
    highest_mmhg = 0.0
    board.press("start_stop")
    person.until("service")

    def is_over() -> bool:
        nonlocal highest_mmhg
        highest_mmhg = max(highest_mmhg, board.highest_mmhg())
        return person.status("state") != "service"

    wait_for(board, person.console, is_over)
    wait_for(board, person.console, lambda: person.status("state") != "venting")
    return highest_mmhg
