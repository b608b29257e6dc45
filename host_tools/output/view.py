"""What pictures need from a trace: fewer points for a curve, spans in which something is on, a good cycle."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from host_tools.sim.trace import Trace
from soleus.core.basics import faults
from soleus.core.session.session import RUNNING

GRID_TICKS = 1024
# A drawn curve is nowhere further off than this.
TOLERANCE_MMHG = 0.1


@dataclass(frozen=True)
class Leg:
    """The chambers of one leg, distal first: their places in the trace and their short names."""

    name: str
    indexes: list[int]
    chambers: list[str]


def legs_of(chamber_names: list[str]) -> list[Leg]:
    legs: dict[str, Leg] = {}
    for index, name in enumerate(chamber_names):
        leg_name, _, chamber = name.rpartition(".")
        leg = legs.setdefault(leg_name, Leg(leg_name, [], []))
        leg.indexes.append(index)
        leg.chambers.append(chamber)
    return list(legs.values())


def thinned(values: np.ndarray, tolerance: float) -> np.ndarray:
    """Indexes of the points to draw: straight lines between them are nowhere further off than `tolerance`.

    Begins with an even grid and the extremes. Then, in every stretch between two kept points that is too far
    off, the worst point is kept as well, in all stretches at once, until none is too far off.
    """
    if len(values) < 3:
        return np.arange(len(values))
    grid = np.arange(0, len(values), GRID_TICKS)
    kept = np.unique([*grid, len(values) - 1, int(values.argmin()), int(values.argmax())])
    ticks = np.arange(len(values))
    while len(ticks):
        stray = np.abs(values[ticks] - np.interp(ticks, kept, values[kept]))
        stretch = np.searchsorted(kept, ticks, side="right")
        firsts = np.flatnonzero(np.diff(stretch, prepend=-1))
        worst = np.maximum.reduceat(stray, firsts)
        lengths = np.diff(np.append(firsts, len(ticks)))
        worst_of_tick = np.repeat(worst, lengths)
        # A stretch that is good enough stays so: its ticks need no second look.
        is_bad = worst_of_tick > tolerance
        is_worst = is_bad & (stray == worst_of_tick)
        _, first = np.unique(stretch[is_worst], return_index=True)
        kept = np.union1d(kept, ticks[is_worst][first])
        ticks = ticks[is_bad]
    return kept


def peaks(values: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest value in each of `bins` equal parts, for a picture of fixed width."""
    edges = np.unique(np.linspace(0, len(values), min(bins, len(values)) + 1).astype(int)[:-1])
    return np.minimum.reduceat(values, edges), np.maximum.reduceat(values, edges)


def spans(is_on: np.ndarray) -> list[tuple[int, int]]:
    """(first tick, tick after the last) of every stretch in which it is on."""
    padded = np.concatenate(([False], is_on.astype(bool), [False]))
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2], strict=True)]


def stretches(values: np.ndarray) -> list[tuple[int, int, int]]:
    """(value, first tick, tick after the last) of every stretch of equal values."""
    edges = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
    pairs = pairwise(edges)
    return [(int(values[start]), start, end) for start, end in pairs if end > start]


def is_bit_set(bits: np.ndarray, index: int) -> np.ndarray:
    return (bits.astype(np.int64) >> index & 1).astype(bool)


def one_cycle(trace: Trace) -> tuple[int, int]:
    """Ticks of the cycle to look at: the one that a fault ended, or a whole one from the middle."""
    faulty = np.flatnonzero(trace.fault_code != faults.NONE)
    cycles = _cycles(trace)
    if len(faulty):
        before = [start for start, _ in cycles if start <= faulty[0]]
        start = before[-1] if before else max(0, int(faulty[0]) - 2000)
        after = int(np.searchsorted(trace.time_s, trace.time_s[faulty[0]] + 5.0))
        return start, min(len(trace), after)
    # The first is a soft start, the last one may be cut short.
    whole = cycles[1:-1] or cycles[1:] or cycles
    return whole[len(whole) // 2] if whole else (0, len(trace))


def _cycles(trace: Trace) -> list[tuple[int, int]]:
    numbered = np.where(trace.state == RUNNING, trace.cycle, -1)
    return [(start, end) for number, start, end in stretches(numbered) if number >= 0]
