"""`python -m host_tools.benchmark`: the simulator's speed, the cost of a step, the quality of control."""

import subprocess
import sys
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
from host_tools.output.page import write
from host_tools.virtual.chip_costs import TICK_INSTRUCTIONS


class Part(StrEnum):
    SPEED = "speed"
    COST = "cost"
    PRESSURE = "pressure"


def benchmark(
    only: Annotated[Part | None, typer.Option(help="This part alone.")] = None,
    draws: Annotated[int, typer.Option(min=1, help="Machines drawn from each plant.")] = DRAWS,
) -> None:
    """Measure, and write docs/speed.md and docs/cost.md (minutes), and docs/benchmarks.md (half an hour)."""
    if only in (None, Part.SPEED):
        _speed()
    if only in (None, Part.COST):
        _cost()
    if only in (None, Part.PRESSURE):
        _pressure(draws)


def _speed() -> None:
    with Console(stderr=True).status("measuring the simulator; a minute or two"):
        figures = measure()
    show(figures, Console())
    write({PAGE: page(figures).encode()})


def _cost() -> None:
    with Console(stderr=True).status("counting the instructions of a step, and of whole ticks; ten minutes"):
        costs = step_costs()
        ticks = [tick_count(load_board(name)) for name in TICK_INSTRUCTIONS]
        refuse_outdated_count()
    write(cost_files(costs, tick_section(ticks), _commit()))
    refuse_outdated_ticks(ticks)


def _pressure(draws: int) -> None:
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("tuning the peers", total=None)
        found = compare(
            draws,
            lambda done, total: progress.update(task, completed=done, total=total, description="comparing"),
        )
    write(pressure_files(found, draws, _commit()))


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
