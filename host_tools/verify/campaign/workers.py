"""The workers of a campaign: processes of this computer, or those of a Dask scheduler. Both do the same."""

import importlib
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from host_tools.basics.crew import shared_out
from host_tools.basics.errors import InputError
from host_tools.verify.campaign.plan import Trial
from host_tools.verify.campaign.trial import Row, run_trials

Shares = Mapping[int, Sequence[Trial]]
Done = tuple[int, list[Row]]


def on_processes(shares: Shares, workers: int | None) -> Iterator[Done]:
    """Yields each share when it is done; uses all cores unless `workers` is given."""
    return shared_out(run_trials, shares, workers or _cores())


def on_dask(shares: Shares, scheduler: str) -> Iterator[Done]:
    """If a worker dies, the scheduler gives its share to another."""
    distributed = _distributed()
    try:
        client = distributed.Client(scheduler, timeout="10s")
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError("--scheduler", "", scheduler, f"the address of a Dask scheduler ({error})") from None
    with client:
        futures = {
            client.submit(run_trials, list(trials), pure=False): index for index, trials in shares.items()
        }
        for future in distributed.as_completed(list(futures)):
            yield futures.pop(future), future.result()
            future.release()


def _distributed() -> Any:
    """Optional, and slow to import: needed only with a cluster."""
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise InputError("--scheduler", "", None, "Dask here: pip install 'soleus[dask]'") from None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
