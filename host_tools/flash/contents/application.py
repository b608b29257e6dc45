"""The application on a board: bytecode, the board's description, programs, packages."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.basics.paths import FIRMWARE
from host_tools.catalogue.boards import Board, compile_board
from host_tools.catalogue.programs import (
    NEEDS,
    compile_program,
    load_program,
    load_program_table,
    program_names,
)
from host_tools.flash.compile.bundles import firmware_bytecode
from host_tools.flash.compile.core_hash import core_hash
from host_tools.flash.compile.mpy import compile_mpy
from host_tools.flash.contents.packages import package_sources
from host_tools.safety import fault_help
from soleus.core.basics import fault_table
from soleus.core.basics.boots import Boots
from soleus.core.basics.errors import SettingError
from soleus.core.controller import Controller
from soleus.core.program.fit import refuse_unfit
from soleus.drivers.outputs.safe_pins import safe_pins
from soleus.log.core_walk import fingerprint
from soleus.log.header import CORE_FILE
from soleus.services.advice import ADVICE_FILE

MANIFEST = "manifest.json"
SLOT_PREFIX = "app-"
SLOT_DIGITS = 12
PROGRAMS = "programs/"
MENU_FILE = "menu.json"
# Run by the chooser: first `boot`, then `main`.
ENTRIES = ("boot.py", "main.py")


@dataclass(frozen=True)
class Application:
    """The files by their names in the slot, which is named by their content."""

    slot: str
    files: dict[str, bytes]
    programs: int

    @property
    def size_bytes(self) -> int:
        return sum(map(len, self.files.values()))


def build_application(
    board: Board, packages: Path | None = None, has_line_numbers: bool = False
) -> Application:
    """The same board and the same sources give the same slot, byte for byte."""
    if board.is_sketch:
        raise InputError(
            board.file, "valves", None, "a board with its wiring; this one is for simulation only"
        )
    return application(board, package_sources(board.table, packages), has_line_numbers)


def application(board: Board, packages: Mapping[str, Path], has_line_numbers: bool = False) -> Application:
    """`packages` has third-party sources by their names on the board."""
    files = application_files(board, packages, has_line_numbers)
    hashes = {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}
    slot = SLOT_PREFIX + hashlib.sha256(_json(hashes)).hexdigest()[:SLOT_DIGITS]
    about = {"soleus": version("soleus"), "board": board.name, "slot": slot, "files": hashes}
    programs = sum(name.startswith(PROGRAMS) for name in files)
    return Application(slot, {**files, MANIFEST: _json(about)}, programs)


def application_files(
    board: Board, packages: Mapping[str, Path], has_line_numbers: bool = False
) -> dict[str, bytes]:
    """All that runs on a board."""
    return {
        **_bytecode(packages, has_line_numbers),
        "board.json": compile_board(board),
        "safe_pins.json": _json(safe_pins(board.table)),
        ADVICE_FILE: advice_text().encode(),
        CORE_FILE: _json(_core_table(board.boots)),
        **_programs(board),
        MENU_FILE: _json(_menu(board)),
    }


def _core_table(boots: Boots) -> dict[str, str | int]:
    """What a log tells of the core: its hash, and the fingerprints of its state, without a bench and with."""
    state, bench_state = (fingerprint(Controller(boots, has_bench)) for has_bench in (False, True))
    return {"core": core_hash(), "state": state, "bench_state": bench_state}


def advice_text() -> str:
    """A line for each fault, from `fault_help.py`, as `soleus/services/advice.py` reads it."""
    return "".join(f"{code} {fault_help.advice(code)}\n" for code, _, _, _ in fault_table.TABLE[1:])


def _bytecode(packages: Mapping[str, Path], has_line_numbers: bool) -> dict[str, bytes]:
    """The core needs no line numbers: a log, which carries the core's hash, replays on the laptop."""
    sources = {**{entry: FIRMWARE / entry for entry in ENTRIES}, **packages}
    beside = {
        f"{name.removesuffix('.py')}.mpy": compile_mpy(file, name, has_line_numbers)
        for name, file in sources.items()
    }
    return beside | firmware_bytecode(has_line_numbers)


def _programs(board: Board) -> dict[str, bytes]:
    """The programs that these boots can run; the board would refuse the others."""
    compiled = {}
    for name in program_names():
        try:
            refuse_unfit(load_program(name), board.boots)
        except SettingError:
            continue
        table = load_program_table(name)
        compiled[f"{PROGRAMS}{table['id']}.json"] = compile_program(table)
    return compiled


def _menu(board: Board) -> list[tuple[str, list[str]]]:
    """What a person looks for, and the programs for it that these boots can run."""
    programs = [(load_program(name).need, name) for name in program_names()]
    runs = {Path(name).stem for name in _programs(board)}
    needs = [*NEEDS, *sorted({need for need, _ in programs} - {*NEEDS})]
    groups = [(need, [name for other, name in programs if other == need and name in runs]) for need in needs]
    return [(need, names) for need, names in groups if names]


def _json(table: object) -> bytes:
    return json.dumps(table, sort_keys=True, separators=(",", ":")).encode()
