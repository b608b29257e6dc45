"""Many sessions, some at the same time in processes of their own, with progress on a terminal."""

import multiprocessing
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from host_tools.sim.simulate import simulate
from host_tools.verify.healthy.verdict import Verdict, judge

PROCESSES = 2


@dataclass(frozen=True)
class Case:
    """A session as names and numbers only, so that it can be sent to another process."""

    program: str
    board: str
    plant: str
    minutes: int | None = None
    pressure: int | None = None
    seed: int = 0


def judge_all(cases: Iterable[Case], what: str, processes: int = PROCESSES) -> dict[Case, Verdict]:
    """The verdict of every case, in the order of `cases`."""
    cases = list(cases)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    # Fresh processes, not copies of this one: copies of a process with threads may hang.
    context = multiprocessing.get_context("spawn")
    with (
        Progress(*columns, console=console, disable=not console.is_terminal) as progress,
        ProcessPoolExecutor(processes, context) as pool,
    ):
        task = progress.add_task(what, total=len(cases))
        futures = {pool.submit(judge_case, case): case for case in cases}
        try:
            for future in as_completed(futures):
                future.result()
                progress.advance(task)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return {case: future.result() for future, case in futures.items()}


def judge_case(case: Case) -> Verdict:
    session = simulate(
        case.program,
        case.board,
        case.plant,
        minutes=case.minutes,
        pressure=case.pressure,
        seed=case.seed,
    )
    return judge(session)
