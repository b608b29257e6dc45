"""The session that all the figures are about: half an hour of the plain sequential program."""

from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.catalogue.boards import Board, load_board
from host_tools.catalogue.variants import leg_of, variant
from host_tools.sim.request import Request, prepare

PROGRAM = "plain-sequential"
MINUTES = 30


def half_hour(legs: int = 2, chambers: int = 5) -> Request:
    return prepare(PROGRAM, boots_of(legs, chambers), DEFAULT_PLANT, minutes=MINUTES)


def boots_of(legs: int, chambers: int) -> Board:
    """Boots of this size, with a fill valve, a vent valve and a sensor for each chamber."""
    return variant(load_board(DEFAULT_BOARD), legs=legs, **leg_of(chambers))
