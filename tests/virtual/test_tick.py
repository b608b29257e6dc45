"""The control tick comes in time, and costs little."""

from collections.abc import Callable
from pathlib import Path

import pytest

from soleus.core.basics.limits import TICK_MS
from tests.virtual.rig import DEVKIT, DUO, ONE_SENSOR, bang_of, running, start_session

DELAY_MOST_MS = 20
TRIES = 6
# The result of a try in which ticks were missing.
STOOD_STILL_MS = 2000
Note = Callable[[str, object], None]

MISCHIEF = {
    "a service spins for 2 s": "from soleus import app; trap(app.Link, '_look', spin)",
    "a service blocks for 2 s": "from soleus import app; trap(app.Link, '_look', sleep)",
    "garbage is collected for 2 s": "from soleus import app; trap(app.Link, '_look', litter)",
}


@pytest.mark.by_the_clock
@pytest.mark.parametrize("name", MISCHIEF)
def test_no_tick_comes_more_than_20_ms_late_while(name: str, tmp_path: Path, record_property: Note) -> None:
    """The gap to the tick before, less 10 ms. Other work of this computer may delay a tick, too, so the best
    of some tries counts."""
    # By the laptop's clock, on which what a chip's work costs would come on top of the laptop's own.
    with running(DEVKIT, tmp_path, trap=MISCHIEF[name], has_own_time=False, chip=None) as (board, console):
        delays_ms: list[int] = []
        while len(delays_ms) < TRIES and min(delays_ms, default=STOOD_STILL_MS) > DELAY_MOST_MS:
            console.ask("status", forget_gap=True)
            ticks_before = console.ask("status")["ticks"]
            bang_of(board).write_text("")
            board.wait_until(lambda _: not bang_of(board).exists(), 5)
            # The answer comes only when the harm is done.
            status = console.ask("status")
            kept_on = status["ticks"] - ticks_before > 150
            delays_ms.append(status["gap_most_ms"] - TICK_MS if kept_on else STOOD_STILL_MS)
        record_property("delay", (name, min(delays_ms), _collections(bang_of(board).parent)))
        assert min(delays_ms) <= DELAY_MOST_MS, delays_ms


def _collections(outside: Path) -> str:
    """How many collections there were in 2 s, and how long the longest took."""
    file = outside / "collections"
    if not file.exists():
        return ""
    count, longest_us = map(int, file.read_text().split())
    assert count > 100
    return (
        f"{count} collections, {2_000_000 // count} us each with making the garbage, at most {longest_us} us"
    )


def test_nothing_is_written_to_flash_while_pressure_is_held(tmp_path: Path) -> None:
    with running(DEVKIT, tmp_path) as (board, console):
        start_session(board, console, mmhg=15)
        writes_before = len(board.journal.flash_writes())
        assert console.ask("set", settings={"sound": False})["error"] == "set: not during a session"
        board.run_until(lambda b: b.highest_mmhg() > 23, 10)
        assert len(board.journal.flash_writes()) == writes_before
        console.ask("stop")
        board.wait_until(lambda _: console.ask("status")["waiting_writes"] == 0, 20)
        assert console.ask("status")["fault"] is None
        written = board.journal.flash_writes()
        assert len(written) > writes_before
        assert max(work.highest_mmhg for work in written) < 10
        assert console.ask("set", settings={"sound": False})["ok"]
        board.wait_until(lambda _: console.ask("status")["waiting_writes"] == 0, 20)
        assert b'"sound": false' in (board.flash.read("/data/state/settings.json") or b"")


@pytest.mark.parametrize("name", [DEVKIT, DUO, ONE_SENSOR])
def test_what_a_tick_and_the_app_cost(name: str, tmp_path: Path, record_property: Note) -> None:
    """With as many words as the chip's heap has; the unix port's have 64 bits."""
    with running(name, tmp_path) as (board, console):
        tested = {name: value for name, _, value in console.ask("self_test")["results"]}
        free_bytes = tested["heap"] // 2
        start_session(board, console)
        ticks_us = sorted(board.journal.tick_us[-500:])
        median_us, most_us = ticks_us[len(ticks_us) // 2], ticks_us[-1]
        status = console.ask("status")
        record_property("cost", (name, median_us, most_us, free_bytes, status["heap_used"] // 2))
        assert median_us < 2000
        assert free_bytes > 40 * 1024
