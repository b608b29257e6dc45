"""`soleus journal`: a diary on this laptop, and what it can show."""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from host_tools.basics.errors import InputError
from host_tools.journal.fields import KINDS, NIGHTS, TRAININGS, Field, Kind, checked, night_of, training_of
from host_tools.journal.store import Journal

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="A diary of nights, trainings and sessions, and what it can show.",
)

_BY_NAME: dict[str, Field] = {field.name: field for kind in KINDS for field in kind.fields}


def _about(name: str) -> Any:
    """An option that says what the field's question asks, and what it takes."""
    field = _BY_NAME[name]
    return typer.Option(
        field.option, metavar="", help=f"{field.question} {field.expected}", show_default=False
    )


@app.command()
def add(
    night: Annotated[str | None, typer.Option(metavar="DATE", help="The night that began then.")] = None,
    training: Annotated[str | None, typer.Option(metavar="DATE-AND-TIME", help="Before this one.")] = None,
    cramps: Annotated[str | None, _about("cramps")] = None,
    intensity: Annotated[str | None, _about("intensity")] = None,
    lasted_min: Annotated[str | None, _about("lasted_min")] = None,
    sport_min: Annotated[str | None, _about("sport_min")] = None,
    sitting_h: Annotated[str | None, _about("sitting_h")] = None,
    alcohol: Annotated[str | None, _about("alcohol")] = None,
    caffeine: Annotated[str | None, _about("caffeine")] = None,
    water_l: Annotated[str | None, _about("water_l")] = None,
    stress: Annotated[str | None, _about("stress")] = None,
    stretched: Annotated[str | None, _about("stretched")] = None,
    session: Annotated[str | None, _about("session")] = None,
    felt: Annotated[str | None, _about("felt")] = None,
    soreness: Annotated[str | None, _about("soreness")] = None,
    freshness: Annotated[str | None, _about("freshness")] = None,
    hrv_ms: Annotated[str | None, _about("hrv_ms")] = None,
    sleep_h: Annotated[str | None, _about("sleep_h")] = None,
    note: Annotated[str | None, _about("note")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="An entry that is there already.")] = False,
) -> None:
    """Write down a night or a training; without options it asks, which takes a minute."""
    # Every option of a field has the field's name.
    given = {name: value for name, value in locals().items() if name in _BY_NAME and value is not None}
    now = datetime.now().astimezone()
    if night is None and training is None and not given:
        _ask_and_add(now)
        return
    if (night is None) == (training is None):
        raise InputError("journal add", "", None, "--night or --training, with what is to be written down")
    kind = NIGHTS if night is not None else TRAININGS
    odd = [name for name in given if name not in {field.name for field in kind.fields}]
    if odd:
        known = ", ".join(field.option for field in kind.fields)
        raise InputError(_BY_NAME[odd[0]].option, "", given[odd[0]], f"an option of a {kind.word}: {known}")
    key = (
        night_of("--night", night, now.date())
        if night is not None
        else training_of("--training", training or "", now)
    )
    _add(kind, key, checked(kind, given), replace)


@app.command("import")
def import_place(
    place: Annotated[
        Path, typer.Argument(metavar="FILE|FOLDER", help="A session's log, or a folder of them.")
    ],
    day: Annotated[str | None, typer.Option("--date", metavar="DATE", help="If you know it.")] = None,
) -> None:
    """Take sessions over from logs; `soleus log pull` does it by itself once there is a journal."""
    from host_tools.journal.logs import import_logs

    if not place.exists():
        raise InputError("FILE|FOLDER", "", str(place), "a log, or a folder with logs")
    known = date.fromisoformat(night_of("--date", day, datetime.now().astimezone().date())) if day else None
    new, passed_over = import_logs(Journal(), place, known)
    print(f"{new} new session{'s' * (new != 1)}")
    for line in passed_over:
        print(f"left out: {line}", file=sys.stderr)


