"""What comes after a run, by its kind: B's table, C's and E's rows for the same hours."""

from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from host_tools.basics.errors import InputError
from host_tools.catalogue.near import perhaps
from host_tools.plan.clock import at, later, named, when_awake
from host_tools.plan.entry import AFTER, IF_WELL, Entry, Plan, entry
from host_tools.plan.rules import (
    AFTER_FINISH_H,
    NOTHING_SPECIAL,
    Wearer,
    by_the_rules,
    refuse_outside_window,
)

AFTERNOON = time(16)
MORNING = time(8)
EVENING = time(17)


class Kind(NamedTuple):
    program: str
    window_h: tuple[float, float]
    when: str
    with_it: str
    source: str
    # Hours after the finish at which the same comes again, and whether the next morning has its own.
    again_h: tuple[int, ...] = ()
    has_morning_after: bool = False
    # The evening of the same day is as good as the hours.
    or_evening: bool = False


KINDS = {
    "easy-run": Kind("easy-run", (0, 10), "the same day, on coming home", "A drink, a shower.", "B"),
    "intervals": Kind("intervals", (2, 6), "2-6 h after", "Eat and drink first.", "B"),
    "long-run": Kind("long-run", (1, 12), "that afternoon or evening", "Eat and drink first.", "B"),
    "race": Kind("race", (1, 12), "after drinking and eating, 10K to marathon", "Drink and eat first.", "B"),
    "marathon": Kind("race-day", AFTER_FINISH_H, "6-12 h after the finish", "A meal, sleep.", "A"),
    "sore": Kind("doms-now", (0, 1), "at once", "A short walk.", "B", again_h=(24, 48, 72)),
    "hamstrings": Kind(
        "hamstring-recovery",
        (2, 6),
        "within 2-6 h, or in the evening",
        "The thigh comfortable, nothing pinching behind the knee.",
        "C",
        or_evening=True,
    ),
    "downhill": Kind("downhill", (0, 1), "at once after long descents", "A short walk.", "E"),
    "hard": Kind("intermediate", (0.5, 1), "within 30-60 min", "A drink.", "E", has_morning_after=True),
    "back-to-back": Kind("marathon-long", (0.5, 12), "after a race or back-to-back runs", "A meal.", "E"),
}


def after_run(
    kind: str,
    finish: datetime,
    now: datetime,
    zone: ZoneInfo,
    begins: datetime | None = None,
    wearer: Wearer = NOTHING_SPECIAL,
) -> Plan:
    """`begins` is a time of the person's own, within the source's hours."""
    if kind not in KINDS:
        raise InputError("--kind", "", kind, f"one of {', '.join(KINDS)}{perhaps(kind, list(KINDS))}")
    its = KINDS[kind]
    if begins and not (its.or_evening and _is_evening_of(finish, begins)):
        refuse_outside_window("--at", begins, finish, its.window_h)
    found = _entries(its, finish, begins or _time_for(kind, finish))
    entries, left_out = by_the_rules(found, now, wearer)
    title = f"After the run that ended on {named(finish.date())}, {finish:%H:%M}: {kind}"
    notes = ["2-3 sessions a week after hard days are plenty (B).", AFTER]
    return Plan(f"after-run-{kind}", title, zone, entries, left_out, notes, wearer.race_day)


def _is_evening_of(finish: datetime, begins: datetime) -> bool:
    return begins.date() == finish.date() and begins >= finish and begins.time() >= EVENING


def _entries(its: Kind, finish: datetime, begins: datetime) -> list[Entry]:
    found = [entry(its.program, begins, its.when, its.with_it, its.source)]
    for hours in its.again_h:
        when = f"again after {hours} h"
        found.append(entry(its.program, later(begins, hours), when, its.with_it, its.source, only_if=IF_WELL))
    if its.has_morning_after:
        morning = at(finish.date() + timedelta(days=1), MORNING, _zone_of(finish))
        found.append(
            entry(
                "morning-after",
                morning,
                "the next morning",
                "An easy day.",
                "E",
                minutes=(30, 30),
                only_if=IF_WELL,
            )
        )
    return found


def _time_for(kind: str, finish: datetime) -> datetime:
    its = KINDS[kind]
    least_h, most_h = its.window_h
    if kind == "long-run" and later(finish, least_h).time() < AFTERNOON:
        return max(at(finish.date(), AFTERNOON, _zone_of(finish)), later(finish, least_h))
    return when_awake(finish, least_h, most_h)


def _zone_of(moment: datetime) -> ZoneInfo:
    zone = moment.tzinfo
    assert isinstance(zone, ZoneInfo)
    return zone
