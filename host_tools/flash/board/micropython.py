"""MicroPython itself onto the chip, by esptool, which reads back what it wrote."""

import subprocess
import sys
from collections.abc import Callable

from host_tools.flash.board.device import DeviceError
from host_tools.flash.contents.image_file import CheckedImage
from host_tools.flash.contents.images import IMAGES

BAUD = 460_800
RunTool = Callable[[list[str]], None]


def write_micropython(
    chip: str, port: str, image: CheckedImage, erase_all: bool, run_tool: RunTool | None = None
) -> None:
    """Erasing everything also erases files, settings and calibration: only for chips without MicroPython."""
    (run_tool or run_esptool)(esptool_arguments(chip, port, image, erase_all))


def esptool_arguments(chip: str, port: str, image: CheckedImage, erase_all: bool) -> list[str]:
    pinned = IMAGES[chip]
    erase = ["--erase-all"] if erase_all else []
    where = ["--chip", pinned.esptool_chip, "--port", port, "--baud", str(BAUD)]
    return [*where, "write-flash", *erase, f"0x{pinned.offset:x}", str(image.file)]


def run_esptool(arguments: list[str]) -> None:
    """esptool runs as a process and shows its progress on stderr: stdout is for the summary."""
    done = subprocess.run([sys.executable, "-m", "esptool", *arguments], stdout=sys.stderr, check=False)
    if done.returncode:
        raise DeviceError(
            "esptool could not write MicroPython; hold BOOT, press and let go RESET, let go BOOT, try again"
        )
