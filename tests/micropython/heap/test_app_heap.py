"""The app's heap on a MicroPython with 32-bit words, as an ESP32 has them: at rest, and at its highest."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from host_tools.catalogue.boards import load_board
from host_tools.catalogue.chips import load_chip
from host_tools.flash.contents.application import application_files
from tests.display_driver import driver_file
from tests.micropython.heap.loaded_modules import chains, unloaded
from tests.micropython.interpreters.run import run_wasm

SCRIPT = Path(__file__).with_name("measure_app.py")
FREE_LEAST_BYTES = 40 * 1024
# In this interpreter addresses are small numbers, so now and then the collector takes a number for an address
# and keeps up to 7 KB of garbage. Another shift of the heap has no such number: the run that keeps the least
# counts. On an ESP32 no usual number looks like an address.
SHIFTS_BYTES = (160, 3333, 12_000)

Note = Callable[[str, object], None]


@pytest.mark.parametrize("board", ["esp32-devkit", "esp32-s3-duo", "esp32-c3-manifold"])
def test_the_app_leaves_room(board: str, tmp_path: Path, record_property: Note) -> None:
    """The app has the display's driver and the recorder, and has answered every request of the link. The heap
    is that of the board's chip."""
    has_display = "display" in load_board(board).table
    is_alone = load_board(board).boots.has_manifold_sensor_only
    chip_bytes = int(load_chip(load_board(board).chip)["heap_bytes"])
    files = application_files(load_board(board), {"ssd1306.py": driver_file()})
    for name, content in files.items():
        (tmp_path / "app" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "app" / name).write_bytes(content)
    chosen = {"chains.json": json.dumps([chains(has_display, is_alone), unloaded()]).encode()}
    measured = [
        json.loads(run_wasm(SCRIPT, str(shift), files=chosen, package=tmp_path / "app").splitlines()[0])
        for shift in SHIFTS_BYTES
    ]
    free = {
        moment: chip_bytes - min(measure[moment] - measure["before"] for measure in measured)
        for moment in ("at_rest", "afterwards", "highest")
    }
    record_property("heap", (board, free["at_rest"], free["afterwards"], free["highest"]))
    assert all(measure["maxsize"] < 1 << 31 for measure in measured)
    assert not any(measure["warnings"] for measure in measured)
    assert min(free.values()) >= FREE_LEAST_BYTES
