"""MicroPython onto the chip, with the application or without. esptool reads back what it wrote, by MD5."""

import contextlib
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from host_tools.flash.board.chooser import files_on_board
from host_tools.flash.board.esptool import RunTool, Say, run_esptool, where
from host_tools.flash.contents.application import Application
from host_tools.flash.contents.filesystem import (
    BLOCK_BYTES,
    SUPERBLOCKS,
    filesystem_image,
    has_superblock,
    used_pieces,
)
from host_tools.flash.contents.image_file import CheckedImage
from host_tools.flash.contents.images import IMAGES
from host_tools.flash.contents.partitions import Partition, files_partition
from host_tools.flash.prompt.errors import DeviceError

_SIZE = re.compile(r"Detected flash size: (\d+)(KB|MB)")
_UNITS = {"KB": 1024, "MB": 1024 * 1024}


@dataclass(frozen=True)
class Place:
    """Where MicroPython will look for its files, and whether there is a file system already."""

    partition: Partition
    has_files: bool


def look_at_chip(
    chip: str, port: str, image: CheckedImage, say: Say, run_tool: RunTool | None = None
) -> Place:
    """Only reads. A chip of another kind than the image's is refused by esptool."""
    run = run_tool or run_esptool
    tool = where(IMAGES[chip].esptool_chip, port)
    say(f"asking the chip on {port} for the size of its flash")
    flash_bytes = _flash_bytes(run([*tool, "flash-id"], say))
    partition = files_partition(image.file, image.file.read_bytes(), IMAGES[chip], flash_bytes)
    say("looking for files on its flash")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "superblocks.bin"
        size_bytes = SUPERBLOCKS * BLOCK_BYTES
        run([*tool, "read-flash", f"0x{partition.offset:x}", f"0x{size_bytes:x}", str(file)], say)
        return Place(partition, has_superblock(file.read_bytes()))


def write_everything(
    chip: str,
    port: str,
    image: CheckedImage,
    app: Application,
    partition: Partition,
    say: Say,
    run_tool: RunTool | None = None,
) -> None:
    """MicroPython and the application onto a chip that has neither, in one go.

    Everything is erased first, so that nothing starts and nothing older is mounted. MicroPython comes last:
    while any of it is missing the chip starts nothing, and when all of it is there, so are the files.
    """
    pinned = IMAGES[chip]
    pieces = used_pieces(filesystem_image(files_on_board(app), partition.size_bytes))
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, (at, content) in enumerate(pieces):
            file = Path(folder) / f"files-{number}.bin"
            file.write_bytes(content)
            files += [f"0x{partition.offset + at:x}", str(file)]
        say(f"erasing the chip, then writing the application and MicroPython {image.version}")
        arguments = ["write-flash", "--erase-all", *files, f"0x{pinned.offset:x}", str(image.file)]
        with _saying("nothing starts on this chip until it is flashed again"):
            (run_tool or run_esptool)([*where(pinned.esptool_chip, port), *arguments], say)


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
