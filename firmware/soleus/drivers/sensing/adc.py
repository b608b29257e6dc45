"""Analog pressure sensors on the chip's own ADC1 (ADC2 belongs to the radio).

At 11 dB of attenuation an ESP32 measures 150 to 2450 mV; `read_uv` uses the factory's calibration
of its reference. One conversion has a noise of 0.3 to 0.6 mmHg with a 40 kPa part, four have half.
"""

from machine import ADC, Pin
from micropython import const

from soleus.core.basics.signals import MANIFOLD_BIT, Readings
from soleus.drivers.sensing.calibration import Line, lines_of
from soleus.drivers.sensing.parts import output_permille

_SAMPLES = const(4)
# Above this the converter is saturated.
_MOST_UV = const(3_000_000)


class AdcPressure:
    def __init__(self, table: dict, points: list) -> None:
        zero_permille, full_permille = output_permille(table["part"])
        supply_mv = table["supply_mv"]
        nominal = Line(
            supply_mv * zero_permille, 0, supply_mv * full_permille, int(table["range_kpa"] * 1000)
        )
        self.adcs = [ADC(Pin(pin), atten=ADC.ATTN_11DB) for pin in table["pins"]]
        self.lines = lines_of(points, len(self.adcs), nominal)
        self.raw = [0] * len(self.adcs)

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
        sum_uv = 0
        for _ in range(_SAMPLES):
            sum_uv += adc.read_uv()
        self.raw[index] = sum_uv // _SAMPLES
        return self.raw[index] < _MOST_UV
