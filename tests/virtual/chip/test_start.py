"""From power to `ready` on a chip whose imports and flash take their time, and whose timers wait for them."""

from pathlib import Path

import pytest

from host_tools.catalogue.boards import board_names, load_board
from host_tools.flash.board.chooser import CHOOSER
from host_tools.link.console import Console
from host_tools.virtual.board import VirtualBoard
from host_tools.virtual.flash_image import FlashImage
from tests.virtual.rig import DEVKIT, PATIENCE_S, chip_of, flash_of, running

READY_MOST_MS = 3000
# Of the 1,500 ms after which the watchdog bites.
STEP_MOST_MS = 750


@pytest.mark.parametrize("name", board_names())
def test_a_board_is_ready_within_3_s_and_its_watchdog_never_waits_long(name: str, tmp_path: Path) -> None:
    with running(name, tmp_path) as (board, console):
        ready_ms = board.now_ms
        unfed_ms = board.watchdog_longest_ms
        assert not [what.what for what in board.journal.happenings if "watchdog" in what.what]
        assert console.ask("status")["fault"] is None
    print(f"{name}: ready after {ready_ms} ms, the watchdog waited for {unfed_ms} ms at most")
    assert ready_ms < READY_MOST_MS
    assert unfed_ms < STEP_MOST_MS


def test_a_start_that_hangs_is_ended_by_the_watchdog(tmp_path: Path) -> None:
    """Nothing feeds it blindly while the start is under way."""
    trap = "import machine, time\nif machine.reset_cause() == machine.PWRON_RESET: time.sleep(60)"
    flash = flash_of(DEVKIT, tmp_path)
    image = FlashImage(flash)
    slot = (image.read("/current-app") or b"").decode()
    main = f"import boot\nboot.stop_feeding()\n{trap}\nimport real_main\n"
    files = {
        f"/{slot}/real_main.mpy": image.read(f"/{slot}/main.mpy") or b"",
        f"/{slot}/main.py": main.encode(),
    }
    image.remove(f"/{slot}/main.mpy")
    image.write(files)
    with running(DEVKIT, tmp_path, flash=flash) as (board, console):
        assert "watchdog" in console.ask("why")["why"]
        assert board.is_vented()


def test_files_mounted_as_micropython_does_are_too_slow_for_the_slowest_chip(tmp_path: Path) -> None:
    """Why the chooser mounts them again: what was measured on an emulated chip shows on a virtual one."""
    flash = flash_of(DEVKIT, tmp_path)
    plain = CHOOSER["boot.py"].split(b"# Every output is safe")[0]
    FlashImage(flash).write({"/boot.py": plain})
    reads = {}
    for boot in (plain, CHOOSER["boot.py"]):
        FlashImage(flash).write({"/boot.py": boot})
        with (
            VirtualBoard(
                load_board(DEVKIT),
                flash,
                has_own_time=True,
                patience_s=PATIENCE_S,
                chip=chip_of(DEVKIT),
                is_on=False,
            ) as board,
            Console(board.port) as console,
        ):
            board.power_on()
            console.expect("ready", 30)
            reads[boot] = sum(work.what == "read" for work in board.journal.flash_work)
    assert reads[plain] > 3 * reads[CHOOSER["boot.py"]]
