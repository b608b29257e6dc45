"""`soleus bench chip`: what work costs the chip at a port, and what follows for a board."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from host_tools.basics.atomic_file import write_whole
from host_tools.basics.errors import FELL_SHORT, InputError
from host_tools.bench.chip.board import Measured, bare_board, find_chip, first_look, run_pieces
from host_tools.bench.chip.costs import costs_of
from host_tools.bench.chip.free_pins import FREE_PINS
from host_tools.bench.chip.pieces import pieces_for
from host_tools.bench.chip.save import check_chip_file, with_measured, write_chip
from host_tools.bench.chip.show import show
from host_tools.bench.chip.verdict import Verdict, judge, to_json
from host_tools.catalogue.boards import Board, board_names, load_board
from host_tools.catalogue.chips import Chip, load_chip
from host_tools.flash.board.device import Device, DeviceError
from host_tools.flash.ports import find_port


def bench_chip(
    port: Annotated[
        str | None,
        typer.Option("--port", "--target", help="Such as /dev/ttyUSB0 or COM3; else the only one."),
    ] = None,
    chip: Annotated[
        str | None, typer.Option(help="A chip's name or file; else by what the board says.")
    ] = None,
    board: Annotated[
        str | None, typer.Option(help="The verdict for this board; else for all of this chip.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Write a chip file, .toml, with what was measured.")
    ] = None,
    json: Annotated[str | None, typer.Option(metavar="FILE", help="Everything; - prints it alone.")] = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Even if there is an application on the board.")
    ] = False,
    emulated: Annotated[
        bool, typer.Option("--emulated", help="No silicon: the chip file will say so.")
    ] = False,
) -> None:
    """Measure what work costs a bare board's chip; status 1 when a board of that chip would fall short.

    Needs MicroPython on it and nothing else. Takes about a minute. Nothing may hang on its pins.
    """
    wanted_board = load_board(board) if board else None
    wanted_chip = load_chip(chip) if chip else None
    _check(wanted_board, wanted_chip, save, json)
    verdict = _run(find_port(port), chip, wanted_board, anyway, emulated)
    if save:
        write_chip(verdict.new, save)
    if json == "-":
        print(to_json(verdict))
    elif json:
        write_whole(Path(json), (to_json(verdict) + "\n").encode())
    if json != "-":
        show(verdict, Console())
    if verdict.falls_short:
        raise typer.Exit(FELL_SHORT)


def _check(board: Board | None, chip: Chip | None, save: Path | None, json: str | None) -> None:
    """Whatever is wrong on this side is found before the board is touched."""
    if board and board.is_sketch:
        raise InputError(board.file, "valves", None, "a board with its wiring")
    if board and chip:
        _boards(chip, board)
    if save:
        check_chip_file(save)
    if json not in (None, "-") and not Path(json).parent.is_dir():
        raise InputError(
            "--json", "", json, f"a file in a folder that exists; there is no {Path(json).parent}"
        )


def _run(port: str, wanted: str | None, board: Board | None, anyway: bool, emulated: bool) -> Verdict:
    try:
        with bare_board(port, anyway) as device:
            measured = first_look(device)
            old = find_chip(measured, wanted, board.chip if board else None)
            boards = _boards(old, board)
            _measure(device, old, measured)
    except DeviceError as error:
        typer.echo(f"soleus: {port}: the board failed while it was measured ({error})", err=True)
        raise typer.Exit(FELL_SHORT) from None
    costs = costs_of(measured)
    new = with_measured(old, costs, measured.about, measured.is_chip, emulated)
    return judge(port, measured, costs, old, new, boards)


def _measure(device: Device, chip: Chip, measured: Measured) -> None:
    pieces = pieces_for(chip)
    with _progress() as progress:
        progress.console.print(f"pins: {FREE_PINS[chip.kind]}", highlight=False, soft_wrap=True)
        task = progress.add_task("", total=len(pieces))
        run_pieces(
            device,
            pieces,
            measured,
            lambda number, piece: progress.update(task, completed=number, description=piece.words),
        )
        progress.update(task, completed=len(pieces))


def _boards(chip: Chip, wanted: Board | None) -> list[Board]:
    if wanted is None:
        boards = [load_board(name) for name in board_names()]
        return [board for board in boards if board.chip == chip.kind and not board.is_sketch]
    if wanted.chip != chip.kind:
        expected = f"a board with an {chip.kind}; this one has an {wanted.chip}"
        raise InputError("--board", "", wanted.name, expected)
    return [wanted]


def _progress() -> Progress:
    columns = (BarColumn(20), TextColumn("{task.completed} of {task.total}"), TimeElapsedColumn())
    return Progress(*columns, TextColumn("{task.description}"), console=Console(stderr=True), transient=True)
