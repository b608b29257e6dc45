"""Every mistake in a program file.

The boots' own validator stops at the first: a chip needs to know no more. Here each mistake that it finds is
put right in a copy, and the copy is read again, until nothing is wrong any more.
"""

import copy
import difflib
import re
from pathlib import Path
from typing import Any

from host_tools.basics.errors import InputError
from host_tools.basics.expectation import from_core
from host_tools.catalogue.programs import program_file
from host_tools.catalogue.toml_file import Table, read_toml
from soleus.core.basics.errors import SettingError
from soleus.core.program.table import read_program

# Stands in for what is wrong and can't be left out.
_GOOD: Table = {"id": "program", "minutes": 15, "pressure_mmhg": 40, "blocks": [{"pattern": "sequential"}]}
_GOOD_BLOCK: Table = {"pattern": "uniform"}


def program_errors(name: str | Path) -> list[InputError]:
    """One for each key; all that is wrong with a key that is a table counts as one."""
    try:
        file = program_file(name)
        table = copy.deepcopy(read_toml(file))
    except InputError as error:
        return [error]
    errors: list[InputError] = []
    while found := _first_error(table):
        if errors and errors[-1].key == found.key:
            # It can't be put right; what comes after it stays unknown.
            break
        errors.append(InputError(file, found.key, found.value, from_core(found.expected)))
        _put_right(table, found.key)
    return errors


def _first_error(table: Table) -> SettingError | None:
    try:
        read_program(table)
    except SettingError as error:
        return error
    return None


def _put_right(table: Table, key: str) -> None:
    """`minutes.max` or `blocks[0].zones`: the part below the table of the program or of a block."""
    block = re.fullmatch(r"blocks\[(\d+)\]\.(.+)", key)
    if block:
        _replace(table["blocks"][int(block[1])], block[2], _GOOD_BLOCK)
    elif key == "blocks.share_percent":
        table["blocks"] = _GOOD["blocks"]
    else:
        index = re.fullmatch(r"blocks\[(\d+)\]", key)
        if index:
            table["blocks"][int(index[1])] = dict(_GOOD_BLOCK)
        else:
            _replace(table, key, _GOOD)


def _replace(table: Table, key: str, good: dict[str, Any]) -> None:
    if key in table and key not in good:
        del table[key]
        # A mistyped key is also a missing one: the cause is named, not the effect.
        for meant in difflib.get_close_matches(key, good, n=1):
            table.setdefault(meant, good[meant])
        return
    first = key.split(".")[0]
    if first in good:
        table[first] = good[first]
    else:
        table.pop(first, None)
