"""The table of a campaign as a matrix: what breaks, how it breaks, and what came of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from host_tools.plant.parts.modes import MODE_NAMES
from host_tools.plant.vocabulary import MODES
from host_tools.verify.campaign.plan import SINGLE
from host_tools.verify.campaign.rules import ALARM, DETECTED, HARM, HARMLESS, TRAPPED
from host_tools.verify.campaign.trial import Row

# From what must not happen to what should.
WORST_FIRST = (HARM, TRAPPED, ALARM, HARMLESS, DETECTED)
_CALLED_MOST = 3


@dataclass(frozen=True)
class Cell:
    """All single faults of one kind of component in one mode."""

    kind: str
    mode: str
    rows: list[Row]

    @property
    def verdict(self) -> str:
        """The worst verdict; detected and harmless rows together are "detected"."""
        found = {str(row["verdict"]) for row in self.rows}
        return next((word for word in (HARM, TRAPPED, ALARM, DETECTED) if word in found), HARMLESS)

    @property
    def detected(self) -> list[Row]:
        return [row for row in self.rows if row["detected_s"] is not None]

    @property
    def detected_in_s(self) -> tuple[float, float] | None:
        """Median and longest time from the onset."""
        return _middle_and_most(_between(row, "onset_s", "detected_s") for row in self.detected)

    @property
    def safe_in_s(self) -> tuple[float, float] | None:
        """Median and longest time from the latch; a session with only a rested chamber has none."""
        return _middle_and_most(_between(row, "latched_s", "safe_s") for row in self.detected)

    @property
    def highest_mmhg(self) -> float:
        return max(float(row["max_pressure_mmhg"] or 0.0) for row in self.rows)

    @property
    def far_above_s(self) -> float:
        """The longest that a chamber stood 30 mmHg above what was asked for."""
        return max(float(row["far_above_s"] or 0.0) for row in self.rows)

    @property
    def blamed_right(self) -> float | None:
        """The share of the sessions with a name in which nothing else was named; None without any."""
        judged = [bool(row["blamed_right"]) for row in self.rows if row["blamed_right"] is not None]
        return sum(judged) / len(judged) if judged else None

    @property
    def called(self) -> list[str]:
        """The codes of the faults named, the most frequent first."""
        counts = Counter(str(row["code"]) for row in self.detected)
        return [code for code, _ in counts.most_common(_CALLED_MOST)]

    @property
    def worst(self) -> Row:
        return min(self.rows, key=badness)


@dataclass(frozen=True)
class Matrix:
    kinds: list[str]
    modes: list[str]
    cells: dict[tuple[str, str], Cell]


def matrix(rows: Iterable[Row]) -> Matrix:
    """The matrix of the single faults among these rows."""
    by_cell: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["part"] == SINGLE:
            by_cell.setdefault((str(row["kind"]), str(row["mode"])), []).append(row)
    cells = {key: Cell(*key, its) for key, its in by_cell.items()}
    kinds = sorted({kind for kind, _ in cells}, key=_place_of_kind)
    modes = [mode for mode in MODE_NAMES if any((kind, mode) in cells for kind in kinds)]
    return Matrix(kinds, modes, cells)


def worst_of_each_hazard(rows: Iterable[Row]) -> list[Row]:
    """The row that came nearest to harm, for each fault code and for no detection."""
    worst: dict[str, Row] = {}
    for row in rows:
        hazard = str(row["code"]) if row["detected_s"] is not None else ""
        if hazard not in worst or badness(row) < badness(worst[hazard]):
            worst[hazard] = row
    return [worst[hazard] for hazard in sorted(worst)]


def badness(row: Row) -> tuple[int, float, float]:
    """A key that sorts the worst first: by verdict, then pressure, then time until the legs were free."""
    safe_in_s = _between(row, "latched_s", "safe_s") or 0.0
    return (
        WORST_FIRST.index(str(row["verdict"])),
        -float(row["max_pressure_mmhg"] or 0.0),
        -safe_in_s,
    )


def times(both: tuple[float, float] | None) -> str:
    """Median, and the longest."""
    return "–" if both is None else f"{both[0]:.2g}, {both[1]:.3g} s"


def _between(row: Row, start: str, end: str) -> float | None:
    from_s, to_s = row[start], row[end]
    return None if from_s is None or to_s is None else float(to_s) - float(from_s)


def _middle_and_most(times_s: Iterable[float | None]) -> tuple[float, float] | None:
    known = [time_s for time_s in times_s if time_s is not None]
    return (median(known), max(known)) if known else None


def _place_of_kind(kind: str) -> tuple[int, str]:
    return list(MODES).index(kind.split(".")[0]), kind
