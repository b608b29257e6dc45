"""The virtual chip's side, for MicroPython's unix port: `machine` and what belongs to it. Not for CPython."""
