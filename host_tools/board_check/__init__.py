"""Checks a board's hardware: pins against the chip, counts against the chambers, and the limits.

The core checks the boots; this package checks what hangs on the pins. A board that has none of these
tables is a sketch: it can be simulated, and there is nothing to wire or to flash.
"""

from collections.abc import Mapping
from typing import Any

from host_tools.board_check.bus import bus_findings
from host_tools.board_check.chips import CHIPS
from host_tools.board_check.counts import count_findings
from host_tools.board_check.finding import Finding
from host_tools.board_check.pins import pin_findings
from host_tools.board_check.power import power_findings
from host_tools.board_check.pwm import pwm_findings
from host_tools.board_check.sensing import sensing_findings
from host_tools.board_check.shape import HARDWARE_TABLES, shape_findings
from soleus.core.basics.boots import Boots

__all__ = ["CHIPS", "HARDWARE_TABLES", "Finding", "findings", "is_sketch"]

Table = Mapping[str, Any]


def findings(chip_name: str, boots: Boots, table: Table) -> list[Finding]:
    """All that is wrong, as far as it can be told without a chip that is known.

    Tables of the wrong shape are reported alone: nothing else can be read then.
    """
    if is_sketch(table):
        return []
    misshapen = list(shape_findings(boots, table))
    if misshapen:
        return misshapen
    chip = CHIPS.get(chip_name)
    if chip is None:
        return [*count_findings(boots, table), *bus_findings(table)]
    return [
        *count_findings(boots, table),
        *pin_findings(chip, table),
        *pwm_findings(chip, table),
        *bus_findings(table),
        *sensing_findings(chip, table["sensors"]),
        *power_findings(chip, table),
    ]


def is_sketch(table: Table) -> bool:
    return not any(name in table for name in HARDWARE_TABLES)
