"""The score of a run, from the true pressures alone."""

from dataclasses import dataclass

import numpy as np

from host_tools.benchmark.pressure.run import CYCLES, Case, Ran
from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.sim.figures.air import FillLimit
from host_tools.sim.figures.metrics import Fills, cut_fills, overshoot_ticks
from host_tools.sim.trace import Trace
from soleus.core.session.session import RUNNING

NEAR_MMHG = 3.0
# A duty that glides isn't heard to change; a tenth of the whole from one tick to the next is.
JUMP_PERMILLE = 100
# One tick in so many is enough to tell how well a chamber is held.
EVERY = 10


@dataclass(frozen=True)
class Score:
    case: Case
    fill_ratio: np.ndarray  # time of each fill, divided by the least possible time
    fill_s: np.ndarray
    overshoot_mmhg: np.ndarray  # of each fill after the first cycle
    first_overshoot_mmhg: np.ndarray  # of each fill of the first cycle
    hold_error_mmhg: np.ndarray  # a tenth of the ticks, after the first cycle
    hold_worst_mmhg: float
    unreached_count: int
    right_from_cycle: int  # counted from 1; if never, one more than the number of cycles
    clicks_per_min: float
    pump_starts_per_min: float
    duty_jumps_per_min: float
    manifold_over_mmhg: float
    wh_per_h: float


def score(case: Case, ran: Ran) -> Score:
    trace = ran.trace
    target_pa = np.where(trace.state[:, None] == RUNNING, trace.target_pa, 0)
    error_mmhg = trace.pressure_mmhg - target_pa / PA_PER_MMHG
    chambers = range(error_mmhg.shape[1])
    fills = [cut_fills(trace, k, target_pa[:, k], error_mmhg[:, k]) for k in chambers]
    limit = FillLimit(trace, ran.air, [[fill.start for fill in each.reached] for each in fills])
    took, ratios = _fill_times(trace, fills, limit)
    held = np.column_stack([each.held for each in fills])
    hold_mmhg = np.abs(error_mmhg[held])
    minutes = float(trace.time_s[-1] - trace.time_s[0]) / 60
    return Score(
        case=case,
        fill_ratio=ratios,
        fill_s=took,
        overshoot_mmhg=_overshoots(trace, fills, error_mmhg),
        first_overshoot_mmhg=_first_overshoots(trace, target_pa, error_mmhg),
        hold_error_mmhg=hold_mmhg[::EVERY].astype(np.float32),
        hold_worst_mmhg=float(hold_mmhg.max(initial=0.0)),
        unreached_count=sum(each.unreached_count for each in fills),
        right_from_cycle=_right_from_cycle(trace, target_pa, error_mmhg),
        clicks_per_min=_clicks(trace) / minutes,
        pump_starts_per_min=_starts(trace.pump_permille) / minutes,
        duty_jumps_per_min=_jumps(trace.pump_permille) / minutes,
        manifold_over_mmhg=float(trace.manifold_mmhg.max() - target_pa.max() / PA_PER_MMHG),
        wh_per_h=ran.used_wh * 60 / minutes,
    )


def _fill_times(trace: Trace, fills: list[Fills], limit: FillLimit) -> tuple[np.ndarray, np.ndarray]:
    took, least = [], []
    for chamber, each in enumerate(fills):
        for fill in each.reached:
            took.append(float(trace.time_s[fill.reached] - trace.time_s[fill.start]))
            least.append(limit.least_s(chamber, fill.start, fill.reached))
    took_s, least_s = np.array(took), np.array(least)
    return took_s, took_s / np.maximum(least_s, 0.01)


def _overshoots(trace: Trace, fills: list[Fills], error_mmhg: np.ndarray) -> np.ndarray:
    found = [
        float(error_mmhg[slice(*overshoot_ticks(trace, fill)), chamber].max())
        for chamber, each in enumerate(fills)
        for fill in each.reached
    ]
    return np.maximum(np.array(found), 0.0)


def _first_overshoots(trace: Trace, target_pa: np.ndarray, error_mmhg: np.ndarray) -> np.ndarray:
    is_first = (trace.cycle == 0)[:, None] & (target_pa > 0)
    return np.maximum(np.where(is_first, error_mmhg, -np.inf).max(axis=0), 0.0)


def _right_from_cycle(trace: Trace, target_pa: np.ndarray, error_mmhg: np.ndarray) -> int:
    """The first cycle in which every chamber is within 3 mmHg when its own stage ends."""
    for cycle in range(CYCLES):
        ends = [_stage_end(trace, target_pa[:, k], cycle) for k in range(target_pa.shape[1])]
        errors = [abs(error_mmhg[end, k]) for k, end in enumerate(ends) if end is not None]
        if len(errors) == target_pa.shape[1] and max(errors) <= NEAR_MMHG:
            return cycle + 1
    return CYCLES + 1


def _stage_end(trace: Trace, target_pa: np.ndarray, cycle: int) -> int | None:
    """The last tick of the stage in which this chamber's target rose."""
    is_wanted = (trace.cycle == cycle) & (target_pa > 0)
    begins = int(np.argmax(is_wanted))
    if not is_wanted[begins]:
        return None
    later = np.flatnonzero(trace.stage[begins:] != trace.stage[begins])
    return begins + int(later[0]) - 1 if len(later) else None


def _clicks(trace: Trace) -> int:
    bits = np.arange(trace.pressure_mmhg.shape[1])
    both = [(column[:, None] >> bits) & 1 for column in (trace.fill_bits, trace.seal_bits)]
    return sum(int(np.count_nonzero(np.diff(each, axis=0))) for each in both)


def _starts(pump_permille: np.ndarray) -> int:
    return int(np.count_nonzero((pump_permille[:-1] == 0) & (pump_permille[1:] > 0)))


def _jumps(pump_permille: np.ndarray) -> int:
    """Of a pump that runs on: starts and stops are not among them."""
    runs_on = (pump_permille[:-1] > 0) & (pump_permille[1:] > 0)
    leaps = np.abs(np.diff(pump_permille.astype(np.int64))) >= JUMP_PERMILLE
    return int(np.count_nonzero(runs_on & leaps))
