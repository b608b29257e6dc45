"""One simulated session: a program, a board and a plant in; the whole trace out."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from host_tools.basics.errors import InputError
from host_tools.library.boards import Board, load_board
from host_tools.library.programs import load_program
from host_tools.plant.faults import Fault, parse_fault
from host_tools.plant.files.draw import draw_plant
from host_tools.plant.files.spec import PlantSpec, load_plant
from host_tools.plant.plant import Plant
from host_tools.sim.compiled import Frozen, freeze, thaw
from host_tools.sim.loop import ENDED, Acts, run_ticks
from host_tools.sim.recording import CHUNK_TICKS, Recorder, joined
from host_tools.sim.trace import Note, Trace
from host_tools.sim.user_events import Event, acts_of, parse_event
from soleus.core.basics import fault_table
from soleus.core.basics.errors import SettingError
from soleus.core.basics.limits import PAUSE_MOST_MS, SESSION_CAP_MS
from soleus.core.controller import Controller
from soleus.core.program.program import Program
from soleus.core.session.session import STATE_NAMES

# No session is longer than this, whatever happens in it: cap, one forgotten pause, check and vent.
RUN_MOST_TICKS = (SESSION_CAP_MS + PAUSE_MOST_MS + 120_000) // 10

Progress = Callable[[float, float], None]
Sink = Callable[[dict[str, np.ndarray]], None]


@dataclass(frozen=True)
class Request:
    """What is to be simulated, loaded and found usable."""

    program: Program
    board: Board
    plant_name: str
    plant: PlantSpec
    minutes: int
    pressure_mmhg: int
    faults: list[Fault]
    events: list[Event]
    seed: int


@dataclass(frozen=True)
class Session:
    """What happened, and the machine and the plant as they ended."""

    request: Request
    trace: Trace
    controller: Controller
    plant: Plant
    wall_s: float
    was_interrupted: bool


def simulate(
    program: str | Path | Program = "easy-run",
    board: str | Path | Board = "esp32-s3-duo",
    plant: str | Path | PlantSpec = "nominal",
    *,
    minutes: int | None = None,
    pressure: int | None = None,
    fault: Sequence[str] = (),
    event: Sequence[str] = (),
    seed: int = 0,
) -> Session:
    """Run a session to its end; the arguments are those of the command line."""
    return run(prepare(program, board, plant, minutes, pressure, fault, event, seed))


def prepare(
    program: str | Path | Program,
    board: str | Path | Board,
    plant: str | Path | PlantSpec,
    minutes: int | None = None,
    pressure: int | None = None,
    fault: Sequence[str] = (),
    event: Sequence[str] = (),
    seed: int = 0,
) -> Request:
    """Load everything and try it on the controller; `InputError` says what can't be used."""
    the_program = program if isinstance(program, Program) else load_program(program)
    the_board = board if isinstance(board, Board) else load_board(board)
    spec = plant if isinstance(plant, PlantSpec) else load_plant(plant)
    events = [parse_event(text) for text in event]
    faults = [parse_fault(text, the_board.boots) for text in fault]
    controller = Controller(the_board.boots)
    ranges = (
        ("--minutes", minutes, the_program.minutes),
        ("--pressure", pressure, the_program.pressure_mmhg),
    )
    for key, value, span in ranges:
        if value is not None and value < 1:
            raise InputError(key, "", value, f"a whole number from {span.least} to {span.most}")
    try:
        controller.load(the_program, minutes or 0, pressure or 0)
    except SettingError as error:
        blamed = _blamed(error, program if isinstance(program, str | Path) else program.id, the_board)
        raise InputError(blamed, error.key, error.value, error.expected) from error
    return Request(
        program=the_program,
        board=the_board,
        plant_name=spec.about if isinstance(plant, PlantSpec) else str(plant),
        plant=spec,
        minutes=controller.session.duration_ms // 60_000,
        pressure_mmhg=pressure or the_program.pressure_mmhg.start,
        faults=faults,
        events=events,
        seed=seed,
    )


