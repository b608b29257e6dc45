"""The chip with every wire that leaves it."""

from host_tools.board_check.chips import CHIPS
from host_tools.catalogue.boards import Board
from host_tools.wiring.schematic.nets import ANALOG, BUS, BUTTON, nets
from host_tools.wiring.schematic.svg import INK, KIND_COLOURS, SOFT, Panel, Pen

ROW, BODY_WIDTH, LABEL_WIDTH, STUB = 22, 240, 140, 22


def chip_panel(board: Board) -> Panel:
    """Inputs on the left, outputs on the right, supplies at the top."""
    all_nets = nets(board)
    left = [net for net in all_nets if net.kind in (ANALOG, BUTTON, BUS)]
    right = [net for net in all_nets if net not in left]
    rows = max(len(left), len(right))
    top, height = 46, rows * ROW + 26
    pen = Pen()
    pen.box(LABEL_WIDTH + STUB, top, BODY_WIDTH, height, fill="#eef3f6", round_=8)
    middle = LABEL_WIDTH + STUB + BODY_WIDTH / 2
    pen.text(middle, top + height / 2 - 4, CHIPS[board.chip].title, 17, INK, "middle", bold=True)
    pen.text(middle, top + height / 2 + 14, "module on its board", 10.5, SOFT, "middle")
    for x, words in ((middle - 60, "5V in"), (middle, "3V3 out"), (middle + 60, "GND")):
        pen.line((x, top), (x, top - 14))
        pen.text(x, top - 20, words, 11, INK, "middle")
    for column, sign in ((left, -1), (right, 1)):
        edge = middle + sign * BODY_WIDTH / 2
        for row, net in enumerate(column):
            y = top + 24 + row * ROW
            colour = KIND_COLOURS[net.kind]
            inside, outside = ("start", "end") if sign < 0 else ("end", "start")
            pen.line((edge, y), (edge + sign * STUB, y), colour=colour, width=1.8)
            pen.text(edge - sign * 8, y + 4, f"GPIO{net.pin}", 11.5, INK, inside)
            pen.text(edge + sign * (STUB + 6), y + 4, net.name, 12, colour, outside, bold=True)
    return pen.panel("Controller", 2 * (LABEL_WIDTH + STUB) + BODY_WIDTH, top + height + 6)
