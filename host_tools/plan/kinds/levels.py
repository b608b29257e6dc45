"""E's levels by weekly miles: which program, after which runs."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from host_tools.basics.errors import InputError
from host_tools.plan.clock import at, later, weekdays_of
from host_tools.plan.entry import AFTER, Plan, entry
from host_tools.plan.rules import NOTHING_SPECIAL, Wearer, by_the_rules

MILES_MOST = 300


class Level(NamedTuple):
    program: str
    miles_below: float
    after: str
    days_least: int
    days_most: int
    days: str


# At 25 and at 50 miles two levels of E meet; the lower one is meant, because nothing nags a person upwards.
LEVELS = (
    Level("beginner", 25, "after the week's longest run", 1, 1, "sun"),
    Level("intermediate", 50, "within 30-60 min of the run", 2, 3, "tue,thu,sun"),
    Level("advanced", MILES_MOST, "near daily", 2, 6, "tue,wed,thu,fri,sat,sun"),
)


@dataclass(frozen=True)
class Training:
    miles: float
    begins: date
    weeks: int
    days: str | None
    run_ends: time
    zone: ZoneInfo
    wearer: Wearer = NOTHING_SPECIAL


def level_for(miles: float) -> Level:
    if not 0 < miles <= MILES_MOST:
        raise InputError("--miles", "", miles, f"miles a week, more than 0 and at most {MILES_MOST}")
    return next(level for level in LEVELS if miles <= level.miles_below)


def levels(asked: Training, now: datetime) -> Plan:
    level = level_for(asked.miles)
    weekdays = weekdays_of("--days", asked.days or level.days, level.days_least, level.days_most)
    days = [asked.begins + timedelta(days=day) for day in range(7 * asked.weeks)]
    entries = [
        entry(
            level.program,
            later(at(day, asked.run_ends, asked.zone), 0.5),
            level.after,
            "A drink, easy ankle moves.",
            "E",
        )
        for day in days
        if day.weekday() in weekdays
    ]
    entries, left_out = by_the_rules(entries, now, asked.wearer)
    title = f"{asked.miles:g} miles a week: {level.program}"
    notes = [
        "Begin at the lowest pressure; longer or firmer only after sessions that went well (B, D, E).",
        "`soleus journal add` before each training: soreness and freshness, for 3-4 weeks (E).",
        AFTER,
    ]
    return Plan("levels", title, asked.zone, entries, left_out, notes, asked.wearer.race_day)
