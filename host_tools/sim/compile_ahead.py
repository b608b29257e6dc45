"""Compiles a session's loop in a process of its own, while a person looks at the session that ran without.

`python -m host_tools.sim.compile_ahead PROGRAM BOARD PLANT`; nobody waits for it, and it says nothing.
"""

import os
import subprocess
import sys
from contextlib import suppress

from host_tools.basics.cache_folder import cache_folder
from host_tools.basics.file_lock import take
from host_tools.sim.request import new_controller, new_plant, prepare
from host_tools.sim.run_compiled import CompiledRun
from host_tools.sim.user_events import presses_of

NICENESS = 10


def compile_in_background(program: str, board: str, plant: str) -> None:
    """One such process at a time: it takes half a minute of one processor core."""
    lock = take(cache_folder() / "compiling.lock")
    if lock is None:
        return
    arguments = [sys.executable, "-P", "-m", __name__, program, board, plant]
    nowhere = subprocess.DEVNULL
    # The process inherits the lock, and keeps it until its own end.
    with lock, suppress(OSError):
        subprocess.Popen(
            arguments,
            stdin=nowhere,
            stdout=nowhere,
            stderr=nowhere,
            start_new_session=True,
            pass_fds=[lock.fileno()],
        )


def _compile(program: str, board: str, plant: str) -> None:
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    request = prepare(program, board, plant)
    CompiledRun(new_controller(request), new_plant(request), presses_of(request.events))


if __name__ == "__main__":
    _compile(*sys.argv[1:])
