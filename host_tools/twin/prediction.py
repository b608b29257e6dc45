"""How well a twin says what the boots will do in a program that it has never seen."""

from itertools import pairwise

import numpy as np

from host_tools.boards import Board
from host_tools.plant.spec import PlantSpec
from host_tools.simulate import simulate
from host_tools.trace import Trace
from soleus.core.session import RUNNING


def prediction_rms_mmhg(
    board: Board, plant: PlantSpec, twin: PlantSpec, seed: int, program: str, minutes: int | None = None
) -> tuple[float, float]:
    """True pressures, all chambers: over the cycles, each from its own start; and the worst chamber's."""
    real = simulate(program, board, plant, minutes=minutes, seed=seed).trace
    told = simulate(program, board, twin, minutes=minutes, seed=seed + 1).trace
    squares, count = np.zeros(len(real.chamber_names)), 0
    for a, b in zip(_cycles(real), _cycles(told), strict=False):
        length = min(a.stop - a.start, b.stop - b.start)
        off = real.pressure_mmhg[a.start : a.start + length] - told.pressure_mmhg[b.start : b.start + length]
        squares += (off**2).sum(axis=0)
        count += length
    each = np.sqrt(squares / count)
    return float(np.sqrt((each**2).mean())), float(each.max())


def _cycles(trace: Trace) -> list[slice]:
    running = np.flatnonzero(trace.state == RUNNING)
    starts = [int(running[0]), *(np.flatnonzero(np.diff(trace.cycle) > 0) + 1).tolist()]
    return [slice(start, end) for start, end in pairwise(starts)]
