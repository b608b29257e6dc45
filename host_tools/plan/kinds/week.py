"""B's week: sessions after the hardest days, and one or two gentle ones."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from host_tools.basics.errors import InputError
from host_tools.plan.clock import WEEKDAYS, at, named
from host_tools.plan.entry import AFTER, Entry, Plan, entry
from host_tools.plan.rules import NOTHING_SPECIAL, Wearer, by_the_rules

HARD_DAYS, GENTLE_DAYS = (2, 3), (1, 2)


@dataclass(frozen=True)
class Week:
    begins: date
    hard: list[int]
    gentle: list[int]
    evening: time
    zone: ZoneInfo
    wearer: Wearer = NOTHING_SPECIAL


def week(asked: Week, now: datetime) -> Plan:
    twice = [WEEKDAYS[day] for day in asked.hard if day in asked.gentle]
    if twice:
        raise InputError("--gentle", "", ",".join(twice), "other days than those of --hard")
    entries = [_entry(asked, days) for days in range(7)]
    kept, left_out = by_the_rules([one for one in entries if one], now, asked.wearer)
    last = asked.begins + timedelta(days=6)
    title = f"The week from {named(asked.begins)} to {named(last)}"
    notes = [
        "2-3 sessions a week after the hardest days, 1-2 gentle ones (B). No session is owed: leave out any.",
        AFTER,
    ]
    return Plan("week", title, asked.zone, kept, left_out, notes, asked.wearer.race_day)


def _entry(asked: Week, days: int) -> Entry | None:
    day = asked.begins + timedelta(days=days)
    begins = at(day, asked.evening, asked.zone)
    if day.weekday() in asked.hard:
        return entry("intervals", begins, "after a hard day", "2-6 h after the workout; drink and eat.", "B")
    if day.weekday() in asked.gentle:
        return entry("standing-day", begins, "gentle", "A short walk.", "B")
    return None
