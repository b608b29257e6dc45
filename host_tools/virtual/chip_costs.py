"""What a virtual chip spends: the costs of its chip file, and what the firmware's own work costs on it."""

from host_tools.catalogue.boards import Board
from host_tools.catalogue.chips import Chip

# Instructions of MicroPython's unix port, counted by Valgrind outside of the collector: a tick in the middle
# of a fill, as it stands in docs/cost.md. `make benchmark` refuses a figure that is off by 5 %.
TICK_INSTRUCTIONS = {
    "esp32-devkit": 233_000,
    "esp32-s3-duo": 339_000,
    "esp32-c3-manifold": 237_000,
}
# One look at the link with asyncio around it.
SERVICE_INSTRUCTIONS = 8_000


def costs_on(chip: Chip, board: Board) -> dict[str, float]:
    """By the names of the chip file, and two more: `tick_us` and `service_us`."""
    instruction_us = chip["instruction_ns"] / 1000
    return {
        **{name: cost.value for name, cost in chip.costs.items()},
        "tick_us": tick_instructions(board) * instruction_us,
        "service_us": SERVICE_INSTRUCTIONS * instruction_us,
    }


def tick_instructions(board: Board) -> int:
    """Of a board that was not counted: as much as a counted one with at least as many chambers."""
    if board.name in TICK_INSTRUCTIONS:
        return TICK_INSTRUCTIONS[board.name]
    return TICK_INSTRUCTIONS["esp32-devkit" if board.boots.count <= 4 else "esp32-s3-duo"]
