"""A laptop with other things to do makes a virtual board slow, and not broken."""

import signal
import time
from pathlib import Path

from host_tools.virtual.board import VirtualBoard
from tests.virtual.rig import DEVKIT, running, start_session, wait_for

STOPPED_S = 0.5


def stop_interpreter(board: VirtualBoard) -> None:
    """As if the laptop ran something else for that long."""
    life = board._processor.life
    assert life
    life.interpreter.process.send_signal(signal.SIGSTOP)
    time.sleep(STOPPED_S)
    life.interpreter.process.send_signal(signal.SIGCONT)


def test_a_board_in_real_time_waits_for_a_laptop_that_is_late_and_says_so(tmp_path: Path) -> None:
    told: list[float] = []
    with running(DEVKIT, tmp_path, is_real_time=True, on_late=told.append) as (board, console):
        start_session(board, console)
        for _ in range(3):
            stop_interpreter(board)
            wait_for(board, console, lambda: console.ask("status")["state"] == "running")
        status = console.ask("status")
        assert (status["fault"], status["state"]) == (None, "running")
        assert board.pace.waited_s > 3 * (STOPPED_S - 0.2)
        assert told
        assert told[0] > STOPPED_S - 0.2


def test_a_board_in_real_time_is_no_faster_than_the_clock(tmp_path: Path) -> None:
    with running(DEVKIT, tmp_path, is_real_time=True) as (board, _):
        from_ms, from_s, waited_s = board.now_ms, time.monotonic(), board.pace.waited_s
        board.wait_until(lambda b: b.now_ms >= from_ms + 1500)
        passed_s = time.monotonic() - from_s
        # It may catch up a tenth of a second.
        assert 1.35 <= passed_s <= 2.5 + board.pace.waited_s - waited_s
