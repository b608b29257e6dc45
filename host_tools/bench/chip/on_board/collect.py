# mypy: ignore-errors
"""A garbage collection, with as much in use as the application needs."""

import gc

from helpers import median_us, say

_MOST_BYTES = 100 * 1024
_SOME = 50


def measure() -> None:
    wanted = min(gc.mem_free() // 2, _MOST_BYTES)
    held = []
    before = gc.mem_alloc()
    hold(held, _SOME)
    # Counted once: in a large heap each look at it takes a tenth of a second.
    hold(held, _SOME * wanted // max(gc.mem_alloc() - before, 1))
    gc.collect()
    say("collect_used_bytes", gc.mem_alloc())
    say("collect_us", median_us(7, gc.collect))
    # Emptied by hand: it names itself, and the next piece wants its room.
    held.clear()
    gc.collect()


def hold(held: list, count: int) -> None:
    """As a program has it: objects that name others, and some bytes."""
    for number in range(count):
        held.append([held, [1, 2, 3, number], bytes(60)])
