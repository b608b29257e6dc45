"""Reads a TOML file that a person wrote, or says in one line where it isn't TOML."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from host_tools.basics.control_characters import is_control, visible
from host_tools.basics.errors import InputError
from host_tools.basics.expectation import one_of_the_keys

Table = dict[str, Any]


def read_toml(file: Path) -> Table:
    """A byte order mark, which some editors put at the beginning of a file, is ignored."""
    try:
        table = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(file, "", None, f"a TOML file that can be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(file, "", None, "a text file in UTF-8") from None
    except ValueError as error:
        raise InputError(file, _line(str(error)), None, f"valid TOML ({_complaint(str(error))})") from None
    except RecursionError:
        raise InputError(file, "", None, "fewer brackets inside one another") from None
    _refuse_control_characters(file, "", table)
    return table


def refuse_unknown_keys(file: Path, table: Table, known: Iterable[str]) -> None:
    for error in unknown_keys(file, table, known):
        raise error


def unknown_keys(file: Path, table: Table, known: Iterable[str]) -> list[InputError]:
    expected = one_of_the_keys(list(known))
    return [InputError(file, key, table[key], expected) for key in table if key not in known]


def text_in(file: Path, table: Table, key: str) -> str:
    text = table.get(key)
    if not isinstance(text, str) or not text:
        raise InputError(file, key, text, "text")
    return text


def _refuse_control_characters(file: Path, key: str, value: Any) -> None:
    """Escape codes in a title would reach the terminal of whoever lists it."""
    if isinstance(value, str) and any(map(is_control, value)):
        raise InputError(file, visible(key), value, "text without control characters")
    if isinstance(value, list):
        for item in value:
            _refuse_control_characters(file, key, item)
    if isinstance(value, dict):
        for name, item in value.items():
            _refuse_control_characters(file, key, name)
            _refuse_control_characters(file, f"{key}.{name}" if key else name, item)


def _line(error: str) -> str:
    found = re.search(r"at line (\d+)", error)
    return f"line {found[1]}" if found else "last line"


def _complaint(error: str) -> str:
    return error.split(" (at ")[0]
