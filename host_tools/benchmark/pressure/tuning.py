"""Makes each peer as good as its kind can be on the nominal plant, by trying; then it stays as it is."""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import replace
from itertools import product

import numpy as np

from host_tools.basics.defaults import DEFAULT_PLANT
from host_tools.benchmark.pressure.run import ON_OFF, SOLEUS, TIMED, Case, Settings, run
from host_tools.benchmark.pressure.score import score
from host_tools.plant.parts.units import PA_PER_MMHG
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.program.timeline import STAGE_RAISE

SEEDS = (0, 1)
# How many ms of pump a missed mmHg adds: cautious enough for the fastest chamber to settle.
MS_PER_MMHG = 30
ROUNDS = 12
FIRST_MS = 3000
LEADS_MMHG = (0, 2, 4, 7, 10)
BANDS_MMHG = (1.0, 1.5, 2.0, 3.0)
GAINS = tuple(product((0.03, 0.06, 0.12), (0.0, 0.02, 0.06), (0.0, 0.004)))
PID_BAND_MMHG = 1.5


def tuned(controller: str, sensors: str, pressures: Iterable[int], pool: Executor) -> dict[int, Settings]:
    """Settings for each pressure; only the timed peer needs different ones."""
    pressures = list(pressures)
    if controller == TIMED:
        found = pool.map(_timed, [(sensors, pressure) for pressure in pressures])
        return dict(zip(pressures, found, strict=True))
    if controller == SOLEUS:
        return dict.fromkeys(pressures, Settings())
    best = min(
        _candidates(controller),
        key=_cost_of(controller, sensors, pressures, pool),
    )
    return dict.fromkeys(pressures, best)


def _candidates(controller: str) -> list[Settings]:
    if controller == ON_OFF:
        return [
            Settings(lead_pa=pa_from_mmhg(lead), band_pa=round(band * PA_PER_MMHG))
            for lead, band in product(LEADS_MMHG, BANDS_MMHG)
        ]
    return [Settings(gains=gains, band_pa=round(PID_BAND_MMHG * PA_PER_MMHG)) for gains in GAINS]


def _cost_of(
    controller: str, sensors: str, pressures: list[int], pool: Executor
) -> Callable[[Settings], float]:
    spread = [pressures[0], pressures[len(pressures) // 2], pressures[-1]]

    def cost(settings: Settings) -> float:
        cases = [
            Case(controller, sensors, DEFAULT_PLANT, seed, mmhg, settings)
            for seed in SEEDS
            for mmhg in spread
        ]
        return sum(pool.map(_cost, cases))

    return cost


def _cost(case: Case) -> float:
    """Overshoot and hold error in mmHg; 10 % of fill time and 100 clicks a minute count like 1 mmHg."""
    found = score(case, run(case))
    if not len(found.fill_ratio) or not len(found.hold_error_mmhg):
        return 1000.0
    over_mmhg, held_mmhg = _high(found.overshoot_mmhg, 99), _high(found.hold_error_mmhg, 95)
    slow = 10 * (_high(found.fill_ratio, 50) - 1) + found.unreached_count
    return over_mmhg + held_mmhg + slow + found.clicks_per_min / 100


def _high(values: np.ndarray, percent: int) -> float:
    return float(np.percentile(values, percent))


def _timed(what: tuple[str, int]) -> Settings:
    """Find times by trying: run, see the error of each chamber, change its time in proportion."""
    sensors, pressure_mmhg = what
    count = len(_ends(Case(SOLEUS, sensors, DEFAULT_PLANT, 0, pressure_mmhg, Settings())))
    fill_ms = np.full(count, FIRST_MS)
    case = Case(TIMED, sensors, DEFAULT_PLANT, 0, pressure_mmhg, Settings())
    for _ in range(ROUNDS):
        case = replace(case, settings=Settings(fill_ms=tuple(int(ms) for ms in fill_ms)))
        fill_ms = np.clip(fill_ms - _ends(case) * MS_PER_MMHG, 100, 30_000)
    return case.settings


def _ends(case: Case) -> np.ndarray:
    """How far each chamber is above its target when its stage ends: in the first cycle and the second."""
    trace = run(case).trace
    over = []
    for cycle in (0, 1):
        for k in range(trace.pressure_mmhg.shape[1]):
            ticks = np.flatnonzero((trace.cycle == cycle) & (trace.target_pa[:, k] > 0))
            stage = trace.stage[ticks[0]]
            last = ticks[trace.stage[ticks] == stage][-1]
            assert trace.stage_kind[last] == STAGE_RAISE
            over.append(trace.pressure_mmhg[last, k] - trace.target_pa[last, k] / PA_PER_MMHG)
    return np.array(over)
