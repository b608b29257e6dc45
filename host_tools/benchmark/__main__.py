"""`python -m host_tools.benchmark`: the simulator's speed, the cost of a step, the quality of control."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from host_tools.basics.errors import UNUSABLE_INPUT, InputError
from host_tools.basics.paths import CHECKOUT
from host_tools.benchmark.pressure.matrix import DRAWS, compare
from host_tools.benchmark.pressure.page import pressure_files
from host_tools.benchmark.speed.figures import measure
from host_tools.benchmark.speed.page import PAGE, page, show
from host_tools.benchmark.step.cost import step_costs
from host_tools.benchmark.step.page import cost_files
from host_tools.benchmark.step.work import refuse_outdated_count
from host_tools.benchmark.tick.count import tick_count
from host_tools.benchmark.tick.kept import refuse_outdated_ticks
from host_tools.benchmark.tick.page import tick_section
from host_tools.catalogue.boards import load_board
from host_tools.output.now_and_then import NowAndThen
from host_tools.output.page import write
from host_tools.virtual.chip_costs import TICK_INSTRUCTIONS


class Part(StrEnum):
    SPEED = "speed"
    COST = "cost"
    PRESSURE = "pressure"


def benchmark(
    only: Annotated[Part | None, typer.Option(help="This part alone.")] = None,
    draws: Annotated[int, typer.Option(min=1, help="Machines drawn from each plant.")] = DRAWS,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
) -> None:
    """Measure, and write docs/speed.md and docs/cost.md (minutes), and docs/benchmarks.md (half an hour)."""
    if only in (None, Part.SPEED):
        _speed(quiet)
    if only in (None, Part.COST):
        _cost(quiet)
    if only in (None, Part.PRESSURE):
        _pressure(draws, quiet)


def _speed(is_quiet: bool) -> None:
    with _telling("measuring the simulator; a minute or two", is_quiet):
        figures = measure()
    show(figures, Console())
    write({PAGE: page(figures).encode()})


def _cost(is_quiet: bool) -> None:
    with _telling("counting the instructions of a step, and of whole ticks; ten minutes", is_quiet):
        costs = step_costs()
        ticks = [tick_count(load_board(name)) for name in TICK_INSTRUCTIONS]
        refuse_outdated_count()
    write(cost_files(costs, tick_section(ticks), _commit()))
    refuse_outdated_ticks(ticks)


def _pressure(draws: int, is_quiet: bool) -> None:
    console, plain = Console(stderr=True), NowAndThen(is_quiet)
    with Progress(console=console, disable=is_quiet or not console.is_terminal) as progress:
        task = progress.add_task("tuning the peers", total=None)

        def on_progress(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total, description="comparing")
            plain.say(f"comparing: {done} of {total}")

        found = compare(draws, on_progress)
    write(pressure_files(found, draws, _commit()))


@contextmanager
def _telling(words: str, is_quiet: bool) -> Iterator[None]:
    """Work that can't say how far it is."""
    console = Console(stderr=True)
    if is_quiet:
        yield
    elif console.is_terminal:
        with console.status(words):
            yield
    else:
        print(words, file=sys.stderr, flush=True)
        yield


def _commit() -> str:
    asked = ["git", "-C", str(CHECKOUT), "rev-parse", "--short", "HEAD"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


if __name__ == "__main__":
    try:
        typer.run(benchmark)
    except InputError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        sys.exit(UNUSABLE_INPUT)
