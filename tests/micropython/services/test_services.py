"""Those services that need no board around them, in two real MicroPythons."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from host_tools.catalogue.boards import load_board
from tests.micropython.interpreters.run import INTERPRETERS

SCRIPT = Path(__file__).with_name("check_services.py")
HALF_THERE = b"import meanwhile\nmeanwhile.come()\nis_whole = True\n"
SHORT_OF_MEMORY = b"import enough\nenough.use()\nis_whole = True\n"
BOARDS = ("esp32-devkit", "esp32-s3-duo", "esp32-c3-manifold")


def boots() -> dict[str, Any]:
    """Those of every board, and sealed chambers with one sensor on the manifold, which no board has."""
    tables = {name: load_board(name).table["boots"] for name in BOARDS}
    return {**tables, "squeezed": {**tables["esp32-devkit"], "sensors": "manifold"}}


@pytest.mark.parametrize("run", INTERPRETERS)
def test_services(run: Callable[..., str]) -> None:
    modules = {"half_there.py": HALF_THERE, "short_of_memory.py": SHORT_OF_MEMORY}
    files = {"boots.json": json.dumps(boots()).encode(), **modules}
    assert int(run(SCRIPT, files=files, heap_bytes=1 << 20).split()[-1]) == 16
