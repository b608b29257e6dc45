"""What a virtual chip spends: the costs of its chip file, and what the firmware's own work costs on it."""

from host_tools.catalogue.boards import Board
from host_tools.catalogue.chips import Chip

# Instructions of MicroPython's unix port, counted by Valgrind outside of the collector: a tick in the middle
# of a fill, with drivers and recorder; and one look at the link with asyncio around it.
TICK_INSTRUCTIONS = 160_000
TICK_INSTRUCTIONS_A_CHAMBER = 30_000
SERVICE_INSTRUCTIONS = 8_000


def costs_on(chip: Chip, board: Board) -> dict[str, float]:
    """By the names of the chip file, and two more: `tick_us` and `service_us`."""
    instruction_us = chip["instruction_ns"] / 1000
    tick = TICK_INSTRUCTIONS + TICK_INSTRUCTIONS_A_CHAMBER * board.boots.count
    return {
        **{name: cost.value for name, cost in chip.costs.items()},
        "tick_us": tick * instruction_us,
        "service_us": SERVICE_INSTRUCTIONS * instruction_us,
    }
