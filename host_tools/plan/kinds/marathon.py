"""A's plan around a race: from the week before it to the week after."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from host_tools.basics.errors import InputError
from host_tools.plan.clock import at, later, named, when_awake
from host_tools.plan.entry import AFTER, LOW, LOW_MEDIUM, VERY_LOW, Entry, Plan, Range, entry
from host_tools.plan.rules import (
    AFTER_FINISH_H,
    Wearer,
    by_the_rules,
    refuse_outside_window,
    refuse_race_in_the_past,
)

# In days before the race, as A has them.
EASY_RUN_DAYS, TRAVEL_DAYS = (7, 5), (4, 3)
# A has 2-4 sessions in days 4-7; which days for how many is ours.
LATER_DAYS = {2: (4, 6), 3: (4, 5, 7), 4: (4, 5, 6, 7)}


@dataclass(frozen=True)
class Race:
    """The race, and what of the week around it is known."""

    start: datetime
    zone: ZoneInfo
    hours: float = 4.5
    easy_run: date | None = None
    brisk: date | None = None
    travel: date | None = None
    first_session: date | None = None
    # Of these legs: see `Wearer`.
    used: Mapping[str, int] | None = None
    after_finish_h: float | None = None
    later_sessions: int = 2
    evening: time = time(19)
    night: time = time(21, 30)

    @property
    def day(self) -> date:
        return self.start.date()

    @property
    def finish(self) -> datetime:
        return later(self.start, self.hours)


def marathon(race: Race, now: datetime) -> Plan:
    refuse_race_in_the_past("--race-date", race.day, now.date())
    entries = sorted([*_before(race), _race_day(race), *_after(race)], key=lambda one: one.begins)
    wearer = Wearer(race.first_session, race.start, race.used)
    entries, left_out = by_the_rules(entries, now, wearer, has_race_days=True)
    title = f"Around the race on {named(race.day)}"
    return Plan("marathon", title, race.zone, entries, left_out, _notes(race), race.day)


def _before(race: Race) -> list[Entry]:
    easy_run = race.easy_run or race.day - timedelta(days=6)
    _refuse_outside("--easy-run", easy_run, race, EASY_RUN_DAYS)
    words = "D-7 to D-5, after an easy run"
    found = [_evening(race, easy_run, "taper-easy", words, "Water, 5-10 min of mobility.", LOW_MEDIUM)]
    if race.brisk:
        _refuse_outside("--brisk", race.brisk, race, (EASY_RUN_DAYS[0], TRAVEL_DAYS[0]))
        words = "after the last brisk workout"
        found.append(_evening(race, race.brisk, "taper-brisk", words, "Water.", LOW_MEDIUM))
    travel = race.travel or race.day - timedelta(days=TRAVEL_DAYS[1])
    _refuse_outside("--travel", travel, race, TRAVEL_DAYS)
    only_if = "" if race.travel else "you travelled or stood a lot"
    words = "D-4 to D-3, travel or much standing"
    found.append(
        _evening(race, travel, "travel", words, "A gentle walk on arrival.", LOW_MEDIUM, only_if=only_if)
    )
    return [*found, *_last_two_days(race)]


def _last_two_days(race: Race) -> list[Entry]:
    two_before, day_before = (race.day - timedelta(days=days) for days in (2, 1))
    begins = at(two_before, race.night, race.zone)
    shower = "A warm shower, breathing."
    return [
        entry("bedtime", begins, "D-2, at night", shower, "A", pressure_mmhg=LOW),
        _evening(
            race, day_before, "eve-of-race", "D-1, optional", "Legs up for 5 min.", VERY_LOW, "it feels good"
        ),
    ]


def _race_day(race: Race) -> Entry:
    if race.after_finish_h is None:
        begins = when_awake(race.finish, *AFTER_FINISH_H)
    else:
        begins = later(race.finish, race.after_finish_h)
        refuse_outside_window("--after-finish", begins, race.finish, AFTER_FINISH_H)
    return entry(
        "race-day", begins, "day 0, 6-12 h after the finish", "A meal, sleep.", "A", pressure_mmhg=LOW
    )


def _after(race: Race) -> list[Entry]:
    days = [race.day + timedelta(days=day) for day in range(1, 4)]
    walks, mobility, run = "2-3 short walks.", "Ankle and hip mobility.", "A very easy run if it feels right."
    return [
        _evening(race, days[0], "post-race", "day 1, morning or evening", walks, LOW_MEDIUM),
        _evening(race, days[1], "post-race", "day 2, evening", mobility, LOW_MEDIUM),
        _evening(race, days[2], "post-race-day-3", "day 3, as it feels", run, LOW_MEDIUM, "the legs want it"),
        *_days_4_to_7(race),
    ]


def _days_4_to_7(race: Race) -> list[Entry]:
    count = race.later_sessions
    if count not in LATER_DAYS:
        raise InputError("--later-sessions", "", count, "2 to 4 sessions in days 4 to 7 (A)")
    beside = "Light strength, technique."
    return [
        _evening(
            race,
            race.day + timedelta(days=day),
            "normalise",
            f"day {day}, {count} sessions in days 4-7",
            beside,
            LOW_MEDIUM,
        )
        for day in LATER_DAYS[count]
    ]


def _evening(
    race: Race, day: date, program: str, when: str, with_it: str, pressure_mmhg: Range, only_if: str = ""
) -> Entry:
    begins = at(day, race.evening, race.zone)
    return entry(program, begins, when, with_it, "A", pressure_mmhg=pressure_mmhg, only_if=only_if)


def _refuse_outside(option: str, day: date, race: Race, days: tuple[int, int]) -> None:
    first, last = (race.day - timedelta(days=before) for before in days)
    if not first <= day <= last:
        expected = f"a day from {named(first)} to {named(last)}, D-{days[0]} to D-{days[1]} (A)"
        raise InputError(option, "", str(day), expected)


def _notes(race: Race) -> list[str]:
    known = (
        "2-4 sessions in the week of the race are plenty (A). Nothing new in its last 48-72 h, no program and"
        " no level that your journal doesn't have: without any session yet, say so with --first-session."
    )
    finish = f"Finish at {race.finish:%H:%M}, {race.hours:g} h after the start; --hours changes it."
    return [known, finish, AFTER]
