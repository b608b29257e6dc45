"""What a source says of itself, for a board that is known."""

from collections.abc import Sequence
from typing import Any

from host_tools.catalogue.boards import Board
from host_tools.live.frames.frame import About
from host_tools.live.guards.shown import guards_shown
from host_tools.plant.faults import components
from host_tools.plant.files.on_board import has_bus
from host_tools.plant.files.sense import ZONES
from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.plant.vocabulary import MODES
from soleus.core.basics.boots import Boots


def about(boots: Boots, kind: Any, **said: Any) -> About:
    """Everything that follows from the boots; `said` overrules, and adds what only the source knows."""
    table: dict[str, Any] = {
        "kind": kind,
        "title": "",
        "program": "",
        "board": "",
        "board_title": "",
        "plant": "",
        "seed": None,
        "minutes": 0,
        "pressure_mmhg": 0,
        "legs": [boots.names[leg * boots.chambers_per_leg].split(".")[0] for leg in range(boots.legs)],
        "chambers": boots.names,
        "zones": [ZONES[zone] for zone in boots.zone_of],
        "valves": "three_way" if boots.is_three_way else "fill_vent",
        "sensors": _sensors(boots),
        "has_gate": bool(boots.has_gate),
        "relief_mmhg": None,
        "most_mmhg": round(boots.target_most_pa / PA_PER_MMHG),
        "pressure_is": "measured",
        "guards": guards_shown(boots, kind),
        "faults": {},
        "presses": [],
        "speeds": [],
        "duration_ms": None,
        "can_begin_anew": False,
        "can_repeat": False,
        "note": "",
    }
    # One of the typed tables, filled key by key above.
    made: Any = table | said
    whole: About = made
    return whole


def _sensors(boots: Boots) -> str:
    if boots.has_manifold_sensor_only:
        return "manifold"
    return "per_chamber_and_manifold" if boots.has_manifold_sensor_too else "per_chamber"


def of_board(board: Board) -> dict[str, Any]:
    return {
        "board": board.name,
        "board_title": board.title,
        "relief_mmhg": board.table.get("pneumatics", {}).get("relief_mmhg"),
    }


def breakable(board: Board) -> dict[str, dict[str, str]]:
    """Every part that these boots have, with the ways in which it can break."""
    names: Sequence[str] = list(components(board.boots, has_bus(board.table)))
    return {name: MODES[name.partition(".")[0]] for name in names}
