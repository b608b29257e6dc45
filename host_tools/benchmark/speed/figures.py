"""All figures of speed, measured in one run."""

from dataclasses import dataclass

from host_tools.benchmark.speed.campaign import trials_per_minute
from host_tools.benchmark.speed.cold_start import ColdStart, cold_start
from host_tools.benchmark.speed.machine import machine
from host_tools.benchmark.speed.parts import CORE, PLAIN_CORE, PLANT, SHORT_CORE, part_jobs
from host_tools.benchmark.speed.session import MINUTES, half_hour
from host_tools.benchmark.speed.stopwatch import medians_s
from host_tools.benchmark.speed.whole_loop import MAIN_SIZE, SIZES, whole_loop_jobs


@dataclass(frozen=True)
class Figures:
    machine: dict[str, str]
    # For half an hour: the whole loop by size, and by its parts at the main size.
    whole_s: dict[str, float]
    plant_s: float
    core_s: float
    plain_core_ratio: float  # how many times longer plain Python takes for the same core
    start: ColdStart
    campaign_per_minute: dict[int, float]  # trials, by cores

    @property
    def recording_s(self) -> float:
        return self.whole_s[MAIN_SIZE] - self.plant_s - self.core_s

    def times_real_time(self, size: str = MAIN_SIZE) -> float:
        return MINUTES * 60 / self.whole_s[size]


def measure() -> Figures:
    times_s = medians_s({**whole_loop_jobs(), **part_jobs(half_hour())})
    return Figures(
        machine=machine(),
        whole_s={size: times_s[size] for size in SIZES},
        plant_s=times_s[PLANT],
        core_s=times_s[CORE],
        plain_core_ratio=times_s[PLAIN_CORE] / times_s[SHORT_CORE],
        start=cold_start(),
        campaign_per_minute=trials_per_minute(),
    )
