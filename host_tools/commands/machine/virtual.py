"""`soleus virtual`: a board without hardware, for mpremote, for the bench, for people who write firmware."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.basics.errors import InputError
from host_tools.catalogue.boards import Board, load_board
from host_tools.catalogue.chips import Chip, load_chip
from host_tools.flash.contents.packages import cached_package_sources, package_sources
from host_tools.plant.files.spec import load_plant
from host_tools.virtual.board import PERSONS_PATIENCE_S, VirtualBoard
from host_tools.virtual.install import install
from host_tools.virtual.journal import PERSONS_MOMENTS

HELP = """\
power off | power on | brown-out | reset | hang | kill    what can happen to it
unplug | plug                                             its USB line
break PART:MODE                                           such as valve.left.foot.vent:stuck
press start_stop|softer|louder|stop [SECONDS]             its buttons
display FILE.png | state | quit"""


def virtual(
    board: Annotated[str, typer.Option(help="A board's name, or the path of a board file.")] = DEFAULT_BOARD,
    plant: Annotated[str, typer.Option(help="A plant's name or TOML file.")] = DEFAULT_PLANT,
    seed: Annotated[int, typer.Option(help="Draws the plant from its ranges.", min=0)] = 0,
    flash: Annotated[
        Path | None, typer.Option(help="The file that is its flash; else one that is kept for this board.")
    ] = None,
    packages: Annotated[
        Path | None, typer.Option(help="A folder with micropython-lib packages, for use without a net.")
    ] = None,
    chip: Annotated[
        str, typer.Option(help="A chip file, or a chip's name: what work costs; else the board's own chip.")
    ] = "",
    empty: Annotated[bool, typer.Option("--empty", help="Start without any file of Soleus on it.")] = False,
    fast: Annotated[bool, typer.Option("--fast", help="As fast as this computer can.")] = False,
) -> None:
    """Run a virtual board: real MicroPython on a pseudo-terminal, simulated boots on its pins."""
    its_board = load_board(board)
    if its_board.is_sketch:
        raise InputError(its_board.file, "valves", None, "a board with its wiring")
    its_chip = _chip(chip or its_board.chip, its_board)
    file = flash or Path(platformdirs.user_data_dir("soleus")) / "virtual" / f"{its_board.name}.img"
    if not empty:
        install(its_board, file, _packages(its_board, packages))
    spec = load_plant(plant)
    machine = VirtualBoard(
        its_board,
        file,
        plant=spec,
        seed=seed,
        has_own_time=True,
        is_real_time=not fast,
        chip=its_chip,
        patience_s=PERSONS_PATIENCE_S,
        on_late=_say_late,
        moments_most=PERSONS_MOMENTS,
    )
    with machine:
        print(f"port {machine.port}", flush=True)
        print(f"flash {file}", flush=True)
        print("`help` lists what can happen to it; Ctrl-C or `quit` ends it", flush=True)
        _obey(machine)


def _say_late(seconds: float) -> None:
    words = (
        f"this computer was late; the board's time waited {seconds:.1f} s for it, and nothing on it was late"
    )
    print(f"soleus: {words}", file=sys.stderr, flush=True)


def _chip(name: str, board: Board) -> Chip:
    chip = load_chip(name)
    if chip.kind != board.chip:
        raise InputError(chip.file, "chip", chip.kind, f"{board.chip}, as {board.file} says")
    return chip


def _packages(board: Board, folder: Path | None) -> dict[str, Path]:
    """Without the display's package the board still runs; but a folder that a person names must have it."""
    try:
        return package_sources(board.table, folder)
    except InputError as error:
        if folder:
            raise
        sys.stderr.write(f"soleus: no display: {error}\n")
        return cached_package_sources(board.table)


def _obey(machine: VirtualBoard) -> None:
    for line in sys.stdin:
        words = _words(line)
        if words in (["quit"], ["exit"]):
            return
        if words:
            print(answer(machine, words), flush=True)
    # Standard input has ended: the board lives until its process is ended.
    machine.wait_until(lambda _: False, timeout_s=float("inf"))


def _words(line: str) -> list[str]:
    """An open quotation mark is no reason to end a session."""
    try:
        return shlex.split(line)
    except ValueError:
        return line.split()


def answer(machine: VirtualBoard, words: list[str]) -> str:
    """What a person's line did to the board, or what is wrong with the line: the board lives on."""
    commands: dict[tuple[str, ...], Callable[[], None]] = {
        ("power", "off"): machine.power_off,
        ("power", "on"): machine.power_on,
        ("brown-out",): machine.brown_out,
        ("reset",): machine.reset,
        ("hang",): machine.hang,
        ("kill",): machine.kill,
        ("unplug",): machine.unplug_link,
        ("plug",): machine.plug_link,
    }
    command = commands.get(tuple(words))
    try:
        if command:
            command()
            return "done"
        return _answer_with_argument(machine, words)
    # A file that can't be written, an endless number: all are slips of whoever types.
    except (InputError, ValueError, OverflowError, OSError) as error:
        return str(error)


def _answer_with_argument(machine: VirtualBoard, words: list[str]) -> str:
    name, *arguments = words
    if name == "break" and len(arguments) == 1:
        machine.break_part(arguments[0])
        return "done"
    if name == "press" and arguments:
        machine.press(arguments[0], int(float(arguments[1]) * 1000) if len(arguments) > 1 else 100)
        return "done"
    if name == "display" and len(arguments) == 1:
        machine.save_display(Path(arguments[0]))
        return arguments[0]
    if name == "state":
        return _state(machine)
    return HELP


def _state(machine: VirtualBoard) -> str:
    commands = machine.hardware.commands
    return (
        f"{machine.now_ms / 1000:.2f} s, highest {machine.highest_mmhg():.1f} mmHg, "
        f"fill {_bits(commands.fill_bits, machine)}, seal {_bits(commands.seal_bits, machine)} "
        f"({machine.board.boots.names[0]} last), pump {commands.pump_permille} permille, "
        f"gate {commands.gate_on}; waited {machine.pace.waited_s:.1f} s for this computer; "
        f"last: {machine.journal.happenings[-1].what}"
    )


def _bits(bits: int, machine: VirtualBoard) -> str:
    """A digit for each chamber, the first one's last."""
    return f"{bits:0{machine.board.boots.count}b}"
