"""`soleus plan`: the sources' plans as dates, in the terminal and as a calendar file."""

import json as json_text
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.errors import FELL_SHORT, InputError, RefusalError
from host_tools.basics.expectation import from_board
from host_tools.plan.calendar_file import write_calendar
from host_tools.plan.clock import at, coming_day, day_of, moment_of, named, time_of, weekdays_of, zone_of
from host_tools.plan.entry import Plan
from host_tools.plan.kinds.after_run import KINDS, after_run
from host_tools.plan.kinds.bedtime import bedtime
from host_tools.plan.kinds.hamstrings import hamstring_pair
from host_tools.plan.kinds.levels import Training, levels
from host_tools.plan.kinds.marathon import Race, marathon
from host_tools.plan.kinds.week import GENTLE_DAYS, HARD_DAYS, Week, week
from host_tools.plan.plan_file import as_table, next_after, read_sessions, todays
from host_tools.plan.rules import Wearer, refuse_race_in_the_past
from host_tools.plan.terminal import print_plan

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help="Sessions around a race, in a week, at bedtime, as dates.",
)

RACE_START = time(9)
YES_OR_NO = {"yes": True, "no": False}

Ical = Annotated[
    Path | None, typer.Option("--ical", metavar="FILE.ics", help="As a calendar with reminders, too.")
]
Remind = Annotated[int, typer.Option(help="Minutes before each session.", min=0, max=1440)]
Json = Annotated[str | None, typer.Option("--json", metavar="FILE", help="The plan; - prints it alone.")]
Zone = Annotated[str | None, typer.Option(help="Such as Europe/Berlin; else this laptop's own.")]
FirstSession = Annotated[
    str | None, typer.Option(metavar="DATE", help="The first session of these legs, if it is still to come.")
]
NextRace = Annotated[str | None, typer.Option("--race-date", metavar="DATE", help="A race that is near.")]
Clock = Annotated[str, typer.Option(metavar="HH:MM")]


@app.command("marathon")
def plan_marathon(
    race_date: Annotated[str, typer.Option(metavar="DATE")],
    start: Annotated[str, typer.Option(metavar="HH:MM", help="Of the race.")] = "09:00",
    hours: Annotated[float, typer.Option(help="From start to finish.", min=0.1, max=48)] = 4.5,
    after_finish: Annotated[
        float | None, typer.Option(help="Hours: 6 to 12; else by the clock.", min=0, max=48)
    ] = None,
    easy_run: Annotated[str | None, typer.Option(metavar="DATE", help="D-7 to D-5; else D-6.")] = None,
    brisk: Annotated[str | None, typer.Option(metavar="DATE", help="The last brisk workout.")] = None,
    travel: Annotated[str | None, typer.Option(metavar="DATE", help="D-4 or D-3.")] = None,
    later_sessions: Annotated[int, typer.Option(help="In days 4 to 7: 2 to 4.")] = 2,
    evening: Clock = "19:00",
    night: Clock = "21:30",
    first_session: FirstSession = None,
    zone: Zone = None,
    ical: Ical = None,
    remind: Remind = 30,
    json: Json = None,
) -> None:
    """The week before a race and the week after it."""
    its_zone, now = _now(zone)
    day = _race_day(race_date, now.date())
    race = Race(
        at(day, time_of("--start", start), its_zone),
        its_zone,
        hours,
        _day("--easy-run", easy_run),
        _day("--brisk", brisk),
        _day("--travel", travel),
        _coming("--first-session", first_session, now),
        _used_before(),
        after_finish,
        later_sessions,
        time_of("--evening", evening),
        time_of("--night", night),
    )
    _show(marathon(race, now), now, ical, remind, json)


