"""Virtual boards for the tests: installed once, started often, with a person at the console."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from host_tools.catalogue.boards import load_board
from host_tools.catalogue.chips import Chip, load_chip
from host_tools.flash.board.chooser import POINTER, files_on_board
from host_tools.flash.contents.application import application
from host_tools.link.console import Console
from host_tools.virtual.board import VirtualBoard
from host_tools.virtual.flash_image import FlashImage
from soleus.core.session.questions import COUNT
from tests.display_driver import driver_file

DEVKIT = "esp32-devkit"
DUO = "esp32-s3-duo"
ONE_SENSOR = "esp32-c3-manifold"

# On a busy computer the interpreter may be late. The board waits for it, so that its tick isn't late, too.
PATIENCE_S = 10.0
# In the board's time.
ASKED_EVERY_MS = 100
CLEARS_MS = 3500
READS_MS = 900
YES = ["yes"] * COUNT

IMPORT_THRESHOLD_BYTES = 16 * 1024
# On the flash beside the app: it waits for the file bang on the host, then does harm.
_TRAPS = Path(__file__).with_name("traps.py")


@functools.cache
def _installed(name: str) -> dict[str, bytes]:
    board = load_board(name)
    packages = {"ssd1306.py": driver_file()} if "display" in board.table else {}
    return files_on_board(application(board, packages))


def flash_of(name: str, folder: Path, trap: str = "") -> Path:
    """A flash with the firmware. `trap` is a line of Python that the board runs first: see traps.py."""
    files = dict(_installed(name))
    if trap:
        slot = files[POINTER].decode()
        files[f"{slot}/traps.py"] = _TRAPS.read_bytes()
        files[f"{slot}/real_main.mpy"] = files.pop(f"{slot}/main.mpy")
        # As main.py does before it loads anything, or what the trap loads would scatter over the heap.
        lines = ["import gc", f"gc.threshold({IMPORT_THRESHOLD_BYTES})", "from traps import *", trap]
        files[f"{slot}/main.py"] = "\n".join([*lines, "import real_main", ""]).encode()
    flash = folder / "flash.img"
    FlashImage(flash).write(files)
    return flash


def bang_of(board: VirtualBoard) -> Path:
    """While this file is there, a trap does its harm."""
    assert board.outside
    return board.outside / "bang"


def chip_of(name: str) -> Chip:
    return load_chip(load_board(name).chip)


@contextmanager
def running(
    name: str, folder: Path, trap: str = "", flash: Path | None = None, **options: Any
) -> Iterator[tuple[VirtualBoard, Console]]:
    """A board that has started, and its console. It runs in its own time, unless told otherwise, and on a
    chip whose work costs what it costs."""
    outside = folder / "outside"
    outside.mkdir(exist_ok=True)
    defaults = {"has_own_time": True, "patience_s": PATIENCE_S, "chip": chip_of(name)}
    defaults |= {"outside": outside, "is_on": False}
    flash = flash or flash_of(name, folder, trap)
    with (
        VirtualBoard(load_board(name), flash, **{**defaults, **options}) as board,
        Console(board.port) as console,
    ):
        board.power_on()
        console.expect("ready", 30)
        yield board, console


def begin(board: VirtualBoard, console: Console, **options: Any) -> None:
    """As a person does: the questions at the laptop, then start at the machine. No gentle first session, and
    no check fill."""
    answer = console.ask("start", answers=YES, **{"decline": True, "check_fill": False, **options})
    assert answer.get("waits"), answer
    wait_for(board, console, lambda: console.ask("status")["waits_for_press"])
    board.press("start_stop")
    wait_for(board, console, lambda: console.ask("status")["state"] not in ("idle", "done"))


def begin_by_buttons(board: VirtualBoard, console: Console) -> None:
    """As a person does who is used to boots: go, mine, yes, four times yes, start. Without a check fill."""
    console.ask("set", settings={"check_fill": False})
    for button in ("start_stop", *["louder"] * 6, "start_stop"):
        pressed_ms = board.now_ms
        wait_for(board, console, lambda pressed_ms=pressed_ms: board.now_ms > pressed_ms + READS_MS)
        board.press(button)
    wait_for(board, console, lambda: console.ask("status")["state"] not in ("idle", "done"))


def clear_at_machine(board: VirtualBoard) -> None:
    """Start/stop and stop held together, for longer than it takes."""
    for button in ("start_stop", "stop"):
        board.press(button, CLEARS_MS)


def start_session(board: VirtualBoard, console: Console, mmhg: float = 20.0) -> None:
    """Waits until there is pressure on the leg."""
    console.ask("load", program="easy-run", minutes=15)
    begin(board, console)
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
