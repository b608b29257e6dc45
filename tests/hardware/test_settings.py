"""What a person has set outlives a reset."""

from tests.hardware.conftest import Note
from tests.hardware.rig import Board


def test_settings_survive_a_reset(board: Board, note: Note) -> None:
    """Needs a flashed board that rests: a fault that stays, as without sensors, holds no write up."""
    before = board.ask("settings")["settings"]["sound"]
    try:
        assert board.ask("set", settings={"sound": not before})["ok"]
        board.wait_written()
        note(board.reset(), "s to ready")
        assert board.ask("settings")["settings"]["sound"] is not before
    finally:
        board.ask("set", settings={"sound": before})
        board.wait_written()
