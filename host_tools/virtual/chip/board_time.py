# mypy: ignore-errors
"""`time` by the board's clock, for a board whose time doesn't run at the wall's pace.

Its counter wraps at 2**30 as the chip's does, and starts a minute before that.
"""

import utime
import wire
from utime import *  # noqa: F403 (all of MicroPython's own, but for what follows)

_PERIOD = 1 << 30
_START_MS = _PERIOD - 60_000
_AFTER_ALL_MS = 1 << 40


# A program that only looks at the clock takes time, too.
_LOOK_US = 4


def ticks_ms() -> int:
    wire.spend(_LOOK_US)
    return (wire.now_ms() + _START_MS) & _PERIOD - 1


def ticks_for_asyncio() -> int:
    """Does not wrap. asyncio's queue gives a new task a time of its own clock; this one is later than any of
    those, so that new tasks come first."""
    return wire.now_ms() + _AFTER_ALL_MS


def ticks_us() -> int:
    return (wire.now_us() if wire.costs else utime.ticks_us()) & _PERIOD - 1


def ticks_add(ticks: int, delta: int) -> int:
    return (ticks + delta) & _PERIOD - 1


def ticks_diff(end: int, start: int) -> int:
    return ((end - start + _PERIOD // 2) & _PERIOD - 1) - _PERIOD // 2


def sleep_ms(ms: int) -> None:
    until_ms = wire.now_ms() + ms
    while wire.now_ms() < until_ms:
        wire.wait_for_beat()


def sleep(seconds: float) -> None:
    sleep_ms(int(seconds * 1000))


def sleep_us(us: int) -> None:
    wire.spend(us)
