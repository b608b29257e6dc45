"""Ctrl-C while a virtual chip runs Python in the place of C: it is kept until the program runs on."""

from pathlib import Path

import pytest

from tests.virtual.rig import DEVKIT, bang_of, running, start_session

# What a timer's stand-in calls before its callback and after it.
PLACES = {
    "before a callback": "trap(long_calls, 'collected_us', press_ctrl_c)",
    "after a callback": "trap(wire, 'took', press_ctrl_c)",
}


@pytest.mark.parametrize("place", PLACES)
def test_ctrl_c_in_the_place_of_c_ends_the_session_all_the_same(place: str, tmp_path: Path) -> None:
    with running(DEVKIT, tmp_path, trap=f"import long_calls, wire; {PLACES[place]}") as (board, console):
        start_session(board, console)
        bang_of(board).write_text("")
        pressed_ms = board.now_ms
        # The board's time waits for its program, however busy this computer is.
        board.run_until(lambda b: b.is_at_prompt or b.now_ms > pressed_ms + 2000)
        assert board.is_at_prompt
        assert board.is_vented()
        assert board.journal.energised_ms() - pressed_ms < 300
