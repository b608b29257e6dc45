"""`soleus log`: what a session left behind, from the board or from the simulator."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console as Terminal
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn
from rich.table import Table

from host_tools.basics.control_characters import visible
from host_tools.basics.errors import InputError
from host_tools.link.console import open_console
from host_tools.log.from_board import PIECE_BYTES, Stream, pull, sessions_on
from host_tools.log.log_file import Log, read_log
from host_tools.log.replay import replay
from host_tools.log.session.calendar import started_at
from host_tools.log.session.joined import joined_trace
from host_tools.log.session.parts import WholeSession, whole_session, whole_sessions
from host_tools.log.to_test import write_test
from host_tools.log.trace import evenly, log_result, trace_of
from host_tools.output.plot.plot import plot_session
from host_tools.output.report.report import ReportContext, write_report
from host_tools.output.terminal import print_summary
from host_tools.output.trace_file import TraceWriter
from host_tools.output.trace_suffix import check_suffix
from soleus.log.folder import SUFFIX

DIFFERS = 1

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Logs of sessions: pull, list, show, export, replay."
)

LogFile = Annotated[Path, typer.Argument(metavar="LOG", help=f"A session's file, NAME{SUFFIX}.")]
Port = Annotated[str, typer.Option(help="The board's port; `soleus virtual` prints its own.")]


@app.command("pull")
def pull_sessions(
    port: Port,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Else all.")] = None,
    out: Annotated[Path, typer.Option(help="The folder for them; made if it isn't there.")] = Path(),
) -> None:
    """Fetch the sessions that a board has kept; those that are here already are left as they are."""
    _make_folder(out)
    with open_console(port) as console:
        sessions = dict(sessions_on(console)["sessions"])
        for name in names or []:
            if name not in sessions:
                known = ", ".join(sessions) or "none: the board has no log"
                raise InputError("NAME", "", name, f"one of {known}")
        wanted = [name for name in sessions if name in (names or sessions)]
        pulled = []
        with _progress() as progress:
            for name in wanted:
                if (out / name).exists() and not names:
                    continue
                task = progress.add_task(name, total=sessions[name])
                pulled.append(pull(console, name, out, partial(progress.advance, task)))
                print(pulled[-1])
    _into_journal(pulled)


@app.command("record")
def record(
    port: Port,
    out: Annotated[Path, typer.Argument(metavar="FILE", help=f"Where to, NAME{SUFFIX}.")],
    piece_bytes: Annotated[int, typer.Option(help="Of each message.", min=24, max=384)] = PIECE_BYTES,
) -> None:
    """Record every tick of the board's next session, until it ends or Ctrl-C. Load its program before."""
    _check_suffix(out)
    with open_console(port) as console:
        stream = Stream(console, out, piece_bytes)
        stream.begin()
        terminal = Terminal(stderr=True)
        with terminal.status("recording; start the session", spinner="dots") as status:
            try:
                while not stream.has_ended:
                    stream.listen()
                    status.update(f"{stream.ticks_count} ticks recorded")
            except KeyboardInterrupt:
                terminal.print("stopped by Ctrl-C")
        print(stream.end())


@app.command("list")
def list_sessions(
    folder: Annotated[Path, typer.Argument(help="With logs in it.")] = Path(),
    port: Annotated[str | None, typer.Option(help="List those on this board instead.")] = None,
) -> None:
    """The sessions in a folder, each with all its parts, or the logs on a board."""
    if port:
        with open_console(port) as console:
            answer = sessions_on(console)
        for name, size_bytes in answer["sessions"]:
            note = "  (being written)" if answer["open"].endswith(name) else ""
            print(f"{name}  {size_bytes:>7,} bytes{note}")
        print(f"{answer['therapy_s'] / 3600:.2f} h of therapy in {answer['sessions_count']} sessions")
        return
    table = Table("log", "board", "program", "rows", "ticks", "ended by", box=None)
    sessions, unreadable = whole_sessions(folder)
    rows = [(session.name.replace(" + ", "\n+ "), *_about(session)) for session in sessions]
    rows += [(path.name, "?", "?", "", "", "not readable") for path, _ in unreadable]
    for row in sorted(rows):
        table.add_row(*row)
    Terminal().print(table)


