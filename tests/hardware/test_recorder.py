"""What the board records: over the link as it runs, and what it has kept."""

import time
from pathlib import Path

from host_tools.log.from_board import Stream, pull
from host_tools.log.log_file import read_log
from host_tools.log.replay import replay
from tests.hardware.conftest import Note
from tests.hardware.rig import Board

TICKS_LEAST = 300
# At rest little changes, and a block that is sent whole holds many ticks.
RECORDED_MOST_S = 90.0


def test_what_it_records_at_rest_replays_bit_by_bit(board: Board, note: Note, tmp_path: Path) -> None:
    """Needs a flashed board with the firmware of this checkout, nothing on its pins: the core's commands on
    the chip are those of the same core on this laptop."""
    stream = Stream(board.console, tmp_path / "rest.slog")
    stream.begin()
    until_s = time.monotonic() + RECORDED_MOST_S
    while stream.ticks_count < TICKS_LEAST and time.monotonic() < until_s:
        board.ask("hello")
        board.console.pause(1.0)
        stream.listen()
    result = replay(read_log(stream.end()))
    note(result.ticks, "ticks")
    assert result.difference is None, str(result)
    assert result.ticks >= TICKS_LEAST


def test_the_sessions_that_it_has_kept_can_be_read(board: Board, note: Note, tmp_path: Path) -> None:
    """Needs a flashed board. A new one has no session yet: then there is only a list without one."""
    sessions = board.ask("log", what="list")["sessions"]
    note(len(sessions), "sessions")
    if sessions:
        name, size_bytes = sessions[-1]
        assert read_log(pull(board.console, name, tmp_path)).header
        assert size_bytes > 0
