"""The circuits around the chip, drawn with schemdraw's symbols and the board's own values."""

import schemdraw
import schemdraw.elements as elm

from host_tools.board_check.power import divided_mv
from host_tools.catalogue.boards import Board
from host_tools.wiring.schematic.bus_panel import bus_panel
from host_tools.wiring.schematic.nets import load_rail
from host_tools.wiring.schematic.one_shot import ONE_SHOT_OUTPUT, one_shot
from host_tools.wiring.schematic.register_panel import register_panel
from host_tools.wiring.schematic.svg import ANALOG, BUTTON, INDICATOR, POWER, Panel, circuit


def circuit_panels(board: Board) -> list[Panel]:
    """In the order in which a board is built up."""
    table = board.table
    panels = [_supply(board)]
    if "one_shot" in table:
        panels.append(one_shot(board))
    if "gate" in table:
        panels.append(_gate(board))
    panels.append(_pump(board))
    panels.append(_valve(board) if table["valves"]["driver"] == "gpio" else register_panel(board))
    if table["sensors"]["driver"] == "adc":
        panels.append(_analog_sensor(board))
    if "i2c" in table:
        panels.append(bus_panel(board))
    if "battery" in table:
        panels.append(_divider(board))
    panels.append(_buttons(board))
    if "led" in table or "buzzer" in table:
        panels.append(_indicators(board))
    return panels


def _supply(board: Board) -> Panel:
    supply = board.table["supply"]

    def draw(d: schemdraw.Drawing) -> None:
        source = elm.Battery() if "battery" in board.table else elm.SourceV()
        d += source.up().label(f"{supply['nominal_v']:g} V", loc="top")
        d += elm.Fuse().right().label(f"F1 {supply['fuse_a']:g} A")
        d += elm.Schottky().right().label("D1 SB560")
        d += elm.Line().right(0.8)
        rail = elm.Dot()
        d += rail
        d += elm.Line().right(1.2).label("V_IN", color=POWER, loc="top")
        d += elm.Line().right(1.2)
        above = elm.Dot()
        d += above
        d += elm.Line().right(1.2)
        buck = elm.RBox(w=2.2).right().label("5 V, 1 A\nconverter", loc="bottom")
        d += buck
        d += elm.Schottky().right(1.4).label("D3 SS14")
        d += elm.Dot(open=True).label("5V in of the\nmodule", loc="right", color=POWER)
        d += elm.Capacitor(polar=True).at(rail.center).down().label("C1\n1000 µF\n25 V", loc="bottom")
        d += elm.Ground()
        d += elm.Zener().at(above.center).down().reverse().label("D2\nSMBJ15A", loc="bottom")
        d += elm.Ground()
        d += elm.Ground().at(source.start)

    return circuit("Supply", draw)


def _gate(board: Board) -> Panel:
    pin = board.table["gate"]["pin"]
    label = ONE_SHOT_OUTPUT if "one_shot" in board.table else f"GATE\nGPIO{pin}"

    def draw(d: schemdraw.Drawing) -> None:
        switch = elm.PFet().reverse().at((0, 0))
        d += switch
        d += elm.Line().at(switch.drain).down(0.4)
        d += elm.Dot(open=True).label("V_LOAD", loc="bottom", color=POWER)
        d += elm.Line().at(switch.source).up(0.4)
        top = elm.Dot()
        d += top
        d += elm.Vdd().label("V_IN", color=POWER)
        d += elm.Line().at(switch.gate).left(0.9)
        node = elm.Dot()
        d += node
        d += elm.Resistor().at(node.center).up().toy(top.center[1]).label("10 kΩ", loc="top")
        d += elm.Line().right().tox(top.center[0])
        d += elm.Resistor().at(node.center).left(1.8).label("1 kΩ", loc="bottom")
        d += elm.Line().left(0.4)
        d += elm.Line().down(0.6)
        small = elm.NFet().theta(0).reverse().anchor("drain")
        d += small
        d += elm.Ground().at(small.source)
        d += elm.Line().at(small.gate).left(0.4)
        base = elm.Dot()
        d += base
        d += elm.Resistor().at(base.center).down(1.5).label("10 kΩ", loc="bottom")
        d += elm.Ground()
        d += elm.Resistor().at(base.center).left(1.6).label("100 Ω")
        d += elm.Dot(open=True).label(label, loc="left", color=POWER)

    return circuit("Second switch: Q2 AOD409, Q3 AO3400A", draw)


