"""`soleus sim`: one session, and what a person wants to see from it.

The input is checked first, by modules that are quick to import. The compiler, the plotters and the writers
come afterwards, inside the functions that need them: a refusal must not wait for them.
"""

import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.basics.errors import FELL_SHORT, InputError
from host_tools.catalogue.boards import layout
from host_tools.output.trace_suffix import check_suffix
from host_tools.plant.vocabulary import MODES
from host_tools.sim.request import Request, prepare
from soleus.log.folder import SUFFIX

if TYPE_CHECKING:
    from host_tools.output.report.report import ReportContext
    from host_tools.sim.figures.metrics import SessionResult
    from host_tools.sim.simulate import Session, Sink

FAULT_HELP = "COMPONENT:MODE@START[+DURATION], such as sensor.left.calf:dead@60s+5s. " + "; ".join(
    f"{kind}: {', '.join(modes)}" for kind, modes in MODES.items()
)


def sim(
    program: Annotated[str, typer.Argument(help="A program's name or TOML file.")] = "easy-run",
    board: Annotated[str, typer.Option(help="A board's name or TOML file.")] = DEFAULT_BOARD,
    plant: Annotated[str, typer.Option(help="A plant's name or TOML file.")] = DEFAULT_PLANT,
    minutes: Annotated[int | None, typer.Option(help="Instead of the program's own start value.")] = None,
    pressure: Annotated[int | None, typer.Option(help="mmHg, instead of the program's start value.")] = None,
    fault: Annotated[list[str] | None, typer.Option(help=FAULT_HELP)] = None,
    event: Annotated[
        list[str] | None, typer.Option(help="What a person does: pause@300s, softer@90s ...")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="End the simulation at this time of the session, such as 3m or 90s.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws the plant from its ranges.", min=0)] = 0,
    check_fill: Annotated[
        bool, typer.Option("--check-fill", help="First see whether the boots fit; no session if they don't.")
    ] = False,
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
        until=until,
    )
    if check_fill and not _fits(request):
        raise typer.Exit(FELL_SHORT)
    session = _run_with_progress(request, trace)
    from host_tools.sim.figures.session_metrics import session_result

    result = session_result(session)
    _write_outputs(session, result, json, plot, report)
    if record:
        _write_log(session, program, record)
    if json != "-":
        _print_summary(result)
    for text in session.unfelt():
        sys.stderr.write(f"soleus: {text} came after the end, and did nothing\n")
    if session.was_plain:
        _compile_for_the_next_time(program, board, plant)
    if session.was_interrupted:
        raise KeyboardInterrupt
    if result.outcome == "fault":
        raise typer.Exit(FELL_SHORT)


def _fits(request: Request) -> bool:
    """On boots as the seed draws them, before the session: what breaks in it later isn't broken yet."""
    from host_tools.plant.faults import FOREVER_MS
    from host_tools.sim.check_fill import run_check

    broken = [replace(fault, end_ms=FOREVER_MS) for fault in request.faults if fault.start_ms == 0]
    check = run_check(request.board, request.plant, broken, request.seed)
    for text in check.texts:
        sys.stderr.write(f"soleus: check fill, {check.fill_s:.1f} s: {text}\n")
    return check.fits and not check.fault_code


def _check_outputs(
    json: Path | None, trace: Path | None, plot: Path | None, report: Path | None, record: Path | None
) -> None:
    """Check before the run: a long session shouldn't end with "no such folder"."""
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


def _run_with_progress(request: Request, trace: Path | None) -> "Session":
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
            f"{request.program.id} on {request.board.name}", total=None, done="loading the simulator"
        )

        def show(done_s: float, total_s: float) -> None:
            done = f"{done_s / 60:.1f} of {total_s / 60:.0f} min"
            progress.update(task, completed=min(done_s, total_s), total=total_s, done=done)

        def say(words: str) -> None:
            progress.update(task, done=words)

        from host_tools.sim import simulate

        if trace is None:
            return simulate.run(request, show, is_only_one=True, say=say)
        return _run_into(trace, request, lambda sink: simulate.run(request, show, sink, True, say))


def _run_into(trace: Path, request: Request, run: Callable[["Sink"], "Session"]) -> "Session":
    """Write every chunk of ticks to the file as it comes."""
    from host_tools.output.trace_file import TraceWriter
    from host_tools.sim.recording import joined

    names = request.board.boots.names
    with TraceWriter(trace, names) as writer:
        session = run(lambda columns: writer.write(joined(names, [columns])))
        writer.add_notes(session.trace.notes)
        if session.was_interrupted:
            writer.close(is_complete=False)
    return session


def _print_summary(result: "SessionResult") -> None:
    from host_tools.output.terminal import print_summary

    print_summary(result)


def _write_log(session: "Session", program: str, record: Path) -> None:
    from host_tools.catalogue.programs import load_program_table
    from host_tools.log.write import write_session_log

    write_session_log(session, load_program_table(program), record)


def _compile_for_the_next_time(program: str, board: str, plant: str) -> None:
    from host_tools.sim.compile_ahead import compile_in_background

    compile_in_background(program, board, plant)
    if sys.stderr.isatty():
        line = "this core isn't compiled yet: this session ran it as plain Python, with the same result;"
        sys.stderr.write(f"soleus: {line} it is being compiled in the background, about a minute\n")


def _write_outputs(
    session: "Session", result: "SessionResult", json: str | None, plot: Path | None, report: Path | None
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
        from host_tools.output.plot.plot import plot_session

        plot_session(session.trace, result, plot, title)
    if report:
        from host_tools.output.report.report import write_report

        write_report(session.trace, result, report, _report_context(session, title))


def _report_context(session: "Session", title: str) -> "ReportContext":
    from host_tools.output.report.report import ReportContext

    request = session.request
    options = [
        f"--minutes {request.minutes}",
        f"--pressure {request.pressure_mmhg}",
        f"--seed {request.seed}",
    ]
    options += [f"--fault {fault.text}" for fault in request.faults]
    options += [f"--event {event.text}" for event in request.events]
    if request.until_ms is not None:
        options.append(f"--until {request.until_ms / 1000:g}s")
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
