"""All that goes on a board: the application, its packages, MicroPython itself."""
