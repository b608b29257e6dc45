"""What one `step()` of the core costs a chip: instructions and heap, on the real MicroPython.

Valgrind counts instructions, so the figure is the same on every run. The interpreter's start and the reading
of the ticks are counted in a run without the core, and taken off.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from host_tools.basics.errors import InputError
from host_tools.benchmark.speed.session import boots_of
from host_tools.catalogue.boards import Board
from host_tools.flash.compile.bundles import core_bytecode
from host_tools.sim.simulate import simulate
from host_tools.sim.trace import Trace
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.core.program.table import read_program
from soleus.core.regulate.regulation import FILL

SCRIPT = Path(__file__).with_name("on_board.py")
PROGRAM = {
    "id": "cost",
    "minutes": 5,
    "pressure_mmhg": 60,
    "blocks": [{"pattern": "sequential", "hold_s": 2}],
}
SIZES = ((1, 1), (1, 2), (1, 4), (1, 8), (2, 5), (2, 8))
MIDDLE_TICKS = 100
# The busiest tick is looked for in these: soft start, release and the second cycle.
LOOKED_AT_TICKS = 9000
# A call costs MicroPython as much as so many lines of the core.
LINES_OF_A_CALL = 9
# The unix port's words are twice as wide as a chip's.
WORDS_RATIO = 2
COLLECTED = re.compile(r"Collected : (\d+)")
UNIX_PORT = "import sys, micropython_unix; sys.exit(micropython_unix.main())"


@dataclass(frozen=True)
class StepCost:
    size: str
    middle_instructions: int
    worst_instructions: int
    import_bytes: int
    whole_bytes: int


def step_costs() -> list[StepCost]:
    if not shutil.which("valgrind"):
        raise InputError("valgrind", "", None, "Debian's valgrind installed: it counts the instructions")
    return [_cost(legs, chambers) for legs, chambers in SIZES]


def _cost(legs: int, chambers: int) -> StepCost:
    board = boots_of(legs, chambers)
    trace = simulate(read_program(PROGRAM), board).trace
    with tempfile.TemporaryDirectory(prefix="soleus-cost-") as name:
        folder = Path(name)
        _lay_out(folder, board, trace)
        begin = _middle_of_a_fill(trace)
        middle = _steps(folder, begin, begin + MIDDLE_TICKS) // MIDDLE_TICKS
        worst = max(_steps(folder, tick, tick + 1) for tick in _busiest_ticks(board, trace))
        heap = json.loads(_run(folder, 0, "heap", []))
        return StepCost(
            size=f"{legs} x {chambers}",
            middle_instructions=middle,
            worst_instructions=worst,
            import_bytes=heap["import"] // WORDS_RATIO,
            whole_bytes=heap["whole"] // WORDS_RATIO,
        )


def _lay_out(folder: Path, board: Board, trace: Trace) -> None:
    before = (trace.dt_ms, trace.buttons, trace.missing_bits, trace.manifold_reading_pa, trace.supply_mv)
    rows = np.column_stack([*before, trace.reading_pa]).astype("<i4")
    (folder / "ticks.bin").write_bytes(rows.tobytes())
    session = {"boots": board.table["boots"], "program": PROGRAM, "width": rows.shape[1]}
    (folder / "session.json").write_text(json.dumps(session))
    for name, content in core_bytecode().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    shutil.copy(SCRIPT, folder)


def _middle_of_a_fill(trace: Trace) -> int:
    """A second into a fill of the second cycle."""
    fills = np.flatnonzero((trace.phase == FILL).any(axis=1) & (trace.cycle == 1))
    return int(fills[0]) + 100


def _busiest_ticks(board: Board, trace: Trace) -> set[int]:
    """The ticks in which the core does most, as counted in plain Python: the same on every interpreter.

    One has the most lines, the other the most when a call counts for several lines. Only the count of
    instructions tells which of the two is busier.
    """
    controller = Controller(board.boots)
    make_ready(controller, read_program(PROGRAM), 0, 0)
    counter = _Counter()
    work = []
    for tick in range(min(LOOKED_AT_TICKS, len(trace))):
        _feed(controller, trace, tick)
        work.append(counter.of_step(controller, int(trace.dt_ms[tick])))
    lines, calls = np.array(work).T
    return {int(np.argmax(lines)), int(np.argmax(lines + LINES_OF_A_CALL * calls))}


def _feed(controller: Controller, trace: Trace, tick: int) -> None:
    readings = controller.readings
    readings.buttons = int(trace.buttons[tick])
    readings.missing_bits = int(trace.missing_bits[tick])
    readings.manifold_pa = int(trace.manifold_reading_pa[tick])
    readings.supply_mv = int(trace.supply_mv[tick])
    readings.chamber_pa[:] = [int(value) for value in trace.reading_pa[tick]]


class _Counter:
    def __init__(self) -> None:
        self._lines = 0
        self._calls = 0

    def of_step(self, controller: Controller, dt_ms: int) -> tuple[int, int]:
        self._lines = self._calls = 0
        sys.settrace(self._trace)
        try:
            controller.step(controller.readings, dt_ms)
        finally:
            sys.settrace(None)
        return self._lines, self._calls

    def _trace(self, _frame: FrameType, event: str, _arg: Any) -> Any:
        self._lines += event == "line"
        self._calls += event == "call"
        return self._trace


def _steps(folder: Path, begin: int, end: int) -> int:
    """Instructions of the core alone, from one tick to another."""
    with_core = _instructions(folder, end, "step") - _instructions(folder, begin, "step")
    without = _instructions(folder, end, "feed") - _instructions(folder, begin, "feed")
    return with_core - without


def _instructions(folder: Path, last_tick: int, what: str) -> int:
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    found = COLLECTED.search(_run(folder, last_tick, what, valgrind))
    assert found
    return int(found[1])


def _run(folder: Path, last_tick: int, what: str, before: list[str]) -> str:
    port = [sys.executable, "-c", UNIX_PORT, "-X", "heapsize=4M", SCRIPT.name]
    run = subprocess.run(
        [*before, *port, "session.json", str(last_tick), what],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    return run.stdout + run.stderr
