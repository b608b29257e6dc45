"""Whatever ends the application, its outputs are at their safe levels, and no board is left hanging."""

import time

from tests.hardware.conftest import Note
from tests.hardware.rig import CTRL_A, CTRL_B, CTRL_C, CTRL_D, RAW_PROMPT, Board

VENTED_MOST_S = 0.3
WATCHDOG_MOST_S = 2.5
# Longer than the watchdog's patience.
LEFT_ALONE_S = 3.0


def refuse_unsafe_levels(board: Board) -> None:
    """Each output as the pins themselves show it, at the prompt. The lamp blinks there."""
    levels = board.at_prompt(
        "import boot; print([p.value() for p in boot.LOW if p not in boot.LAMP], "
        "[p.value() for p in boot.HIGH])"
    )
    low, _, high = levels.partition("] [")
    assert "1" not in low, levels
    assert "0" not in high, levels
    assert "0" in low, f"no output is known: {levels}"


def test_ctrl_c_vents_and_leaves_a_prompt(board: Board, note: Note) -> None:
    """Needs a flashed board, nothing on its pins: their levels are read back."""
    began_s = time.monotonic()
    board.type(CTRL_C)
    board.until(b"soleus: vented")
    vented_s = time.monotonic() - began_s
    note(vented_s, f"s, at most {VENTED_MOST_S:g}")
    board.until(b">>> ")
    refuse_unsafe_levels(board)
    assert vented_s < VENTED_MOST_S


def test_ctrl_c_again_and_again_still_leaves_a_prompt(board: Board) -> None:
    """Needs a flashed board, nothing on its pins: others come between the first Ctrl-C and the vents."""
    board.type(CTRL_C * 3)
    board.until(b"soleus: vented")
    board.until(b">>> ")
    refuse_unsafe_levels(board)


def test_ctrl_d_at_the_prompt_brings_the_app_back(board: Board, note: Note) -> None:
    """Needs a flashed board, nothing on its pins."""
    board.stop_app()
    board.type(CTRL_D)
    note(board.until_ready(), "s to ready")
    assert board.ask("why")["why"] == "stopped by Ctrl-C"


def test_a_program_that_asks_for_a_soft_reset_gets_the_app(board: Board, note: Note) -> None:
    """Needs a flashed board, nothing on its pins."""
    board.stop_app()
    board.type(b"import machine; machine.soft_reset()\r")
    note(board.until_ready(), "s to ready")


def test_a_soft_reset_from_the_raw_prompt_rests_with_its_outputs_off(board: Board) -> None:
    """Needs a flashed board, nothing on its pins. As mpremote does it: the application doesn't run, and the
    watchdog doesn't bite."""
    board.stop_app()
    board.type(CTRL_A)
    board.until(RAW_PROMPT)
    board.type(CTRL_D)
    board.until(b"soft reboot")
    board.until(RAW_PROMPT)
    time.sleep(LEFT_ALONE_S)
    board.type(b"\r" + CTRL_B)
    board.until(b">>> ")
    refuse_unsafe_levels(board)


def test_the_watchdog_ends_a_board_that_nobody_feeds(board: Board, note: Note) -> None:
    """Needs a flashed board, nothing on its pins."""
    board.stop_app()
    board.at_prompt("import machine; machine.RTC().memory(b'')")
    began_s = time.monotonic()
    board.at_prompt("import boot; boot.stop_feeding()")
    ready_s = board.until_ready()
    note(ready_s, "s to the bite and ready again")
    assert "watchdog" in board.ask("why")["why"]
    assert time.monotonic() - began_s > 1.0
    assert ready_s < WATCHDOG_MOST_S + 3.0
