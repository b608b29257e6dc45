"""What is to be simulated: read, checked and tried on the core before anything is compiled.

A refusal must not take long, so nothing here may import Numba or SciPy; a test in
tests/host/test_cli_start.py holds that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.basics.expectation import from_core
from host_tools.basics.times import time_ms
from host_tools.catalogue.boards import Board, load_board
from host_tools.catalogue.programs import load_program
from host_tools.plant.faults import Fault, parse_fault
from host_tools.plant.files.draw import draw_plant
from host_tools.plant.files.on_board import has_bus, on_board
from host_tools.plant.files.spec import PlantSpec, load_plant
from host_tools.plant.plant import Plant
from host_tools.sim.user_events import Event, parse_event, refuse_beyond_the_end
from soleus.core.basics.errors import SettingError
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.core.program.program import Program


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
    # The simulation ends at this time; None: when the session ends.
    until_ms: int | None = None


def prepare(
    program: str | Path | Program,
    board: str | Path | Board,
    plant: str | Path | PlantSpec,
    minutes: int | None = None,
    pressure: int | None = None,
    fault: Sequence[str] = (),
    event: Sequence[str] = (),
    seed: int = 0,
    until: str | None = None,
) -> Request:
    """Load everything and let the controller check it; `InputError` says what can't be used."""
    the_program = program if isinstance(program, Program) else load_program(program)
    the_board = board if isinstance(board, Board) else load_board(board)
    asked = plant if isinstance(plant, PlantSpec) else load_plant(plant)
    spec = on_board(asked, the_board.table)
    events = [parse_event(text) for text in event]
    faults = [parse_fault(text, the_board.boots, has_bus(the_board.table)) for text in fault]
    until_ms = None if until is None else _until_ms(until)
    controller = Controller(the_board.boots)
    ranges = (
        ("--minutes", minutes, the_program.minutes),
        ("--pressure", pressure, the_program.pressure_mmhg),
    )
    for key, value, span in ranges:
        if value is not None and value < 1:
            raise InputError(key, "", value, f"a whole number from {span.least} to {span.most}")
    try:
        make_ready(controller, the_program, minutes or 0, pressure or 0)
    except SettingError as error:
        blamed = _blamed(error, program if isinstance(program, str | Path) else program.id, the_board)
        raise InputError(blamed, error.key, error.value, from_core(error.expected)) from error
    refuse_beyond_the_end(events, controller.session.duration_ms)
    request = Request(
        program=the_program,
        board=the_board,
        plant_name=spec.about if isinstance(plant, PlantSpec) else str(plant),
        plant=spec,
        minutes=controller.session.duration_ms // 60_000,
        pressure_mmhg=pressure or the_program.pressure_mmhg.start,
        faults=faults,
        events=events,
        seed=seed,
        until_ms=until_ms,
    )
    # The plant may refuse as well: too many faults, or hoses crossed in an impossible way.
    new_plant(request)
    return request


def new_controller(request: Request) -> Controller:
    """The core with the program loaded, before its first tick."""
    controller = Controller(request.board.boots)
    make_ready(controller, request.program, request.minutes, request.pressure_mmhg)
    return controller


def new_plant(request: Request) -> Plant:
    """The plant as the seed draws it, with its faults planned."""
    plant = draw_plant(request.plant, request.board.boots, request.seed)
    for fault in request.faults:
        plant.set_fault(fault)
    return plant


def _until_ms(text: str) -> int:
    until_ms = time_ms("--until", "", text)
    if until_ms <= 0:
        raise InputError("--until", "", text, "a time after the start, such as 60s, 12.5s or 5min")
    return until_ms


def _blamed(error: SettingError, program_name: str | Path, board: Board) -> str:
    """Which input a refusal is about: an option, or the program on this board."""
    if error.key == "minutes":
        return "--minutes"
    if error.key == "pressure_mmhg":
        return "--pressure"
    return f"{program_name} on {board.name}"
