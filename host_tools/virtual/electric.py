"""The plant's readings as the sensors would put them on their wires: microvolts and counts."""

from collections.abc import Mapping
from typing import Any

from host_tools.virtual.processor.frames import NO_ANSWER, PIN_COUNT, SENSORS, UV
from soleus.core.basics.signals import MANIFOLD_BIT, Readings
from soleus.drivers.sensing.parts import COUNTS_AT_ZERO, COUNTS_SPAN, output_permille

AIR_PA = 101_325
MPRLS_RANGE_PA = 172_369
ADS1115_COUNT_UV = 125
ADC_MOST_UV = 3_300_000
COUNTS_MOST = (1 << 24) - 1


class Electric:
    def __init__(self, board: Mapping[str, Any]) -> None:
        self.sensors = board["sensors"]
        self.layout = board["boots"]["sensors"]
        self.battery = board.get("battery")
        self.range_pa = self.sensors.get("range_kpa", 0) * 1000

    def fill_in(self, frame: list[int], readings: Readings) -> None:
        if self.battery:
            share = self.battery["bottom_ohm"] / (self.battery["top_ohm"] + self.battery["bottom_ohm"])
            frame[UV + self.battery["pin"]] = round(readings.supply_mv * 1000 * share)
        bits_and_values: list[tuple[int, int]] = []
        if self.layout != "manifold":
            bits_and_values += [(1 << index, pa) for index, pa in enumerate(readings.chamber_pa)]
        if self.layout != "per_chamber":
            bits_and_values.append((MANIFOLD_BIT, readings.manifold_pa))
        for index, (bit, pa) in enumerate(bits_and_values):
            self._put(frame, index, None if readings.missing_bits & bit else pa)

    def _put(self, frame: list[int], index: int, pa: int | None) -> None:
        driver = self.sensors["driver"]
        if driver == "adc":
            pin = self.sensors["pins"][index]
            assert pin < PIN_COUNT
            frame[UV + pin] = 0 if pa is None else min(max(self._analog_uv(pa), 0), ADC_MOST_UV)
        elif pa is None:
            frame[SENSORS + index] = NO_ANSWER
        elif driver == "ads1115":
            frame[SENSORS + index] = min(max(self._analog_uv(pa) // ADS1115_COUNT_UV, 0), 0x7FFF)
        else:
            frame[SENSORS + index] = self._counts(pa)

    def _analog_uv(self, pa: int) -> int:
        zero_permille, full_permille = output_permille(self.sensors["part"])
        permille = zero_permille + (full_permille - zero_permille) * pa / self.range_pa
        return round(self.sensors["supply_mv"] * permille)

    def _counts(self, pa: int) -> int:
        is_absolute = self.sensors["driver"] == "mprls"
        share = (pa + AIR_PA) / MPRLS_RANGE_PA if is_absolute else pa / self.range_pa
        return min(max(round(COUNTS_AT_ZERO + COUNTS_SPAN * share), 0), COUNTS_MOST)
