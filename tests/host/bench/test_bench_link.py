"""A bench tells ticks that got lost on the link from ticks that only came late."""

import base64
import os
import pty
import struct
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from host_tools.bench.targets.link_target import HEAD, LinkTarget
from host_tools.bench.targets.target import BenchError
from host_tools.catalogue.boards import load_board
from host_tools.link.console import Console, frame_line, parse_line

BOARD = load_board("esp32-devkit")


class Board:
    """The board's end of the link; it sends ticks when the test says so."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._at_ms = 0
        threading.Thread(target=self._answer, daemon=True).start()

    def send(self, ticks_ms: list[int], is_lost: bool = False) -> None:
        self._at_ms += sum(ticks_ms)
        spare = [0] * (HEAD + BOARD.boots.count)
        rows = [value for dt_ms in ticks_ms for value in [dt_ms, *spare]]
        text = base64.b64encode(struct.pack(f"<{len(rows)}h", *rows)).decode()
        if not is_lost:
            os.write(self._handle, frame_line({"event": "tape", "at_ms": self._at_ms, "rows": text}))

    def _answer(self) -> None:
        rest = b""
        while True:
            try:
                *lines, rest = (rest + os.read(self._handle, 4096)).split(b"\n")
            except OSError:
                return
            for request in filter(None, map(parse_line, lines)):
                os.write(self._handle, frame_line({"re": request["seq"], "board": BOARD.name}))


@contextmanager
def link() -> Iterator[tuple[Board, LinkTarget]]:
    leader, follower = pty.openpty()
    tty.setraw(follower)
    board = Board(leader)
    target = LinkTarget(BOARD, Console(os.ttyname(follower)), lambda question: question)
    try:
        yield board, target
    finally:
        target.close()
        os.close(follower)
        os.close(leader)


@pytest.mark.parametrize("late", range(6))
def test_a_late_tick_is_not_taken_for_a_lost_one(late: int) -> None:
    """At any place among the ticks that are sent together."""
    ticks_ms = [10] * 6
    ticks_ms[late] = 90
    with link() as (board, target):
        board.send([10] * 6)
        board.send(ticks_ms)
        target.wait(0.19)
        assert target.gaps_count == 0
        assert list(target.tape.since(6).at_ms) == [60 + sum(ticks_ms[: n + 1]) for n in range(6)]


def test_a_lost_tick_ends_the_measurement() -> None:
    with link() as (board, target):
        board.send([10] * 6)
        board.send([10], is_lost=True)
        board.send([10] * 6)
        with pytest.raises(BenchError, match="lost on the way"):
            target.wait(0.12)


def test_a_tick_that_is_lost_while_a_person_is_asked_spoils_nothing() -> None:
    is_over = threading.Event()

    def keep_sending(board: Board) -> None:
        while not is_over.wait(0.01):
            board.send([10])

    with link() as (board, target):

        def answer(_: str) -> str:
            """Answers once the bench has noticed the lost tick."""
            board.send([10], is_lost=True)
            threading.Thread(target=keep_sending, args=[board], daemon=True).start()
            until_s = time.monotonic() + 10
            while not target.gaps_count and time.monotonic() < until_s:
                time.sleep(0.01)
            return "12"

        target.person = answer
        board.send([10] * 6)
        try:
            assert target.gauge_mmhg(0) == 12.0
        finally:
            is_over.set()
        assert target.gaps_count == 1
