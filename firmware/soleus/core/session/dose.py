"""How much is right: the first sessions are gentle, and a third one on a day needs a yes of its own.

It counts what is known. Days are numbered by the laptop's clock; where no laptop has set one, only the
sessions since this start are known, by the machine's own time. Needed at rest only.
"""

# The first sessions of a wearer: at the lowest level, for the shortest time (B, D, E).
GENTLE_SESSIONS = 3
DAY_SESSIONS_MOST = 2
WEEK_DAYS = 7
DAYS_KEPT = 21
DAY_S = 86_400
# A part of a session shorter than this is none.
COUNTS_FROM_MS = 120_000
# What was left of a session is offered for so long.
RESUME_WITHIN_S = 3600
# Less is not worth a soft start.
RESUME_LEAST_MS = 180_000
UNKNOWN_DAY = 0


def is_gentle_due(completed_count: int, has_declined: bool) -> bool:
    return completed_count < GENTLE_SESSIONS and not has_declined


def on_day(days: list, day: int, ago_s: list) -> int:
    """The sessions of this day; of the last 24 hours where the day isn't known.

    `days` has the day of each session, `ago_s` how long ago those since the start were that have none.
    """
    count = len([ago for ago in ago_s if ago < DAY_S])
    if day != UNKNOWN_DAY:
        count += len([known for known in days if known == day])
    return count


def in_week(days: list, day: int, ago_s: list) -> int:
    """The sessions of the last seven days. It informs, and asks for nothing."""
    count = len([ago for ago in ago_s if ago < WEEK_DAYS * DAY_S])
    if day != UNKNOWN_DAY:
        count += len([known for known in days if day - WEEK_DAYS < known <= day])
    return count


def needs_one_more(today_count: int) -> bool:
    return today_count >= DAY_SESSIONS_MOST


def day_at(clock: "tuple | None", now_s: int) -> int:
    """The day now. `clock`: day and second that a laptop has told, and the machine's own second then."""
    if clock is None:
        return UNKNOWN_DAY
    day, second, at_s = clock
    return day + (second + now_s - at_s) // DAY_S


def with_day(days: list, day: int) -> list:
    """A session more; what is older than three weeks is forgotten."""
    return [known for known in days if day - DAYS_KEPT < known <= day] + [day]


def may_resume(left_ms: int, ago_s: int) -> bool:
    """`ago_s`: since it ended; negative where nobody knows, as after a loss of power."""
    return left_ms >= RESUME_LEAST_MS and ago_s <= RESUME_WITHIN_S