def _low_side(d: schemdraw.Drawing, load: str, rail: str, label: str, diode: str) -> None:
    """A transistor below a coil, with a pull-down so that it is off until it is driven."""
    fet = elm.NFet().reverse().at((0, 0))
    d += fet
    d += elm.Ground().at(fet.source)
    d += elm.Line().at(fet.gate).left(0.5)
    node = elm.Dot()
    d += node
    d += elm.Resistor().at(node.center).down(1.8).label("10 kΩ", loc="bottom")
    d += elm.Ground()
    d += elm.Resistor().at(node.center).left(1.8).label("100 Ω")
    d += elm.Dot(open=True).label(label, loc="left", color=POWER)
    d += elm.Line().at(fet.drain).up(0.3)
    below = elm.Dot()
    d += below
    coil = elm.Motor() if load == "pump" else elm.Inductor2(loops=3)
    d += coil.up(2).label(load, loc="top")
    above = elm.Dot()
    d += above
    d += elm.Line().at(below.center).right(1.3)
    d += elm.Schottky().up(2).label(diode, loc="bottom")
    d += elm.Line().left().tox(above.center)
    d += elm.Vdd().at(above.center).label(rail, color=POWER)


def _pump(board: Board) -> Panel:
    pump = board.table["pump"]
    is_behind_one_shot = "one_shot" in board.table and "gate" not in board.table
    label = ONE_SHOT_OUTPUT if is_behind_one_shot else f"PUMP\nGPIO{pump['pin']}"
    title = f"Pump, {pump['pwm_hz'] / 1000:g} kHz: AO3400A"
    return circuit(title, lambda d: _low_side(d, "pump", load_rail(board), label, "SS34"))


def _valve(board: Board) -> Panel:
    valves = board.table["valves"]
    count = len(valves["fill"]) + len(valves.get("vent", []))
    title = f"Each of the {count} valves: AO3400A"
    label = "FILL, VENT\none GPIO each" if "vent" in valves else "FILL\none GPIO each"
    return circuit(title, lambda d: _low_side(d, "coil", load_rail(board), label, "SS14"))


def _analog_sensor(board: Board) -> Panel:
    sensors = board.table["sensors"]
    supply = "3V3" if sensors["supply_mv"] < 4000 else "5V"

    def draw(d: schemdraw.Drawing) -> None:
        part = elm.Ic(
            pins=[
                elm.IcPin(name="Vs", side="top", anchorname="vs"),
                elm.IcPin(name="GND", side="bottom", anchorname="gnd"),
                elm.IcPin(name="OUT", side="right", anchorname="out"),
            ],
            size=(4.2, 2.6),
            lblsize=10,
        )
        d += part
        words = f"{sensors['part']}\n0 to {sensors['range_kpa']} kPa"
        d += elm.Label().at((part.center[0] - 0.5, part.center[1] + 0.25)).label(words, fontsize=11)
        d += elm.Vdd().at(part.vs).label(supply, color=POWER)
        d += elm.Ground().at(part.gnd)
        d += elm.Resistor().at(part.out).right(2).label("1 kΩ")
        node = elm.Dot()
        d += node
        d += elm.Capacitor().at(node.center).down(1.6).label("100 nF", loc="bottom")
        d += elm.Ground()
        d += elm.Line().at(node.center).right(2)
        open_ = elm.Dot()
        d += open_
        # An input that is left open floats, and could look like a pressure.
        d += elm.Resistor().at(open_.center).down(1.6).label("220 kΩ", loc="bottom")
        d += elm.Ground()
        d += elm.Line().at(open_.center).right(0.7)
        d += elm.Dot(open=True).label(label, loc="right", color=ANALOG)

    count = len(sensors["pins"])
    label = "P, one GPIO each" if count > 1 else f"P, GPIO{sensors['pins'][0]}"
    return circuit("The pressure sensor" if count == 1 else f"Each of the {count} pressure sensors", draw)


