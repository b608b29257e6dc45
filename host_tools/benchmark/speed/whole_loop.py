"""The whole loop: core, plant, noise and recording, from a loaded request to a finished trace."""

from host_tools.benchmark.speed.session import half_hour
from host_tools.benchmark.speed.stopwatch import Job
from host_tools.sim.simulate import run

# Legs x chambers of each: how the time grows with them.
SIZES = {"1 x 1": (1, 1), "1 x 4": (1, 4), "2 x 5": (2, 5), "2 x 8": (2, 8)}
MAIN_SIZE = "2 x 5"


def whole_loop_jobs() -> dict[str, Job]:
    """The jobs by size."""
    return {size: _job(legs, chambers) for size, (legs, chambers) in SIZES.items()}


def _job(legs: int, chambers: int) -> Job:
    request = half_hour(legs, chambers)
    return lambda: run(request)
