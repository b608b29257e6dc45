# mypy: ignore-errors
"""The heap of a board that has just started, and its clock as MicroPython leaves it."""

import gc

from helpers import say


def measure() -> None:
    # What the laptop has sent so far, to work with files: it isn't part of a fresh heap.
    for name in list(globals()):
        if name[0] == "_" and name[:2] != "__":
            del globals()[name]
    gc.collect()
    say("heap_bytes", gc.mem_free())
    import machine

    say("found_hz", machine.freq())
