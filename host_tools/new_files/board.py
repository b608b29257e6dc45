"""A new board: a board of the library that has the wanted chip, with what the check says of every key."""

from typing import Any

from host_tools.board_check.shape import HARDWARE_TABLES, shape_of
from host_tools.catalogue.boards import Board, board_names, load_board
from host_tools.new_files.lines import WRONG, line
from soleus.core.basics.boots_table import read_boots
from soleus.core.basics.errors import SettingError


def chips() -> list[str]:
    """Those of which there is a board to begin with."""
    return sorted({board.chip for board in _wired_boards()})


def board_text(name: str, chip: str) -> str:
    model = next(board for board in _wired_boards() if board.chip == chip)
    lines = [
        f"# Begun as a copy of {model.name}. `soleus board check {name}/board.toml` checks it,",
        f"# `soleus sim --board {name}/board.toml` plays a session,",
        f"# `soleus board wiring {name}/board.toml` draws its schematic.",
        "",
        line("name", name, "small letters, digits and hyphens"),
        line("title", f"{name}, begun as {model.title}", ""),
        line("chip", chip, f"one of {', '.join(chips())}"),
        *_boots(model),
    ]
    for table in HARDWARE_TABLES:
        if table in model.table:
            lines += _hardware(table, model.table[table])
    absent = [table for table in HARDWARE_TABLES if table not in model.table]
    if absent:
        lines += ["", f"# It may have further tables: {', '.join(f'[{table}]' for table in absent)}"]
    return "\n".join(lines) + "\n"


def _wired_boards() -> list[Board]:
    boards = [load_board(name) for name in board_names()]
    return [board for board in boards if not board.is_sketch]


def _boots(model: Board) -> list[str]:
    table = model.table["boots"]
    return [
        "",
        "[boots]",
        *(line(key, value, _expected_of_boots(table, key)) for key, value in table.items()),
    ]


def _expected_of_boots(table: dict[str, Any], key: str) -> str:
    try:
        read_boots({**table, key: WRONG})
    except SettingError as error:
        return error.expected
    return ""


def _hardware(name: str, table: dict[str, Any]) -> list[str]:
    shape = shape_of(name, table) or {}
    return ["", f"[{name}]", *(line(key, value, shape[key].what) for key, value in table.items())]
