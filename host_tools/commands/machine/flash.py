"""`soleus flash`: firmware, board and programs onto a controller."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from host_tools.basics.errors import FELL_SHORT
from host_tools.catalogue.boards import load_board
from host_tools.flash import DeviceError, Options
from host_tools.flash import flash as flash_board
from host_tools.flash.ports import find_port
from host_tools.flash.report import print_report
from host_tools.output.now_and_then import NowAndThen


def flash(
    board: Annotated[str, typer.Option(help="A board's name, or the path of a board file.")],
    port: Annotated[str | None, typer.Option(help="Such as /dev/ttyUSB0 or COM3; else the only one.")] = None,
    image: Annotated[Path | None, typer.Option(help="A MicroPython .bin instead of the pinned one.")] = None,
    packages: Annotated[
        Path | None, typer.Option(help="A folder with micropython-lib packages, for use without a net.")
    ] = None,
    keep_micropython: Annotated[
        bool, typer.Option("--keep-micropython", help="The one on the board stays, whichever it is.")
    ] = False,
    line_numbers: Annotated[
        bool, typer.Option("--line-numbers", help="Tracebacks with lines, outside the core; takes heap.")
    ] = False,
    now: Annotated[bool, typer.Option("--now", help="Even in a session; it ends and vents.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Look, say what would be done, write nothing.")
    ] = False,
) -> None:
    """Flash a controller: MicroPython, the application, the board's description and the programs.

    A board in a session is left alone, unless `--now` is given: then the session is ended and the legs are
    vented before anything is written.
    """
    its_board = load_board(board)
    options = Options(image, packages, dry_run, keep_micropython, line_numbers, now)
    console, plain = Console(stderr=True, highlight=False, markup=False), NowAndThen()

    def say(words: str) -> None:
        status.update(words)
        plain.say(words)

    try:
        with console.status("starting", spinner="dots") as status:
            result = flash_board(its_board, find_port(port), options, say)
    except DeviceError as error:
        sys.stderr.write(f"soleus: {error}\n")
        raise typer.Exit(FELL_SHORT) from None
    print_report(result)
    if not result.is_well:
        raise typer.Exit(FELL_SHORT)
