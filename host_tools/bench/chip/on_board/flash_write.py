# mypy: ignore-errors
"""Writes, through the file system alone: on its raw partition they would destroy what is there."""

import os
from array import array

from helpers import say, timed_us

_FILE = "/chip-bench.tmp"
# As much as littlefs gathers on a stock board before it writes.
_PIECE_BYTES = 128
_BLOCK_BYTES = 4096
_BLOCKS = 6
# littlefs finds free blocks, erases and moves its own notes: room for all of that.
_FREE_LEAST_BYTES = 64 * 1024


def measure() -> None:
    room = os.statvfs("/")
    if room[0] * room[3] < _FREE_LEAST_BYTES:
        raise OSError("less than 64 KB of flash are free")
    try:
        # The first since the board started: littlefs looks for free blocks.
        say("first_write_us", timed_us(_write_short))
        say("second_write_us", timed_us(_write_short))
        _write_long()
    finally:
        os.remove(_FILE)


def _write_short() -> None:
    with open(_FILE, "wb") as file:
        file.write(b"." * 1024)


def _write_long() -> None:
    """In each block one piece is dear, because the block is erased first."""
    pieces = array("i", [0] * (_BLOCKS * _BLOCK_BYTES // _PIECE_BYTES))
    content = bytes(range(_PIECE_BYTES))
    with open(_FILE, "wb") as file:
        write = file.write
        for number in range(len(pieces)):
            pieces[number] = timed_us(write, content)
    say("flash_pieces_us", list(pieces))
    say("flash_piece_bytes", _PIECE_BYTES)
