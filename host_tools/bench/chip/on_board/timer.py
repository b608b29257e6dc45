# mypy: ignore-errors
"""A timer's callback every millisecond for a second, while a program runs."""

from time import ticks_diff, ticks_us

from helpers import nothing, say, timed_us
from machine import Timer

_NUMBER = 0
_SECOND_US = 1_000_000


class Calls:
    def __init__(self) -> None:
        self.count = 0
        self.gap_most_us = 0
        self.last_us = ticks_us()

    def note(self, _timer: object) -> None:
        now_us = ticks_us()
        self.gap_most_us = max(self.gap_most_us, ticks_diff(now_us, self.last_us))
        self.last_us = now_us
        self.count += 1


def measure() -> None:
    rounds = 20_000 * _SECOND_US // max(timed_us(nothing, 20_000), 1)
    alone_us = timed_us(nothing, rounds)
    calls = Calls()
    timer = Timer(_NUMBER)
    timer.init(period=1, mode=Timer.PERIODIC, callback=calls.note)
    try:
        beside_us = timed_us(nothing, rounds)
    finally:
        timer.deinit()
    say("callback_count", calls.count)
    say("callback_gap_most_us", calls.gap_most_us)
    say("callback_seconds_us", (alone_us, beside_us))
