"""A diary cut in two: the weeks before the first session, and the weeks from it on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from host_tools.journal.fields import NIGHTS, TRAININGS, Kind, Row


@dataclass(frozen=True)
class Rule:
    """Which days count, and how many entries are enough: fixed before anybody looks at a value."""

    kind: Kind
    entries: str
    before_days: int
    after_days: int
    entries_least: int
    # Entries so many days apart are neighbours: what one says, the next may still say.
    neighbour_days: int
    outcomes: tuple[str, ...]


# D: judged after 2-3 weeks. E: 3-4 weeks, and nobody trains daily.
RULES = (
    Rule(NIGHTS, "nights", 28, 21, 14, 1, ("cramps", "intensity")),
    Rule(TRAININGS, "trainings", 28, 28, 8, 4, ("soreness", "freshness", "hrv_ms")),
)


@dataclass(frozen=True)
class Series:
    """One value of each entry that has one, in the order of the days, counted from any day."""

    days: np.ndarray
    values: np.ndarray

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Phases:
    rule: Rule
    start: date
    before: list[Row]
    after: list[Row]

    @property
    def is_over(self) -> date:
        """The first day on which nothing can be added to it any more."""
        return self.start + timedelta(days=self.rule.after_days)

    def series(self, name: str) -> tuple[Series, Series]:
        return _series(self.before, self.rule.kind.key, name), _series(self.after, self.rule.kind.key, name)

    def missing(self, name: str) -> tuple[int, int]:
        """How many entries are wanting before and after; (0, 0) if there are enough."""
        before, after = (self.rule.entries_least - len(one) for one in self.series(name))
        return max(before, 0), max(after, 0)


def start_of(nights: list[Row], sessions: list[Row]) -> date | None:
    """The day of the first session that a person or the machine has written down."""
    said = [row["night"] for row in nights if row["session"]]
    # A log without a known day bears the day on which it was pulled, which is later.
    logged = [row["day"] for row in sessions if row["is_day_known"] or not said]
    return min((date.fromisoformat(day) for day in [*said, *logged]), default=None)


def phases_of(rule: Rule, rows: list[Row], start: date) -> Phases:
    """A training on the day of the first session came before it; that night came after it."""
    first = start if rule.kind is NIGHTS else start + timedelta(days=1)
    earliest, latest = first - timedelta(days=rule.before_days), first + timedelta(days=rule.after_days)
    before = [row for row in rows if earliest <= day_of(rule.kind, row) < first]
    after = [row for row in rows if first <= day_of(rule.kind, row) < latest]
    return Phases(rule, first, before, after)


def day_of(kind: Kind, row: Row) -> date:
    return datetime.fromisoformat(row[kind.key]).date()


def _series(rows: list[Row], key: str, name: str) -> Series:
    known = [row for row in rows if row[name] is not None]
    days = [datetime.fromisoformat(row[key]).toordinal() for row in known]
    return Series(np.array(days, np.int64), np.array([row[name] for row in known], np.float64))
