"""The I2C bus: its chips with their addresses, and each sensor's place."""

from collections.abc import Mapping
from typing import Any

from host_tools.board_check.bus import mux_addresses
from host_tools.board_check.parts import DIGITAL_PARTS, digital_part
from host_tools.catalogue.boards import Board
from host_tools.wiring.schematic.nets import sensor_places
from host_tools.wiring.schematic.svg import ANALOG, BUS, INK, POWER, SOFT, Panel, Pen

LEFT, STEP, BODY, ROW = 210, 270, 104, 21
SCL_Y, SDA_Y, CHIP_Y = 76, 104, 134


def bus_panel(board: Board) -> Panel:
    """Chips below the two lines, each with its sensors beside it."""
    bus = board.table["i2c"]
    chips = _chips(board)
    pen = Pen()
    end = LEFT + 40 + (len(chips) - 1) * STEP + BODY
    for name, y, at in (("SCL", SCL_Y, 130), ("SDA", SDA_Y, 170)):
        pen.line((100, y), (end, y), colour=BUS, width=1.8)
        pen.text(94, y + 4, f"{name}, GPIO{bus[name.lower()]}", 12, BUS, "end", bold=True)
        pen.circle(at, y, 2.6, fill=INK)
        pen.line((at, y), (at, 60))
        pen.box(at - 6, 32, 12, 28, round_=2)
        pen.line((at, 32), (at, 20))
        pen.text(at, 14, "3V3", 11, POWER, "middle")
    pen.text(184, 50, "2.2 kΩ each", 11, SOFT)
    rows = 1
    for index, (title, address, lines) in enumerate(chips):
        x = LEFT + 40 + index * STEP
        rows = max(rows, len(lines))
        _chip(pen, x, title, address, lines)
    height = CHIP_Y + max(56, rows * ROW + 10) + 10
    title = f"I2C, {bus['hz'] // 1000} kHz, all of it at 3.3 V"
    sensors = board.table["sensors"]
    if "mux_address" in sensors:
        title += f"; each P is a {sensors['part']} at 0x{_address(sensors):02X}"
    return pen.panel(title, end + STEP - BODY, height)


def _address(sensors: Mapping[str, Any]) -> int:
    part = digital_part(sensors["driver"], sensors["part"])
    assert part is not None, "the board was checked"
    return part.address


def _chip(pen: Pen, x: float, title: str, address: int, lines: list[str]) -> None:
    for offset, y in ((30, SCL_Y), (74, SDA_Y)):
        pen.line((x + offset, y), (x + offset, CHIP_Y), colour=BUS)
        pen.circle(x + offset, y, 2.6, fill=BUS, edge=BUS)
    pen.box(x, CHIP_Y, BODY, max(52, len(lines) * ROW + 8), fill="#eef3f6")
    pen.text(x + BODY / 2, CHIP_Y + 22, title, 12.5, INK, "middle", bold=True)
    pen.text(x + BODY / 2, CHIP_Y + 39, f"0x{address:02X}", 11, SOFT, "middle")
    for row, line in enumerate(lines):
        y = CHIP_Y + 18 + row * ROW
        pen.line((x + BODY, y), (x + BODY + 14, y), colour=ANALOG)
        pen.text(x + BODY + 20, y + 4, line, 11.5, ANALOG, bold=True)


def _chips(board: Board) -> list[tuple[str, int, list[str]]]:
    """Title and address of each chip, and what hangs on it."""
    table, sensors = board.table, board.table["sensors"]
    chips = []
    places = [] if sensors["driver"] == "adc" else sensor_places(board)
    on = {at: [f"{place}: P {name}" for name, its, place in places if its == at] for _, at, _ in places}
    if "addresses" in sensors:
        chips += [("ADS1115", address, on.get(address, [])) for address in sensors["addresses"]]
    elif sensors["driver"] in DIGITAL_PARTS:
        muxes = mux_addresses(sensors)
        chips += [("TCA9548A", address, on.get(address, [])) for address in muxes]
        part = digital_part(sensors["driver"], sensors["part"])
        if not muxes and part:
            chips.append((sensors["driver"].upper(), part.address, [f"P {places[0][0]}"]))
    if "display" in table:
        display = table["display"]
        chips.append(("SSD1306", display["address"], [f"{display['width']} x {display['height']} dots"]))
    return chips