@app.command("week")
def plan_week(
    hard: Annotated[str, typer.Option(help="The 2 or 3 hardest days, such as tue,sat.")] = "tue,sat",
    gentle: Annotated[str, typer.Option(help="1 or 2 days of a short, gentle one.")] = "thu",
    begins: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Else today.")] = None,
    evening: Clock = "19:00",
    race_date: NextRace = None,
    first_session: FirstSession = None,
    zone: Zone = None,
    ical: Ical = None,
    remind: Remind = 30,
    json: Json = None,
) -> None:
    """A week with 2-3 sessions after the hardest days and 1-2 gentle ones."""
    its_zone, now = _now(zone)
    asked = Week(
        _from(begins, now),
        weekdays_of("--hard", hard, *HARD_DAYS),
        weekdays_of("--gentle", gentle, *GENTLE_DAYS),
        time_of("--evening", evening),
        its_zone,
        _wearer(first_session, race_date, its_zone, now),
    )
    _show(week(asked, now), now, ical, remind, json)


@app.command("hamstring-pair")
def plan_hamstring_pair(
    run: Annotated[
        str | None, typer.Option(metavar="DATE-AND-TIME", help="When the run ended; else now.")
    ] = None,
    first_went_well: Annotated[str | None, typer.Option(metavar="yes|no", help="Once it is known.")] = None,
    race_date: NextRace = None,
    first_session: FirstSession = None,
    zone: Zone = None,
    ical: Ical = None,
    remind: Remind = 30,
    json: Json = None,
) -> None:
    """Two sessions for tight hamstrings, 24 and 48 h after a run."""
    its_zone, now = _now(zone)
    ended = moment_of("--run", run, its_zone, now) if run else now
    if first_went_well is not None and first_went_well not in YES_OR_NO:
        raise InputError("--first-went-well", "", first_went_well, "yes or no")
    went_well = YES_OR_NO.get(first_went_well or "")
    wearer = _wearer(first_session, race_date, its_zone, now)
    _show(hamstring_pair(ended, now, its_zone, went_well, wearer), now, ical, remind, json)


@app.command("bedtime")
def plan_bedtime(
    in_bed: Annotated[str, typer.Option(metavar="HH:MM", help="When to lie in bed.")] = "22:30",
    begins: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Else today.")] = None,
    nights: Annotated[int, typer.Option(min=1, max=21)] = 14,
    race_date: NextRace = None,
    first_session: FirstSession = None,
    zone: Zone = None,
    ical: Ical = None,
    remind: Remind = 30,
    json: Json = None,
) -> None:
    """A routine before bed, for people with night cramps."""
    its_zone, now = _now(zone)
    wearer = _wearer(first_session, race_date, its_zone, now)
    plan = bedtime(_from(begins, now), nights, time_of("--in-bed", in_bed), now, its_zone, wearer)
    _show(plan, now, ical, remind, json)


@app.command("after-run")
def plan_after_run(
    kind: Annotated[str, typer.Option(help=f"{', '.join(KINDS)}.")],
    finished: Annotated[
        str | None, typer.Option(metavar="DATE-AND-TIME", help="When it ended; else now.")
    ] = None,
    begin_at: Annotated[
        str | None, typer.Option("--at", metavar="DATE-AND-TIME", help="A time of your own for the session.")
    ] = None,
    race_date: NextRace = None,
    first_session: FirstSession = None,
    zone: Zone = None,
    ical: Ical = None,
    remind: Remind = 30,
    json: Json = None,
) -> None:
    """What comes after a run of this kind, and when."""
    its_zone, now = _now(zone)
    finish = moment_of("--finished", finished, its_zone, now) if finished else now
    begins = moment_of("--at", begin_at, its_zone, now) if begin_at else None
    wearer = _wearer(first_session, race_date, its_zone, now)
    _show(after_run(kind, finish, now, its_zone, begins, wearer), now, ical, remind, json)


