"""A plan in the terminal: a small calendar, a line for each session, what was left out and why."""

from datetime import date, timedelta

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from host_tools.plan.clock import named
from host_tools.plan.entry import Plan

SURE, MAYBE, RACE = "■", "□", "★"
_ASCII = {SURE: "#", MAYBE: "o", RACE: "*"}
# A longer calendar would push the sessions off the screen.
WEEKS_MOST = 6


def print_plan(plan: Plan, console: Console | None = None) -> None:
    console = console or Console(highlight=False)
    console.print(drawn(plan, console.encoding.lower().startswith("utf")))


def drawn(plan: Plan, has_unicode: bool = True) -> RenderableType:
    parts: list[RenderableType] = [Text(plan.title, style="bold")]
    if plan.entries:
        parts += [_calendar(plan, has_unicode), _sessions(plan)]
    else:
        parts.append(Text("No session is left of it.", style="yellow"))
    for one in plan.left_out:
        line = Text(f"left out  {named(one.day)}  {one.what}", style="yellow")
        parts.append(line.append(f": {one.why}", style="default"))
    return Group(*parts, *(Text(note, style="dim") for note in plan.notes))


def _calendar(plan: Plan, has_unicode: bool) -> RenderableType:
    days = [one.day for one in plan.entries] + ([plan.race_day] if plan.race_day else [])
    monday = min(days) - timedelta(days=min(days).weekday())
    weeks = min((max(days) - monday).days // 7 + 1, WEEKS_MOST)
    table = Table(box=None, padding=(0, 1), header_style="dim", pad_edge=False)
    for name in ("", "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"):
        table.add_column(name, justify="right")
    for week in range(weeks):
        first = monday + timedelta(days=7 * week)
        cells = [_day(plan, first + timedelta(days=day), has_unicode) for day in range(7)]
        table.add_row(Text(f"{first:%b}", style="dim"), *cells)
    marks = f"{SURE} session  {MAYBE} only if  {RACE} race"
    return Group(table, Text(marks if has_unicode else _in_ascii(marks), style="dim"))


def _day(plan: Plan, day: date, has_unicode: bool) -> Text:
    of_day = [one for one in plan.entries if one.day == day]
    mark = RACE if day == plan.race_day else ""
    if of_day:
        mark += SURE if any(not one.only_if for one in of_day) else MAYBE
    style = "bold yellow" if day == plan.race_day else "bold cyan" if SURE in mark else "cyan"
    return Text(f"{mark if has_unicode else _in_ascii(mark)}{day.day:>2}", style=style if mark else "dim")


def _in_ascii(text: str) -> str:
    return "".join(_ASCII.get(character, character) for character in text)


def _sessions(plan: Plan) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), collapse_padding=True)
    table.add_column("day", no_wrap=True)
    table.add_column("at", no_wrap=True)
    table.add_column("program", no_wrap=True)
    table.add_column("min", justify="right", no_wrap=True)
    table.add_column("mmHg", justify="right", no_wrap=True)
    table.add_column("when, and what goes with it", overflow="fold")
    for one in plan.entries:
        words = Text(f"{one.when} ({one.source}). ").append(one.with_it, style="dim")
        if one.only_if:
            words.append(f" Only if {one.only_if}.", style="yellow")
        day, style = f"{one.begins:%a} {one.day.day} {one.begins:%b}", "dim" if one.only_if else ""
        table.add_row(
            day,
            f"{one.begins:%H:%M}",
            Text(one.program, style=style or "bold cyan"),
            one.minutes_words,
            one.mmhg_words,
            words,
        )
    return table
