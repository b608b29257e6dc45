"""An RGB LED on three pins, cathodes to ground."""

from machine import Pin

OFF, RED, GREEN, YELLOW, BLUE = 0, 1, 2, 3, 4


class Led:
    def __init__(self, table: dict) -> None:
        self.pins = [Pin(table[key], Pin.OUT, value=0) for key in ("red", "green", "blue")]

    def show(self, colour: int) -> None:
        """Bit 0 is red, bit 1 green, bit 2 blue."""
        for index in range(3):
            self.pins[index].value(colour >> index & 1)