def _divider(board: Board) -> Panel:
    battery, supply = board.table["battery"], board.table["supply"]

    def draw(d: schemdraw.Drawing) -> None:
        d += elm.Vdd().label("V_IN", color=POWER)
        d += elm.Resistor().down(1.8).label(f"{battery['top_ohm'] / 1000:g} kΩ", loc="bottom")
        node = elm.Dot()
        d += node
        d += elm.Resistor().down(1.8).label(f"{battery['bottom_ohm'] / 1000:g} kΩ", loc="bottom")
        d += elm.Ground()
        d += elm.Line().at(node.center).right(2)
        second = elm.Dot()
        d += second
        d += elm.Capacitor().at(second.center).down(1.8).label("100 nF", loc="bottom")
        d += elm.Ground()
        d += elm.Line().at(second.center).right(0.6)
        d += elm.Dot(open=True).label(f"BATTERY\nGPIO{battery['pin']}", loc="right", color=ANALOG)

    full_mv = divided_mv(battery, supply["most_v"])
    return circuit(f"Battery: {supply['most_v']:g} V gives {full_mv:.0f} mV", draw)


def _buttons(board: Board) -> Panel:
    buttons = board.table["buttons"]
    names = (("start_stop", "START/STOP"), ("softer", "SOFTER"), ("louder", "LOUDER"), ("stop", "STOP"))

    def draw(d: schemdraw.Drawing) -> None:
        y = 0.0
        for key, name in names:
            d += elm.Dot(open=True).at((0, y)).label(f"{name}, GPIO{buttons[key]}", loc="left", color=BUTTON)
            d += elm.Resistor().right(1.8).label("1 kΩ")
            d += elm.Button().right(1.6)
            d += elm.Dot()
            y -= 1.2
        d += elm.Line().at((3.4, 0)).toy(-3.6)
        if buttons["active_low"]:
            d += elm.Ground().at((3.4, -3.6))
        else:
            d += elm.Vdd().at((3.4, 0)).label("3V3")

    return circuit("Buttons; the chip pulls them " + ("up" if buttons["active_low"] else "down"), draw)


def _indicators(board: Board) -> Panel:
    table = board.table

    def draw(d: schemdraw.Drawing) -> None:
        y = 0.0
        for colour in ("red", "green", "blue") if "led" in table else ():
            label = f"LED {colour}, GPIO{table['led'][colour]}"
            d += elm.Dot(open=True).at((0, y)).label(label, loc="left", color=INDICATOR)
            d += elm.Resistor().right(1.8).label("470 Ω")
            d += elm.LED().right(1.6)
            d += elm.Ground().theta(0)
            y -= 1.4
        if "buzzer" in table:
            fet = elm.NFet().reverse().at((9.6 if "led" in table else 0, -2.0))
            d += fet
            d += elm.Ground().at(fet.source)
            d += elm.Line().at(fet.gate).left(0.4)
            d += elm.Dot()
            d.push()
            d += elm.Resistor().down(1.4).label("10 kΩ", loc="top")
            d += elm.Ground()
            d.pop()
            d += elm.Resistor().left(1.4).label("1 kΩ")
            d += elm.Dot(open=True).label(
                f"BUZZER\nGPIO{table['buzzer']['pin']}", loc="left", color=INDICATOR
            )
            piezo = elm.Speaker().theta(90).anchor("in1").at(fet.drain)
            d += piezo
            words = "piezo, 100 Ω\nin parallel"
            d += elm.Label().at((piezo.in1[0] - 1.9, piezo.in1[1] + 0.4)).label(words, fontsize=9)
            d += elm.Line().at(piezo.in2).right(0.8)
            d += elm.Vdd().label("5V", color=POWER)

    return circuit("Light and sound" if "led" in table else "Sound", draw)
