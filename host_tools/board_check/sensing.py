"""Sensor and converter have to measure beyond the pressure at which the guards end a session."""

from collections.abc import Iterator, Mapping
from typing import Any

from host_tools.board_check.chips import Chip
from host_tools.board_check.finding import Finding
from host_tools.board_check.parts import ANALOG_PARTS, DIGITAL_PARTS, AnalogPart, analog_part, digital_part
from soleus.core.basics.limits import OVER_TRIP_PA, ZERO_MOST_PA
from soleus.core.basics.units import mmhg_from_pa

# Even with the largest zero error that zeroing accepts, a sensor has to show the trip limit.
SEEN_LEAST_PA = OVER_TRIP_PA + ZERO_MOST_PA
# An absolute sensor also measures the air pressure, up to 1085 hPa at sea level.
BAROMETER_MOST_PA = 108_500
# The ADS1115 at its 4.096 V range takes no more than its own supply.
ADS1115_SUPPLY_MV = 3300
PA_PER_KPA = 1000


def sensing_findings(chip: Chip, sensors: Mapping[str, Any]) -> Iterator[Finding]:
    if sensors["driver"] in DIGITAL_PARTS:
        yield from _digital_findings(sensors)
        return
    part = analog_part(sensors["part"])
    if part is None:
        yield Finding("sensors.part", sensors["part"], f"one of {', '.join(ANALOG_PARTS)}")
        return
    yield from _supply_findings(sensors, part.supplies_mv)
    yield from _analog_findings(chip, sensors, part)


def _digital_findings(sensors: Mapping[str, Any]) -> Iterator[Finding]:
    part = digital_part(sensors["driver"], sensors["part"])
    if part is None:
        names = ", ".join(DIGITAL_PARTS[sensors["driver"]])
        yield Finding("sensors.part", sensors["part"], f"a part whose name begins with {names}")
        return
    yield from _supply_findings(sensors, part.supplies_mv)
    range_pa = sensors["range_kpa"] * PA_PER_KPA
    seen_pa = range_pa - BAROMETER_MOST_PA if part.is_absolute else range_pa
    if seen_pa < SEEN_LEAST_PA:
        least_pa = SEEN_LEAST_PA + (BAROMETER_MOST_PA if part.is_absolute else 0)
        yield _clips(sensors, "range_kpa", seen_pa, f"{least_pa / PA_PER_KPA:.1f} kPa or more")


def _analog_findings(chip: Chip, sensors: Mapping[str, Any], part: AnalogPart) -> Iterator[Finding]:
    range_pa, supply_mv = sensors["range_kpa"] * PA_PER_KPA, sensors["supply_mv"]
    least_mv, most_mv = chip.adc_least_mv, chip.adc_most_mv
    if sensors["driver"] == "ads1115":
        least_mv, most_mv = 0, ADS1115_SUPPLY_MV
    if range_pa < SEEN_LEAST_PA:
        yield _clips(sensors, "range_kpa", range_pa, f"{SEEN_LEAST_PA / PA_PER_KPA:.1f} kPa or more")
    elif part.pascals(most_mv, range_pa, supply_mv) < SEEN_LEAST_PA:
        seen_pa = part.pascals(most_mv, range_pa, supply_mv)
        yield _clips(sensors, "supply_mv", seen_pa, f"a part whose output stays below {most_mv} mV there")
    zero_mv = part.millivolts(0, range_pa, supply_mv)
    if zero_mv < least_mv:
        expected = f"a supply with which the sensor at rest gives {least_mv} mV or more, not {zero_mv:.0f}"
        yield Finding("sensors.supply_mv", supply_mv, expected)


def _clips(sensors: Mapping[str, Any], key: str, seen_pa: float, instead: str) -> Finding:
    seen_mmhg, least_mmhg = max(0, mmhg_from_pa(int(seen_pa))), mmhg_from_pa(SEEN_LEAST_PA)
    expected = (
        f"{instead}: readings end at {seen_mmhg} mmHg, and the trip limit of "
        f"{mmhg_from_pa(OVER_TRIP_PA)} mmHg must be seen with a margin, up to {least_mmhg}"
    )
    return Finding(f"sensors.{key}", sensors[key], expected)


def _supply_findings(sensors: Mapping[str, Any], supplies_mv: tuple[int, int]) -> Iterator[Finding]:
    least_mv, most_mv = supplies_mv
    if not least_mv <= sensors["supply_mv"] <= most_mv:
        expected = f"a supply from {least_mv} to {most_mv} for {sensors['part']}"
        yield Finding("sensors.supply_mv", sensors["supply_mv"], expected)
