"""From what a person typed to a source, or to one line that says what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from host_tools.basics.errors import InputError
from host_tools.catalogue.boards import Board, load_board
from host_tools.catalogue.programs import program_names
from host_tools.flash.contents.packages import cached_package_sources, package_sources
from host_tools.link.console import open_console
from host_tools.live.source import Source
from host_tools.live.sources.port import Port
from host_tools.live.sources.recording import Recording
from host_tools.live.sources.simulated import Simulated
from host_tools.plant.files.spec import plant_names
from soleus.log.folder import SUFFIX

HELLO_MOST_S = 5.0


@dataclass(frozen=True)
class Asked:
    program: str
    target: str
    board: str
    plant: str
    minutes: int | None
    pressure: int | None
    seed: int
    speed: str
    may_steer: bool
    packages: Path | None = None


def source_of(asked: Asked, say: Callable[[str], None]) -> Source:
    if asked.target == "sim":
        return Simulated(
            asked.program,
            asked.board,
            asked.plant,
            minutes=asked.minutes,
            pressure=asked.pressure,
            seed=asked.seed,
            speed=asked.speed,
            say=say,
        )
    if asked.target == "virtual":
        return _virtual(asked, say)
    if asked.target.endswith(SUFFIX):
        return Recording(asked.target, asked.speed)
    return _port(asked)


def beside(asked: Asked, versus: str) -> Asked:
    """The other one of two: another program, another plant, or a recording, and all else the same."""
    if versus.endswith(SUFFIX):
        return replace(asked, target=versus)
    if versus in plant_names() or (versus.endswith(".toml") and _is_a_plant(versus)):
        return replace(asked, plant=versus)
    if versus in program_names() or versus.endswith(".toml"):
        return replace(asked, program=versus)
    expected = f"a program, a plant ({', '.join(plant_names())}) or a recording, NAME{SUFFIX}"
    raise InputError("--versus", "", versus, expected)


def _is_a_plant(path: str) -> bool:
    from host_tools.catalogue.toml_file import read_toml

    table = read_toml(Path(path))
    return "extends" in table or "pump" in table


def _virtual(asked: Asked, say: Callable[[str], None]) -> Source:
    if asked.speed not in ("1", "max"):
        raise InputError("--speed", "", asked.speed, "1 or max, for a virtual board")
    from host_tools.live.sources.virtual_board import VirtualSource

    board = load_board(asked.board)
    packages = _packages(board, asked.packages, say)
    say("starting a virtual board")
    return VirtualSource(
        board,
        asked.plant,
        program=asked.program,
        minutes=asked.minutes,
        pressure=asked.pressure,
        seed=asked.seed,
        is_fast=asked.speed == "max",
        packages=packages,
    )


def _packages(board: Board, folder: Path | None, say: Callable[[str], None]) -> dict[str, Path]:
    """Without the display's package the board still runs, with a dark screen."""
    try:
        return package_sources(board.table, folder)
    except InputError as error:
        if folder:
            raise
        say(f"no display: {error}")
        return cached_package_sources(board.table)


def _port(asked: Asked) -> Source:
    expected = f"sim, virtual, a board's port, or a recording, NAME{SUFFIX}"
    console = open_console(asked.target, "--target", expected)
    try:
        name = console.ask("hello", HELLO_MOST_S)["board"]
        # A person's own board has its file somewhere else.
        board = load_board(asked.board if load_board(asked.board).name == name else name)
        return Port(console, board, asked.may_steer)
    except BaseException:
        console.close()
        raise