@app.command("levels")
def plan_levels(
    miles: Annotated[float, typer.Option(help="Run in a week.")],
    days: Annotated[str | None, typer.Option(help="Of the runs that a session comes after.")] = None,
    begins: Annotated[str | None, typer.Option("--from", metavar="DATE", help="Else today.")] = None,
    weeks: Annotated[int, typer.Option(min=1, max=4)] = 1,
    run_ends: Clock = "18:00",
    race_date: NextRace = None,
    first_session: FirstSession = None,
    zone: Zone = None,
    ical: Ical = None,
    remind: Remind = 30,
    json: Json = None,
) -> None:
    """The level for so many miles a week, as days."""
    its_zone, now = _now(zone)
    asked = Training(
        miles,
        _from(begins, now),
        weeks,
        days,
        time_of("--run-ends", run_ends),
        its_zone,
        _wearer(first_session, race_date, its_zone, now),
    )
    _show(levels(asked, now), now, ical, remind, json)


@app.command("load")
def load_todays(
    file: Annotated[Path, typer.Argument(metavar="PLAN.json", help="As --json wrote it.")],
    port: Annotated[str | None, typer.Option(help="Such as /dev/ttyUSB0 or COM3; else the only one.")] = None,
) -> None:
    """Get today's session ready on a board: it offers that one when somebody comes to it."""
    from host_tools.flash.ports import find_port
    from host_tools.link.console import open_console

    now, sessions = now_utc(), read_sessions(file)
    session = todays(sessions, now)
    if session is None:
        coming = next_after(sessions, now)
        print("no session today" + (f"; the next is on {named(coming.begins.date())}" if coming else ""))
        raise typer.Exit(FELL_SHORT)
    with open_console(find_port(port)) as console:
        answer = console.ask(
            "load",
            program=session.program,
            minutes=session.minutes,
            pressure_mmhg=session.pressure_mmhg,
        )
    if "error" in answer:
        raise RefusalError(port or "the board", from_board(str(answer["error"])))
    print(f"{session.program}, {session.minutes} min at {session.pressure_mmhg} mmHg: ready at the machine")
    if session.only_if:
        print(f"only if {session.only_if}")


def _show(plan: Plan, now: datetime, ical: Path | None, remind: int, json: str | None) -> None:
    if ical and ical.suffix.lower() != ".ics":
        raise InputError("--ical", "", str(ical), "a file that ends in .ics")
    text = json_text.dumps(as_table(plan), indent=2, ensure_ascii=False) + "\n"
    if json == "-":
        print(text, end="")
    else:
        print_plan(plan)
    if json and json != "-":
        write_whole(Path(json), text.encode())
    if ical:
        write_calendar(plan, ical, remind, now)
        if json != "-":
            print(f"{ical}: {len(plan.entries)} sessions")


def _now(zone: str | None) -> tuple[ZoneInfo, datetime]:
    its_zone = zone_of(zone)
    return its_zone, now_utc().astimezone(its_zone).replace(second=0, microsecond=0)


def now_utc() -> datetime:
    return datetime.now(UTC)


def _from(text: str | None, now: datetime) -> date:
    return coming_day("--from", text, now.date()) if text else now.date()


def _race_day(text: str, today: date) -> date:
    refuse_race_in_the_past("--race-date", day_of("--race-date", text), today)
    return coming_day("--race-date", text, today)


def _wearer(first_session: str | None, race_date: str | None, zone: ZoneInfo, now: datetime) -> Wearer:
    race = at(_race_day(race_date, now.date()), RACE_START, zone) if race_date else None
    return Wearer(_coming("--first-session", first_session, now), race)


def _used_before() -> dict[str, int] | None:
    """What the journal's sessions were, if somebody keeps one."""
    from host_tools.journal.store import Journal

    used: dict[str, int] = {}
    for row in Journal().rows("sessions", "day"):
        if row["program"]:
            used[row["program"]] = max(used.get(row["program"], 0), int(row["asked_mmhg"] or 0))
    return used or None


def _coming(option: str, text: str | None, now: datetime) -> date | None:
    return coming_day(option, text, now.date()) if text else None


def _day(option: str, text: str | None) -> date | None:
    return day_of(option, text) if text else None
