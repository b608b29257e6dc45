"""The flash of a virtual board: a file that holds what a chip's partition would, a littlefs."""

from collections.abc import Mapping
from pathlib import Path

from littlefs import LittleFS
from littlefs.errors import LittleFSError

from host_tools.basics.errors import InputError
from host_tools.flash.contents.filesystem import (
    BLOCK_BYTES,
    ERASED,
    filesystem_image,
    mounted,
    put_files,
)

# Of the boards that Soleus knows, the smallest has 2 MB of flash for files.
BLOCKS = 512
FULL_FILE = "full"
# Each block of a file but its first begins with pointers to some before it.
POINTERS_MOST_BYTES = 16


class FlashImage:
    """Changed only while no interpreter runs on it; read at any time."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def erase(self) -> None:
        """As a new chip is: no file system yet."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(ERASED * BLOCKS)

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write these files into it; those that are there stay. A new image gets a file system first."""
        if not self.file.exists():
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_bytes(filesystem_image(files, BLOCKS * BLOCK_BYTES))
            return
        file_system = self._mounted()
        put_files(file_system, files)
        self._keep(file_system)

    def remove(self, name: str) -> None:
        file_system = self._mounted()
        file_system.remove(name)
        self._keep(file_system)

    def fill_up(self, free_blocks: int) -> None:
        """Leave room for so many blocks only."""
        file_system = self._mounted()
        blocks = file_system.block_count - file_system.used_block_count - free_blocks
        put_files(file_system, {FULL_FILE: b"\0" * blocks * (BLOCK_BYTES - POINTERS_MOST_BYTES)})
        self._keep(file_system)

    def read(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""
        # Held while the file is open: the file alone would not keep it.
        file_system = self._mounted()
        try:
            with file_system.open(name, "rb") as file:
                content: bytes = file.read()
                return content
        except (LittleFSError, FileNotFoundError):
            return None

    def names(self) -> list[str]:
        """The paths of all files."""
        file_system = self._mounted()
        return sorted(
            f"{folder.rstrip('/')}/{name}" for folder, _, names in file_system.walk("/") for name in names
        )

    def _mounted(self) -> LittleFS:
        try:
            return mounted(self.file.read_bytes())
        except LittleFSError:
            raise InputError(self.file, "", None, "the flash of a virtual board, a littlefs image") from None

    def _keep(self, file_system: LittleFS) -> None:
        self.file.write_bytes(bytes(file_system.context.buffer))
