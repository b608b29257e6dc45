"""D's bedtime routine, night by night: questions, stretching, a short session, ankles and legs up."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from host_tools.plan.clock import at, later, named
from host_tools.plan.entry import AFTER, IF_WELL, Entry, Plan, entry
from host_tools.plan.rules import NOTHING_SPECIAL, Wearer, by_the_rules

FIRST_NIGHTS = 3  # ours, for D's "first days"
_LOWEST = ((10, 10), (30, 30))


class Step(NamedTuple):
    what: str
    least_s: int
    most_s: int


# D's numbers.
ROUTINE = (
    Step("the four questions", 30, 30),
    Step("stretching: wall calf, bent-knee soleus, seated hamstring, each 20-30 s, twice a leg", 180, 360),
    Step("the session", 600, 1200),
    Step("20-30 ankle moves, then legs up for 1-2 min", 90, 180),
)


def bedtime(
    first_night: date,
    nights: int,
    in_bed: time,
    now: datetime,
    zone: ZoneInfo,
    wearer: Wearer = NOTHING_SPECIAL,
) -> Plan:
    entries = [_night(first_night + timedelta(days=night), night, in_bed, zone) for night in range(nights)]
    # A routine that these legs know may go on before a race.
    entries, left_out = by_the_rules(entries, now, wearer, has_race_days=True)
    last = first_night + timedelta(days=nights - 1)
    notes = [
        f"The routine: {'; '.join(step.what for step in ROUTINE)} (D).",
        "Stretching has the direct evidence for night cramps, compression hasn't (D).",
        "Not a machine to sleep with (D).",
        "`soleus journal add` each morning; judge after 2-3 weeks (D).",
        AFTER,
    ]
    title = f"Before bed, {named(first_night)} to {named(last)}"
    return Plan("bedtime", title, zone, entries, left_out, notes, wearer.race_day)


def _night(day: date, number: int, in_bed: time, zone: ZoneInfo) -> Entry:
    """The session begins so early that the longest routine is over at bedtime."""
    after_start_s = ROUTINE[2].most_s + ROUTINE[3].most_s
    begins = later(at(day, in_bed, zone), -after_start_s / 3600)
    before = "First 3-6 min of stretching; after it 20-30 ankle moves, legs up for 1-2 min."
    minutes, pressure = _LOWEST if number < FIRST_NIGHTS else (None, None)
    when = "lowest level in the first days" if number < FIRST_NIGHTS else "after stretching, before bed"
    only_if = "" if number < FIRST_NIGHTS else IF_WELL
    return entry("bedtime", begins, when, before, "D", minutes, pressure, only_if)
