"""Honeywell ABP2 (gauge) and MPRLS (absolute) behind a TCA9548A.

Both have the same protocol: AA 00 00 starts a conversion, which takes 5 ms; then a status byte and 24 bits of
pressure can be read. The status says whether the part has power (0x40), is still busy (0x20), has
a corrupt memory (0x04) or a saturated result (0x01). Conversions of all sensors start together as soon as
the last ones have been collected, so a reading is one tick old and never older.

The MPRLS measures against vacuum: `air.py` takes off the pressure of the air.
"""

from machine import SoftI2C
from micropython import const

from soleus.basics.loading import load_to_stay
from soleus.core.basics.signals import MANIFOLD_BIT, Readings
from soleus.drivers.sensing.calibration import Line, lines_of
from soleus.drivers.sensing.mux import Mux
from soleus.drivers.sensing.parts import COUNTS_AT_ZERO, COUNTS_SPAN

_ABP2_ADDRESS = const(0x28)
_MPRLS_ADDRESS = const(0x18)
_MPRLS_RANGE_PA = const(172_369)  # 25 psi

_STATUS_POWERED = const(0x40)
_STATUS_BAD = const(0x20 | 0x04 | 0x01)
_STATUS_OF_RESULT = const(_STATUS_POWERED | _STATUS_BAD)
START = b"\xaa\x00\x00"

# Counts are cut to 18 bits, so that the line's product stays below 2**30; that is under 1 Pa for 40 kPa.
_COUNT_SHIFT = const(6)


class HoneywellPressure:
    def __init__(self, table: dict, points: list, i2c: SoftI2C) -> None:
        self.is_absolute = table["driver"] == "mprls"
        # Methods looked up once: in the tick that would be an object each time.
        self.write, self.read = i2c.writeto, i2c.readfrom_into
        channels = list(table["channels"])
        self.address = _MPRLS_ADDRESS if self.is_absolute else _ABP2_ADDRESS
        self.mux = Mux(i2c, table["mux_address"], channels) if "mux_address" in table else None
        range_pa = _MPRLS_RANGE_PA if self.is_absolute else int(table["range_kpa"] * 1000)
        low_count = COUNTS_AT_ZERO >> _COUNT_SHIFT
        nominal = Line(low_count, 0, low_count + (COUNTS_SPAN >> _COUNT_SHIFT), range_pa)
        count = len(channels)
        self.lines = lines_of(points, count, nominal)
        self.raw = [0] * count
        self.answer = bytearray(4)
        # What a board with a single sensor reads.
        self.manifold_pa = [0]
        self.is_started = False
        self.air = load_to_stay("drivers.sensing.air").Air(count) if self.is_absolute else None

    def read_chambers(self, readings: Readings) -> None:
        readings.missing_bits = self._read_into(readings.chamber_pa)

    def read_manifold(self, readings: Readings) -> None:
        readings.missing_bits = self._read_into(self.manifold_pa) and MANIFOLD_BIT
        if not readings.missing_bits:
            readings.manifold_pa = self.manifold_pa[0]

    def prepare(self) -> None:
        """One command starts every sensor."""
        try:
            if self.mux:
                self.mux.join_all()
            self.write(self.address, START)
            self.is_started = True
        except OSError:
            self.is_started = False

    def _read_into(self, target_pa: list) -> int:
        """In one loop without calls of its own: with ten sensors it is the longest part of a tick.

        Returns the missing sensors.
        """
        # At most three in a line: four would make a tuple.
        raw, lines, air = self.raw, self.lines, self.air
        read, address, answer = self.read, self.address, self.answer
        # A sensor that is alone there is joined since its start.
        mux = self.mux if len(raw) > 1 else None
        # The multiplexer that alone may have a bus joined: after the start all have.
        number = -1
        # Without a multiplexer nobody looks at these.
        numbers = joined_bits = raw
        write, register, mux_address = self.write, answer, address
        if mux:
            numbers, joined_bits = mux.numbers, mux.bits
            register, mux_address = mux.register, mux.address
        # A sensor that nobody has started has nothing new to tell.
        good_status = _STATUS_POWERED if self.is_started else -1
        missing_bits = 0
        bit = 1
        for index in range(len(raw)):
            try:
                if mux:
                    if number != numbers[index]:
                        number = mux.part_others(numbers[index])
                    register[0] = joined_bits[index]
                    write(mux_address + number, register)
                read(address, answer)
            except OSError:
                answer[0] = 0
            if answer[0] & _STATUS_OF_RESULT == good_status:
                value = answer[1] << 16 - _COUNT_SHIFT | (answer[2] << 8 | answer[3]) >> _COUNT_SHIFT
                raw[index] = value
                zero_raw, shift, slope, fraction_bits = lines[index].numbers
                pa = (value - zero_raw >> shift) * slope >> fraction_bits
                if air:
                    pa = air.gauge_pa(index, pa)
                if pa is None:
                    missing_bits |= bit
                else:
                    target_pa[index] = pa
            else:
                missing_bits |= bit
            bit <<= 1
        self._end_tick()
        return missing_bits

    def _end_tick(self) -> None:
        self.is_started = False
        if self.air:
            self.air.end_tick()
