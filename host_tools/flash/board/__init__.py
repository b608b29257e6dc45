"""The board's end of flashing: MicroPython, the slots, the first start."""
