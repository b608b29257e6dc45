"""A TOML file that a person wrote, as a table; or one line that says where it stops being TOML."""

import re
import tomllib
from pathlib import Path
from typing import Any

from host_tools.basics.errors import InputError

Table = dict[str, Any]


def read_toml(file: Path) -> Table:
    """Some editors begin a file with a byte order mark, which isn't TOML but does no harm."""
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(file, "", None, f"a TOML file that can be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(file, "", None, "a text file in UTF-8") from None
    except ValueError as error:
        raise InputError(file, _line(str(error)), None, f"valid TOML ({_complaint(str(error))})") from None
    except RecursionError:
        raise InputError(file, "", None, "fewer brackets inside one another") from None


def _line(error: str) -> str:
    found = re.search(r"at line (\d+)", error)
    return f"line {found[1]}" if found else "last line"


def _complaint(error: str) -> str:
    return error.split(" (at ")[0]
