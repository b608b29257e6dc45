"""A virtual board: the firmware's own files in real MicroPython, with simulated boots on its pins."""