def run(request: Request, on_progress: Progress | None = None, sink: Sink | None = None) -> Session:
    """`sink` gets each chunk of rows as it comes; Ctrl-C keeps what there is."""
    controller = Controller(request.board.boots)
    controller.load(request.program, request.minutes, request.pressure_mmhg)
    plant = draw_plant(request.plant, request.board.boots, request.seed)
    for fault in request.faults:
        plant.set_fault(fault)
    frozen = _Frozen.of(controller, plant, acts_of(request.events))
    # No tick at all: the first call may have to compile, and that isn't the simulation's time.
    frozen.advance(0)
    started = time.perf_counter()
    chunks, was_interrupted = _run(frozen, request, on_progress, sink)
    frozen.thaw(controller, plant)
    trace = _with_notes(joined(request.board.boots.names, chunks), request)
    return Session(request, trace, controller, plant, time.perf_counter() - started, was_interrupted)


class _Frozen(NamedTuple):
    """The machine, the boots, the person and the recorder, compiled."""

    controller: Frozen
    plant: Frozen
    acts: Frozen
    recorder: Frozen
    rows: Recorder

    @staticmethod
    def of(controller: Controller, plant: Plant, acts: Acts) -> "_Frozen":
        rows = Recorder(controller.boots.count)
        return _Frozen(freeze(controller), freeze(plant), freeze(acts), freeze(rows), rows)

    def advance(self, ticks_count: int) -> int:
        return run_ticks(self.controller, self.plant, self.acts, self.recorder, ticks_count)

    def new_columns(self) -> dict[str, np.ndarray]:
        thaw(self.recorder, self.rows)
        return self.rows.columns(self.rows.ticks_count)

    def thaw(self, controller: Controller, plant: Plant) -> None:
        thaw(self.controller, controller)
        thaw(self.plant, plant)


def _blamed(error: SettingError, program_name: str | Path, board: Board) -> str:
    """Which input a refusal is about: an option of the person's, or the program on this board."""
    if error.key == "minutes":
        return "--minutes"
    if error.key == "pressure_mmhg":
        return "--pressure"
    return f"{program_name} on {board.name}"


def _run(
    frozen: _Frozen, request: Request, on_progress: Progress | None, sink: Sink | None
) -> tuple[list[dict[str, np.ndarray]], bool]:
    chunks: list[dict[str, np.ndarray]] = []
    try:
        for _ in range(-(-RUN_MOST_TICKS // CHUNK_TICKS)):
            state = frozen.advance(CHUNK_TICKS)
            columns = frozen.new_columns()
            chunks.append(columns)
            if sink:
                sink(columns)
            if on_progress:
                on_progress(float(columns["time_ms"][-1]) / 1000, request.minutes * 60.0)
            if state == ENDED:
                break
    except KeyboardInterrupt:
        if not chunks:
            raise
        return chunks, True
    return chunks, False


def _with_notes(trace: Trace, request: Request) -> Trace:
    end_s = float(trace.time_s[-1])
    notes = [Note(event.at_ms / 1000, "event", event.text) for event in request.events]
    notes += [Note(fault.start_ms / 1000, "injected", fault.text) for fault in request.faults]
    notes = [note for note in notes if note.at_s <= end_s]
    changes = np.flatnonzero(np.diff(trace.state, prepend=-1))
    notes += [Note(float(trace.time_s[k]), "state", STATE_NAMES[trace.state[k]]) for k in changes]
    tripped = np.flatnonzero(trace.fault_code)
    if len(tripped):
        code, name, *_ = fault_table.TABLE[trace.fault_code[tripped[0]]]
        notes.append(Note(float(trace.time_s[tripped[0]]), "fault", f"{code} {name}"))
    trace.notes.extend(sorted(notes, key=lambda note: note.at_s))
    return trace
