# mypy: ignore-errors
"""Reads of the partition that has the files: a short one and a whole block. Nothing is written."""

from helpers import median, say, timed_us

_COUNT_IOCTL = 4
_BLOCK_BYTES = 4096
_SHORT_BYTES = 32
_READS = 40


def measure() -> None:
    from flashbdev import bdev

    blocks = bdev.ioctl(_COUNT_IOCTL, 0)
    # Far apart, so that nothing on the way has them already.
    where = [number * 7 % blocks for number in range(_READS)]
    short, block = bytearray(_SHORT_BYTES), bytearray(_BLOCK_BYTES)
    say("flash_read_short_us", median([timed_us(bdev.readblocks, number, short, 64) for number in where]))
    say("flash_read_block_us", median([timed_us(bdev.readblocks, number, block) for number in where]))
    say("flash_read_bytes", (_SHORT_BYTES, _BLOCK_BYTES))
