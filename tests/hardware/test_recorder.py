"""What the board records: over the link as it runs, and what it has kept."""

import time
from pathlib import Path

from host_tools.log.from_board import Stream, pull
from host_tools.log.log_file import Log, read_log
from host_tools.log.replay import replay
from tests.hardware.conftest import Note
from tests.hardware.rig import Board

TICKS_LEAST = 300
# At rest little changes, and a block that is sent whole holds many ticks.
RECORDED_MOST_S = 90.0


def test_what_it_records_replays_bit_by_bit(board: Board, note: Note, tmp_path: Path) -> None:
    """Needs a flashed board with the firmware of this checkout, nothing on its pins: the core's commands on
    the chip are those of the same core on this laptop. Without sensors there is a fault, and its log."""
    if board.ask("status")["state"] == "fault":
        log, ticks_least = _kept(board, tmp_path), 1
    else:
        log, ticks_least = _streamed(board, tmp_path), TICKS_LEAST
    result = replay(log)
    note(result.ticks, "ticks")
    assert result.difference is None, str(result)
    assert result.ticks >= ticks_least


def _streamed(board: Board, folder: Path) -> Log:
    stream = Stream(board.console, folder / "rest.slog")
    stream.begin()
    until_s = time.monotonic() + RECORDED_MOST_S
    while stream.ticks_count < TICKS_LEAST and time.monotonic() < until_s:
        board.ask("hello")
        board.console.pause(1.0)
        stream.listen()
    return read_log(stream.end())


def _kept(board: Board, folder: Path) -> Log:
    until_s = time.monotonic() + RECORDED_MOST_S
    while (listed := board.ask("log", what="list"))["open"] or not listed["sessions"]:
        assert time.monotonic() < until_s, "the fault's log was never closed"
        board.console.pause(0.5)
    return read_log(pull(board.console, listed["sessions"][-1][0], folder))


def test_the_sessions_that_it_has_kept_can_be_read(board: Board, note: Note, tmp_path: Path) -> None:
    """Needs a flashed board. A new one has no session yet: then there is only a list without one."""
    sessions = board.ask("log", what="list")["sessions"]
    note(len(sessions), "sessions")
    if sessions:
        name, size_bytes = sessions[-1]
        assert read_log(pull(board.console, name, tmp_path)).header
        assert size_bytes > 0
