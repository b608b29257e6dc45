"""The app ends while it is being loaded: the way out needs nothing of what may be half loaded."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from host_tools.catalogue.boards import load_board
from host_tools.link.console import Console
from host_tools.virtual.board import VirtualBoard
from host_tools.virtual.flash_image import FlashImage
from tests.virtual.rig import DEVKIT, PATIENCE_S, chip_of, flash_of

# Only in its first life: a module that was left as it is before its first line has run.
HALF_LOADED = """\
import json, machine, sys
if machine.reset_cause() == machine.PWRON_RESET:
    sys.modules['soleus.core.controller'] = json
"""


def test_a_core_that_is_half_loaded_ends_in_a_restart(tmp_path: Path) -> None:
    with started(tmp_path, HALF_LOADED) as console:
        why = console.expect("ready", 30)["why"]
        assert b"soleus: vented; ImportError: can't import name" in b"".join(console.noise)
    assert "ImportError" in why


def test_a_description_that_is_wrong_ends_at_the_prompt(tmp_path: Path) -> None:
    """A restart would change nothing."""
    with started(tmp_path, "", {"name": "nothing else"}) as console:
        until_s = time.monotonic() + 20
        while not any(b"help()" in line for line in console.noise):
            assert time.monotonic() < until_s, console.noise
            console.pause(0.1)
        said = b"".join(console.noise)
    assert b"soleus: vented; SettingError: " in said
    assert said.count(b"vented") == 1


@contextmanager
def started(folder: Path, first: str, description: object = None) -> Iterator[Console]:
    """The console of a board that runs `first` before its own main.py, with another description if given."""
    flash = flash_of(DEVKIT, folder)
    image = FlashImage(flash)
    files = {"/main.py": first.encode() + (image.read("/main.py") or b"")}
    if description:
        slot = (image.read("/current-app") or b"").decode()
        files[f"/{slot}/board.json"] = json.dumps(description).encode()
    image.write(files)
    with (
        VirtualBoard(
            load_board(DEVKIT), flash, has_own_time=True, patience_s=PATIENCE_S, chip=chip_of(DEVKIT)
        ) as board,
        Console(board.port) as console,
    ):
        yield console
