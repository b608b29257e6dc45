"""All controllers on all boots: every run of the comparison, and its figures."""

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from host_tools.benchmark.pressure.run import CONTROLLERS, Case, Settings, run
from host_tools.benchmark.pressure.score import Score, score
from host_tools.benchmark.pressure.tuning import tuned
from host_tools.catalogue.variants import SENSORS

PLANTS = ("nominal", "small-leg", "large-leg", "tired")
PRESSURES_MMHG = (20, 40, 60, 80, 110)
DRAWS = 50
WORKERS = 2

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Row:
    """The figures of many runs of one controller, taken together."""

    runs: int
    fill_ratio_p50: float
    fill_ratio_p95: float
    fill_s_p50: float
    overshoot_p50: float
    overshoot_p99: float
    first_overshoot_p99: float
    hold_p95: float
    hold_max: float
    right_at_once: float  # share of runs that were right in the first cycle
    right_from_p95: float  # cycle
    unreached_share: float
    clicks_per_min: float
    pump_starts_per_min: float
    duty_jumps_per_min: float
    manifold_over_max: float
    wh_per_h: float


@dataclass(frozen=True)
class Comparison:
    settings: dict[tuple[str, str], dict[int, Settings]]
    scores: list[Score]

    def row(
        self, controller: str, sensors: str, plants: Iterable[str] = PLANTS, pressure: int | None = None
    ) -> Row:
        plants = tuple(plants)
        chosen = [
            each
            for each in self.scores
            if (each.case.controller, each.case.sensors) == (controller, sensors)
            and each.case.plant in plants
            and pressure in (None, each.case.pressure_mmhg)
        ]
        return _pooled(chosen)


def compare(draws: int = DRAWS, on_progress: Progress | None = None) -> Comparison:
    with ProcessPoolExecutor(WORKERS) as pool:
        settings = {
            (controller, sensors): tuned(controller, sensors, PRESSURES_MMHG, pool)
            for controller in CONTROLLERS
            for sensors in SENSORS
        }
        cases = [
            Case(controller, sensors, plant, seed, pressure, settings[controller, sensors][pressure])
            for controller in CONTROLLERS
            for sensors in SENSORS
            for plant in PLANTS
            for seed in range(draws)
            for pressure in PRESSURES_MMHG
        ]
        scores = []
        for done, each in enumerate(pool.map(_scored, cases, chunksize=5)):
            scores.append(each)
            if on_progress:
                on_progress(done + 1, len(cases))
    return Comparison(settings, scores)


def _scored(case: Case) -> Score:
    return score(case, run(case))


def _pooled(scores: list[Score]) -> Row:
    ratios = np.concatenate([each.fill_ratio for each in scores])
    overshoots = np.concatenate([each.overshoot_mmhg for each in scores])
    unreached = sum(each.unreached_count for each in scores)
    first_right = np.array([each.right_from_cycle for each in scores])
    return Row(
        runs=len(scores),
        fill_ratio_p50=_percentile(ratios, 50),
        fill_ratio_p95=_percentile(ratios, 95),
        fill_s_p50=_percentile(np.concatenate([each.fill_s for each in scores]), 50),
        overshoot_p50=_percentile(overshoots, 50),
        overshoot_p99=_percentile(overshoots, 99),
        first_overshoot_p99=_percentile(np.concatenate([each.first_overshoot_mmhg for each in scores]), 99),
        hold_p95=_percentile(np.concatenate([each.hold_error_mmhg for each in scores]), 95),
        hold_max=max(each.hold_worst_mmhg for each in scores),
        right_at_once=float(np.mean(first_right == 1)),
        right_from_p95=float(np.percentile(first_right, 95)),
        unreached_share=unreached / max(unreached + len(ratios), 1),
        clicks_per_min=float(np.mean([each.clicks_per_min for each in scores])),
        pump_starts_per_min=float(np.mean([each.pump_starts_per_min for each in scores])),
        duty_jumps_per_min=float(np.mean([each.duty_jumps_per_min for each in scores])),
        manifold_over_max=max(each.manifold_over_mmhg for each in scores),
        wh_per_h=float(np.mean([each.wh_per_h for each in scores])),
    )


def _percentile(values: np.ndarray, percent: float) -> float:
    return float(np.percentile(values, percent)) if len(values) else float("nan")
