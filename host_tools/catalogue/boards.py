"""Boards: what a controller is called, which chip it has, the boots that hang on it, and its wiring."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.basics.expectation import from_core, one_of_the_keys
from host_tools.basics.paths import BOARDS
from host_tools.board_check import CHIPS, HARDWARE_TABLES, findings, is_sketch
from host_tools.catalogue.bench_defaults import DEFAULTS
from host_tools.catalogue.chips import load_chip
from host_tools.catalogue.near import perhaps
from host_tools.catalogue.toml_file import Table, read_toml, text_in, unknown_keys
from soleus.core.basics.boots import Boots
from soleus.core.basics.boots_table import read_boots
from soleus.core.basics.errors import SettingError

FILE_NAME = "board.toml"

_KEYS = ("name", "title", "chip", "boots", "bench", *HARDWARE_TABLES)
# Only for the laptop; a chip has no room for them.
_LAPTOPS_TABLES = ("bench",)


@dataclass(frozen=True)
class Board:
    name: str
    title: str
    chip: str
    boots: Boots
    table: Table
    file: Path

    @property
    def is_sketch(self) -> bool:
        """Boots without wiring: enough to simulate, nothing to wire or to flash."""
        return is_sketch(self.table)


def board_names() -> list[str]:
    return sorted(file.parent.name for file in BOARDS.glob(f"*/{FILE_NAME}"))


def load_board(name: str | Path) -> Board:
    """One of the boards that come with Soleus, by name, or any board file or folder, by path."""
    board = read_board(name)
    for error in hardware_errors(board):
        raise error
    return board


def read_board(name: str | Path) -> Board:
    """The same without a check of the wiring, for callers that report every error in it."""
    file = board_file(name)
    table = read_toml(file)
    for error in _table_errors(file, table):
        raise error
    return Board(
        name=_name(file, table),
        title=_title(file, table),
        chip=_chip(file, table),
        boots=_boots(file, table),
        table=table,
        file=file,
    )


def board_errors(name: str | Path) -> list[InputError]:
    """All that is wrong with a board file: its keys, its boots, its wiring."""
    try:
        file = board_file(name)
        table = read_toml(file)
    except InputError as error:
        return [error]
    errors = _table_errors(file, table)
    try:
        found = findings(str(table.get("chip")), _boots(file, table), table)
    except InputError:
        # Without boots nobody knows what should hang on them.
        return errors
    return errors + [InputError(file, one.key, one.value, one.expected) for one in found]


def hardware_errors(board: Board) -> list[InputError]:
    """All that is wrong with a board's wiring, in the order of its tables."""
    found = findings(board.chip, board.boots, board.table)
    return [InputError(board.file, one.key, one.value, one.expected) for one in found]


def compile_board(board: Board) -> bytes:
    """The JSON that the device stores, the same bytes for the same board."""
    table = {key: value for key, value in board.table.items() if key not in _LAPTOPS_TABLES}
    table["clock_hz"] = load_chip(board.chip).clock_hz
    return json.dumps(table, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def board_file(name: str | Path) -> Path:
    if isinstance(name, Path) or name.endswith(".toml") or len(Path(name).parts) > 1:
        return Path(name) / FILE_NAME if Path(name).is_dir() else Path(name)
    if name in board_names():
        return BOARDS / name / FILE_NAME
    near = perhaps(name, board_names())
    raise InputError("board", "", name, f"a board of `soleus board list`{near}")


def layout(boots: Boots) -> str:
    """The boots in a few words: `2 x 5 chambers, fill_vent, per_chamber, gate`."""
    valves = "three_way" if boots.is_three_way else "fill_vent"
    gate = "gate" if boots.has_gate else "no gate"
    return f"{boots.legs} x {boots.chambers_per_leg} chambers, {valves}, {sensors_layout(boots)}, {gate}"


def sensors_layout(boots: Boots) -> str:
    if boots.has_manifold_sensor_only:
        return "manifold"
    return "per_chamber_and_manifold" if boots.has_manifold_sensor_too else "per_chamber"


def _table_errors(file: Path, table: Table) -> list[InputError]:
    """All that is wrong but for the wiring."""
    errors = unknown_keys(file, table, _KEYS) + _bench_errors(file, table.get("bench", {}))
    for read in (_name, _title, _chip, _boots):
        try:
            read(file, table)
        except InputError as error:
            errors.append(error)
    return errors


def _bench_errors(file: Path, bench: object) -> list[InputError]:
    if not isinstance(bench, dict):
        return [InputError(file, "bench", bench, "a table [bench] of limits for the bench")]
    errors = []
    for key, value in bench.items():
        if key not in DEFAULTS:
            errors.append(InputError(file, f"bench.{key}", value, one_of_the_keys(list(DEFAULTS))))
        elif type(value) not in (int, float) or not value > 0:
            errors.append(InputError(file, f"bench.{key}", value, f"a number above 0: {DEFAULTS[key][1]}"))
    return errors


def _name(file: Path, table: Table) -> str:
    name = text_in(file, table, "name")
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", name):
        raise InputError(file, "name", name, "small letters, digits and hyphens")
    return name


def _title(file: Path, table: Table) -> str:
    return text_in(file, table, "title")


def _chip(file: Path, table: Table) -> str:
    chip = text_in(file, table, "chip")
    if chip not in CHIPS:
        raise InputError(file, "chip", chip, f"one of {', '.join(CHIPS)}")
    return chip


def _boots(file: Path, table: Table) -> Boots:
    boots = table.get("boots")
    if not isinstance(boots, dict):
        raise InputError(file, "boots", boots, "a table [boots] with legs, chambers, zones, valves, sensors")
    try:
        return read_boots(boots)
    except SettingError as error:
        raise InputError(file, error.key, error.value, from_core(error.expected)) from None
