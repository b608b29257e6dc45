"""`soleus bench`: test a simulator, a virtual board or a real one, keep the proof, and look back at it."""

import secrets
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperCommand

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.basics.errors import FELL_SHORT, InputError
from host_tools.bench.report.history import History
from host_tools.bench.report.history_plot import history_png
from host_tools.bench.report.history_table import side_by_side, verdict_lines
from host_tools.bench.report.record import to_csv, to_json
from host_tools.bench.report.report import write_report
from host_tools.bench.report.terminal import LiveBench, lines_table
from host_tools.bench.report.verdict import cause_lines, verdict
from host_tools.bench.run import BenchRun, run_suite, steps_of
from host_tools.bench.suite import STEPS, SUITES
from host_tools.bench.targets.link_target import LinkTarget
from host_tools.bench.targets.sim_target import SimTarget
from host_tools.bench.targets.target import BenchError, Target
from host_tools.bench.targets.virtual_target import VirtualTarget
from host_tools.catalogue.boards import load_board
from host_tools.commands.machine.bench_chip import bench_chip
from host_tools.link.console import open_console
from host_tools.plant.files.spec import load_plant

if TYPE_CHECKING:
    from host_tools.live.sources.on_bench import OnBench

HISTORY = "history"
CHIP = "chip"
PLOT_LINES_MOST = 12
HELLO_TIMEOUT_S = 5.0


