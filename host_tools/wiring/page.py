"""A board's wiring.md: drawing, pins, parts, and the first hour."""

from collections.abc import Iterator

from host_tools.board_check.chips import CHIPS
from host_tools.catalogue.boards import Board, layout
from host_tools.wiring.bring_up import bring_up
from host_tools.wiring.materials import materials
from host_tools.wiring.schematic.nets import nets, register_outputs, sensor_places

SCHEMATIC = "schematic.svg"


def wiring_page(board: Board) -> str:
    return "\n".join([*_head(board), *_pins(board), *_outputs(board), *_parts(board), *_first_hour(board)])


def _head(board: Board) -> Iterator[str]:
    yield f"# {board.title}: wiring\n"
    yield "<!-- Made from board.toml by `soleus board wiring`; change that file, not this one. -->\n"
    yield f"{CHIPS[board.chip].title}, {layout(board.boots)}.\n"
    yield f"![Schematic of {board.name}]({SCHEMATIC})\n"


def _pins(board: Board) -> Iterator[str]:
    yield "## Pins\n"
    yield "| pin | net | goes to | in reset |"
    yield "|---|---|---|---|"
    for net in nets(board):
        yield f"| GPIO{net.pin} | {net.name} | {net.goes_to} | {net.at_rest} |"
    yield ""


def _outputs(board: Board) -> Iterator[str]:
    """The outputs that aren't on pins of their own."""
    if board.table["valves"]["driver"] == "shift_register":
        yield "| register | output | coil |"
        yield "|---|---|---|"
        for register, drain, coil in register_outputs(board):
            yield f"| U{register} | DRAIN{drain} | {coil} |"
        yield ""
    if board.table["sensors"]["driver"] != "adc":
        yield "| sensor | chip's address | input |"
        yield "|---|---|---|"
        for name, address, place in sensor_places(board):
            yield f"| {name} | 0x{address:02X} | {place} |"
        yield ""


def _parts(board: Board) -> Iterator[str]:
    yield "## Parts\n"
    yield "The ratings are the least; more does no harm except where a value stands alone.\n"
    yield "| number | part | what matters |"
    yield "|---|---|---|"
    for item in materials(board):
        yield f"| {item.count} | {item.part} | {item.rating} |"
    yield ""


def _first_hour(board: Board) -> Iterator[str]:
    yield "## Bring-up\n"
    yield "Each step before the next is powered. A step that isn't as written: stop, and find out why.\n"
    for number, (heading, checks) in enumerate(bring_up(board), start=1):
        yield f"### {number}. {heading}\n"
        yield from (f"- [ ] {check}" for check in checks)
        yield ""
