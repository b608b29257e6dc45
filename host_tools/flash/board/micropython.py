"""MicroPython onto the chip, with the application or without. esptool reads back what it wrote, by MD5."""

import contextlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from host_tools.flash.board.errors import DeviceError
from host_tools.flash.board.esptool import RunTool, Say, run_esptool, where
from host_tools.flash.contents.application import Application
from host_tools.flash.contents.filesystem import filesystem_image, used_pieces
from host_tools.flash.contents.image_file import CheckedImage
from host_tools.flash.contents.images import IMAGES
from host_tools.flash.contents.partitions import files_partition

_SIZE = re.compile(r"Detected flash size: (\d+)(KB|MB)")
_UNITS = {"KB": 1024, "MB": 1024 * 1024}


def write_everything(
    chip: str, port: str, image: CheckedImage, app: Application, say: Say, run_tool: RunTool | None = None
) -> None:
    """MicroPython and the application onto a chip that runs no MicroPython, in one go.

    Everything is erased first, so that nothing starts and nothing older is mounted. MicroPython comes last:
    while any of it is missing the chip starts nothing, and when all of it is there, so are the files.
    """
    run = run_tool or run_esptool
    pinned = IMAGES[chip]
    tool = where(pinned.esptool_chip, port)
    say(f"asking the chip on {port} for the size of its flash")
    flash_bytes = _flash_bytes(run([*tool, "flash-id"], say))
    partition = files_partition(image.file, image.file.read_bytes(), pinned, flash_bytes)
    pieces = used_pieces(filesystem_image(app, partition.size_bytes))
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, (at, content) in enumerate(pieces):
            file = Path(folder) / f"files-{number}.bin"
            file.write_bytes(content)
            files += [f"0x{partition.offset + at:x}", str(file)]
        say(f"erasing the chip, then writing the application and MicroPython {image.version}")
        arguments = ["write-flash", "--erase-all", *files, f"0x{pinned.offset:x}", str(image.file)]
        with _saying("nothing starts on this chip until it is flashed again"):
            run([*tool, *arguments], say)


def write_micropython(
    chip: str, port: str, image: CheckedImage, say: Say, run_tool: RunTool | None = None
) -> None:
    """MicroPython alone: the files on the board, its settings and calibration stay."""
    pinned = IMAGES[chip]
    say(f"writing MicroPython {image.version}")
    arguments = [*where(pinned.esptool_chip, port), "write-flash", f"0x{pinned.offset:x}", str(image.file)]
    with _saying("the board's files are as they were, but it starts nothing until it is flashed again"):
        (run_tool or run_esptool)(arguments, say)


@contextlib.contextmanager
def _saying(consequence: str) -> Iterator[None]:
    try:
        yield
    except DeviceError as error:
        raise DeviceError(f"{error}; {consequence}") from None


def _flash_bytes(said: str) -> int:
    found = _SIZE.search(said)
    if not found:
        raise DeviceError("esptool could not tell the size of the chip's flash; nothing was written")
    return int(found[1]) * _UNITS[found[2]]
