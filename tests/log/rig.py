"""Logs for the tests: of short simulated sessions, made once."""

import functools
import tempfile
from pathlib import Path

from host_tools.catalogue.programs import load_program_table
from host_tools.log.log_file import Log, read_log
from host_tools.log.write import write_session_log
from host_tools.sim.simulate import Session, simulate

BOARD = "esp32-devkit"
PROGRAM = "bedtime"
MINUTES = 10
PAUSED_AT_S = 100


@functools.cache
def simulated(fault: str = "", event: tuple[str, ...] = ()) -> Session:
    faults = [fault] if fault else []
    return simulate(PROGRAM, BOARD, "nominal", minutes=MINUTES, fault=faults, event=event)


@functools.cache
def log_file(fault: str = "", event: tuple[str, ...] = ()) -> Path:
    """A whole session, every tick of it."""
    path = Path(tempfile.mkdtemp(prefix="soleus-log-")) / "session.slog"
    write_session_log(simulated(fault, event), load_program_table(PROGRAM), path)
    return path


@functools.cache
def stopped_log() -> Log:
    """Two minutes with a pause in them."""
    return read_log(log_file("", (f"pause@{PAUSED_AT_S}s", "resume@110s", "stop@120s")))
