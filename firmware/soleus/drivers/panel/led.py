"""An RGB LED on three pins, cathodes to ground."""

from machine import Pin


class Led:
    def __init__(self, table: dict) -> None:
        self.pins = [Pin(table[key], Pin.OUT, value=0) for key in ("red", "green", "blue")]

    def show(self, colour: int) -> None:
        """One of `basics/colours.py`."""
        for index in range(3):
            self.pins[index].value(colour >> index & 1)
