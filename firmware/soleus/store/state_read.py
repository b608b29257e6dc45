"""Reads a small table back from the flash, and checks that it is whole. Loaded for a moment."""

import binascii
import json

from micropython import const

from soleus.basics.annotations import Callable

_SIZE_MOST_BYTES = const(4096)


class BrokenFileError(Exception):
    """Names the file and what is wrong with it."""


def read_or_warn(name: str, on_warning: Callable) -> "dict | None":
    try:
        return read_table(name)
    except BrokenFileError as error:
        on_warning("{}; defaults used".format(error))
        return None


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
