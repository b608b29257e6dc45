"""What the tests of whole sessions share: boots of every layout, small programs, and measures of a trace."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from host_tools.catalogue.boards import Board
from host_tools.sim.trace import Trace
from soleus.core.basics.boots_table import read_boots
from soleus.core.program.program import Program
from soleus.core.program.table import read_program
from soleus.core.program.timeline import STAGE_HOLD
from soleus.core.session.session import RUNNING

VALVES = ("fill_vent", "three_way")
SENSORS = ("per_chamber", "manifold")
LAYOUTS = [(valves, sensors, legs) for valves in VALVES for sensors in SENSORS for legs in (1, 2)]
SEALED_LAYOUTS = [layout for layout in LAYOUTS if layout[0] == "fill_vent"]

Layout = tuple[str, str, int]


def board(valves: str = "fill_vent", sensors: str = "per_chamber", legs: int = 1) -> Board:
    """One leg of five chambers, or two of four."""
    chambers = ["foot", "ankle", "calf", "knee", "thigh"] if legs == 1 else ["foot", "calf", "knee", "thigh"]
    zones = ["foot", "foot", "calf", "calf", "thigh"] if legs == 1 else ["foot", "calf", "calf", "thigh"]
    table = {"legs": legs, "chambers": chambers, "zones": zones, "valves": valves, "sensors": sensors}
    return Board("test-board", "a board for tests", "esp32", read_boots(table), {}, Path("board.toml"))


def program(pattern: str = "sequential", pressure: Any = 50, minutes: int = 5, **block: Any) -> Program:
    if pattern == "gradient":
        block.setdefault("step_mmhg", 5)
    blocks = [{"pattern": pattern, **block}]
    return read_program(
        {"id": f"test-{pattern}", "minutes": minutes, "pressure_mmhg": pressure, "blocks": blocks}
    )


def cycles(trace: Trace) -> list[slice]:
    """The ticks of each cycle that was run to its end."""
    running = np.flatnonzero(trace.state == RUNNING)
    starts = [int(running[0]), *(np.flatnonzero(np.diff(trace.cycle) > 0) + 1).tolist()]
    return [slice(start, end) for start, end in pairwise(starts)]


def half_full_s(trace: Trace, ticks: slice) -> list[float | None]:
    """When each chamber truly reached half of its target in this cycle; None where it had none."""
    is_half = (trace.target_pa[ticks] > 0) & (trace.pressure_mmhg[ticks] >= trace.target_mmhg[ticks] / 2)
    times_s = trace.time_s[ticks]
    return [float(times_s[np.argmax(column)]) if column.any() else None for column in is_half.T]


def by_leg(values: list[Any], board: Board) -> list[list[Any]]:
    per_leg = board.boots.chambers_per_leg
    return [values[leg * per_leg : (leg + 1) * per_leg] for leg in range(board.boots.legs)]


def holding(trace: Trace) -> np.ndarray:
    """Ticks well inside a hold with the whole leg under pressure, after the soft start."""
    is_hold = (trace.stage_kind == STAGE_HOLD) & (trace.cycle > 0) & (trace.state == RUNNING)
    return np.flatnonzero(is_hold & (trace.target_pa > 0).all(axis=1))


def at(trace: Trace, seconds: float) -> int:
    """The first tick that ends at or after this moment."""
    return int(np.searchsorted(trace.time_s, seconds - 0.0005))
