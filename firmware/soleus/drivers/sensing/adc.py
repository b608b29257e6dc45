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
        adcs = [ADC(Pin(pin), atten=ADC.ATTN_11DB) for pin in table["pins"]]
        self.lines = lines_of(points, len(adcs), nominal)
        self.raw = [0] * len(adcs)
        # Of each sensor: its numbers are worth something.
        self.is_known = [True] * len(adcs)
        has_microvolts = _has_microvolts(adcs[0])
        # Each converter's method, looked up once and not four times a tick.
        self.reads = [adc.read_uv if has_microvolts else adc.read_u16 for adc in adcs]
        self.uv_of_a_step = 1 if has_microvolts else _UV_OF_A_STEP
        # What a board with a single sensor reads.
        self.manifold_pa = [0]
        if not has_microvolts:
            for index in range(len(adcs)):
                self.is_known[index] = index < len(points) and points[index] is not None
            warn("no calibration in this chip's eFuse: each sensor needs two points of its own")

    def read_chambers(self, readings: Readings) -> None:
        readings.missing_bits = self.read_into(readings.chamber_pa)

    def read_manifold(self, readings: Readings) -> None:
        readings.missing_bits = self.read_into(self.manifold_pa) and MANIFOLD_BIT
        if not readings.missing_bits:
            readings.manifold_pa = self.manifold_pa[0]

    def prepare(self) -> None:
        """Nothing to start: each conversion is done when it is asked for."""

    def read_into(self, target_pa: list) -> int:
        """In one loop without calls of its own, because it runs in each tick. Returns the missing sensors."""
        all_raw, lines, reads = self.raw, self.lines, self.reads
        uv_of_a_step, is_known = self.uv_of_a_step, self.is_known
        missing_bits = 0
        for index in range(len(reads)):
            read = reads[index]
            # Four samples have half the noise of one.
            raw = (read() + read() + read() + read()) * uv_of_a_step >> 2
            all_raw[index] = raw
            if raw < _MOST_UV and is_known[index]:
                zero_raw, shift, slope, fraction_bits = lines[index].numbers
                target_pa[index] = (raw - zero_raw >> shift) * slope >> fraction_bits
            else:
                missing_bits |= 1 << index
        return missing_bits


def _has_microvolts(adc: ADC) -> bool:
    try:
        adc.read_uv()
        return True
    except OSError:
        return False
