# mypy: ignore-errors
"""A garbage collection, with as much in use as the application needs."""

import gc

from helpers import median_us, say

_MOST_BYTES = 100 * 1024


def measure() -> None:
    free = gc.mem_free()
    wanted = gc.mem_alloc() + min(free // 2, _MOST_BYTES)
    held = []
    while gc.mem_alloc() < wanted:
        # As a program has it: some objects that name others, and some bytes.
        held.append([held, [1, 2, 3, len(held)], bytes(60)])
    gc.collect()
    used = gc.mem_alloc()
    say("collect_us", median_us(7, gc.collect))
    say("collect_used_bytes", used)
    # Emptied by hand: it names itself, and the next piece wants its room.
    held.clear()
    gc.collect()
