"""What may be at a port: a virtual board, somebody who answers garbage, nobody."""

import os
import pty
import threading
import tty
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from host_tools.catalogue.boards import load_board
from host_tools.virtual.board import VirtualBoard
from host_tools.virtual.flash_image import FlashImage

DEVKIT = "esp32-devkit"


@contextmanager
def bare_virtual_board(folder: Path, files: Mapping[str, bytes] | None = None) -> Iterator[str]:
    """The port of a board with nothing but MicroPython and these files on it.

    It has the laptop's speed: the measuring loops are bytecode, which costs a virtual chip nothing.
    """
    flash = folder / "flash.img"
    FlashImage(flash).write(files or {})
    with VirtualBoard(load_board(DEVKIT), flash) as board:
        yield board.port


@contextmanager
def port_that_says(answer: bytes) -> Iterator[str]:
    """Whatever is typed gets the same answer; nothing at all if that is empty."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    threading.Thread(target=_answer, args=(master, answer), daemon=True).start()
    try:
        yield os.ttyname(slave)
    finally:
        os.close(slave)


def _answer(master: int, answer: bytes) -> None:
    try:
        while os.read(master, 4096):
            os.write(master, answer)
    except OSError:
        # The test has closed the other end.
        os.close(master)
