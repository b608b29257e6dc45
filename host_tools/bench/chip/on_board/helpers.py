# mypy: ignore-errors
"""What every piece needs. The laptop sends this first, and the piece after it."""

import gc
from time import ticks_diff, ticks_us


def say(name: str, value: object) -> None:
    """A line that the laptop reads; anything else that is printed doesn't matter."""
    print("\n=" + name + " " + repr(value))


def attempt(do: object, arguments: dict) -> None:
    """A board that lacks something says so, and the next piece has its turn."""
    gc.collect()
    try:
        do(**arguments)
    except Exception as error:
        say("failed", "{}: {}".format(type(error).__name__, error))


def timed_us(do: object, *arguments: object) -> int:
    started_us = ticks_us()
    do(*arguments)
    return ticks_diff(ticks_us(), started_us)


def median(numbers: list) -> int:
    return sorted(numbers)[len(numbers) // 2]


def median_us(times: int, do: object, *arguments: object) -> int:
    return median([timed_us(do, *arguments) for _ in range(times)])


def each_us(do: object, rounds: int) -> float:
    """What one round of `do` costs, less the loop itself."""
    return (median_us(5, do, rounds) - median_us(5, nothing, rounds)) / rounds


def nothing(rounds: int) -> None:
    for _ in range(rounds):
        pass
