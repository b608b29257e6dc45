# mypy: ignore-errors
"""Room for the names of a board's own programs, as much as a chip has.

MicroPython keeps every name that it has met, in tables that double in size; the one after 1270 names takes
10 KB of a chip in one piece. Here the stand-ins have names, too, some 150 that no chip has, and a board would
need that piece when a chip doesn't. So the tables are filled up to the one that follows: it has room for as
many names as all of a chip's together, and is there before anything else is.
"""

import gc

# In this interpreter's wider words. The table of 640 names takes half as much.
_TABLE_LEAST_BYTES = 10_000


def fill_tables() -> None:
    gc.collect()
    before_bytes = gc.mem_alloc()
    number = 0
    while True:
        getattr(gc, f"_{number}", None)
        number += 1
        now_bytes = gc.mem_alloc()
        if now_bytes - before_bytes > _TABLE_LEAST_BYTES:
            return
        before_bytes = now_bytes
