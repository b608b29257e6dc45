"""The diary's questions in the terminal: a minute for a night, less for a training."""

from datetime import datetime, timedelta

from rich.console import Console

from host_tools.basics.errors import InputError
from host_tools.journal.fields import (
    KINDS,
    NIGHTS,
    TEXT,
    YES_NO,
    Field,
    Kind,
    Row,
    night_of,
    read,
    training_of,
)

_NOTHING = "Enter leaves an answer out."


def ask_kind(console: Console) -> Kind:
    words = " or ".join(kind.word for kind in KINDS)
    while True:
        given = _answer(console, f"A {words}?", "n or t", "n")
        for kind in KINDS:
            if kind.word.startswith(given.lower()) and given:
                return kind
        console.print(f"  expected {words}", style="yellow")


def ask_key(console: Console, kind: Kind, now: datetime) -> str:
    """A night is the one that began yesterday, a training the one that begins now, unless said otherwise."""
    last_night = str((now - timedelta(days=1)).date())
    default = last_night if kind is NIGHTS else now.isoformat(timespec="minutes")
    question = "The night that began on" if kind is NIGHTS else "Before the training at"
    while True:
        given = _answer(console, question, "", default)
        try:
            if kind is NIGHTS:
                return night_of("night", given, now.date())
            return training_of("training", given, now)
        except InputError as error:
            console.print(f"  expected {error.expected}", style="yellow")


def ask_fields(console: Console, kind: Kind) -> Row:
    """Asks again until an answer is one; what can't be known in a night without cramps isn't asked."""
    console.print(_NOTHING, style="dim")
    row: Row = {}
    for field in kind.fields:
        is_idle = field.name in ("intensity", "lasted_min") and not row.get("cramps")
        row[field.name] = (0 if field.name == "intensity" else None) if is_idle else _ask(console, field)
    return row


def _ask(console: Console, field: Field) -> object:
    hint = {YES_NO: "y/n", TEXT: ""}.get(field.kind, f"{field.least:g}-{field.most:g}")
    while True:
        try:
            return read(field, _answer(console, field.question, hint, ""))
        except InputError as error:
            console.print(f"  expected {error.expected}", style="yellow")


def _answer(console: Console, question: str, hint: str, default: str) -> str:
    shown = " ".join(
        part for part in (question, f"({hint})" if hint else "", f"[{default}]" if default else "") if part
    )
    try:
        return console.input(f"{shown} ", markup=False).strip() or default
    except EOFError:
        raise InputError("journal add", "", None, "an answer, or the options of --help") from None
