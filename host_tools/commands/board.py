"""`soleus board`: which controllers there are, and whether a board file is right."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as RichTable

from host_tools.basics.atomic_file import write_whole
from host_tools.catalogue.boards import Board, board_errors, board_names, layout, load_board
from host_tools.catalogue.programs import load_program, program_names
from host_tools.commands.complaints import refuse_all
from soleus.core.basics.boots import ZONES
from soleus.core.basics.errors import SettingError
from soleus.core.basics.units import mmhg_from_pa
from soleus.core.program.fit import refuse_unfit

app = typer.Typer(add_completion=False, no_args_is_help=True, help="List, look at and check boards.")


@app.command("list")
def list_boards() -> None:
    """List the boards."""
    table = RichTable("board", "chip", "boots", box=None, pad_edge=False, header_style="bold")
    for name in board_names():
        board = load_board(name)
        table.add_row(name, board.chip, layout(board.boots))
    Console().print(table)


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="BOARD", help="A name, or the path of a board file.")],
) -> None:
    """Show a board's facts, its chambers, and the programs that it can't run."""
    board = load_board(name)
    boots = board.boots
    facts = RichTable.grid(padding=(0, 2))
    facts.add_column(style="bold")
    facts.add_column()
    facts.add_row(board.name, board.title)
    facts.add_row("chip", board.chip)
    facts.add_row("boots", layout(boots))
    facts.add_row("up to", f"{mmhg_from_pa(boots.target_most_pa)} mmHg")
    facts.add_row("chambers", _chambers(board))
    facts.add_row("refuses", ", ".join(_refused(board)) or "no program of the library")
    Console(highlight=False, markup=False).print(facts)


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Board files or folders, or names.")],
) -> None:
    """Check board files: the boots with the device's own validator, every pin and part against the chip."""
    errors = []
    for file in files:
        wrong = board_errors(file)
        errors += wrong
        if not wrong:
            board = load_board(file)
            wiring = "; boots only, nothing to wire or to flash" if board.is_sketch else ""
            sys.stdout.write(f"{file}: fine; {layout(board.boots)}{wiring}\n")
    refuse_all(errors)


@app.command()
def wiring(
    name: Annotated[str, typer.Argument(metavar="BOARD", help="A name, or the path of a board file.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="Without it, beside the board file."),
    ] = None,
) -> None:
    """Draw a board's schematic, and write its pins, parts and bring-up page."""
    # Drawing takes a library that the other commands do without.
    from host_tools.wiring import wiring_files

    board = load_board(name)
    folder = output or board.file.parent
    for file_name, content in wiring_files(board).items():
        write_whole(folder / file_name, content)
        sys.stdout.write(f"{folder / file_name}: {len(content)} bytes\n")


def _chambers(board: Board) -> str:
    """Each leg from foot to thigh, with the zones."""
    boots = board.boots
    first_leg = range(boots.chambers_per_leg)
    named = [f"{boots.names[index].partition('.')[2]} ({ZONES[boots.zone_of[index]]})" for index in first_leg]
    return ", ".join(named) + (", on both legs" if boots.legs == 2 else "")


def _refused(board: Board) -> list[str]:
    refused = []
    for name in program_names():
        try:
            refuse_unfit(load_program(name), board.boots)
        except SettingError:
            refused.append(name)
    return refused
