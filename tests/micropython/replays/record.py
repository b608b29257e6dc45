"""Recorded sessions: readings and commands at each tick on CPython, for a MicroPython to repeat."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

REPLAY_SCRIPT = Path(__file__).with_name("replay_core.py")

# Every value must be a small integer on the chip.
VALUE_LIMIT = 2**30


def columns(chamber_count: int) -> list[str]:
    """The columns of `ticks.bin`, each a little-endian 32-bit integer: what went in, then what came out."""
    read = ["dt_ms", "buttons", "missing_bits", "manifold_pa", "supply_mv"]
    chambers = [f"chamber_pa[{index}]" for index in range(chamber_count)]
    commanded = ["fill_bits", "seal_bits", "pump_permille", "gate_on", "state", "fault_code"]
    return read + chambers + commanded


def write_session(
    folder: Path,
    boots_table: Mapping[str, Any],
    program_table: Mapping[str, Any],
    minutes: int,
    pressure_mmhg: int,
    rows: np.ndarray,
    check: str = "",
) -> None:
    """Write `session.json` and `ticks.bin` into `folder`; a row is a tick, in the order of `columns`.

    `check` is the module of the check fill that takes the place of a bench's service.
    """
    names = columns(int(boots_table["legs"]) * len(boots_table["chambers"]))
    if rows.ndim != 2 or rows.shape[1] != len(names):
        raise ValueError(f"rows have the shape {rows.shape}; these boots need {len(names)} columns")
    if not np.issubdtype(rows.dtype, np.integer):
        raise ValueError(f"rows are {rows.dtype}; the core takes integers only")
    if rows.size and np.abs(rows).max() >= VALUE_LIMIT:
        raise ValueError("a value of 2**30 or more: the chip would allocate for it")
    session = {
        "boots": boots_table,
        "program": program_table,
        "minutes": minutes,
        "pressure_mmhg": pressure_mmhg,
        "check": check,
        "ticks": len(rows),
        "columns": names,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "session.json").write_text(json.dumps(session))
    (folder / "ticks.bin").write_bytes(rows.astype("<i4").tobytes())


def replay_session(run: Callable[..., str], folder: Path, **options: Any) -> dict[str, Any]:
    """Repeat the session of `folder` in an interpreter: `run` is `run_unix` or `run_wasm`.

    Gives the interpreter's `ticks`, `port`, `version` and `maxsize`; a difference raises `ScriptError`.
    """
    files = {name: (folder / name).read_bytes() for name in ("session.json", "ticks.bin")}
    result: dict[str, Any] = json.loads(run(REPLAY_SCRIPT, files=files, **options))
    return result