@app.command("list")
def list_entries() -> None:
    """Everything that is in the journal, in short."""
    console = Console(highlight=False)
    journal = Journal()
    console.print(f"{journal.file}", style="dim", soft_wrap=True)
    for kind in KINDS:
        table = Table(kind.word, *(field.name for field in kind.fields[:3]), box=None, header_style="bold")
        for row in journal.rows(kind.table, kind.key):
            table.add_row(row[kind.key], *(_shown(row[field.name]) for field in kind.fields[:3]))
        if table.row_count:
            console.print(table)
    table = Table("session of", "program", "minutes", "mmHg", "ended by", box=None, header_style="bold")
    for row in journal.rows("sessions", "day"):
        table.add_row(
            *(_shown(row[name]) for name in ("day", "program", "minutes", "reached_mmhg", "ended_by"))
        )
    if table.row_count:
        console.print(table)


@app.command()
def report(
    out: Annotated[Path, typer.Option(metavar="FILE.html", help="The page.")] = Path("journal.html"),
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="The first session, if the journal doesn't know it.")
    ] = None,
) -> None:
    """One page: before and after, with their spread, and what can and can't be concluded."""
    from host_tools.journal.report.report import TABLES, write_report

    if out.suffix.lower() != ".html":
        raise InputError("--out", "", str(out), "a file that ends in .html")
    now = datetime.now().astimezone()
    start = date.fromisoformat(night_of("--since", since, now.date())) if since else None
    journal = Journal()
    keys = {kind.table: kind.key for kind in KINDS}
    rows = {table: journal.rows(table, keys.get(table, "day")) for table in TABLES}
    verdicts = write_report(rows, out, now, start)
    console = Console(highlight=False)
    for verdict in verdicts:
        console.print(f"{verdict.outcome}: {verdict.sentence}", style="" if verdict.is_judged else "yellow")
    print(out)


@app.command("export")
def export_journal(
    file: Annotated[Path, typer.Argument(metavar="FILE.json|FILE.csv")],
    table: Annotated[str, typer.Option(help="For CSV: nights, trainings or sessions.")] = NIGHTS.table,
) -> None:
    """The whole journal as JSON, or a table of it as CSV."""
    from host_tools.journal.export import export

    print(f"{file}: {export(Journal(), file, table)} entries")


@app.command()
def delete(
    night: Annotated[str | None, typer.Option(metavar="DATE")] = None,
    training: Annotated[str | None, typer.Option(metavar="DATE-AND-TIME")] = None,
    everything: Annotated[bool, typer.Option("--all", help="The whole journal, and its copy.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --all: don't ask.")] = False,
) -> None:
    """Delete an entry, or everything."""
    journal = Journal()
    if everything:
        if not yes and not (sys.stdin.isatty() and typer.confirm(f"Delete {journal.file} for good?")):
            raise InputError("--all", "", None, "--yes, or a yes in the terminal; nothing was deleted")
        for file in journal.delete_all():
            print(f"{file}: deleted")
        return
    if (night is None) == (training is None):
        raise InputError("journal delete", "", None, "--night, --training or --all")
    kind, value = (NIGHTS, night) if night is not None else (TRAININGS, training)
    if not journal.exists() or not journal.delete(kind.table, kind.key, str(value)):
        raise InputError(f"--{kind.key}", "", value, f"a {kind.word} of `soleus journal list`")
    print(f"{kind.word} {value}: deleted")


def _ask_and_add(now: datetime) -> None:
    from host_tools.journal.ask import ask_fields, ask_key, ask_kind

    if not sys.stdin.isatty():
        raise InputError("journal add", "", None, "a terminal to ask in, or the options of --help")
    console = Console(highlight=False)
    kind = ask_kind(console)
    key = ask_key(console, kind, now)
    is_there = any(row[kind.key] == key for row in Journal().rows(kind.table, kind.key))
    if is_there and not typer.confirm(f"{key} has an entry. Replace it?"):
        return
    _add(kind, key, checked(kind, ask_fields(console, kind)), is_there)


def _add(kind: Kind, key: str, row: dict[str, Any], is_replacing: bool) -> None:
    journal = Journal()
    journal.add(kind, key, row, is_replacing)
    print(f"{kind.word} {key}: written")


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
