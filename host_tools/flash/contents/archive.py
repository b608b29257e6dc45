"""Files as one compressed archive that a board can unpack in little memory, sent over its prompt's line.

All files follow each other as one stream, each behind a header: the length of its name, its size, its SHA-256
and its name. The stream is cut into blocks that are compressed one by one, because a block must fit into the
board's heap beside the one that it was made of.
"""

import hashlib
import struct
import zlib
from collections.abc import Mapping

UNPACKED_BYTES = 4096
# 2**12 is one block: the board needs no larger window to unpack it.
WINDOW_BITS = 12
_HEADER = struct.Struct("<BI32s")


def archive_blocks(files: Mapping[str, bytes]) -> list[bytes]:
    """The blocks as they go over the line."""
    stream = b"".join(_record(name, content) for name, content in files.items())
    return [
        _without_ctrl_c(_compressed(stream[at : at + UNPACKED_BYTES]))
        for at in range(0, len(stream), UNPACKED_BYTES)
    ]


def _record(name: str, content: bytes) -> bytes:
    coded = name.encode()
    return _HEADER.pack(len(coded), len(content), hashlib.sha256(content).digest()) + coded + content


def _compressed(block: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -WINDOW_BITS)
    return packer.compress(block) + packer.flush()


def _without_ctrl_c(data: bytes) -> bytes:
    """So Ctrl-C still interrupts the board, and a board whose cable was pulled isn't left deaf."""
    return data.replace(b"\4", b"\4\1").replace(b"\3", b"\4\2")
