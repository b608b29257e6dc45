"""The shift registers that sink the valves' current, one after the other, and the coil on each output."""

from host_tools.board_check.counts import OUTPUTS_PER_REGISTER
from host_tools.catalogue.boards import Board
from host_tools.wiring.schematic.nets import load_rail, register_outputs
from host_tools.wiring.schematic.svg import INK, POWER, SOFT, Panel, Pen

ROW, BODY, LEFT, STEP, TOP = 24, 120, 330, 330, 40
SIGNALS = (("DATA", "data"), ("CLOCK", "clock"), ("LATCH", "latch"), ("/ENABLE", "output_enable"))
INPUTS = ("SER IN", "SRCK", "RCK", "/G")


def register_panel(board: Board) -> Panel:
    """Data goes from register to register; clock, latch and enable go to all of them."""
    valves = board.table["valves"]
    pen = Pen()
    height = TOP + OUTPUTS_PER_REGISTER * ROW + 24
    _shifter(pen, board)
    for register in range(1, valves["registers"] + 1):
        x = LEFT + (register - 1) * STEP
        coils = {drain: coil for number, drain, coil in register_outputs(board) if number == register}
        _register(pen, x, register, coils)
    bus_y = TOP + OUTPUTS_PER_REGISTER * ROW + 30
    note = f"Every coil hangs between {load_rail(board)} and its output, a Schottky diode SS14 across it."
    pen.text(LEFT, bus_y + 14, note, 12, SOFT)
    title = f"Valves: {valves['registers']} x TPIC6B595 at 5 V, output 0 of U1 is number 0 in board.toml"
    return pen.panel(title, LEFT + valves["registers"] * STEP, height + 30)


def _shifter(pen: Pen, board: Board) -> None:
    valves = board.table["valves"]
    pen.box(170, TOP, 84, 4 * ROW + 14, fill="#eef3f6")
    pen.text(212, TOP - 20, "74AHCT125", 12, INK, "middle", bold=True)
    pen.text(212, TOP - 6, "3.3 V to 5 V", 10.5, SOFT, "middle")
    for row, (name, key) in enumerate(SIGNALS):
        y = TOP + 20 + row * ROW
        pen.line((140, y), (170, y), colour=POWER, width=1.8)
        pen.text(134, y + 4, f"SR {name}, GPIO{valves[key]}", 11.5, POWER, "end", bold=True)
        pen.line((254, y), (LEFT, y), colour=INK)
        pen.text(262, y - 4, name, 10, SOFT)
    y = TOP + 20 + 3 * ROW
    pen.line((155, y), (155, y + 44))
    pen.box(149, y + 44, 12, 30, round_=2)
    pen.line((155, y + 74), (155, y + 88))
    pen.text(168, y + 62, "10 kΩ", 11, INK)
    pen.text(155, y + 102, "3V3", 11, POWER, "middle")


def _register(pen: Pen, x: float, register: int, coils: dict[int, str]) -> None:
    pen.box(x, TOP, BODY, OUTPUTS_PER_REGISTER * ROW + 14, fill="#eef3f6")
    pen.text(x + BODY / 2, TOP - 8, f"U{register}", 13, INK, "middle", bold=True)
    for row, name in enumerate(INPUTS):
        y = TOP + 20 + row * ROW
        pen.text(x + 8, y + 4, name, 11, INK)
        if register > 1:
            from_ = f"U{register - 1} SER OUT" if row == 0 else SIGNALS[row][0]
            pen.line((x - 16, y), (x, y))
            pen.text(x - 20, y + 4, from_, 10, SOFT, "end")
    for row, name in ((5, "/SRCLR to 5 V"), (6, "SER OUT"), (7, "GND")):
        pen.text(x + 8, TOP + 24 + row * ROW, name, 10, SOFT)
    for drain in range(OUTPUTS_PER_REGISTER):
        y = TOP + 20 + drain * ROW
        colour = POWER if drain in coils else SOFT
        pen.line((x + BODY, y), (x + BODY + 16, y), colour=colour, width=1.8)
        pen.text(x + BODY - 8, y + 4, f"D{drain}", 11, INK, "end")
        pen.text(x + BODY + 21, y + 4, coils.get(drain, "spare"), 11.5, colour, bold=drain in coils)
