"""Where on the flash MicroPython keeps its files: read from the partition table inside its own image."""

import struct
from dataclasses import dataclass
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.flash.contents.images import Image

TABLE_AT = 0x8000
TABLE_BYTES = 0xC00
ENTRY_BYTES = 32
ENTRY_MAGIC = b"\xaa\x50"
FILES_LABEL = "vfs"


@dataclass(frozen=True)
class Partition:
    label: str
    offset: int
    size_bytes: int

    @property
    def end(self) -> int:
        return self.offset + self.size_bytes


def files_partition(file: Path, content: bytes, image: Image, flash_bytes: int) -> Partition:
    """Older images list it. Newer ones don't: it is the rest of the flash, as large as the chip has it."""
    partitions = _partitions(content[TABLE_AT - image.offset :][:TABLE_BYTES])
    if not partitions:
        raise InputError(file, "--image", None, f"an image with its partition table at 0x{TABLE_AT:x}")
    for partition in partitions:
        if partition.label == FILES_LABEL:
            return partition
    begin = max(partition.end for partition in partitions)
    return Partition(FILES_LABEL, begin, flash_bytes - begin)


def _partitions(table: bytes) -> list[Partition]:
    found = []
    for at in range(0, len(table) - ENTRY_BYTES + 1, ENTRY_BYTES):
        entry = table[at : at + ENTRY_BYTES]
        if not entry.startswith(ENTRY_MAGIC):
            break
        offset, size_bytes = struct.unpack_from("<II", entry, 4)
        found.append(Partition(entry[12:28].rstrip(b"\0").decode("ascii", "replace"), offset, size_bytes))
    return found
