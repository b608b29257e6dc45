"""Days and times as a person means them: on the clock of a zone, and hours that have really passed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzlocal

from host_tools.basics.errors import InputError

# Further away it is a slip of the finger.
AHEAD_MOST_DAYS = 731
# A run longer ago needs no session any more.
BEHIND_MOST_DAYS = 7
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WAKING = (time(7), time(22))


def zone_of(name: str | None) -> ZoneInfo:
    """This laptop's own without a name."""
    try:
        return ZoneInfo(name) if name else ZoneInfo(tzlocal.get_localzone_name())
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError("--zone", "", name, "a time zone such as Europe/Berlin") from None


def day_of(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(option, "", text, "a date such as 2027-04-25") from None


def coming_day(option: str, text: str, today: date) -> date:
    """Today or later, and not so late that somebody mistyped the year."""
    found, last = day_of(option, text), today + timedelta(days=AHEAD_MOST_DAYS)
    if not today <= found <= last:
        raise InputError(option, "", text, f"a date from today, {today}, to {last}")
    return found


def time_of(option: str, text: str) -> time:
    try:
        found = datetime.strptime(text, "%H:%M")
    except ValueError:
        raise InputError(option, "", text, "a time such as 19:30") from None
    return found.time()


def moment_of(option: str, text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """`2027-04-25T13:30` on the clock of the zone: not long ago, and not in another decade."""
    first = now.date() - timedelta(days=BEHIND_MOST_DAYS)
    last = now.date() + timedelta(days=AHEAD_MOST_DAYS)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(option, "", text, "a day and a time such as 2027-04-25T13:30") from None
    if not first <= found.date() <= last:
        raise InputError(option, "", text, f"a day from {first} to {last}")
    return at(found.date(), found.time(), zone) if found.tzinfo is None else found.astimezone(zone)


def weekdays_of(option: str, text: str, least: int, most: int) -> list[int]:
    names = [name.strip().lower()[:3] for name in text.split(",") if name.strip()]
    count = f"{least} to {most} days" if least < most else f"{least} day" + "s" * (least > 1)
    if not set(names) <= set(WEEKDAYS) or not least <= len(set(names)) <= most:
        raise InputError(option, "", text, f"{count}, such as {','.join(WEEKDAYS[:least])}")
    return sorted({WEEKDAYS.index(name) for name in names})


def at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """A time that the clocks skip in spring becomes the one an hour later; of a doubled one, the first."""
    return datetime.combine(day, clock, zone).astimezone(UTC).astimezone(zone)


def later(moment: datetime, hours: float) -> datetime:
    """So many hours that really pass, whatever the clocks do meanwhile."""
    return (moment.astimezone(UTC) + timedelta(hours=hours)).astimezone(moment.tzinfo)


def hours_between(earlier: datetime, after: datetime) -> float:
    return (after.astimezone(UTC) - earlier.astimezone(UTC)).total_seconds() / 3600


def when_awake(finish: datetime, least_h: float, most_h: float) -> datetime:
    """The first half hour of the window in which people are up; without one, the edge nearest to it."""
    steps = [later(finish, least_h + half / 2) for half in range(round((most_h - least_h) * 2) + 1)]
    awake = [step for step in steps if _WAKING[0] <= step.time() <= _WAKING[1]]
    return awake[0] if awake else min((steps[0], steps[-1]), key=_minutes_asleep)


def _minutes_asleep(moment: datetime) -> int:
    """From ten at night, or until seven in the morning: the lesser of both."""
    minute = moment.hour * 60 + moment.minute
    since, until = (minute - _WAKING[1].hour * 60) % 1440, (_WAKING[0].hour * 60 - minute) % 1440
    return min(since, until)


def named(day: date) -> str:
    """`Sat 24 Apr 2027`, for a sentence."""
    return f"{day:%a} {day.day} {day:%b %Y}"
