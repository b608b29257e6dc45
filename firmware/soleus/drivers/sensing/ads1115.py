"""Analog pressure sensors on Texas Instruments ADS1115 converters: 16 bits, four inputs each.

One converter for all four inputs takes 1.16 ms for each at 860 samples a second. The first input is
converted while the machine waits for its next tick; converters at other addresses work at the same
time. A conversion that isn't done when its turn comes is a missing reading. A bus that hangs is given up for
that tick: all of its readings are missing.
"""

from time import sleep_us

from machine import SoftI2C
from micropython import const

from soleus.core.basics.signals import MANIFOLD_BIT, Readings
from soleus.drivers.sensing.calibration import Line, lines_of
from soleus.drivers.sensing.parts import output_permille

_REGISTER_CONVERSION = const(0)
_REGISTER_CONFIG = const(1)
# Single shot, input to ground (the input's number goes into bits 12-13), +-4.096 V.
_CONFIG_HIGH = const(0b1_100_001_1)
_CONFIG_LOW = const(0b111_00011)  # 860 samples a second, comparator off
_IS_DONE = const(0x80)
_COUNT_UV = const(125)
_CONVERSION_US = const(1250)
# A count of 32,767 means that the converter is saturated.
_MOST_COUNT = const(32_767)
_NOT_ACKNOWLEDGED = const(19)


class Ads1115Pressure:
    def __init__(self, table: dict, points: list, i2c: SoftI2C) -> None:
        zero_permille, full_permille = output_permille(table["part"])
        # Permille of millivolts are microvolts.
        low_count = table["supply_mv"] * zero_permille // _COUNT_UV
        high_count = table["supply_mv"] * full_permille // _COUNT_UV
        nominal = Line(low_count, 0, high_count, int(table["range_kpa"] * 1000))
        self.i2c = i2c
        self.addresses = list(table["addresses"])
        # Sensor i is input `channels[i]`: 0 to 3 on the first converter, 4 to 7 on the next.
        self.channels = list(table["channels"])
        self.inputs = sorted({channel % 4 for channel in self.channels})
        self.lines = lines_of(points, len(self.channels), nominal)
        self.raw = [0] * len(self.channels)
        # What a board with a single sensor reads.
        self.manifold_pa = [0]
        self.config = bytearray([_REGISTER_CONFIG, 0, _CONFIG_LOW])
        self.point_at = bytearray(1)
        self.answer = bytearray(2)
        self.is_prepared = False

    def read_chambers(self, readings: Readings) -> None:
        readings.missing_bits = self.read_into(readings.chamber_pa)

    def read_manifold(self, readings: Readings) -> None:
        readings.missing_bits = self.read_into(self.manifold_pa) and MANIFOLD_BIT
        if not readings.missing_bits:
            readings.manifold_pa = self.manifold_pa[0]

    def read_into(self, target_pa: list) -> int:
        """Returns the missing sensors."""
        missing_bits = 0
        self._convert_all()
        for index in range(len(self.channels)):
            if self.raw[index] < 0:
                missing_bits |= 1 << index
            else:
                target_pa[index] = self.lines[index].pa(self.raw[index])
        return missing_bits

    def prepare(self) -> None:
        """After a tick: start the first input of every converter for the next."""
        self.is_prepared = self._start(self.inputs[0])

    def _convert_all(self) -> None:
        self._forget()
        for input_number in self.inputs:
            if not self._convert(input_number):
                self._forget()
                break
        self.is_prepared = False

    def _forget(self) -> None:
        for index in range(len(self.raw)):
            self.raw[index] = -1

    def _convert(self, input_number: int) -> bool:
        """On every converter. False if the bus hangs."""
        if input_number != self.inputs[0] or not self.is_prepared:
            if not self._start(input_number):
                return False
            sleep_us(_CONVERSION_US)
        return self._collect(input_number)

    def _start(self, input_number: int) -> bool:
        self.config[1] = _CONFIG_HIGH | input_number << 4
        for address in self.addresses:
            try:
                self.i2c.writeto(address, self.config)
            except OSError as error:
                if error.errno != _NOT_ACKNOWLEDGED:
                    return False
                # That converter is noticed when its result is read.
        return True

    def _collect(self, input_number: int) -> bool:
        for index in range(len(self.channels)):
            if self.channels[index] % 4 == input_number:
                try:
                    self.raw[index] = self._count(self.addresses[self.channels[index] // 4])
                except OSError as error:
                    if error.errno != _NOT_ACKNOWLEDGED:
                        return False
        return True

    def _count(self, address: int) -> int:
        """-1 where there is no measurement. A little below ground counts as zero."""
        self._read(address, _REGISTER_CONFIG)
        if not self.answer[0] & _IS_DONE:
            return -1
        self._read(address, _REGISTER_CONVERSION)
        count = self.answer[0] << 8 | self.answer[1]
        if count >= 0x8000:
            return 0
        return -1 if count >= _MOST_COUNT else count

    def _read(self, address: int, register: int) -> None:
        self.point_at[0] = register
        self.i2c.writeto(address, self.point_at)
        self.i2c.readfrom_into(address, self.answer)
