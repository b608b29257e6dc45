"""The frames and records on the wire to the interpreter; the other end is `../chip/wire.py`."""

import struct
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

BEAT, NOW_MS, LEVELS_LOW, LEVELS_HIGH, UV, SENSORS, IS_BUS_HUNG = 0, 1, 2, 3, 4, 53, 69
PIN_COUNT = SENSORS - UV
SENSORS_MOST = 16
FRAME_WORDS = IS_BUS_HUNG + 1
FRAME = struct.Struct(f"<{FRAME_WORDS}i")
NO_ANSWER = -1

_RECORD = struct.Struct("<BBHi")


class Kind(IntEnum):
    PIN = 1
    PWM = 2
    DONE = 3
    WDT = 4
    RESET = 5
    TIMERS = 6
    TOOK = 7
    FLASH = 8
    PROMPT = 9
    MEMORY = 10
    I2C = 11
    IMPORT = 12


class FlashWork(IntEnum):
    READ = 0
    WRITE = 1
    ERASE = 2


_CARRY_BYTES = (Kind.MEMORY, Kind.I2C, Kind.IMPORT)


class Record(NamedTuple):
    kind: int
    small: int
    other: int
    value: int
    content: bytes = b""


class RecordReader:
    """Cuts the stream into records; an incomplete one waits for more bytes."""

    def __init__(self) -> None:
        self._unread = b""

    def feed(self, data: bytes) -> Iterator[Record]:
        data = self._unread + data
        at = 0
        while len(data) - at >= _RECORD.size:
            kind, small, other, value = _RECORD.unpack_from(data, at)
            end = at + _RECORD.size
            content = b""
            if kind in _CARRY_BYTES:
                end += value
                if len(data) < end:
                    break
                content = data[end - value : end]
            at = end
            yield Record(kind, small, other, value, content)
        self._unread = data[at:]
