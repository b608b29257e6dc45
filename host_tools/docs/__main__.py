"""`python -m host_tools.docs`: makes the parts of docs/ that come from a command, or checks them."""

import sys
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import typer

from host_tools.basics.errors import FELL_SHORT, UNUSABLE_INPUT, InputError
from host_tools.docs.bench_page import bench_page
from host_tools.docs.healthy_page import healthy_page
from host_tools.docs.live_pictures import live_pictures
from host_tools.docs.manual.manual_page import manual_page
from host_tools.docs.patterns_page import patterns_page
from host_tools.docs.programs_page import programs_page
from host_tools.docs.readme_picture import readme_picture
from host_tools.docs.safety_page import safety_page
from host_tools.output.page import Files, outdated, write
from host_tools.verify.healthy.healthy import DRAWS


class Part(StrEnum):
    README = "readme"
    PATTERNS = "patterns"
    PROGRAMS = "programs"
    SAFETY = "safety"
    HEALTHY = "healthy"
    BENCH = "bench"
    LIVE = "live"
    MANUAL = "manual"


# The maker of a part returns its files, and those sessions behind it that fell short.
Maker = Callable[[], tuple[Files, list[str]]]


def docs(
    only: Annotated[list[Part] | None, typer.Option(help="This part alone; may be given again.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only compare with what is there.")] = False,
    draws: Annotated[int, typer.Option(min=1, help="Machines drawn from each plant for healthy.md.")] = DRAWS,
) -> None:
    """Make the tables and pictures in docs/ again; status 1 if a session fell short or --check differs."""
    makers: dict[Part, Maker] = {
        Part.README: lambda: (readme_picture(), []),
        Part.PATTERNS: lambda: (patterns_page(), []),
        Part.PROGRAMS: programs_page,
        Part.SAFETY: safety_page,
        Part.HEALTHY: lambda: healthy_page(draws),
        Part.BENCH: lambda: (bench_page(), []),
        # A browser draws its letters differently on each computer, so there is nothing to compare.
        Part.LIVE: lambda: ({} if check else live_pictures(), []),
        Part.MANUAL: lambda: (manual_page(), []),
    }
    problems = [problem for part in only or Part for problem in _make(makers[part], check)]
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        raise typer.Exit(FELL_SHORT)


def _make(maker: Maker, check: bool) -> list[str]:
    files, shortfalls = maker()
    if check:
        return [f"{name}: not what `make docs` makes now" for name in outdated(files)]
    write(files)
    for name in files:
        print(name)
    return shortfalls


if __name__ == "__main__":
    try:
        typer.run(docs)
    except InputError as error:
        print(f"docs: {error}", file=sys.stderr)
        sys.exit(UNUSABLE_INPUT)
