"""A session on a chip whose work takes its time: nothing that anybody may ask for holds a tick up."""

from itertools import groupby
from pathlib import Path

import pytest

from host_tools.catalogue.boards import board_names
from host_tools.link.console import Console
from host_tools.plant.parts.units import BEAT_MS
from host_tools.virtual.board import VirtualBoard
from soleus.core.basics.limits import TICK_MOST_MS
from tests.virtual.rig import DEVKIT, DUO, bang_of, begin, running, start_session, wait_for

SESSION_MS = 100_000
# Half of what the guard against late ticks allows.
GAP_MOST_MS = TICK_MOST_MS // 2
STATUS_EVERY_MS = 200
SETTLED_MS = 6000
WRITTEN_WITHIN_MS = 300


def ask_often(board: VirtualBoard, console: Console, until_ms: int) -> dict:
    """`status` five times a second, as `soleus ask start` asks it."""
    status: dict = {}
    while board.now_ms < until_ms:
        asked_ms = board.now_ms
        status = console.ask("status")
        board.wait_until(lambda b, asked_ms=asked_ms: b.now_ms >= asked_ms + STATUS_EVERY_MS)
    return status


@pytest.mark.parametrize("name", board_names())
def test_a_session_that_is_asked_often_loads_nothing_and_is_never_late(name: str, tmp_path: Path) -> None:
    with running(name, tmp_path) as (board, console):
        board.run_until(lambda b: b.now_ms > SETTLED_MS)
        console.ask("telemetry", period_ms=100)
        console.ask("load", program="easy-run", minutes=15)
        begin(board, console)
        begun_ms, imports = board.now_ms, len(board.journal.imports)
        status = ask_often(board, console, begun_ms + SESSION_MS)
        assert status["fault"] is None
        assert status["state"] == "running"
        gap_ms, tick_us = status["gap_energised_ms"], status["tick_most_us"]
        loaded = [work.what for work in board.journal.imports[imports:]]
        console.ask("stop")
        wait_for(board, console, lambda: console.ask("status")["state"] == "done")
        work = [work for work in board.journal.flash_work if work.at_ms >= begun_ms]
    print(f"{name}: longest gap {gap_ms} ms, longest tick {tick_us / 1000:.1f} ms")
    assert loaded == []
    assert work
    assert not [one for one in work if one.is_energised or one.highest_mmhg > 10]
    assert {one.what for one in work} <= {"read", "write", "erase"}
    assert gap_ms <= GAP_MOST_MS


def test_what_needs_a_file_is_refused_while_a_session_runs(tmp_path: Path) -> None:
    with running(DEVKIT, tmp_path) as (board, console):
        start_session(board, console)
        imports = len(board.journal.imports)
        for do in ("settings", "faults", "versions", "self_test", "log", "programs", "hashes", "dance"):
            assert console.ask(do)["error"] == f"{do}: not during a session"
        assert console.ask("status")["state"] == "running"
        assert len(board.journal.imports) == imports


@pytest.mark.parametrize("name", [DEVKIT, DUO])
def test_what_is_written_while_the_sensors_are_checked_takes_a_fraction_of_a_second(
    name: str, tmp_path: Path
) -> None:
    with running(name, tmp_path) as (board, console):
        board.run_until(lambda b: b.now_ms > SETTLED_MS)
        first = len(board.journal.history)
        start_session(board, console)
        ticks = [moment.ticks_count for moment in board.journal.history[first:]]
    beats = max(len(list(same)) for _, same in groupby(ticks))
    assert beats * BEAT_MS < WRITTEN_WITHIN_MS


def test_ticks_that_a_long_call_held_up_are_not_made_up_for(tmp_path: Path) -> None:
    """Eight of them come at once, before a digital sensor has measured anew: it looked like a lost one."""
    trap = "from soleus import app; trap(app.Link, '_look', stand_still)"
    with running(DUO, tmp_path, trap=trap) as (board, console):
        board.run_until(lambda b: b.now_ms > SETTLED_MS)
        bang = bang_of(board)
        bang.write_text("")
        board.run_until(lambda _: not bang.exists())
        board.run_until(lambda b, at_ms=board.now_ms: b.now_ms > at_ms + 500)
        assert console.ask("status")["fault"] is None
