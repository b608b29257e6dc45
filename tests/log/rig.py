"""Logs for the tests: of short simulated sessions, made once."""

import functools
from pathlib import Path

from host_tools.log.write import write_session_log
from host_tools.programs import load_program_table
from host_tools.simulate import Session, simulate

BOARD = "esp32-devkit"


@functools.cache
def simulated(minutes: int = 5, fault: tuple[str, ...] = (), event: tuple[str, ...] = ()) -> Session:
    return simulate("office", BOARD, "nominal", minutes=minutes, fault=fault, event=event)


def recorded(folder: Path, session: Session) -> Path:
    path = folder / "session.slog"
    write_session_log(session, load_program_table("office"), path)
    return path
