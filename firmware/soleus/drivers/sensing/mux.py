"""TCA9548A: eight I2C buses behind one, for sensors that all have the same address.

Each bit of its one register joins a bus, any number at a time: a command that all sensors share is
written to all of them at once. Sensor channels 8 to 15 are on a second one, at the next address. A write
takes 65 us, so a multiplexer whose buses are parted already is not told again.
"""

from machine import SoftI2C
from micropython import const

_CHANNELS = const(8)


class Mux:
    def __init__(self, i2c: SoftI2C, address: int, channels: list, half: int) -> None:
        """`half` is the first sensor of the second turn, 0 if all are read in one."""
        self.write = i2c.writeto
        self.address = address
        self.mux_count = max(channels) // _CHANNELS + 1
        # Of each sensor: its multiplexer, and its bit there.
        self.numbers = bytes([channel // _CHANNELS for channel in channels])
        self.bits = bytes([1 << channel % _CHANNELS for channel in channels])
        turns = [channels[:half], channels[half:]] if half else [channels]
        # Of each turn: what every multiplexer joins.
        self.turns = [self._joined(turn) for turn in turns]
        # Of each turn: the multiplexer that alone has buses joined; -1 if several have.
        self.alone = [self._alone(joined) for joined in self.turns]
        self.number = -1
        self.register = bytearray(1)

    def _joined(self, channels: list) -> bytes:
        joined = bytearray(self.mux_count)
        for channel in channels:
            joined[channel // _CHANNELS] |= 1 << channel % _CHANNELS
        return bytes(joined)

    def _alone(self, joined: bytes) -> int:
        numbers = [number for number in range(self.mux_count) if joined[number]]
        return numbers[0] if len(numbers) == 1 else -1

    def make_one_turn(self) -> None:
        """From now on the first turn is that of all."""
        turns = self.turns
        joined = bytes([turns[0][number] | turns[-1][number] for number in range(self.mux_count)])
        # In this order: a tick may come between, and parting a bus once too often does no harm.
        self.alone = [self._alone(joined)]
        self.turns = [joined]

    def join_turn(self, turn: int) -> None:
        """The buses of this turn's sensors, and no other. Always written: a multiplexer that has lost its
        setting gets it back."""
        joined, register = self.turns[turn], self.register
        self.number = self.alone[turn]
        for number in range(self.mux_count):
            register[0] = joined[number]
            self.write(self.address + number, register)

    def part_others(self, number: int) -> int:
        """No bus of any other one is joined from now on."""
        self.register[0] = 0
        for other in range(self.mux_count):
            if other != number:
                self.write(self.address + other, self.register)
        return number