@app.command()
def show(
    log: LogFile,
    report: Annotated[Path | None, typer.Option(help="The session as one .html page.")] = None,
    plot: Annotated[Path | None, typer.Option(help="A picture of the session, as .png.")] = None,
) -> None:
    """Draw a session as the simulator does, with all its parts: in the terminal, as a page, as a picture."""
    whole = whole_session(read_log(log))
    found = whole.first
    for part in whole.parts:
        _say_what_is_torn(part)
    trace = evenly(joined_trace(whole))
    result = log_result(whole.last, trace)
    title = f"{whole.name} · {_board(found)}"
    if report:
        facts = {
            "program": _program(found),
            "board": _board(found),
            "asked for": f"{found.header.get('minutes')} min at {found.header.get('pressure_mmhg')} mmHg",
            "soleus": found.versions,
            "ended by": _ending(whole),
        }
        about = "Pressures are what the sensors gave; fill limits are unknown."
        write_report(trace, result, report, ReportContext(title, about, facts, f"soleus log show {log.name}"))
    if plot:
        plot_session(trace, result, plot, title)
    print_summary(result)
    print(f"{_board(found)}, {_program(found)}{_day(found)}; ended by {_ending(whole)}")


@app.command()
def export(log: LogFile, out: Annotated[Path, typer.Argument(metavar="FILE.csv|FILE.parquet")]) -> None:
    """Every recorded row as a table, with the same columns as the simulator's."""
    check_suffix(out)
    found = read_log(log)
    _say_what_is_torn(found)
    with TraceWriter(out, found.boots.names) as writer:
        writer.write(trace_of(found))


@app.command("replay")
def replay_log(log: LogFile) -> None:
    """Give the recorded readings to this laptop's core: every command must come out as recorded."""
    found = read_log(log)
    _say_what_is_torn(found)
    if not found.blocks:
        raise InputError(log, "", None, "a log with ticks at full rate, as a fault or a stop leaves it")
    result = replay(found)
    print(result)
    if result.difference:
        raise typer.Exit(DIFFERS)


@app.command("to-test")
def to_test(
    log: LogFile,
    out: Annotated[Path, typer.Option(help="The folder for the test and its recording.")] = Path(),
    name: Annotated[str | None, typer.Option(help="Of the test; else the log's.")] = None,
) -> None:
    """Make a test case of a recording: the core must go on answering it as it does now."""
    _make_folder(out)
    found = read_log(log)
    _say_what_is_torn(found)
    test, result = write_test(found, out, name or f"session_{log.stem.replace('-', '_')}".lower())
    print(test if test else result)
    if test is None:
        raise typer.Exit(DIFFERS)


def _into_journal(logs: list[Path]) -> None:
    """Whoever keeps a journal has sessions in it without doing anything; who keeps none gets none."""
    from host_tools.journal.logs import import_each
    from host_tools.journal.store import Journal

    journal = Journal()
    if logs and journal.exists():
        new, _ = import_each(journal, logs)
        if new:
            print(f"journal: {new} new session{'s' * (new != 1)}")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        expected = f"a folder, or a name for one in a folder that exists ({error.strerror})"
        raise InputError("--out", "", str(folder), expected) from None


def _check_suffix(out: Path) -> None:
    if out.suffix != SUFFIX:
        raise InputError("FILE", "", str(out), f"a name that ends in {SUFFIX}")


def _progress() -> Progress:
    terminal = Terminal(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    return Progress(*columns, console=terminal, disable=not terminal.is_terminal)


def _say_what_is_torn(log: Log) -> None:
    if log.torn_bytes:
        line = f"{log.path}: torn after byte {log.whole_bytes}; {log.torn_bytes} bytes cut off"
        typer.echo(line, err=True)


def _about(whole: WholeSession) -> list[str]:
    rows = sum(len(block.ticks) for part in whole.parts for block in part.overview)
    ticks = sum(len(block.ticks) for part in whole.parts for block in part.blocks)
    return [_board(whole.first), _program(whole.first), str(rows), str(ticks), "\n".join(_endings(whole))]


def _board(log: Log) -> str:
    return visible(str(log.header.get("board")))


def _program(log: Log) -> str:
    """Where the first part of a session isn't here, what is here says which one that is."""
    program = str((log.header.get("program") or {}).get("id", "no program"))
    part_of = (log.header.get("changes") or {}).get("part_of")
    return visible(f"{program}, goes on with {part_of}" if part_of else program)


def _day(log: Log) -> str:
    started = started_at(log)
    return f", {started:%Y-%m-%d %H:%M}" if started else ""


def _ending(whole: WholeSession) -> str:
    return "; ".join(_endings(whole))


def _endings(whole: WholeSession) -> list[str]:
    """Of each part, and how much later the next one began."""
    endings = [visible(str((part.end or {}).get("fault_name", part.ended_by))) for part in whole.parts]
    gaps = zip(whole.gap_words, endings[1:], strict=True)
    return [endings[0], *(f"{gap}: {ending}" for gap, ending in gaps)]
