"""Counts a tick's instructions on MicroPython's unix port, tick by tick and part by part.

Valgrind writes down what it has counted at each call of a marker, function by function, so the collector and
the allocator can be left out: a tick allocates nothing that stays, and on a chip they cost something else.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from host_tools.basics.errors import InputError
from host_tools.benchmark.step.cost import PROGRAM, UNIX_PORT
from host_tools.catalogue.boards import Board
from host_tools.flash.contents.application import application_files
from host_tools.sim.simulate import simulate
from host_tools.sim.trace import Trace
from soleus.core.program.table import read_program
from soleus.core.regulate.regulation import FILL
from soleus.drivers.sensing.calibration import Line
from soleus.drivers.sensing.parts import COUNTS_AT_ZERO, COUNTS_SPAN, output_permille

HERE = Path(__file__).parent
SCRIPTS = ("on_board.py", "stand_ins.py")
PARTS = ("sensors", "buttons", "core", "outputs", "recorder")
# Between two markers with nothing between them, before each tick's parts.
MARKS_A_TICK = len(PARTS) + 2
IDLE_FROM, IDLE_TICKS = 300, 30
MIDDLE_TICKS = 30
# Of the second cycle: valves move, rows of the overview are written, and blocks of the ring are opened.
CYCLE_TICKS = 1000
MARKER = "mp_os_errno"
ALLOCATOR_FILE = "gc.c"
# A line with a cost begins with a line number, or how far it is from the last one.
COST_LINE = tuple("0123456789+-*")


@dataclass(frozen=True)
class Moment:
    """Instructions of one tick: each part's, and the whole."""

    parts: dict[str, int]
    whole: int

    @property
    def rest(self) -> int:
        """Clock, watchdog, and one part after the other."""
        return self.whole - sum(self.parts.values())


@dataclass(frozen=True)
class TickCount:
    board: Board
    idle: Moment
    middle: Moment
    p99: int
    busiest: int


def tick_count(board: Board) -> TickCount:
    if not shutil.which("valgrind"):
        raise InputError("valgrind", "", None, "Debian's valgrind installed: it counts the instructions")
    trace = simulate(read_program(PROGRAM), board).trace
    with tempfile.TemporaryDirectory(prefix="soleus-tick-") as name:
        folder = Path(name)
        _lay_out(folder, board, trace)
        _refuse_other_commands(folder, trace)
        begin = _second_cycle(trace)[0]
        whole = _wholes(folder, begin, begin + CYCLE_TICKS, "whole")
        middle = _middle_of_a_fill(trace)
        in_middle = whole[middle - begin : middle - begin + MIDDLE_TICKS]
        idle = _wholes(folder, IDLE_FROM, IDLE_FROM + IDLE_TICKS, "idle")
        return TickCount(
            board=board,
            idle=_moment(idle, _part_costs(folder, IDLE_FROM, IDLE_FROM + IDLE_TICKS, "idle-parts")),
            middle=_moment(in_middle, _part_costs(folder, middle, middle + MIDDLE_TICKS, "parts")),
            p99=int(np.percentile(whole, 99)),
            busiest=int(whole.max()),
        )


def _lay_out(folder: Path, board: Board, trace: Trace) -> None:
    # A display has no part in the tick, and its driver is somebody else's.
    plain = replace(board, table={key: value for key, value in board.table.items() if key != "display"})
    for name, content in application_files(plain, {}).items():
        file = folder / "app" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    for name in SCRIPTS:
        shutil.copy(HERE / name, folder)
    rows = _rows(board, trace)
    (folder / "ticks.bin").write_bytes(rows.tobytes())
    sensors = board.table["sensors"]
    session = {
        "program": PROGRAM,
        "width": rows.shape[1],
        "sensor_pins": sensors["pins"] if sensors["driver"] == "adc" else [],
        "supply_pin": board.table["battery"]["pin"] if "battery" in board.table else None,
    }
    (folder / "session.json").write_text(json.dumps(session))


def _rows(board: Board, trace: Trace) -> np.ndarray:
    """For each tick: the battery's microvolts (millivolts where none is measured), the buttons, and what each
    sensor puts on its wire."""
    sensors = board.table["sensors"]
    pa = trace.reading_pa
    if board.boots.has_manifold_sensor_only:
        pa = trace.manifold_reading_pa[:, np.newaxis]
    elif board.boots.has_manifold_sensor_too:
        pa = np.column_stack([pa, trace.manifold_reading_pa])
    raw = _microvolts(sensors, pa) if sensors["driver"] == "adc" else _counts(sensors, pa)
    supply = trace.supply_mv
    if "battery" in board.table:
        divider = board.table["battery"]
        share = divider["bottom_ohm"] / (divider["top_ohm"] + divider["bottom_ohm"])
        supply = np.rint(supply * (1000 * share))
    return np.column_stack([supply, trace.buttons, raw]).astype("<i4")


