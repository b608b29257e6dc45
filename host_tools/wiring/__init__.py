"""A board's schematic, pins, parts and bring-up page, all made from its board file, so that they agree."""

from host_tools.basics.errors import InputError
from host_tools.catalogue.boards import Board
from host_tools.wiring.page import SCHEMATIC, wiring_page
from host_tools.wiring.schematic.sheet import schematic

PAGE = "wiring.md"


def wiring_files(board: Board) -> dict[str, bytes]:
    """The same bytes for the same board file."""
    if board.is_sketch:
        raise InputError(
            board.file, "valves", None, "a board with its wiring; this one is for simulation only"
        )
    return {PAGE: wiring_page(board).encode(), SCHEMATIC: schematic(board).encode()}
