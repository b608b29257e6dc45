"""Analog pressure sensors on the chip's own ADC1 (ADC2 belongs to the radio).

At 11 dB of attenuation an ESP32 measures 150 to 2450 mV; `read_uv` uses the factory's calibration
of its reference. One conversion has a noise of 0.3 to 0.6 mmHg with a 40 kPa part, four have half.

A chip whose factory has left no calibration in its eFuse can't say microvolts, and its own scale is off by
up to a tenth. It measures only with a person's two points for each sensor; without them a sensor counts as
missing.
"""

from machine import ADC, Pin
from micropython import const

from soleus.basics.annotations import Callable
from soleus.core.basics.signals import MANIFOLD_BIT, Readings
from soleus.drivers.sensing.calibration import Line, lines_of
from soleus.drivers.sensing.parts import output_permille

_SAMPLES = const(4)
# Above this the converter is saturated.
_MOST_UV = const(3_000_000)
# Of `read_u16`, nominally: 3.1 V in 65,536 steps.
_UV_OF_A_STEP = const(47)


class AdcPressure:
    def __init__(self, table: dict, points: list, warn: Callable) -> None:
        zero_permille, full_permille = output_permille(table["part"])
        supply_mv = table["supply_mv"]
        nominal = Line(
            supply_mv * zero_permille, 0, supply_mv * full_permille, int(table["range_kpa"] * 1000)
        )
        self.adcs = [ADC(Pin(pin), atten=ADC.ATTN_11DB) for pin in table["pins"]]
        self.lines = lines_of(points, len(self.adcs), nominal)
        self.raw = [0] * len(self.adcs)
        # Of each sensor: its numbers are worth something.
        self.is_known = [True] * len(self.adcs)
        self.has_microvolts = _has_microvolts(self.adcs[0])
        if not self.has_microvolts:
            for index in range(len(self.adcs)):
                self.is_known[index] = index < len(points) and points[index] is not None
            warn("no calibration in this chip's eFuse: each sensor needs two points of its own")

    def read_chambers(self, readings: Readings) -> None:
        readings.missing_bits = 0
        for index in range(len(self.adcs)):
            if self._sample(index):
                readings.chamber_pa[index] = self.lines[index].pa(self.raw[index])
            else:
                readings.missing_bits |= 1 << index

    def read_manifold(self, readings: Readings) -> None:
        readings.missing_bits = 0
        if self._sample(0):
            readings.manifold_pa = self.lines[0].pa(self.raw[0])
        else:
            readings.missing_bits = MANIFOLD_BIT

    def prepare(self) -> None:
        """Nothing to start: each conversion is done when it is asked for."""

    def _sample(self, index: int) -> bool:
        adc = self.adcs[index]
        total = 0
        if self.has_microvolts:
            for _ in range(_SAMPLES):
                total += adc.read_uv()
        else:
            for _ in range(_SAMPLES):
                total += adc.read_u16() * _UV_OF_A_STEP
        self.raw[index] = total // _SAMPLES
        return self.raw[index] < _MOST_UV and self.is_known[index]


def _has_microvolts(adc: ADC) -> bool:
    try:
        adc.read_uv()
        return True
    except OSError:
        return False