def _microvolts(sensors: dict[str, Any], pa: np.ndarray) -> np.ndarray:
    """What the driver takes for exactly these pascals, by its own line."""
    zero_permille, full_permille = output_permille(sensors["part"])
    low_uv, high_uv = (sensors["supply_mv"] * permille for permille in (zero_permille, full_permille))
    line = Line(low_uv, 0, high_uv, int(sensors["range_kpa"] * 1000))
    zero_uv, shift, slope, fraction_bits = line.numbers
    return zero_uv + (-((-pa.astype(np.int64) << fraction_bits) // slope) << shift)


def _counts(sensors: dict[str, Any], pa: np.ndarray) -> np.ndarray:
    """What the driver takes for exactly these pascals, by its own line. It reads the first two bytes."""
    low_count = COUNTS_AT_ZERO >> 6
    line = Line(low_count, 0, low_count + (COUNTS_SPAN >> 6), int(sensors["range_kpa"] * 1000))
    zero_count, _, slope, fraction_bits = line.numbers
    counts = zero_count - (-(pa.astype(np.int64) << fraction_bits) // slope)
    return (counts + 3 >> 2) << 8


def _second_cycle(trace: Trace) -> tuple[int, int]:
    ticks = np.flatnonzero(trace.cycle == 1)
    return int(ticks[0]), int(ticks[-1]) + 1


def _middle_of_a_fill(trace: Trace) -> int:
    """A second into a fill of the second cycle."""
    fills = np.flatnonzero((trace.phase == FILL).any(axis=1) & (trace.cycle == 1))
    return int(fills[0]) + 100


def _refuse_other_commands(folder: Path, trace: Trace) -> None:
    """The application must do in every tick what the simulated session did: else something else counts."""
    last = _second_cycle(trace)[1]
    _run(folder, [], 0, last, "commands")
    commands = np.fromfile(folder / "commands.bin", "<i4").reshape(last, 3)
    simulated = np.column_stack([trace.fill_bits, trace.seal_bits, trace.pump_permille])[:last]
    different = np.flatnonzero((commands != simulated).any(axis=1))
    if len(different):
        tick = int(different[0])
        expected = f"{simulated[tick].tolist()}, as in the simulated session"
        raise InputError(folder, f"tick {tick}", commands[tick].tolist(), expected)


def _moment(whole: np.ndarray, parts: np.ndarray) -> Moment:
    middle = np.median(parts, axis=0).astype(int).tolist()
    return Moment(dict(zip(PARTS, middle, strict=True)), int(np.median(whole)))


def _wholes(folder: Path, begin: int, end: int, what: str) -> np.ndarray:
    return _marked(folder, begin, end, what).reshape(-1, 2)[:, 1]


def _part_costs(folder: Path, begin: int, end: int, what: str) -> np.ndarray:
    marks = _marked(folder, begin, end, what).reshape(-1, MARKS_A_TICK)
    # The first stretch is what comes between two ticks, the second nothing but two markers.
    return marks[:, 2:] - marks[:, 1:2]


def _marked(folder: Path, begin: int, end: int, what: str) -> np.ndarray:
    """Instructions before each marker, since the one before it."""
    counts = folder / "counts"
    counts.mkdir()
    options = ["--dump-line=no", f"--dump-before={MARKER}", f"--callgrind-out-file={counts}/out"]
    _run(folder, ["valgrind", "--tool=callgrind", *options], begin, end, what)
    # A file without a number has what comes after the last marker.
    files = sorted(counts.glob("out.*"), key=lambda file: int(file.suffix[1:]))
    found = [sum(_own_costs(file)) for file in files]
    shutil.rmtree(counts)
    return np.array(found)


def _own_costs(file: Path) -> Iterator[int]:
    """Each function's own instructions, but for the allocator's.

    A line `calls=` says that the next one has the cost of what was called, which stands there, too.
    """
    names: dict[str, str] = {}
    is_counted = True
    is_of_call = False
    for line in file.read_text().splitlines():
        if line.startswith(("fl=", "fi=", "fe=")):
            number, _, name = line[3:].partition(" ")
            is_counted = not names.setdefault(number, name).endswith(ALLOCATOR_FILE)
        elif line.startswith(("cfi=", "cfl=")):
            number, _, name = line[4:].partition(" ")
            names.setdefault(number, name)
        elif line.startswith("calls="):
            is_of_call = True
        elif line[:1] in COST_LINE:
            if is_counted and not is_of_call:
                yield int(line.split()[1])
            is_of_call = False


def _run(folder: Path, before: list[str], first: int, last: int, what: str) -> None:
    shutil.rmtree(folder / "data", ignore_errors=True)
    port = [sys.executable, "-c", UNIX_PORT, "-X", "heapsize=32M", SCRIPTS[0]]
    subprocess.run(
        [*before, *port, str(first), str(last), what],
        cwd=folder,
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
