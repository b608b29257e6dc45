"""`soleus twin`: from a bench run to a plant file that behaves like those boots."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.errors import InputError
from host_tools.bench.report.history import History
from host_tools.bench.report.record import load_run
from host_tools.bench.run import BenchRun
from host_tools.twin.fit import Twin, fit_twin
from host_tools.twin.plant_file import plant_toml
from host_tools.twin.plot import plot_twin

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="A plant file that behaves like the boots that were tested.",
)


@app.callback()
def twin() -> None:
    """The twin of a pair of boots."""


@app.command()
def fit(
    run: Annotated[
        Path | None, typer.Argument(help="A run, as `soleus bench acceptance --json` writes it.")
    ] = None,
    unit: Annotated[
        str | None, typer.Option(help="Instead: the newest acceptance of this serial number.")
    ] = None,
    history: Annotated[
        Path | None, typer.Option(help="The history that keeps it; else this user's own.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The plant file to write.")] = Path("twin.toml"),
    plot: Annotated[Path | None, typer.Option(help="Measured against modelled, as .png.")] = None,
) -> None:
    """Fit a plant to a bench run; `soleus sim --plant FILE` then tries programs on it."""
    for option, file, suffix in (("--out", out, ".toml"), ("--plot", plot, ".png")):
        if file and (file.suffix.lower() != suffix or not file.parent.is_dir()):
            raise InputError(option, "", str(file), f"a file that ends in {suffix}, in a folder that exists")
    if (run is None) == (unit is None):
        raise InputError("twin fit", "", None, "either a run's file or --unit")
    fitted = _fit(load_run(run) if run else History(history).last_run(unit))
    write_whole(out, plant_toml(fitted).encode())
    if plot:
        plot_twin(fitted, plot)
    _print(fitted, out)


def _fit(run: BenchRun) -> Twin:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("pump", total=None)

        def show(name: str, done: int, total: int) -> None:
            progress.update(task, description=name, completed=done, total=total)

        return fit_twin(run, show)


def _print(twin: Twin, out: Path) -> None:
    console = Console(highlight=False)
    console.print(f"pump: {twin.pump.rms_mmhg:.2f} mmHg RMS between measured and modelled")
    for name in twin.chambers:
        console.print(f"{name}: {twin.at[name].rms_mmhg:.2f} mmHg RMS")
    console.print(f"{out}: soleus sim --board {twin.board} --plant {out}")
