"""What a person reads when their input can't be used: every message in one form.

`pytest -s tests/host/test_messages.py` prints all of them in a table, to be read in a row.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from host_tools.basics.errors import InputError, RefusalError
from host_tools.basics.expectation import from_board, from_core, from_pydantic
from host_tools.basics.paths import CHECKOUT

# The class, and which of its arguments stands behind "expected".
_PLACES = {"InputError": 3, "Finding": 2, "SettingError": 2}
# What stands behind "expected" is a thing, not a complaint.
_COMPLAINTS = ("no such", "not ", "is ", "isn't", "are ", "can't", "expected", "must", "should", "leave ")


class Message(NamedTuple):
    where: str
    text: str


def messages() -> list[Message]:
    files = sorted([*(CHECKOUT / "host_tools").rglob("*.py"), *(CHECKOUT / "firmware").rglob("*.py")])
    return [message for file in files for message in _messages_in(file)]


def _messages_in(file: Path) -> Iterator[Message]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    where = file.relative_to(CHECKOUT).as_posix()
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        named = {
            target.id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            place = _PLACES.get(getattr(call.func, "id", ""))
            if place is not None and len(call.args) > place:
                expected = call.args[place]
                if isinstance(expected, ast.Name):
                    expected = named.get(expected.id, expected)
                if text := _words(expected):
                    yield Message(f"{where}:{call.lineno}", from_core(text))


def _words(expected: ast.expr) -> str:
    """The text, with dots for what only a run knows; empty where all of it comes from elsewhere."""
    match expected:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_words(part) or "…" for part in parts)
        case ast.BinOp(left=left, right=right):
            return (_words(left) or "…") + (_words(right) or "…")
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            return re.sub(r"\{[^}]*\}", "…", text)
    return ""


def test_every_message_says_what_is_expected_in_one_form() -> None:
    found = messages()
    assert len(found) > 150
    width = max(len(message.where) for message in found)
    print("\n" + "\n".join(f"{message.where:{width}}  expected {message.text}" for message in found))
    odd = [
        message
        for message in found
        if message.text.startswith(_COMPLAINTS) or message.text.endswith(".") or "\n" in message.text
    ]
    assert odd == []


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            InputError("a.toml", "minutes", [15, "20"], "a whole number"),
            "a.toml: minutes = [15, '20']: expected a whole number",
        ),
        (InputError("a.toml", "title", None, "text"), "a.toml: title: expected text"),
        (InputError("--port", "", "x", "a board\n  that runs"), "--port = 'x': expected a board that runs"),
        (InputError("logs", "", None, "a folder"), "logs: expected a folder"),
        (RefusalError("/dev/x", "pause: not while idle"), "/dev/x: pause: not while idle"),
    ],
)  # fmt: skip
def test_a_message_names_file_key_and_value(error: InputError, line: str) -> None:
    assert str(error) == line


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (from_board("sound = 7: of the kind of False"), "sound = 7: expected true or false"),
        (from_board("volume = 'x': of the kind of 3"), "volume = 'x': expected a number such as 3"),
        (from_board("name = 7: of the kind of ''"), "name = 7: expected text"),
        (from_board("minutes = ['20']: a whole number"), "minutes = ['20']: expected a whole number"),
        (from_board("titel = 3: not a key here; known: id"), "titel = 3: expected one of the keys id"),
        (from_board("pause: not while idle"), "pause: not while idle"),
        (from_pydantic("Input should be greater than 0"), "a number greater than 0"),
        (from_pydantic("Input should be a valid integer, unable to parse"), "a valid integer"),
        (from_pydantic("Value error, a number or a range [low, high]"), "a number or a range [low, high]"),
        (from_core("this board has one leg"), "a program for these boots; this board has one leg"),
    ],
)  # fmt: skip
def test_what_others_say_is_put_into_that_form(theirs: str, ours: str) -> None:
    assert theirs == ours
