# mypy: ignore-errors
"""A timer's callback every millisecond for a second, while a program runs."""

from time import ticks_diff, ticks_us

from helpers import nothing, say, timed_us
from machine import Timer

_NUMBER = 0
_SECOND_US = 1_000_000
_TRIED = 20_000


class Calls:
    def __init__(self) -> None:
        self.count = 0
        self.gap_most_us = 0
        self.last_us = ticks_us()

    def add(self, _timer: object) -> None:
        self.count += 1

    def note(self, _timer: object) -> None:
        now_us = ticks_us()
        self.gap_most_us = max(self.gap_most_us, ticks_diff(now_us, self.last_us))
        self.last_us = now_us


def measure() -> None:
    rounds = _TRIED * _SECOND_US // max(timed_us(nothing, _TRIED), 1)
    calls = Calls()
    alone_us = timed_us(nothing, rounds)
    beside_us = beside(calls.add, rounds)
    say("callback_count", calls.count)
    say("callback_seconds_us", (alone_us, beside_us))
    # By another callback: what this one notes takes time of its own.
    calls.last_us = ticks_us()
    beside(calls.note, rounds // 2)
    say("callback_gap_most_us", calls.gap_most_us)


def beside(callback: object, rounds: int) -> int:
    """What the same rounds take with a timer beside them."""
    timer = Timer(_NUMBER)
    timer.init(period=1, mode=Timer.PERIODIC, callback=callback)
    try:
        return timed_us(nothing, rounds)
    finally:
        timer.deinit()
