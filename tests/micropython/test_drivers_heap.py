"""The app's heap on a MicroPython with 32-bit words, as an ESP32 has them."""

import json
from pathlib import Path

import pytest

from host_tools.boards import compile_board, load_board
from host_tools.flash.mpy import compile_mpy
from host_tools.programs import compile_program, load_program_table
from tests.micropython.interpreters import CHIP_HEAP_BYTES, FIRMWARE_PACKAGE, run_wasm

SCRIPT = Path(__file__).with_name("measure_app.py")
FREE_LEAST_BYTES = 40 * 1024


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firmware as bytecode, as it is on a board."""
    folder = tmp_path_factory.mktemp("compiled") / "soleus"
    for source in FIRMWARE_PACKAGE.rglob("*.py"):
        name = source.relative_to(FIRMWARE_PACKAGE)
        target = folder / name.with_suffix(".mpy")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(compile_mpy(source, f"soleus/{name.as_posix()}"))
    return folder


@pytest.mark.parametrize("board", ["esp32-devkit", "esp32-s3-duo", "esp32-c3-manifold"])
def test_the_app_leaves_room(board: str, package: Path) -> None:
    files = {
        "board.json": compile_board(load_board(board)),
        "easy-run.json": compile_program(load_program_table("easy-run")),
    }
    measured = json.loads(run_wasm(SCRIPT, files=files, package=package))
    print(board, measured)
    assert measured["maxsize"] < 1 << 31
    # What was taken before is the measuring script itself.
    assert CHIP_HEAP_BYTES - (measured["running"] - measured["before"]) >= FREE_LEAST_BYTES
