# mypy: ignore-errors
"""The flash: a folder of the host as the root, with a given size and a given time for each write."""

import io

import vfs
import wire

ENOSPC = 28
IS_FOLDER = 0x4000


class Flash:
    def __init__(self, folder: str, size_bytes: int, write_ms: int, stand_still: object) -> None:
        """`stand_still(ms)` lets time pass while flash is written."""
        self.inner = vfs.VfsPosix(folder)
        self.size_bytes = size_bytes
        self.write_ms = write_ms
        self.stand_still = stand_still
        self.mount = self.inner.mount
        self.umount = self.inner.umount
        self.chdir = self.inner.chdir
        self.getcwd = self.inner.getcwd
        self.stat = self.inner.stat
        self.statvfs = self.inner.statvfs

    def ilistdir(self, folder: str) -> object:
        """With sizes, which the unix port leaves out."""
        for entry in self.inner.ilistdir(folder):
            path = folder.rstrip("/") + "/" + entry[0] if folder else entry[0]
            size_bytes = 0 if entry[1] == IS_FOLDER else self.inner.stat(path)[6]
            yield entry[0], entry[1], 0, size_bytes

    def open(self, name: str, mode: str = "r") -> object:
        if "w" not in mode and "a" not in mode and "+" not in mode:
            return self.inner.open(name, mode)
        self.note_write(0)
        return Writing(self, self.inner.open(name, mode))

    def remove(self, name: str) -> None:
        self.note_write(0)
        self.inner.remove(name)

    def rename(self, old: str, new: str) -> None:
        self.note_write(0)
        self.inner.rename(old, new)

    def mkdir(self, name: str) -> None:
        self.note_write(0)
        self.inner.mkdir(name)

    def rmdir(self, name: str) -> None:
        self.note_write(0)
        self.inner.rmdir(name)

    def note_write(self, count: int) -> None:
        """While flash is written the chip does nothing else."""
        wire.say(wire.FLASH, 0, 0, count)
        if self.write_ms:
            self.stand_still(self.write_ms)

    def refuse_when_full(self, count: int) -> None:
        if self.size_bytes and self._used_bytes("/") + count > self.size_bytes:
            raise OSError(ENOSPC)

    def _used_bytes(self, folder: str) -> int:
        used = 0
        for entry in self.inner.ilistdir(folder):
            path = folder + "/" + entry[0]
            used += self._used_bytes(path) if entry[1] == IS_FOLDER else self.inner.stat(path)[6]
        return used


class Writing(io.IOBase):
    def __init__(self, flash: Flash, file: object) -> None:
        self.flash = flash
        self.file = file
        self.seek = file.seek
        self.tell = file.tell
        self.read = file.read
        self.readline = file.readline

    def write(self, content: bytes) -> int:
        self.flash.refuse_when_full(len(content))
        self.flash.note_write(len(content))
        return self.file.write(content)

    def readinto(self, buffer: bytearray) -> int:
        return self.file.readinto(buffer)

    def flush(self) -> None:
        self.file.flush()

    def close(self) -> None:
        self.file.close()

    def __enter__(self) -> object:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
