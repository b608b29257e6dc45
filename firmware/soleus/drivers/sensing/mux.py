"""TCA9548A: eight I2C buses behind one, for sensors that all have the same address.

Each bit of its one register joins a bus, any number at a time: a command that all sensors share is
written to all of them at once. Sensor channels 8 to 15 are on a second one, at the next address. A write
takes 65 us, so a multiplexer whose buses are parted already is not told again.
"""

from machine import SoftI2C
from micropython import const

_CHANNELS = const(8)


class Mux:
    def __init__(self, i2c: SoftI2C, address: int, channels: list) -> None:
        self.write = i2c.writeto
        self.address = address
        self.mux_count = max(channels) // _CHANNELS + 1
        # Of each sensor: its multiplexer, and its bit there.
        self.numbers = bytes([channel // _CHANNELS for channel in channels])
        self.bits = bytes([1 << channel % _CHANNELS for channel in channels])
        self.all_bits = [0] * self.mux_count
        for channel in channels:
            self.all_bits[channel // _CHANNELS] |= 1 << channel % _CHANNELS
        self.register = bytearray(1)

    def join_all(self) -> None:
        """Always written: a multiplexer that has lost its setting gets it back with the next tick."""
        for number in range(self.mux_count):
            self.register[0] = self.all_bits[number]
            self.write(self.address + number, self.register)

    def part_others(self, number: int) -> int:
        """No bus of any other one is joined from now on."""
        self.register[0] = 0
        for other in range(self.mux_count):
            if other != number:
                self.write(self.address + other, self.register)
        return number
