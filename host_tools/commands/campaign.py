"""`soleus campaign`: break everything in every way and at every moment, and judge what comes of it."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from host_tools.basics.errors import FELL_SHORT, InputError
from host_tools.output.now_and_then import NowAndThen
from host_tools.verify.campaign.plan import SIZES
from host_tools.verify.campaign.report.report import write_report
from host_tools.verify.campaign.report.summary import summary as summed_up
from host_tools.verify.campaign.rules import ALARM, HARM, VERDICTS
from host_tools.verify.campaign.run import run_campaign
from host_tools.verify.campaign.store import planned, read_results
from host_tools.verify.campaign.trial import Row

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Inject every fault everywhere, and judge each session."
)

DEFAULT_OUT = Path("out/campaign")

Out = Annotated[Path, typer.Option(help="The campaign's folder.")]


@app.command()
def run(
    size: Annotated[str, typer.Option(help=f"How much: {', '.join(SIZES)}.")] = "smoke",
    seed: Annotated[int, typer.Option(help="Draws the plan.", min=0)] = 1,
    out: Out = DEFAULT_OUT,
    workers: Annotated[int | None, typer.Option(help="Processes; all cores by default.", min=1)] = None,
    scheduler: Annotated[str | None, typer.Option(help="A Dask scheduler, such as tcp://host:8786.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
) -> None:
    """Run a campaign, or what is left of one; then write its table and its report."""
    if size not in SIZES:
        raise InputError("--size", "", size, f"one of {', '.join(SIZES)}")
    _run_with_progress(size, seed, out, workers, scheduler, quiet)
    rows = read_results(out)
    write_report(rows, out)
    print(_summary(rows))
    print(f"{out}/results.parquet, {out}/report.html, {out}/matrix.png")
    if any(row["verdict"] in (HARM, ALARM) for row in rows):
        raise typer.Exit(FELL_SHORT)


@app.command()
def status(out: Out = DEFAULT_OUT) -> None:
    """How far a campaign is, as JSON."""
    about, rows = planned(out), read_results(out)
    counts = Counter(str(row["verdict"]) for row in rows)
    print(json.dumps({**about, "done": len(rows), **{word: counts[word] for word in VERDICTS}}, indent=2))


@app.command()
def report(out: Out = DEFAULT_OUT) -> None:
    """Write report.html and matrix.png from the rows that are there."""
    rows = read_results(out)
    if not rows:
        raise InputError("--out", "", str(out), "a campaign with at least one finished share")
    for file in write_report(rows, out):
        print(file)


@app.command()
def summary(out: Out = DEFAULT_OUT) -> None:
    """What a campaign found, as JSON; docs/data/campaign.json is one."""
    print(json.dumps(summed_up(planned(out), read_results(out)), indent=1, ensure_ascii=False))


@app.command()
def show(
    number: Annotated[int, typer.Argument(help="The row's number in the table.", min=0)],
    out: Out = DEFAULT_OUT,
) -> None:
    """One row of the table as JSON: what was asked, what came of it, and the command that runs it again."""
    rows = {row["number"]: row for row in read_results(out)}
    if number not in rows:
        raise InputError("NUMBER", "", number, f"one of the {len(rows)} rows in {out}")
    print(json.dumps(rows[number], indent=2, ensure_ascii=False))


def _run_with_progress(
    size: str, seed: int, out: Path, workers: int | None, scheduler: str | None, is_quiet: bool
) -> None:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    found = TextColumn("{task.fields[found]}")
    console = Console(stderr=True)
    seen: Counter[str] = Counter()
    bars = Progress(
        *columns, found, TimeElapsedColumn(), console=console, disable=is_quiet or not console.is_terminal
    )
    plain = NowAndThen(is_quiet)
    with bars as progress:
        task = progress.add_task(f"{size} campaign, seed {seed}", total=None, found="compiling")

        def show(done: int, total: int, rows: list[Row]) -> None:
            seen.update(str(row["verdict"]) for row in rows)
            found = ", ".join(f"{seen[word]} {word}" for word in VERDICTS if seen[word])
            progress.update(task, completed=done, total=total, found=found or "starting")
            plain.say(f"{done} of {total} sessions: {found or 'starting'}")

        run_campaign(out, size, seed, workers=workers, scheduler=scheduler, on_progress=show)


def _summary(rows: list[Row]) -> str:
    counts = Counter(str(row["verdict"]) for row in rows)
    return f"{len(rows)} sessions: " + ", ".join(f"{counts[word]} {word}" for word in VERDICTS)
