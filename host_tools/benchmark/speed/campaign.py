"""How many trials of a fault campaign a minute takes, on one core and on two."""

import tempfile
import time
from pathlib import Path

from host_tools.verify.campaign.plan import HEALTHY, PAIR, SINGLE, Trial, make_plan
from host_tools.verify.campaign.run import run_campaign

# In the proportions of a campaign and from the middle of its plan, so that rehearsals are shared as there.
TRIALS = {SINGLE: 240, PAIR: 120, HEALTHY: 60}
CORES = (1, 2)


def trials_per_minute() -> dict[int, float]:
    """Trials a minute by cores, including the start of the processes; everything is compiled before."""
    plan = _part_of_the_plan()
    _run(plan[:1], 1)
    return {cores: len(plan) / _run(plan, cores) * 60.0 for cores in CORES}


def _part_of_the_plan() -> list[Trial]:
    whole = make_plan("full", 1)
    chosen: list[Trial] = []
    for part, count in TRIALS.items():
        its = [trial for trial in whole if trial.part == part]
        # Two stretches of the plan, because the second board has other valves and more chambers.
        for start in (0, len(its) // 2):
            chosen += its[start : start + count // 2]
    return chosen


def _run(plan: list[Trial], cores: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        run_campaign(Path(folder), plan=plan, workers=cores)
        return time.perf_counter() - started
