"""A plan: sessions at their times, what goes with each, and what was left out and why."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from host_tools.catalogue.programs import load_program

Range = tuple[int, int]

# Our mmHg for the sources' words, as docs/programs.md has them.
VERY_LOW, LOW, LOW_MEDIUM = (20, 30), (30, 40), (35, 50)

IF_WELL = "the session before went well"
AFTER = (
    "Afterwards: ankle moves, legs up for 1-3 min, a short walk (B, C, D); look at the skin (A, C, D);"
    " clean the boots (E)."
)


@dataclass(frozen=True)
class Entry:
    """One session. `only_if` makes it one that may as well be left out."""

    begins: datetime
    program: str
    minutes: Range
    pressure_mmhg: Range
    when: str
    with_it: str
    source: str
    only_if: str = ""

    @property
    def day(self) -> date:
        return self.begins.date()

    @property
    def minutes_words(self) -> str:
        return _range_words(self.minutes)

    @property
    def mmhg_words(self) -> str:
        return _range_words(self.pressure_mmhg)

    @property
    def title(self) -> str:
        return load_program(self.program).title


@dataclass(frozen=True)
class LeftOut:
    day: date
    what: str
    why: str


@dataclass(frozen=True)
class Plan:
    name: str
    title: str
    zone: ZoneInfo
    entries: list[Entry]
    left_out: list[LeftOut] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    race_day: date | None = None


def entry(
    program: str,
    begins: datetime,
    when: str,
    with_it: str,
    source: str,
    minutes: Range | None = None,
    pressure_mmhg: Range | None = None,
    only_if: str = "",
) -> Entry:
    """With the program's own ranges, unless the source has a narrower one for this day."""
    its = load_program(program)
    return Entry(
        begins,
        program,
        minutes or (its.minutes.least, its.minutes.most),
        pressure_mmhg or (its.pressure_mmhg.least, its.pressure_mmhg.most),
        when,
        with_it,
        source,
        only_if,
    )


def _range_words(span: Range) -> str:
    return f"{span[0]}" if span[0] == span[1] else f"{span[0]}-{span[1]}"
