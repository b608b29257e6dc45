"""MicroPython's image: from a person's own file, the cache or the download page; always checked."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.cache_folder import cache_folder
from host_tools.basics.errors import InputError
from host_tools.flash.contents.download import fetch
from host_tools.flash.contents.images import IMAGES, MICROPYTHON_VERSION, Image
from host_tools.flash.contents.partitions import files_partition

IMAGE_MAGIC = 0xE9
CHIP_ID_AT = 12
LEAST_BYTES = 100_000


@dataclass(frozen=True)
class CheckedImage:
    file: Path
    version: str
    """As the interpreter itself will report it, such as `v1.28.0`."""
    origin: str
    """For the summary: where the image came from and how it was checked."""


def checked_image(chip: str, own_file: Path | None) -> CheckedImage:
    """The image to write, or an `InputError`; downloads only what is neither given nor in the cache."""
    image = IMAGES[chip]
    if own_file is not None:
        content = _read(own_file)
        _refuse_other_chip(own_file, content, chip, image)
        version = _version(own_file, content)
        # Where its files will be; how large the flash is, only the chip can say.
        files_partition(own_file, content, image, 0)
        if _sha256(content) == image.sha256:
            return CheckedImage(own_file, version, f"{own_file}, the pinned {MICROPYTHON_VERSION}")
        return CheckedImage(own_file, version, f"{own_file}, of your own choice")
    cached = cache_folder() / "micropython" / image.file_name
    if not cached.exists():
        content = fetch(
            image.url,
            f"MicroPython for the {chip}",
            "--image FILE, or keep the one on the board with --keep-micropython",
        )
        _refuse_wrong_checksum(image.url, content, image)
        write_whole(_with_folder(cached), content)
    _refuse_wrong_checksum(str(cached), _read(cached), image)
    return CheckedImage(cached, MICROPYTHON_VERSION, f"{image.file_name}, SHA-256 checked")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(file, "--image", None, f"a file that can be read ({error.strerror})") from None


def _refuse_other_chip(file: Path, content: bytes, chip: str, image: Image) -> None:
    if len(content) < LEAST_BYTES or content[0] != IMAGE_MAGIC:
        raise InputError(file, "--image", None, f"an image of MicroPython for the {chip}, a .bin file")
    chip_id = int.from_bytes(content[CHIP_ID_AT : CHIP_ID_AT + 2], "little")
    if chip_id != image.chip_id:
        names = [name for name, other in IMAGES.items() if other.chip_id == chip_id]
        found = names[0] if names else f"chip number {chip_id}"
        raise InputError(file, "--image", None, f"an image for the {chip}; this one is for the {found}")


def _version(file: Path, content: bytes) -> str:
    found = re.search(rb"MicroPython (v\d+\.\d+\.\d+[\w.-]*) on ", content)
    if not found:
        raise InputError(file, "--image", None, "an image of MicroPython; its version isn't in this file")
    return found[1].decode()


def _refuse_wrong_checksum(where: str, content: bytes, image: Image) -> None:
    found = _sha256(content)
    if found != image.sha256:
        expected = f"SHA-256 {image.sha256}, not {found}; nothing was written"
        raise InputError(where, image.file_name, None, expected)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _with_folder(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    return file
