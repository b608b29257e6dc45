"""A campaign from its plan to its table; a campaign that was killed continues where it stopped."""

from collections.abc import Callable, Iterator
from pathlib import Path

from host_tools.sim.simulate import simulate
from host_tools.verify.campaign.plan import Trial, make_plan
from host_tools.verify.campaign.store import Store
from host_tools.verify.campaign.trial import Row
from host_tools.verify.campaign.workers import Shares, on_dask, on_processes

# Small enough that little is lost when a campaign is killed, large enough for a rehearsal to serve many.
SHARE_TRIALS = 40

# Called with the number of rows done, the number of all, and the new rows.
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
    """Run the trials of the plan that aren't done yet, and join all rows; returns the table's path."""
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
    """Compile once and keep it on disk: otherwise all workers would compile at the same time."""
    for trial in one_of_each_board.values():
        simulate(trial.program, trial.board, trial.plant, event=["stop@0.5s"])
