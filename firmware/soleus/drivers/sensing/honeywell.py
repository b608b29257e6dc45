"""Honeywell ABP2 (gauge) and MPRLS (absolute) behind a TCA9548A.

Both have the same protocol: AA 00 00 starts a conversion, which takes 5 ms; then a status byte and 24 bits of
pressure can be read. The status says whether the part has power (0x40), is still busy (0x20), has
a corrupt memory (0x04) or a saturated result (0x01). Conversions of all sensors start together right
after a tick and are collected at the next, so a reading is one tick old and never older.

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
        self.i2c = i2c
        self.channels = list(table["channels"])
        self.address = _MPRLS_ADDRESS if self.is_absolute else _ABP2_ADDRESS
        self.mux = Mux(i2c, table["mux_address"], self.channels) if "mux_address" in table else None
        range_pa = _MPRLS_RANGE_PA if self.is_absolute else int(table["range_kpa"] * 1000)
        low_count = COUNTS_AT_ZERO >> _COUNT_SHIFT
        nominal = Line(low_count, 0, low_count + (COUNTS_SPAN >> _COUNT_SHIFT), range_pa)
        count = len(self.channels)
        self.lines = lines_of(points, count, nominal)
        self.raw = [0] * count
        self.answer = bytearray(4)
        # Bound once: the tick allocates nothing.
        self.read_bus = i2c.readfrom_into
        self.is_started = False
        self.air = load_to_stay("drivers.sensing.air").Air(count) if self.is_absolute else None

    def read_chambers(self, readings: Readings) -> None:
        """In one loop without calls of its own: with ten sensors it is the longest part of a tick."""
        chamber_pa, raw, lines = readings.chamber_pa, self.raw, self.lines
        mux, read, address = self.mux, self.read_bus, self.address
        answer = self.answer
        missing_bits = 0
        bit = 1
        for index in range(len(raw)):
            try:
                if mux:
                    mux.select(self.channels[index])
                read(address, answer)
            except OSError:
                answer[0] = 0
            if self.is_started and answer[0] & _STATUS_OF_RESULT == _STATUS_POWERED:
                value = answer[1] << 16 - _COUNT_SHIFT | (answer[2] << 8 | answer[3]) >> _COUNT_SHIFT
                raw[index] = value
                pa = lines[index].pa(value)
                if self.air:
                    pa = self.air.gauge_pa(index, pa)
                if pa is None:
                    missing_bits |= bit
                else:
                    chamber_pa[index] = pa
            else:
                missing_bits |= bit
            bit <<= 1
        readings.missing_bits = missing_bits
        self._end_tick()

    def read_manifold(self, readings: Readings) -> None:
        readings.missing_bits = 0
        pa = self._gauge_pa(0)
        if pa is None:
            readings.missing_bits = MANIFOLD_BIT
        else:
            readings.manifold_pa = pa
        self._end_tick()

    def prepare(self) -> None:
        """After a tick: one command starts every sensor."""
        try:
            if self.mux:
                self.mux.select_all()
            self.i2c.writeto(self.address, START)
            self.is_started = True
        except OSError:
            self.is_started = False

    def _gauge_pa(self, index: int) -> "int | None":
        try:
            if not self.is_started or not self._collect(index):
                return None
        except OSError:
            return None
        pa = self.lines[index].pa(self.raw[index])
        return self.air.gauge_pa(index, pa) if self.air else pa

    def _collect(self, index: int) -> bool:
        if self.mux:
            self.mux.select(self.channels[index])
        self.i2c.readfrom_into(self.address, self.answer)
        answer = self.answer
        if not answer[0] & _STATUS_POWERED or answer[0] & _STATUS_BAD:
            return False
        self.raw[index] = answer[1] << 16 - _COUNT_SHIFT | (answer[2] << 8 | answer[3]) >> _COUNT_SHIFT
        return True

    def _end_tick(self) -> None:
        self.is_started = False
        if self.air:
            self.air.end_tick()
