"""Small tables that survive a power cut: written beside, then renamed; read back only if whole.

Two lines: a CRC-32 in hexadecimal, and the table as JSON. littlefs, which an ESP32 has for its
flash, renames over an existing file in one step, so either the old or the new one is there.
"""

import binascii
import json
import os

from micropython import const

NEW_SUFFIX = ".new"
_SIZE_MOST_BYTES = const(4096)


class BrokenFileError(Exception):
    """Names the file and what is wrong with it."""


def encode(table: dict) -> bytes:
    line = json.dumps(table).encode()
    return b"%08x\n" % binascii.crc32(line) + line


def write_whole(name: str, content: bytes) -> None:
    """An `OSError`, such as a full disk's, leaves the old file."""
    try:
        with open(name + NEW_SUFFIX, "wb") as file:
            file.write(content)
        os.rename(name + NEW_SUFFIX, name)
    except OSError:
        forget(name + NEW_SUFFIX)
        raise


def read_table(name: str) -> "dict | None":
    """`None` where there is no such file; `BrokenFileError` where it isn't what was written."""
    try:
        with open(name, "rb") as file:
            content = file.read(_SIZE_MOST_BYTES)
    except OSError:
        return None
    crc, _, line = content.partition(b"\n")
    if crc != b"%08x" % binascii.crc32(line):
        raise BrokenFileError("{}: checksum does not fit".format(name))
    try:
        table = json.loads(line)
    except ValueError:
        raise BrokenFileError("{}: not JSON".format(name))
    if not isinstance(table, dict):
        raise BrokenFileError("{}: not a table".format(name))
    return table


def forget(name: str) -> None:
    try:
        os.remove(name)
    except OSError:
        pass
