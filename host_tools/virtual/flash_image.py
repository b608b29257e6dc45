"""The flash of a virtual board: a file that holds what a chip's partition would, a littlefs."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from littlefs import LittleFS
from littlefs.errors import LittleFSError

from host_tools.basics.errors import InputError
from host_tools.flash.contents.filesystem import BLOCK_BYTES

# Of the boards that Soleus knows, the smallest has 2 MB of flash for files.
BLOCKS = 512
FULL_FILE = "/full"


class FlashImage:
    """Changed only while no interpreter runs on it; read at any time."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def erase(self, blocks: int = BLOCKS) -> None:
        """As a new chip is: no file system yet."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(b"\xff" * BLOCK_BYTES * blocks)

    def write(self, files: Mapping[str, bytes]) -> None:
        """Write these files into it; those that are there stay. A new image gets a file system first."""
        file_system = self._opened() if self.file.exists() else self._formatted()
        for name, content in files.items():
            file_system.makedirs(str(PurePosixPath(name).parent), exist_ok=True)
            with file_system.open(name, "wb") as file:
                file.write(content)
        self.file.write_bytes(bytes(file_system.context.buffer))

    def remove(self, name: str) -> None:
        file_system = self._opened()
        file_system.remove(name)
        self.file.write_bytes(bytes(file_system.context.buffer))

    def fill_up(self, free_blocks: int) -> None:
        """Leave room for so many blocks only."""
        file_system = self._opened()
        size = (file_system.block_count - file_system.used_block_count - free_blocks) * BLOCK_BYTES
        with file_system.open(FULL_FILE, "wb") as file:
            # Each block of a file but its first holds a few bytes of its index.
            file.write(b"\0" * (size - size // BLOCK_BYTES * 16))
        self.file.write_bytes(bytes(file_system.context.buffer))

    def read(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""
        # Held while the file is open: the file alone would not keep it.
        file_system = self._opened()
        try:
            with file_system.open(name, "rb") as file:
                content: bytes = file.read()
                return content
        except (LittleFSError, FileNotFoundError):
            return None

    def names(self) -> list[str]:
        """The paths of all files."""
        file_system = self._opened()
        return sorted(
            f"{folder.rstrip('/')}/{name}" for folder, _, names in file_system.walk("/") for name in names
        )

    def _opened(self) -> LittleFS:
        content = self.file.read_bytes()
        file_system = self._blank(len(content) // BLOCK_BYTES)
        file_system.context.buffer = bytearray(content)
        try:
            file_system.mount()
        except LittleFSError:
            raise InputError(self.file, "", None, "the flash of a virtual board, a littlefs image") from None
        return file_system

    def _formatted(self) -> LittleFS:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        file_system = self._blank(BLOCKS)
        file_system.format()
        file_system.mount()
        return file_system

    def _blank(self, blocks: int) -> LittleFS:
        return LittleFS(block_size=BLOCK_BYTES, block_count=blocks, prog_size=32, read_size=32, mount=False)
