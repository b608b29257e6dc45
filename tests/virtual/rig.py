"""Virtual boards for the tests: installed once, started often, with a person at the console."""

import functools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from host_tools.catalogue.boards import load_board
from host_tools.link.console import Console
from host_tools.virtual.board import VirtualBoard
from host_tools.virtual.install import install
from tests.display_driver import driver_file

DEVKIT = "esp32-devkit"
DUO = "esp32-s3-duo"
ONE_SENSOR = "esp32-c3-manifold"

# On a busy computer the interpreter may be late. The board waits for it, so that its tick isn't late, too.
PATIENCE_S = 10.0
# In the board's time.
ASKED_EVERY_MS = 100

# On the flash beside the app: it waits for a file /bang, then does harm.
_TRAPS = Path(__file__).with_name("traps.py")


@functools.cache
def _installed(name: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="soleus-installed-"))
    board = load_board(name)
    install(board, folder, {"ssd1306.py": driver_file()} if "display" in board.table else {})
    return folder


def flash_of(name: str, folder: Path, trap: str = "") -> Path:
    """A flash with the firmware. `trap` is a line of Python that the board runs: see traps.py."""
    flash = folder / "flash"
    shutil.copytree(_installed(name), flash)
    if trap:
        shutil.copy(_TRAPS, flash)
        shutil.move(flash / "main.py", flash / "real_main.py")
        main = f"from traps import *\n{trap}\nexec(open('real_main.py').read())\n"
        (flash / "main.py").write_text(main)
    return flash


@contextmanager
def running(
    name: str, folder: Path, trap: str = "", flash: Path | None = None, **options: Any
) -> Iterator[tuple[VirtualBoard, Console]]:
    """A board that has started, and its console. It runs in its own time, unless told otherwise."""
    options = {"has_own_time": True, "patience_s": PATIENCE_S, **options}
    flash = flash or flash_of(name, folder, trap)
    with VirtualBoard(load_board(name), flash, **options) as board, Console(board.port) as console:
        console.expect("ready", 30)
        yield board, console


def start_session(board: VirtualBoard, console: Console, mmhg: float = 20.0) -> None:
    """Waits until there is pressure on the leg."""
    console.ask("load", program="easy-run", minutes=15)
    assert console.ask("start")["ok"]
    wait_for(board, console, lambda: board.highest_mmhg() > mmhg)


def wait_for(board: VirtualBoard, console: Console, is_so: Any, timeout_s: float = 60.0) -> None:
    """Runs the board, and asks as often as a laptop would, so that the link isn't silent."""

    def look(_: VirtualBoard) -> bool:
        console.ask("hello")
        if is_so():
            return True
        asked_ms = board.now_ms
        board.wait_until(lambda b: b.now_ms >= asked_ms + ASKED_EVERY_MS)
        return False

    board.wait_until(look, timeout_s)
