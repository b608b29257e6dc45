"""A fragmented heap has no room at one moment and some at the next: that ends no session."""

from pathlib import Path

import pytest

from tests.virtual.rig import DEVKIT, DUO, ONE_SENSOR, bang_of, running, start_session, wait_for

LOOKS_FOR_MEMORY = {
    "the link": "from soleus import app; trap(app, 'parse', miss_memory)",
    "an answer": "from soleus import app; trap(app.Requests, '_hello', miss_memory)",
    "the watch over the tick": "from soleus import app; trap(app, 'is_in_session', miss_memory)",
    "the display": "from soleus.services import screen; trap(screen, '_draw_words', miss_memory)",
}


@pytest.mark.parametrize("who", LOOKS_FOR_MEMORY)
def test_a_session_goes_on_although_there_is_no_memory_at_a_moment_for(who: str, tmp_path: Path) -> None:
    with running(DUO, tmp_path, trap=LOOKS_FOR_MEMORY[who]) as (board, console):
        start_session(board, console)
        bang = bang_of(board)
        bang.write_text("")
        wait_for(board, console, lambda: not bang.exists())
        assert console.ask("status")["state"] == "running"
        assert [happening.what for happening in board.journal.happenings] == ["boot: power on"]


def test_settings_that_found_no_memory_to_be_written_are_written_later(tmp_path: Path) -> None:
    trap = "from soleus import app; trap(app, 'write_whole', miss_memory)"
    with running(DUO, tmp_path, trap=trap) as (board, console):
        bang = bang_of(board)
        bang.write_text("")
        assert console.ask("set", settings={"sound": False})["ok"]
        wait_for(board, console, lambda: console.ask("status")["waiting_writes"] == 0)
        assert not bang.exists()
        assert b"false" in (board.flash.read("/data/state/settings.json") or b"")
        assert not console.ask("status")["warnings"]


@pytest.mark.parametrize("name", [DEVKIT, DUO, ONE_SENSOR])
def test_a_board_that_has_told_everything_still_tells_of_a_fault(name: str, tmp_path: Path) -> None:
    """A chip keeps every name that it has met, and a name too many takes 10 KB in one piece. The Python that
    stands for the chip's C has names, too: they must not be the ones too many."""
    with running(name, tmp_path) as (board, console):
        for do in ("status", "versions", "programs", "settings", "self_test", "faults", "why", "panel"):
            assert "error" not in console.ask(do)
        start_session(board, console)
        board.break_part("sensor.left.calf:off" if name != ONE_SENSOR else "sensor.manifold:off")
        wait_for(board, console, lambda: console.ask("status", timeout_s=2)["state"] == "fault", 15)
        assert console.ask("status")["fault"]["help"]
