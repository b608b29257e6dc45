"""A virtual board: the firmware's own files in real MicroPython, on a pseudo-terminal, on a simulated pair of boots."""
