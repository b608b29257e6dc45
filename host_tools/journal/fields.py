"""What people write down, as the sources have it: one table for questions, options, checks and columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from host_tools.basics.errors import InputError

WHOLE, NUMBER, YES_NO, TEXT = "whole", "number", "yes or no", "text"
TEXT_MOST = 300
# Nobody keeps a diary of another century: it is a slip of the finger.
BEHIND_MOST_DAYS = 3660

Row = dict[str, Any]


@dataclass(frozen=True)
class Field:
    name: str
    question: str
    kind: str
    least: float = 0
    most: float = 0
    unit: str = ""
    is_needed: bool = False

    @property
    def option(self) -> str:
        return f"--{self.name.replace('_', '-')}"

    @property
    def expected(self) -> str:
        if self.kind == YES_NO:
            return YES_NO
        if self.kind == TEXT:
            return f"a text of at most {TEXT_MOST} characters"
        kind = "a whole number" if self.kind == WHOLE else "a number"
        return f"{kind} from {self.least:g} to {self.most:g}" + (f" {self.unit}" if self.unit else "")


@dataclass(frozen=True)
class Kind:
    """One kind of entry: its table, what its key is called, and its fields in the order of the questions."""

    table: str
    word: str
    key: str
    fields: tuple[Field, ...]

    @property
    def columns(self) -> list[str]:
        return [self.key, *(field.name for field in self.fields), "entered_at"]


# D, for 14 days.
NIGHTS = Kind(
    "nights",
    "night",
    "night",
    (
        Field("cramps", "How many cramps in the night?", WHOLE, 0, 50, "", is_needed=True),
        Field("intensity", "How strong were they?", WHOLE, 0, 10),
        Field("lasted_min", "About how many minutes in all?", NUMBER, 0, 480, "min"),
        Field("sport_min", "Minutes of sport that day?", WHOLE, 0, 1440, "min"),
        Field("sitting_h", "Hours of sitting?", NUMBER, 0, 24, "h"),
        Field("alcohol", "Glasses of alcohol?", NUMBER, 0, 30),
        Field("caffeine", "Cups of coffee, tea, cola?", NUMBER, 0, 30),
        Field("water_l", "Litres of water?", NUMBER, 0, 15, "l"),
        Field("stress", "Stress?", WHOLE, 0, 10),
        Field("stretched", "Stretched before bed?", YES_NO),
        Field("session", "A session in the boots that day?", YES_NO),
        Field("felt", "How did it feel?", TEXT),
    ),
)

# E, before each training, for 3-4 weeks.
TRAININGS = Kind(
    "trainings",
    "training",
    "training",
    (
        Field("soreness", "Soreness of the legs?", WHOLE, 1, 10, "", is_needed=True),
        Field("freshness", "Freshness of the legs?", WHOLE, 1, 10, "", is_needed=True),
        Field("hrv_ms", "HRV, if a watch gives it, ms?", NUMBER, 1, 400, "ms"),
        Field("sleep_h", "Hours of sleep?", NUMBER, 0, 24, "h"),
        Field("note", "Anything else?", TEXT),
    ),
)
KINDS = (NIGHTS, TRAININGS)


def checked(kind: Kind, given: Mapping[str, Any], file: str = "") -> Row:
    """Values that a person gave, as the table keeps them. `file`: where they stand, if not on the line."""
    row = {field.name: read(field, given.get(field.name), file) for field in kind.fields}
    _refuse_a_contradiction(row, file)
    return row


def read(field: Field, given: Any, file: str = "") -> Any:
    if given is None or given == "":
        if field.is_needed:
            raise _wrong(field, None, file)
        return None
    if field.kind == YES_NO:
        return _yes_or_no(field, given, file)
    if field.kind == TEXT:
        text = " ".join(str(given).split())
        if len(text) > TEXT_MOST:
            raise _wrong(field, text, file)
        return text
    return _number(field, given, file)


def night_of(option: str, text: str, today: date) -> str:
    """The night that begins on this date."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError(option, "", text, "the date on which the night began, such as 2027-01-31") from None
    return str(_near(option, text, day, today))


def training_of(option: str, text: str, now: datetime) -> str:
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        raise InputError(option, "", text, "a day and a time such as 2027-01-31T18:30") from None
    _near(option, text, moment.date(), now.date())
    return moment.isoformat(timespec="minutes")


def _near(option: str, text: str, day: date, today: date) -> date:
    first = today - timedelta(days=BEHIND_MOST_DAYS)
    if not first <= day <= today:
        raise InputError(option, "", text, f"a date from {first} to today, {today}")
    return day


def _yes_or_no(field: Field, given: Any, file: str) -> int:
    words = {"yes": 1, "y": 1, "no": 0, "n": 0, "1": 1, "0": 0, "true": 1, "false": 0}
    found = words.get(str(given).strip().lower())
    if found is None:
        raise _wrong(field, given, file)
    return found


def _number(field: Field, given: Any, file: str) -> float | int:
    try:
        value = float(str(given).replace(",", "."))
    except ValueError:
        raise _wrong(field, given, file) from None
    # Not a number is in no range, either.
    if not field.least <= value <= field.most or (field.kind == WHOLE and value != int(value)):
        raise _wrong(field, given, file)
    return int(value) if field.kind == WHOLE else value


def _refuse_a_contradiction(row: Row, file: str) -> None:
    for name in ("intensity", "lasted_min"):
        if row.get("cramps") == 0 and row.get(name):
            where = (file, name) if file else (f"--{name.replace('_', '-')}", "")
            raise InputError(*where, row[name], "0, or nothing, in a night without cramps")


def _wrong(field: Field, value: Any, file: str) -> InputError:
    where = (file, field.name) if file else (field.option, "")
    return InputError(*where, value, field.expected)
