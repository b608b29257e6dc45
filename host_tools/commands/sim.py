"""`soleus sim`: one simulated session, and what a person wants to see of it."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.errors import InputError
from host_tools.library.boards import layout
from host_tools.library.programs import load_program_table
from host_tools.log.log_file import SUFFIX
from host_tools.log.write import write_session_log
from host_tools.output.plot.plot import plot_session
from host_tools.output.report.report import ReportContext, write_report
from host_tools.output.terminal import print_summary
from host_tools.output.trace_file import TraceWriter, check_suffix
from host_tools.sim.metrics import SessionResult
from host_tools.sim.recording import joined
from host_tools.sim.session_metrics import measured
from host_tools.sim.simulate import Request, Session, Sink, prepare, run

FELL_SHORT = 1


def sim(
    program: Annotated[str, typer.Argument(help="A program's name or TOML file.")] = "easy-run",
    board: Annotated[str, typer.Option(help="A board's name or TOML file.")] = "esp32-s3-duo",
    plant: Annotated[str, typer.Option(help="A plant's name or TOML file.")] = "nominal",
    minutes: Annotated[int | None, typer.Option(help="Instead of the program's own start value.")] = None,
    pressure: Annotated[int | None, typer.Option(help="mmHg, instead of the program's start value.")] = None,
    fault: Annotated[list[str] | None, typer.Option(help="COMPONENT:MODE@START[+DURATION]")] = None,
    event: Annotated[
        list[str] | None, typer.Option(help="A person's act: pause@300s, softer@90s ...")
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws the plant from its ranges.", min=0)] = 0,
    json: Annotated[
        str | None, typer.Option(metavar="FILE", help="The numbers; - prints them alone.")
    ] = None,
    trace: Annotated[Path | None, typer.Option(help="Every tick, as .csv or .parquet.")] = None,
    plot: Annotated[Path | None, typer.Option(help="A picture of the session, as .png.")] = None,
    report: Annotated[Path | None, typer.Option(help="The session as one .html page.")] = None,
    record: Annotated[Path | None, typer.Option(help="A log that `soleus log` reads, as .slog.")] = None,
) -> None:
    """Run a session on the simulator: the firmware's own core against a model of the boots."""
    _check_outputs(None if json in (None, "-") else Path(json), trace, plot, report, record)
    request = prepare(
        program,
        board,
        plant,
        minutes=minutes,
        pressure=pressure,
        fault=fault or (),
        event=event or (),
        seed=seed,
    )
    session = _run_with_progress(request, trace)
    result = measured(session)
    _write_outputs(session, result, json, plot, report)
    if record:
        write_session_log(session, load_program_table(program), record)
    if json != "-":
        print_summary(result)
    if session.was_interrupted:
        raise KeyboardInterrupt
    if result.outcome == "fault":
        raise typer.Exit(FELL_SHORT)


def _check_outputs(
    json: Path | None, trace: Path | None, plot: Path | None, report: Path | None, record: Path | None
) -> None:
    """Before the run: a long session shouldn't end in "no such folder"."""
    if trace:
        check_suffix(trace)
    suffixes = (("--plot", plot, ".png"), ("--report", report, ".html"), ("--record", record, SUFFIX))
    for option, path, suffix in suffixes:
        if path and path.suffix.lower() != suffix:
            raise InputError(option, "", str(path), f"a file that ends in {suffix}")
    outputs = (
        ("--json", json),
        ("--trace", trace),
        ("--plot", plot),
        ("--report", report),
        ("--record", record),
    )
    for option, path in outputs:
        if path and not path.parent.is_dir():
            raise InputError(
                option, "", str(path), f"a file in a folder that exists; there is no {path.parent}"
            )
        if path and path.is_dir():
            raise InputError(option, "", str(path), "a file; this is a folder")


def _run_with_progress(request: Request, trace: Path | None) -> Session:
    if trace is None:
        return _run(request, None)
    names = request.board.boots.names
    with TraceWriter(trace, names) as writer:
        session = _run(request, lambda columns: writer.write(joined(names, [columns])))
        writer.add_notes(session.trace.notes)
        if session.was_interrupted:
            writer.close(is_complete=False)
    return session


def _run(request: Request, sink: Sink | None) -> Session:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[done]}"),
    )
    console = Console(stderr=True)
    with Progress(
        *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(
            f"{request.program.id} on {request.board.name}", total=None, done="compiling"
        )

        def show(done_s: float, total_s: float) -> None:
            done = f"{done_s / 60:.1f} of {total_s / 60:.0f} min"
            progress.update(task, completed=min(done_s, total_s), total=total_s, done=done)

        return run(request, on_progress=show, sink=sink)


def _write_outputs(
    session: Session, result: SessionResult, json: str | None, plot: Path | None, report: Path | None
) -> None:
    if json == "-":
        print(result.to_json())
    elif json:
        write_whole(Path(json), (result.to_json() + "\n").encode())
    request = session.request
    title = (
        f"{request.program.title} on {request.board.name}, plant {request.plant_name}, seed {request.seed}"
    )
    if plot:
        plot_session(session.trace, result, plot, title)
    if report:
        write_report(session.trace, result, report, _report_context(session, title))


def _report_context(session: Session, title: str) -> ReportContext:
    request = session.request
    options = [
        f"--minutes {request.minutes}",
        f"--pressure {request.pressure_mmhg}",
        f"--seed {request.seed}",
    ]
    options += [f"--fault {fault.text}" for fault in request.faults]
    options += [f"--event {event.text}" for event in request.events]
    return ReportContext(
        title=title,
        about=request.program.purpose,
        facts={
            "program": request.program.id,
            "board": f"{request.board.name}: {layout(request.board.boots)}",
            "plant": f"{request.plant_name}, seed {request.seed}",
            "asked for": f"{request.minutes} min at {request.pressure_mmhg} mmHg",
            "soleus": version("soleus"),
        },
        command=f"soleus sim {request.program.id} --board {request.board.name} --plant {request.plant_name} "
        + " ".join(options),
    )
