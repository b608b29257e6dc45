"""What looks like an image of MicroPython: its header, its partition table, its version, and noise."""

import random
import struct
from pathlib import Path

from host_tools.flash.contents.images import IMAGES
from host_tools.flash.contents.partitions import TABLE_AT

UNLISTED = [("nvs", 1, 0x9000, 0x6000), ("phy_init", 1, 0xF000, 0x1000), ("factory", 0, 0x10000, 0x1F0000)]
LISTED = [*UNLISTED, ("vfs", 1, 0x200000, 0x200000)]
SIZE_BYTES = 200_000


def an_image(
    file: Path, chip: str, version: str = "v1.27.0", table: list[tuple[str, int, int, int]] = UNLISTED
) -> Path:
    image = IMAGES[chip]
    content = bytearray(random.Random(chip).randbytes(SIZE_BYTES))
    # Magic, segments, flash mode, flash size and frequency: 4 MB.
    content[:24] = bytes([0xE9, 1, 2, 0x20]) + bytes(8) + bytes([image.chip_id]) + bytes(11)
    at = TABLE_AT - image.offset
    entries = b"".join(
        struct.pack("<2sBBII16sI", b"\xaa\x50", kind, 0, offset, size, label.encode(), 0)
        for label, kind, offset, size in table
    )
    content[at : at + 0xC00] = entries.ljust(0xC00, b"\xff")
    file.write_bytes(bytes(content) + f"MicroPython {version} on 2026-01-01; Generic".encode())
    return file
