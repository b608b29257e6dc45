"""Puts the firmware on a virtual board's flash: the files that a flashed board has."""

import json
import shutil
from pathlib import Path

from host_tools.boards import Board, compile_board
from host_tools.flash.download import cache_folder
from host_tools.flash.mpy import compile_mpy
from host_tools.flash.packages import needed_packages
from host_tools.paths import FIRMWARE, SOLEUS_PACKAGE
from host_tools.programs import compile_program, load_program_table, program_names
from soleus.drivers.safe_pins import safe_pins


def install(board: Board, flash: Path) -> None:
    flash.mkdir(parents=True, exist_ok=True)
    for source in SOLEUS_PACKAGE.rglob("*.py"):
        name = source.relative_to(SOLEUS_PACKAGE)
        target = flash / "soleus" / name.with_suffix(".mpy")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(compile_mpy(source, f"soleus/{name.as_posix()}"))
    for entry in ("boot.py", "main.py"):
        shutil.copy(FIRMWARE / entry, flash)
    _copy_packages(board, flash)
    (flash / "safe_pins.json").write_text(json.dumps(safe_pins(board.table)))
    (flash / "board.json").write_bytes(compile_board(board))
    (flash / "programs").mkdir(exist_ok=True)
    for program in program_names():
        (flash / "programs" / f"{program}.json").write_bytes(compile_program(load_program_table(program)))


def _copy_packages(board: Board, flash: Path) -> None:
    """Those that `soleus flash` has fetched before; without its driver a display stays dark."""
    for name, version in needed_packages(board.table):
        home = cache_folder() / "packages" / f"{name}-{version}"
        if home.is_dir():
            shutil.copytree(home, flash / "lib", dirs_exist_ok=True)
