"""Where the air goes: pump, relief valve, manifold, valves, chambers, sensors."""

from host_tools.catalogue.boards import Board
from host_tools.wiring.schematic.svg import ANALOG, INK, POWER, SOFT, Panel, Pen

AIR, CHAMBER_FILL = "#2a7f9e", "#e3f1f6"
TOP = 74
# Two legs need more rows than one.
ROWS = {1: 62, 2: 46}


def air_panel(board: Board) -> Panel:
    """The foot is at the bottom, as on a leg."""
    boots = board.boots
    pen = Pen()
    manifold_x, right = 190, 700
    names = list(reversed(boots.names))
    step = ROWS[boots.legs]
    height = TOP + len(names) * step
    _source(pen, board, manifold_x)
    pen.line((manifold_x, 40), (manifold_x, height - step / 2), colour=AIR, width=7)
    pen.text(manifold_x + 8, 26, "manifold", 11, SOFT)
    if boots.has_manifold_sensor_only or boots.has_manifold_sensor_too:
        pen.line((manifold_x, 48), (manifold_x + 60, 48), colour=AIR, width=2.4)
        _sensor(pen, manifold_x + 78, 48, "P manifold")
    for row, name in enumerate(names):
        y = TOP + row * step + step / 2
        (_three_way_row if boots.is_three_way else _fill_vent_row)(pen, board, name, manifold_x, y)
    return pen.panel("Air", right, height)


def _source(pen: Pen, board: Board, manifold_x: float) -> None:
    y = 150
    pen.circle(50, y, 26, fill="#fbeee6", edge=POWER)
    pen.text(50, y + 5, "pump", 12, INK, "middle", bold=True)
    pen.line((76, y), (manifold_x, y), colour=AIR, width=2.4)
    pen.line((104, y - 8), (104, y + 8), (117, y), (104, y - 8), width=1.4)
    pen.line((118, y - 9), (118, y + 9), width=2)
    pen.text(111, y + 24, "check valve", 10.5, SOFT, "middle")
    pen.line((150, y), (150, y - 44), colour=AIR, width=2.4)
    pen.box(120, y - 80, 60, 36, fill="#fff5d6", edge="#9a6a00")
    pen.text(150, y - 65, "relief", 11, INK, "middle")
    pen.text(150, y - 51, f"{board.table['pneumatics']['relief_mmhg']} mmHg", 9.5, INK, "middle", bold=True)
    pen.text(50, y + 44, "no switch in between:", 10, SOFT, "middle")
    pen.text(50, y + 57, "the relief always sees", 10, SOFT, "middle")
    pen.text(50, y + 70, "the pump", 10, SOFT, "middle")


def _fill_vent_row(pen: Pen, board: Board, name: str, x: float, y: float) -> None:
    pen.line((x, y), (x + 370, y), colour=AIR, width=2.4)
    _valve(pen, x + 38, y, "fill", "closed at rest")
    chamber_x = x + 200
    _chamber(pen, chamber_x, y, name)
    _valve(pen, chamber_x + 150, y, "vent", "open at rest")
    pen.line((chamber_x + 236, y), (chamber_x + 262, y), colour=AIR, width=2.4)
    pen.text(chamber_x + 268, y + 4, "air", 11, SOFT)
    if not board.boots.has_manifold_sensor_only:
        pen.line((chamber_x - 24, y), (chamber_x - 24, y - 14), colour=AIR, width=2)
        _sensor(pen, chamber_x - 24, y - 20, "")


def _three_way_row(pen: Pen, board: Board, name: str, x: float, y: float) -> None:
    pen.line((x, y), (x + 260, y), colour=AIR, width=2.4)
    _valve(pen, x + 60, y, "3/2", "to air at rest")
    pen.line((x + 103, y + 15), (x + 103, y + 27), (x + 170, y + 27), colour=AIR, width=2)
    pen.text(x + 176, y + 31, "air", 11, SOFT)
    if not board.boots.has_manifold_sensor_only:
        _sensor(pen, x + 180, y - 20, "")
    _chamber(pen, x + 240, y, name)


def _valve(pen: Pen, x: float, y: float, word: str, unpowered: str) -> None:
    pen.box(x, y - 15, 86, 30, fill="#fbeee6", edge=POWER)
    pen.text(x + 43, y - 2, word, 12, INK, "middle", bold=True)
    pen.text(x + 43, y + 10, unpowered, 9.5, SOFT, "middle")


def _chamber(pen: Pen, x: float, y: float, name: str) -> None:
    pen.box(x, y - 18, 110, 36, fill=CHAMBER_FILL, edge=AIR, round_=16)
    pen.text(x + 55, y + 4, name, 12.5, INK, "middle", bold=True)


def _sensor(pen: Pen, x: float, y: float, words: str) -> None:
    pen.circle(x, y, 10, fill="#e8f0f8", edge=ANALOG)
    pen.text(x, y + 4, "P", 11, ANALOG, "middle", bold=True)
    pen.text(x + 16, y + 4, words, 11, ANALOG, bold=True)
