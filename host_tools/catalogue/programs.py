"""The program library and people's own programs: finds, reads, checks and compiles them for the device."""

import json
import re
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.basics.expectation import from_core
from host_tools.basics.paths import PROGRAMS
from host_tools.catalogue.near import perhaps
from host_tools.catalogue.toml_file import Table, read_toml
from soleus.core.basics.boots import Boots
from soleus.core.basics.errors import SettingError
from soleus.core.program import fit
from soleus.core.program.program import Program
from soleus.core.program.table import read_program

# What a person looks for at the machine, in the order of its menu. A program of one's own may have another.
NEEDS = (
    *("first time", "after a run", "before", "race week", "hamstrings", "night"),
    *("desk and travel", "a pattern alone"),
)


def program_names() -> list[str]:
    """The sessions by name, then the plain programs, one for each pattern."""
    return sorted((file.stem for file in PROGRAMS.glob("*.toml")), key=lambda name: (_is_plain(name), name))


def load_program(name: str | Path) -> Program:
    """One of the library, by name, or any program file, by path; checked by the core's own validator."""
    return _checked(program_file(name), read_toml(program_file(name)))


def load_program_table(name: str | Path) -> Table:
    """The same as a plain table, which is what `compile_program` takes."""
    table = read_toml(program_file(name))
    _checked(program_file(name), table)
    return table


def program_file(name: str | Path) -> Path:
    if isinstance(name, Path) or name.endswith(".toml") or len(Path(name).parts) > 1:
        return Path(name)
    if name in program_names():
        return PROGRAMS / f"{name}.toml"
    near = perhaps(name, program_names())
    raise InputError("program", "", name, f"a program of `soleus program list`{near}")


def find_programs(need: str) -> list[str]:
    """Programs about every word of `need`, the best first; if there are none, those about any word."""
    wanted = re.findall(r"\w+", need.lower())
    scores = {name: _scores(load_program(name), wanted) for name in program_names()}
    full = [name for name in scores if all(scores[name])]
    return sorted(full or [name for name in scores if any(scores[name])], key=lambda name: -sum(scores[name]))


def compile_program(table: Table) -> bytes:
    """The JSON that the device stores, the same bytes for the same program; or a `SettingError`."""
    read_program(table)
    return json.dumps(table, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def refuse_unfit(name: str | Path, program: Program, boots: Boots) -> None:
    """Refuse a program that these boots can't run, with the core's own reason."""
    try:
        fit.refuse_unfit(program, boots)
    except SettingError as error:
        raise InputError(program_file(name), error.key, error.value, from_core(error.expected)) from None


def _checked(file: Path, table: Table) -> Program:
    try:
        return read_program(table)
    except SettingError as error:
        raise InputError(file, error.key, error.value, from_core(error.expected)) from None


def _is_plain(name: str) -> bool:
    return name.startswith("plain-")


def _scores(program: Program, wanted: list[str]) -> list[int]:
    """For each wanted word, how much the program is about it; 0 for not at all."""
    weights = {
        f"{program.id} {program.title}".lower(): 8,
        " ".join(program.words).lower(): 4,
        f"{program.when} {program.mode}".lower(): 2,
        _what_it_is_for(program).lower(): 1,
    }
    return [sum(weight for text, weight in weights.items() if _speaks_of(text, word)) for word in wanted]


def _what_it_is_for(program: Program) -> str:
    """The purpose without its warnings: a search for swollen legs must not find what is not for them."""
    return re.split(r"(?:^|(?<=[.:;] ))(?:Not|Never|not|never) ", program.purpose)[0]


def _speaks_of(text: str, word: str) -> bool:
    stem = word[:-1] if word.endswith("s") and len(word) > 3 else word
    return re.search(rf"\b{re.escape(stem)}", text) is not None