class BenchCommand(TyperCommand):
    """A suite or a step is an argument; `chip` is a command of its own: it needs no boots and no firmware."""

    def make_context(self, info_name: Any, args: list[str], parent: Any = None, **extra: Any) -> Any:
        if args[:1] == [CHIP]:
            return _chip_command().make_context(f"{info_name} {CHIP}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


def _chip_command() -> Any:
    app = typer.Typer(add_completion=False)
    app.command(CHIP)(bench_chip)
    return typer.main.get_command(app)


app = typer.Typer(add_completion=False)


@app.command("bench", cls=BenchCommand)
def bench(
    what: Annotated[
        str,
        typer.Argument(
            help=f"A suite ({', '.join(SUITES)}), one step ({', '.join(STEPS)}), {HISTORY}; "
            f"or {CHIP}, with options of its own: `soleus bench {CHIP} --help`."
        ),
    ] = "acceptance",
    target: Annotated[str, typer.Option(help="sim, virtual, or the port of a real board.")] = "sim",
    board: Annotated[str, typer.Option(help="A board's name or TOML file.")] = DEFAULT_BOARD,
    plant: Annotated[str, typer.Option(help="sim and virtual: a plant's name or TOML file.")] = DEFAULT_PLANT,
    seed: Annotated[int, typer.Option(help="sim and virtual: draws the plant.", min=0)] = 0,
    chamber: Annotated[list[str] | None, typer.Option(help="Only this one; may be given again.")] = None,
    cycles: Annotated[int, typer.Option(help="How long an endurance run is.", min=1, max=1_000_000)] = 100,
    reference_ml: Annotated[
        float | None,
        typer.Option(help="The reference vessel, if not the board file's.", min=100.0, max=20_000.0),
    ] = None,
    json: Annotated[str | None, typer.Option(metavar="FILE", help="Everything; - prints it alone.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Every line, as .csv.")] = None,
    report: Annotated[Path | None, typer.Option(help="The run as one .html page.")] = None,
    history: Annotated[
        Path | None,
        typer.Option(help="The file that keeps every run; else this user's own. For sim only when named."),
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option(help="history: this serial number; may be given again.")
    ] = None,
    line: Annotated[str, typer.Option(help="history: which lines, such as leak or leak.left.calf.")] = "",
    plot: Annotated[Path | None, typer.Option(help="history: a chart as .png.")] = None,
    live_page: Annotated[
        bool, typer.Option("--live", help="Also on a page in the browser, questions as buttons.")
    ] = False,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open that page in a browser.")] = True,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
) -> None:
    """Test a machine step by step; status 1 when a line failed."""
    if what == CHIP:
        raise InputError(CHIP, "", None, f"as the first word: `soleus bench {CHIP} --port PORT`")
    if what == HISTORY:
        show_history(History(history), unit or [], line, plot)
        return
    steps = steps_of(what)
    _check_outputs(None if json in (None, "-") else Path(json), csv, report, history)
    machine = _target(target, board, plant, seed, has_mains=what == "endurance")
    try:
        page = _page(machine, what, target, open_) if live_page else nullcontext()
        with page as on_page, LiveBench(machine.board.boots.names, steps, quiet) as live:
            if isinstance(machine, LinkTarget):
                machine.person = on_page.ask if on_page else live.ask
            run = run_suite(
                machine,
                what,
                chambers=chamber or (),
                cycles=cycles,
                reference_ml=reference_ml,
                watching=on_page.beside(live.watching) if on_page else live.watching,
            )
    finally:
        machine.close()
    _write_outputs(run, json, csv, report)
    if target != "sim" or history:
        History(history).add(run)
    if json != "-":
        _print(run)
    if not run.has_passed:
        raise typer.Exit(FELL_SHORT)


@contextmanager
def _page(machine: Target, suite: str, target: str, opens: bool) -> "Iterator[OnBench]":
    """The bench on a page; when it is over the page stays until the person at the terminal has seen it."""
    from host_tools.live.server.in_thread import served
    from host_tools.live.sources.on_bench import OnBench

    source = OnBench(machine.board, suite, target)
    with served(source, token=secrets.token_urlsafe(18)) as server:
        print(server.url, file=sys.stderr, flush=True)
        if opens:
            webbrowser.open(server.url)
        yield source
        source.end()
        if sys.stdin.isatty():
            input("The bench is over; Enter closes its page. ")


def _target(target: str, board: str, plant: str, seed: int, has_mains: bool) -> Target:
    its_board = load_board(board)
    if target == "sim":
        return SimTarget(its_board, load_plant(plant), seed, has_mains)
    if its_board.is_sketch:
        raise InputError(its_board.file, "valves", None, "a board with its wiring")
    if target == "virtual":
        return VirtualTarget(its_board, load_plant(plant), seed)
    console = open_console(target, "--target", "sim, virtual, or a port with a flashed board")
    try:
        # One that doesn't answer at all is told in the same words as everywhere.
        console.ask("hello", timeout_s=HELLO_TIMEOUT_S)
        return LinkTarget(its_board, console, lambda _: "")
    except BenchError as error:
        raise InputError(
            "--target", "", target, f"sim, virtual, or a port with a flashed board ({error})"
        ) from None


def _check_outputs(json: Path | None, csv: Path | None, report: Path | None, history: Path | None) -> None:
    for option, path, suffix in (("--csv", csv, ".csv"), ("--report", report, ".html")):
        if path and path.suffix.lower() != suffix:
            raise InputError(option, "", str(path), f"a file that ends in {suffix}")
    for option, path in (("--json", json), ("--csv", csv), ("--report", report), ("--history", history)):
        if path and not path.parent.is_dir():
            raise InputError(
                option, "", str(path), f"a file in a folder that exists; there is no {path.parent}"
            )


def _write_outputs(run: BenchRun, json: str | None, csv: Path | None, report: Path | None) -> None:
    if json == "-":
        print(to_json(run))
    elif json:
        write_whole(Path(json), (to_json(run) + "\n").encode())
    if csv:
        write_whole(csv, to_csv(run).encode())
    if report:
        write_report(run, report)


def _print(run: BenchRun) -> None:
    console = Console()
    console.print(lines_table(run.lines))
    unit = f"{run.suite} of {run.identity.serial}, firmware {run.identity.firmware}"
    text = "\n".join([f"\n{unit}", verdict(run), *cause_lines(run)])
    console.print(text, highlight=False, markup=False)


def show_history(history: History, units: list[str], prefix: str, plot: Path | None) -> None:
    """Units side by side, a chart if wanted, and what drifts out first."""
    console = Console()
    known = history.units()
    for unit in units:
        if unit not in known:
            raise InputError("--unit", "", unit, f"one of {', '.join(known) or 'none yet: no run is kept'}")
    units = units or known
    keys = history.line_keys(prefix)
    if not units or not keys:
        what = f"no line {prefix!r}" if prefix and units else "no run yet"
        raise InputError(history.file, "", None, f"a history with something to show; {what}")
    if plot:
        if plot.suffix.lower() != ".png":
            raise InputError("--plot", "", str(plot), "a file that ends in .png")
        write_whole(plot, history_png(history, keys[:PLOT_LINES_MOST], units))
    console.print(side_by_side(history, keys, units))
    for unit in units:
        for line in verdict_lines(history, unit):
            console.print(line, highlight=False, markup=False, soft_wrap=True)
