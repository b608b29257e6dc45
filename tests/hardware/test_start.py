"""From a reset to an application that answers."""

from tests.hardware.conftest import Note
from tests.hardware.rig import Board

READY_MOST_S = 3.0


def test_the_app_is_ready_after_a_reset(board: Board, note: Note) -> None:
    """Needs a flashed board, nothing on its pins."""
    ready_s = board.reset()
    note(ready_s, f"s, at most {READY_MOST_S:g}")
    assert ready_s < READY_MOST_S


def test_it_says_why_it_started(board: Board) -> None:
    """Needs a flashed board, nothing on its pins."""
    board.reset()
    assert board.ask("why")["why"] in ("it was restarted", "it was reset")
