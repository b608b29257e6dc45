"""Times several jobs in turn, round after round, so that a busy moment of the computer affects them all."""

import gc
import time
from collections.abc import Callable
from statistics import median

ROUNDS = 5

Job = Callable[[], object]


def medians_s(jobs: dict[str, Job], rounds: int = ROUNDS) -> dict[str, float]:
    """Median seconds of each job, after a first round to warm up."""
    for job in jobs.values():
        job()
    gc.collect()
    gc.disable()
    try:
        times = [{name: _once_s(job) for name, job in jobs.items()} for _ in range(rounds)]
    finally:
        gc.enable()
    return {name: median(each[name] for each in times) for name in jobs}


def _once_s(job: Job) -> float:
    started = time.perf_counter()
    job()
    return time.perf_counter() - started
