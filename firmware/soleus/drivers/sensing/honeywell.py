"""Honeywell ABP2 (gauge) and MPRLS (absolute) behind a TCA9548A.

Both have the same protocol: AA 00 00 starts a conversion, which takes 5 ms; then a status byte and up to 24
bits of pressure can be read. The status says whether the part has power (0x40), is still busy (0x20), has
a corrupt memory (0x04) or a saturated result (0x01). Conversions start together, a tick before they are
collected.

Two legs are read in turns, because all of their sensors would take a quarter of each tick: one leg in this
tick, the other in the next. What the core sees of a chamber is one or two ticks old.

A sensor that doesn't acknowledge is missing, and only that one. Any other failure is the bus's: nobody else
on it is asked in that tick, and all of its readings are missing.

The MPRLS measures against vacuum: `air.py` takes off the pressure of the air.
"""

from machine import SoftI2C
from micropython import const

from soleus.basics.loading import load_to_stay
from soleus.core.basics.signals import MANIFOLD_BIT, Readings
from soleus.drivers.sensing.calibration import Line, lines_of
from soleus.drivers.sensing.mux import Mux
from soleus.drivers.sensing.parts import COUNTS_AT_ZERO, COUNTS_SPAN, has_turns

_ABP2_ADDRESS = const(0x28)
_MPRLS_ADDRESS = const(0x18)
_MPRLS_RANGE_PA = const(172_369)  # 25 psi

_NOT_ACKNOWLEDGED = const(19)

_STATUS_POWERED = const(0x40)
_STATUS_BAD = const(0x20 | 0x04 | 0x01)
_STATUS_OF_RESULT = const(_STATUS_POWERED | _STATUS_BAD)
START = b"\xaa\x00\x00"

# The last of three bytes isn't read: a step of the first two is under 1 Pa for 40 kPa. Counts have 18 bits
# all the same, as a person's calibration has them; with more the line's product would reach 2**30.
_COUNT_SHIFT = const(6)
_READ_SHIFT = const(2)


class HoneywellPressure:
    def __init__(self, table: dict, points: list, i2c: SoftI2C) -> None:
        self.is_absolute = table["driver"] == "mprls"
        # Methods looked up once: in the tick that would be an object each time.
        self.write, self.read = i2c.writeto, i2c.readfrom_into
        channels = list(table["channels"])
        count = len(channels)
        # Of two legs, the first sensor of the second one.
        self.half = count // 2 if has_turns(table) else 0
        # Whose turn it is.
        self.first, self.end = 0, self.half or count
        self.address = _MPRLS_ADDRESS if self.is_absolute else _ABP2_ADDRESS
        self.mux = Mux(i2c, table["mux_address"], channels, self.half) if "mux_address" in table else None
        range_pa = _MPRLS_RANGE_PA if self.is_absolute else int(table["range_kpa"] * 1000)
        low_count = COUNTS_AT_ZERO >> _COUNT_SHIFT
        nominal = Line(low_count, 0, low_count + (COUNTS_SPAN >> _COUNT_SHIFT), range_pa)
        # Of each sensor, the numbers of its line.
        self.lines = [line.numbers for line in lines_of(points, count, nominal)]
        self.raw = [0] * count
        self.answer = bytearray(3)
        self.all_bits = self.missing_bits = (1 << count) - 1
        # What a board with a single sensor reads.
        self.manifold_pa = [0]
        self.is_started = False
        self.air = load_to_stay("drivers.sensing.air").Air(count) if self.is_absolute else None

    def read_chambers(self, readings: Readings) -> None:
        readings.missing_bits = self.read_into(readings.chamber_pa)

    def read_manifold(self, readings: Readings) -> None:
        readings.missing_bits = self.read_into(self.manifold_pa) and MANIFOLD_BIT
        if not readings.missing_bits:
            readings.manifold_pa = self.manifold_pa[0]

    def read_all_in_each_tick(self) -> None:
        """For a bench, which measures moments, until the next start. Only at rest."""
        # In this order, because a tick may come between.
        self.half = self.first = 0
        if self.mux:
            self.mux.make_one_turn()
        self.end = len(self.raw)

    def prepare(self) -> None:
        """One command starts every sensor whose turn is next."""
        try:
            if self.mux:
                self.mux.join_turn(1 if self.first else 0)
            self.write(self.address, START)
            self.is_started = True
        except OSError as error:
            self.is_started = False
            if error.errno != _NOT_ACKNOWLEDGED:
                self.missing_bits = self.all_bits

    def read_into(self, target_pa: list) -> int:
        """In one loop without calls of its own: with ten sensors it is the longest part of a tick.

        Returns the missing sensors.
        """
        # At most three in a line: four would make a tuple.
        raw, lines, air = self.raw, self.lines, self.air
        read, address, answer = self.read, self.address, self.answer
        first, end = self.first, self.end
        # A sensor that is alone there is joined since its start.
        mux = self.mux if len(raw) > 1 else None
        # The multiplexer that alone may have a bus joined.
        number = -1
        # Without a multiplexer nobody looks at these.
        numbers = joined_bits = raw
        write, register, mux_address = self.write, answer, address
        if mux:
            numbers, joined_bits = mux.numbers, mux.bits
            register, mux_address, number = mux.register, mux.address, mux.number
        # Those whose turn it isn't keep what they showed.
        missing_bits = self.missing_bits | (1 << end) - (1 << first)
        # A sensor that nobody has started has nothing new to tell.
        for index in range(first, end if self.is_started else first):
            try:
                if mux:
                    if number != numbers[index]:
                        number = mux.part_others(numbers[index])
                    register[0] = joined_bits[index]
                    write(mux_address + number, register)
                read(address, answer)
            except OSError as error:
                if error.errno == _NOT_ACKNOWLEDGED:
                    continue
                missing_bits = self.all_bits
                break
            if answer[0] & _STATUS_OF_RESULT == _STATUS_POWERED:
                value = (answer[1] << 8 | answer[2]) << _READ_SHIFT
                raw[index] = value
                zero_raw, shift, slope, fraction_bits = lines[index]
                pa = (value - zero_raw >> shift) * slope >> fraction_bits
                if air:
                    pa = air.gauge_pa(index, pa)
                if pa is not None:
                    target_pa[index] = pa
                    missing_bits ^= 1 << index
        self.missing_bits = missing_bits
        self._end_turn()
        return missing_bits

    def _end_turn(self) -> None:
        self.is_started = False
        if self.air:
            self.air.end_tick()
        if self.half:
            if self.first:
                self.first, self.end = 0, self.half
            else:
                self.first, self.end = self.half, len(self.raw)
