"""Boards that differ from one of the library in a few keys, for comparisons and benchmarks."""

from dataclasses import replace
from typing import Any

from host_tools.catalogue.boards import Board
from soleus.core.basics.boots import ZONES
from soleus.core.basics.boots_table import read_boots

VALVES = ("fill_vent", "three_way")
# As regulators see them: a sensor on the manifold beside those of the chambers is for the guards alone.
SENSORS = ("per_chamber", "manifold")


def variant(board: Board, **keys: Any) -> Board:
    """The same board with other values for these keys of `[boots]`; the core checks them as always."""
    boots = {**board.table["boots"], **keys}
    return replace(board, boots=read_boots(boots), table={**board.table, "boots": boots})


def leg_of(chamber_count: int) -> dict[str, list[str]]:
    """The keys for legs with this many chambers, divided among the zones as evenly as possible."""
    zones = [ZONES[place * len(ZONES) // chamber_count] for place in range(chamber_count)]
    return {"chambers": [f"{zone} {place + 1}" for place, zone in enumerate(zones)], "zones": zones}
