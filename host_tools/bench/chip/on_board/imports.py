# mypy: ignore-errors
"""The import of a module: from memory, so that no flash is read, or from the flash with all that it takes."""

import gc
import io
import os
import sys

import vfs
from helpers import say, timed_us

_FOLDER = "/chip-bench-memory"


class Memory:
    """A file system with one file, as far as an import asks for it."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name = "/" + name
        self.content = content

    def mount(self, readonly: bool, mkfs: bool) -> None:
        pass

    def umount(self) -> None:
        pass

    def stat(self, path: str) -> tuple:
        if path != self.name:
            raise OSError(2)
        return (0x8000, 0, 0, 0, 0, 0, len(self.content), 0, 0, 0)

    def open(self, path: str, mode: str) -> object:
        return io.BytesIO(self.content)


def measure(name: str, content: bytes) -> None:
    vfs.mount(Memory(name + ".mpy", content), _FOLDER)
    try:
        say("import_us", _import_us(_FOLDER, name))
    finally:
        vfs.umount(_FOLDER)


def from_flash(name: str, content: bytes) -> None:
    """With it comes all that littlefs does to find and read a file."""
    file_name = "/" + name + ".mpy"
    with open(file_name, "wb") as file:
        file.write(content)
    try:
        say("flash_import_us", _import_us("/", name))
        say("flash_import_bytes", len(content))
    finally:
        os.remove(file_name)


def _import_us(folder: str, name: str) -> int:
    sys.path.insert(0, folder)
    gc.collect()
    try:
        return timed_us(__import__, name)
    finally:
        sys.path.remove(folder)
        sys.modules.pop(name, None)
