"""The pump's and the holding valves' pulses against the chip's channels and timers."""

from collections.abc import Iterator, Mapping
from typing import Any

from host_tools.board_check.chips import Chip
from host_tools.board_check.finding import Finding


def pwm_findings(chip: Chip, table: Mapping[str, Any]) -> Iterator[Finding]:
    valves = table["valves"]
    if valves["driver"] != "gpio" or valves["hold_permille"] == 1000:
        # Registers share one output-enable, and with it one channel.
        return
    holding = len(valves["fill"]) + len(valves.get("vent", []))
    others = 1 + ("buzzer" in table)
    if holding + others > chip.pwm_channels:
        expected = (
            f"1000: holding {holding} valves by PWM takes {holding + others} channels with pump and buzzer, "
            f"the {chip.title} has {chip.pwm_channels}; or put the valves on shift registers"
        )
        yield Finding("valves.hold_permille", valves["hold_permille"], expected)
