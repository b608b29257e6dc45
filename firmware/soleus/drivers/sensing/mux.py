"""TCA9548A: eight I2C buses behind one, for sensors that all have the same address.

Each bit of its one register joins a bus, any number at a time: a command that all sensors share is
written to all of them at once. Sensor channels 8 to 15 are on a second one, at the next address. A write
takes 50 us at 400 kHz and as long again in the chip's driver, so one that would change nothing is left out.
"""

from machine import SoftI2C
from micropython import const

_CHANNELS = const(8)
_UNKNOWN = const(-1)


class Mux:
    def __init__(self, i2c: SoftI2C, address: int, channels: list) -> None:
        self.i2c = i2c
        self.address = address
        self.mux_count = max(channels) // _CHANNELS + 1
        self.all_bits = [0] * self.mux_count
        for channel in channels:
            self.all_bits[channel // _CHANNELS] |= 1 << channel % _CHANNELS
        self.register = bytearray(1)
        # The only one that may have a bus joined; unknown after a failure, or when all have.
        self.number = _UNKNOWN
        # What was last written to each; unknown for one that didn't answer.
        self.joined_bits = [_UNKNOWN] * self.mux_count

    def select(self, channel: int) -> None:
        """Join this bus alone; an `OSError` says that the multiplexer doesn't answer."""
        number = channel // _CHANNELS
        if number != self.number:
            self.number = _UNKNOWN
            for other in range(self.mux_count):
                if other != number:
                    self._join(other, 0)
            self.number = number
        self._join(number, 1 << channel % _CHANNELS)

    def select_all(self) -> None:
        """Always written: a multiplexer that has lost its setting gets it back with the next tick."""
        self.number = _UNKNOWN
        for number in range(self.mux_count):
            self.joined_bits[number] = _UNKNOWN
            self._join(number, self.all_bits[number])

    def _join(self, number: int, bits: int) -> None:
        if self.joined_bits[number] == bits:
            return
        self.joined_bits[number] = _UNKNOWN
        self.register[0] = bits
        self.i2c.writeto(self.address + number, self.register)
        self.joined_bits[number] = bits
