"""The one-shot: without a pulse from each tick, nobody moves air any more, whatever the chip's pins say."""

import schemdraw
import schemdraw.elements as elm
from schemdraw import logic

from host_tools.catalogue.boards import Board
from host_tools.wiring.schematic.svg import POWER, TRIGGER, Panel, circuit

ONE_SHOT_OUTPUT = "from the\none-shot"
CAPACITOR_NF = 100
# Those that can be bought, for 40 to 60 ms.
RESISTORS_KOHM = (390, 430, 470, 510, 560, 620)


def resistor_kohm(hold_ms: int) -> int:
    """The part holds for R times C, because it compares with 63 % of its supply."""
    return min(RESISTORS_KOHM, key=lambda kohm: abs(kohm * CAPACITOR_NF / 1000 - hold_ms))


def one_shot(board: Board) -> Panel:
    table = board.table
    hold_ms, pin = table["one_shot"]["hold_ms"], table["one_shot"]["pin"]
    name, its = ("GATE", table["gate"]) if "gate" in table else ("PUMP", table["pump"])

    def draw(d: schemdraw.Drawing) -> None:
        part = elm.Ic(
            pins=[
                elm.IcPin(name="B", side="left", slot="2/3", anchorname="b"),
                elm.IcPin(name="/A", side="left", slot="1/3", anchorname="a"),
                elm.IcPin(name="/CLR", side="top", slot="1/3", anchorname="clr"),
                elm.IcPin(name="R/C", side="top", slot="2/3", anchorname="rc"),
                elm.IcPin(name="C", side="top", slot="3/3", anchorname="c"),
                elm.IcPin(name="Q", side="right", slot="1/2", anchorname="q"),
            ],
            size=(6, 4),
            lblsize=10,
        )
        d += part
        d += elm.Label().at((part.center[0], part.center[1] - 0.4)).label("SN74LVC1G123", fontsize=11)
        d += elm.Ground().theta(0).at(part.a)
        d += elm.Vdd().theta(0).at(part.clr).label("3V3", color=POWER)
        d += elm.Line().at(part.rc).up(0.7)
        timing = elm.Dot()
        d += timing
        d += elm.Resistor().at(timing.center).up(1.8).label(f"{resistor_kohm(hold_ms)} kΩ", loc="top")
        d += elm.Vdd().theta(0).label("3V3", color=POWER)
        d += elm.Capacitor().at(timing.center).right().tox(part.c[0]).label(f"{CAPACITOR_NF} nF", loc="top")
        d += elm.Line().down().toy(part.c[1])
        d += elm.Line().at(part.b).left(0.6)
        trigger = elm.Dot()
        d += trigger
        d += elm.Resistor().at(trigger.center).up(2).label("100 kΩ", loc="top")
        d += elm.Vdd().theta(0).label("3V3", color=POWER)
        d += elm.Line().at(trigger.center).left(0.8)
        d += elm.Dot(open=True).label(f"ALIVE\nGPIO{pin}", loc="left", color=TRIGGER)
        both = logic.And().theta(0).anchor("in1").at((part.q[0] + 3, part.q[1]))
        d += both
        d += elm.Label().at((part.q[0] + 3.8, part.q[1] + 0.7)).label("SN74LVC1G08", fontsize=10)
        d += elm.Line().at(part.q).to(both.in1)
        d += elm.Line().at(both.in2).left(0.6)
        resting = elm.Dot()
        d += resting
        d += elm.Resistor().at(resting.center).down(1.6).label("10 kΩ", loc="bottom")
        d += elm.Ground().theta(0)
        d += elm.Line().at(resting.center).left(0.6)
        d += elm.Dot(open=True).label(f"{name}\nGPIO{its['pin']}", loc="left", color=POWER)
        d += elm.Line().at(both.out).right(0.6)
        words = "to the second\nswitch" if name == "GATE" else "to the pump's\ntransistor"
        d += elm.Dot(open=True).label(words, loc="right", color=POWER)

    return circuit(f"One-shot, {hold_ms} ms after each good tick", draw)
