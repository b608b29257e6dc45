"""The colours of the lamp: bit 0 is red, bit 1 green, bit 2 blue."""

OFF = 0
RED = 1
GREEN = 2
YELLOW = 3
BLUE = 4
