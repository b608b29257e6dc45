"""What no plan may break: a date that a person gave is refused, a day of the plan's own is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from host_tools.basics.errors import InputError
from host_tools.plan.clock import hours_between, later, named
from host_tools.plan.entry import IF_WELL, LOW, Entry, LeftOut, entry

# A says 48-72 h; who plans has the time for the longer one.
NOTHING_NEW_H = 72
AFTER_FINISH_H = (6.0, 12.0)
A_DAY_MOST = 2

FIRST = "first-time"
IF_KNOWN = "your legs know this program and level"


@dataclass(frozen=True)
class Wearer:
    """What a plan must know of the legs: the day of their first session, if it is to come, and a race.

    `used` has the programs that they know, each with its highest mmHg; None where nobody wrote that down.
    """

    first_session: date | None = None
    race: datetime | None = None
    used: Mapping[str, int] | None = None

    @property
    def race_day(self) -> date | None:
        return self.race.date() if self.race else None


NOTHING_SPECIAL = Wearer()


def refuse_race_in_the_past(option: str, race_day: date, today: date) -> None:
    if race_day < today:
        raise InputError(option, "", str(race_day), f"a race that is to come, from today, {today}, on")


def refuse_first_session_before_race(option: str, begins: datetime, race: datetime) -> None:
    """Never the day before, and nothing new in the last 72 hours (A)."""
    hours = hours_between(begins, race)
    if begins.date() == race.date() - timedelta(days=1):
        rule = f"never a first session on {named(begins.date())}, the day before the race"
    elif 0 <= hours < NOTHING_NEW_H:
        rule = f"nothing new in the {NOTHING_NEW_H} h before the race on {named(race.date())}"
    else:
        return
    last = later(race, -NOTHING_NEW_H)
    raise InputError(
        option, "", str(begins.date()), f"a day until {named(last.date())}, {last:%H:%M}: {rule} (A)"
    )


def refuse_outside_window(
    option: str, begins: datetime, finish: datetime, window_h: tuple[float, float]
) -> None:
    least, most = (later(finish, hours) for hours in window_h)
    if not least <= begins <= most:
        window = f"from {least:%Y-%m-%d %H:%M} to {most:%Y-%m-%d %H:%M}"
        hours = f"{window_h[0]:g} to {window_h[1]:g} h after the finish"
        raise InputError(option, "", f"{begins:%Y-%m-%d %H:%M}", f"a time {window}: {hours}")


def by_the_rules(
    entries: list[Entry], now: datetime, wearer: Wearer, has_race_days: bool = False
) -> tuple[list[Entry], list[LeftOut]]:
    """What may stay of a plan. Only a plan around the race has sessions in the last days before it."""
    kept, left_out = _without([one for one in entries if one.begins < now], entries, "is over")
    if wearer.race and not has_race_days:
        near = [one for one in kept if 0 <= hours_between(one.begins, wearer.race) < NOTHING_NEW_H]
        why = f"less than {NOTHING_NEW_H} h before the race on {named(wearer.race.date())}"
        kept, more = _without(near, kept, f"{why}; `soleus plan marathon` has these days (A)")
        left_out += more
    kept, more = _without(_beyond_two_a_day(kept), kept, f"at most {A_DAY_MOST} sessions a day")
    left_out += more
    if wearer.race and has_race_days:
        kept, more = _without_what_is_new(kept, wearer.race, wearer.used)
        left_out += more
    if wearer.first_session:
        kept, more = _with_first_session(kept, wearer.first_session, wearer.race, now)
        left_out += more
    return kept, left_out


def _without_what_is_new(
    entries: list[Entry], race: datetime, used: Mapping[str, int] | None
) -> tuple[list[Entry], list[LeftOut]]:
    """A program or a level is as new as a first session: none of them in the last days before a race (A).

    What comes earlier in the plan isn't new any more.
    """
    known = dict(used or {})
    kept, left_out = [], []
    for one in entries:
        if not 0 <= hours_between(one.begins, race) < NOTHING_NEW_H:
            known[one.program] = max(known.get(one.program, 0), one.pressure_mmhg[0])
            kept.append(one)
        elif used is None:
            kept.append(one if one.program in known else _if_known(one))
        elif one.program in known and one.pressure_mmhg[0] <= max(known.values()):
            least, most = one.pressure_mmhg
            kept.append(replace(one, pressure_mmhg=(least, min(most, max(known.values())))))
        else:
            what = "this level" if one.program in known else "this program"
            why = (
                f"nothing new in the {NOTHING_NEW_H} h before the race, and {what} is not in your journal (A)"
            )
            left_out.append(left(one, why))
    return kept, left_out


def _if_known(one: Entry) -> Entry:
    """Nobody has written down what these legs know."""
    words = [one.only_if] if one.only_if else []
    return replace(one, only_if=" and ".join([*words, IF_KNOWN]))


def _with_first_session(
    entries: list[Entry], first_day: date, race: datetime | None, now: datetime
) -> tuple[list[Entry], list[LeftOut]]:
    """A session on that day becomes the first, or one is put there; what comes earlier is left out.

    "First sessions at the lowest level; longer or firmer only after sessions that went well" (B, D, E).
    """
    earlier = [one for one in entries if one.day < first_day]
    kept, left_out = _without(earlier, entries, f"before the first session on {named(first_day)}")
    if not kept:
        return [], left_out
    first = _as_first(kept[0]) if kept[0].day == first_day else _first_on(first_day, kept[0])
    if first.begins < now:
        expected = f"a day on which {first.begins:%H:%M} is still to come"
        raise InputError("--first-session", "", str(first_day), expected)
    if race:
        refuse_first_session_before_race("--first-session", first.begins, race)
    others = [one for one in kept if one.begins != first.begins]
    return [first, *(_if_well(one) for one in others)], left_out


def _beyond_two_a_day(entries: list[Entry]) -> list[Entry]:
    """Those that may be left out anyway go first."""
    found = []
    for day in sorted({one.day for one in entries}):
        of_day = sorted((one for one in entries if one.day == day), key=lambda one: bool(one.only_if))
        found += of_day[A_DAY_MOST:]
    return found


def _without(gone: list[Entry], entries: list[Entry], why: str) -> tuple[list[Entry], list[LeftOut]]:
    return [one for one in entries if one not in gone], [left(one, why) for one in gone]


def left(one: Entry, why: str) -> LeftOut:
    return LeftOut(one.day, one.program, why)


def _as_first(one: Entry) -> Entry:
    """Lowest level and shortest; a day that asks for no more than that keeps its own program."""
    if one.pressure_mmhg[0] <= LOW[0]:
        return replace(one, minutes=(one.minutes[0],) * 2, pressure_mmhg=(one.pressure_mmhg[0],) * 2)
    when = f"the first session, {one.when}"
    return entry(FIRST, one.begins, when, one.with_it, "B, D, E", None, LOW, one.only_if)


def _first_on(day: date, following: Entry) -> Entry:
    zone = following.begins.tzinfo
    begins = datetime.combine(day, following.begins.time(), zone).astimezone(UTC).astimezone(zone)
    return entry(FIRST, begins, "the first session", "The first week: 20 min.", "B, D, E", None, LOW)


def _if_well(one: Entry) -> Entry:
    return one if one.only_if else replace(one, only_if=IF_WELL)
