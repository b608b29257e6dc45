"""Sessions on the flash: a file each, bounded in number and size, the oldest dropped first."""

import binascii
import os

from soleus.annotations import Any

from .files import forget
from .log_format import MAGIC

FOLDER = "/log"
SUFFIX = ".slog"
# All sessions together, and one: the flash of the smallest board has 2 MB for files.
ALL_MOST_BYTES = 256 * 1024
SESSION_MOST_BYTES = 64 * 1024
_SIZE = 6


def sessions(folder: str = FOLDER) -> list:
    """(name, bytes) of each, the oldest first."""
    try:
        names = sorted([name for name in os.listdir(folder) if name.endswith(SUFFIX)])
    except OSError:
        return []
    return [(name, os.stat(folder + "/" + name)[_SIZE]) for name in names]


def begin_session(folder: str = FOLDER) -> str:
    """Makes room, and gives the path of a new session's file."""
    try:
        os.mkdir(folder)
    except OSError:
        pass
    there = sessions(folder)
    number = int(there[-1][0][: -len(SUFFIX)]) + 1 if there else 1
    path = "{}/{:06d}{}".format(folder, number, SUFFIX)
    drop_oldest(ALL_MOST_BYTES - SESSION_MOST_BYTES, folder)
    with open(path, "wb") as file:
        file.write(MAGIC)
    return path


def drop_oldest(most_bytes: int, folder: str = FOLDER) -> None:
    there = sessions(folder)
    total = sum([size for _, size in there])
    for name, size in there:
        if total <= most_bytes:
            return
        forget(folder + "/" + name)
        total -= size


def append_frame(path: str, kind: int, payload: Any) -> None:
    head = bytes([kind, len(payload) & 0xFF, len(payload) >> 8])
    crc = binascii.crc32(payload, binascii.crc32(head))
    with open(path, "ab") as file:
        file.write(head)
        file.write(payload)
        file.write(bytes([crc & 0xFF, crc >> 8 & 0xFF, crc >> 16 & 0xFF, crc >> 24 & 0xFF]))
