"""The relief valve, the battery's divider and the supply."""

from collections.abc import Iterator, Mapping
from typing import Any

from host_tools.board_check.chips import Chip
from host_tools.board_check.finding import Finding
from soleus.core.basics.limits import OVER_TRIP_PA
from soleus.core.basics.units import mmhg_from_pa

# The relief valve is the last resort behind the guards: it must open neither before they trip nor above what
# a leg may bear.
RELIEF_ABOVE_MMHG = mmhg_from_pa(OVER_TRIP_PA)
RELIEF_MOST_MMHG = 160


def power_findings(chip: Chip, table: Mapping[str, Any]) -> Iterator[Finding]:
    relief_mmhg = table["pneumatics"]["relief_mmhg"]
    if not RELIEF_ABOVE_MMHG < relief_mmhg <= RELIEF_MOST_MMHG:
        expected = (
            f"a pressure above the trip limit of {RELIEF_ABOVE_MMHG} and at most {RELIEF_MOST_MMHG}: "
            "the last guard, which needs no electricity"
        )
        yield Finding("pneumatics.relief_mmhg", relief_mmhg, expected)
    supply = table["supply"]
    if not supply["least_v"] <= supply["nominal_v"] <= supply["most_v"]:
        expected = f"a voltage between least_v = {supply['least_v']} and most_v = {supply['most_v']}"
        yield Finding("supply.nominal_v", supply["nominal_v"], expected)
    if "battery" in table:
        yield from _divider_findings(chip, table["battery"], supply)


def divided_mv(battery: Mapping[str, Any], volts: float) -> float:
    """The divider's output for this voltage of the battery."""
    return volts * 1000 * battery["bottom_ohm"] / (battery["top_ohm"] + battery["bottom_ohm"])


def _divider_findings(chip: Chip, battery: Mapping[str, Any], supply: Mapping[str, Any]) -> Iterator[Finding]:
    full_mv, empty_mv = divided_mv(battery, supply["most_v"]), divided_mv(battery, supply["least_v"])
    if full_mv > chip.adc_most_mv:
        expected = (
            f"a smaller share: {supply['most_v']} V gives {full_mv:.0f} mV, and the {chip.title}'s "
            f"converter ends at {chip.adc_most_mv} mV"
        )
        yield Finding("battery.bottom_ohm", battery["bottom_ohm"], expected)
    elif empty_mv < chip.adc_least_mv:
        expected = (
            f"a larger share: {supply['least_v']} V gives {empty_mv:.0f} mV, and the {chip.title}'s "
            f"converter begins at {chip.adc_least_mv} mV"
        )
        yield Finding("battery.bottom_ohm", battery["bottom_ohm"], expected)
