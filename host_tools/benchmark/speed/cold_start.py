"""The time of the very first session, and of the first session of a later process."""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

_SHORTEST = "from host_tools.sim.simulate import simulate; simulate('plain-sequential', minutes=15)"


@dataclass(frozen=True)
class ColdStart:
    """Wall seconds of a process that simulates a quarter of an hour, everything included."""

    nothing_compiled_s: float
    all_compiled_s: float


def cold_start() -> ColdStart:
    with tempfile.TemporaryDirectory() as cache:
        return ColdStart(_process_s(cache), min(_process_s(cache) for _ in range(3)))


def _process_s(cache: str) -> float:
    started = time.perf_counter()
    environment = {**os.environ, "SOLEUS_CACHE_DIR": cache}
    subprocess.run([sys.executable, "-c", _SHORTEST], env=environment, check=True)
    return time.perf_counter() - started
