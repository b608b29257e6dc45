"""Sessions come in from the machine's logs: program, minutes, pressures reached, stops and why."""

import hashlib
import json
from datetime import date
from pathlib import Path

import numpy as np

from host_tools.basics.control_characters import visible
from host_tools.basics.errors import InputError
from host_tools.journal.fields import Row
from host_tools.journal.store import Journal
from host_tools.log.blocks import CHANNELS, COLUMNS, Block
from host_tools.log.log_file import Log, read_log
from host_tools.log.session.calendar import started_at
from host_tools.log.session.parts import WholeSession, whole_session
from host_tools.plant.parts.units import PA_PER_MMHG
from soleus.core.session.session import RUNNING
from soleus.log.folder import SUFFIX
from soleus.log.slog_format import OVERVIEW_SHIFT

# No legs are in a simulator's boots, nor in a virtual board's: this is what they call their port.
WITHOUT_LEGS = ("simulator", "linux", "darwin")


def session_row(path: Path, day: date | None = None) -> Row:
    """With its other parts in the same folder. `day` if a person knows it; else that of the machine, if a
    laptop had told it the time; else that of the file, which is the day on which it was pulled.
    """
    return _row(whole_session(read_log(path)), day)


def _row(whole: WholeSession, day: date | None) -> Row:
    log = whole.first
    if log.header.get("port") in WITHOUT_LEGS:
        raise InputError(
            log.path, "port", log.header["port"], "a log of a machine; no legs were in these boots"
        )
    started = started_at(log)
    day = day or (started.date() if started else None)
    reached = _highest([_reached_mmhg(part) for part in whole.parts])
    program = log.header.get("program") or {}
    return {
        "session": _identity(log),
        "day": str(day or date.fromtimestamp(log.path.stat().st_mtime)),
        "is_day_known": int(day is not None),
        "program": visible(str(program.get("id", ""))) or None,
        "board": visible(str(log.header.get("board", ""))) or None,
        "minutes": round(sum(_minutes(part) for part in whole.parts), 2),
        "asked_minutes": log.header.get("minutes"),
        "asked_mmhg": log.header.get("pressure_mmhg"),
        "reached_mmhg": max(reached.values(), default=None),
        "reached_by_chamber": json.dumps(reached),
        "ended_by": visible(str((whole.last.end or {}).get("fault_name", whole.last.ended_by))),
        "log_name": whole.name,
        "log_bytes": sum(part.whole_bytes for part in whole.parts),
    }


def import_logs(journal: Journal, place: Path, day: date | None = None) -> tuple[int, list[str]]:
    """How many sessions are new, and which files of a folder hold none, in a line each."""
    if not place.is_dir():
        return int(_take_in(journal, place, day)), []
    return import_each(journal, sorted(place.glob(f"*{SUFFIX}")), day)


def import_each(journal: Journal, logs: list[Path], day: date | None = None) -> tuple[int, list[str]]:
    new, passed_over = 0, []
    for path in logs:
        try:
            new += _take_in(journal, path, day)
        except InputError as error:
            passed_over.append(str(error))
    return new, passed_over


def _take_in(journal: Journal, path: Path, day: date | None) -> bool:
    whole = whole_session(read_log(path))
    is_new = journal.add_session(_row(whole, day))
    for part in whole.parts[1:]:
        # It may have come in before the first part was here.
        journal.delete("sessions", "session", _identity(part))
    return is_new


def _identity(log: Log) -> str:
    """Header and first rows tell a session from every other, and are there however early the log was torn."""
    found = hashlib.sha256(json.dumps(log.header, sort_keys=True).encode())
    for block in (log.overview or log.blocks)[:1]:
        found.update(block.ticks.tobytes())
    return found.hexdigest()


def _minutes(log: Log) -> float:
    if log.end and "run_ms" in log.end:
        return round(log.end["run_ms"] / 60_000, 2)
    running_ms = sum(_running(block)[:, 0].sum() for block in log.overview or log.blocks)
    return round(float(running_ms) / 60_000, 2)


def _highest(parts: list[dict[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: max(part[name] for part in parts if name in part) for name in names}


def _reached_mmhg(log: Log) -> dict[str, float]:
    """The highest pressure of each chamber while the session ran; the overview knows it from end to end."""
    blocks, shift = (log.overview, OVERVIEW_SHIFT) if log.overview else (log.blocks, 0)
    if not blocks:
        return {}
    # In the ring stand readings as they were, with the sensor's own zero in them.
    zero = 0 if log.overview else _chambers(log, blocks[0].ticks)[0]
    rows = [_chambers(log, _running(block)) - zero for block in blocks]
    together = np.concatenate(rows) << shift
    if not len(together):
        return {}
    most = together.max(axis=0) / PA_PER_MMHG
    return {name: round(float(value), 1) for name, value in zip(log.boots.names, most, strict=True)}


def _chambers(log: Log, ticks: np.ndarray) -> np.ndarray:
    return ticks[:, CHANNELS : CHANNELS + log.boots.count]


def _running(block: Block) -> np.ndarray:
    return block.ticks[block.ticks[:, COLUMNS.index("state")] == RUNNING]
