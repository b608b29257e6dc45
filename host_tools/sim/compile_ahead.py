"""Compiles a session's loop in a process of its own, while a person looks at the session that ran without.

`python -m host_tools.sim.compile_ahead PROGRAM BOARD PLANT`; nobody waits for it, and it says nothing.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from host_tools.sim.compiled import cache_folder
from host_tools.sim.request import new_controller, new_plant, prepare
from host_tools.sim.run_compiled import CompiledRun
from host_tools.sim.user_events import presses_of

# A lock that is older was left behind by a process that was killed.
LOCK_STALE_S = 600
NICENESS = 10


def compile_in_background(program: str, board: str, plant: str) -> None:
    """One such process at a time: it takes a minute of one processor core."""
    lock = _lock()
    if not _take(lock):
        return
    arguments = [sys.executable, "-P", "-m", __name__, program, board, plant]
    nowhere = subprocess.DEVNULL
    try:
        subprocess.Popen(arguments, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True)
    except OSError:
        lock.unlink(missing_ok=True)


def _lock() -> Path:
    return cache_folder() / "compiling"


def _take(lock: Path) -> bool:
    try:
        if time.time() - lock.stat().st_mtime > LOCK_STALE_S:
            lock.unlink(missing_ok=True)
    except FileNotFoundError:
        lock.parent.mkdir(parents=True, exist_ok=True)
    try:
        lock.touch(exist_ok=False)
    except OSError:
        # Another process is at it, or the folder can't be written.
        return False
    return True


def _compile(program: str, board: str, plant: str) -> None:
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    request = prepare(program, board, plant)
    CompiledRun(new_controller(request), new_plant(request), presses_of(request.events))


if __name__ == "__main__":
    try:
        _compile(*sys.argv[1:])
    finally:
        _lock().unlink(missing_ok=True)
