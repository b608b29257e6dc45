"""A campaign from its plan to its table; one that was killed goes on where it was."""

from collections.abc import Callable, Iterator
from pathlib import Path

from host_tools.sim.simulate import simulate
from host_tools.verify.campaign.plan import Trial, make_plan
from host_tools.verify.campaign.store import Store
from host_tools.verify.campaign.trial import Row
from host_tools.verify.campaign.workers import Shares, on_dask, on_processes

# Small enough that little is lost when a campaign is killed, large enough for a rehearsal to serve many.
SHARE_TRIALS = 40

# Rows done, of how many; and what the new ones say.
Progress = Callable[[int, int, list[Row]], None]


def run_campaign(
    folder: Path,
    size: str = "smoke",
    seed: int = 1,
    *,
    plan: list[Trial] | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    share: int = SHARE_TRIALS,
    on_progress: Progress | None = None,
) -> Path:
    """Run what of the plan isn't done yet, and join all of it: the path of the one table."""
    trials = make_plan(size, seed) if plan is None else plan
    store = Store(folder, size, seed, trials, share)
    missing = {index: store.shares[index] for index in store.missing()}
    done = len(trials) - sum(map(len, missing.values()))
    if on_progress:
        on_progress(done, len(trials), [])
    for index, rows in _work(missing, workers, scheduler):
        store.put(index, rows)
        done += len(rows)
        if on_progress:
            on_progress(done, len(trials), rows)
    return store.join()


def _work(missing: Shares, workers: int | None, scheduler: str | None) -> Iterator[tuple[int, list[Row]]]:
    if not missing:
        return iter(())
    if scheduler:
        return on_dask(missing, scheduler)
    _compile({trial.board: trial for trials in missing.values() for trial in trials})
    return on_processes(missing, workers)


def _compile(one_of_each_board: dict[str, Trial]) -> None:
    """Once, here, and kept on disk: otherwise every worker would do it for itself at the same time."""
    for trial in one_of_each_board.values():
        simulate(trial.program, trial.board, trial.plant, event=["stop@0.5s"])
