"""The first hour with a new board: each thing is checked before the next one is powered."""

from host_tools.board_check.parts import analog_part
from host_tools.board_check.power import divided_mv
from host_tools.catalogue.boards import Board
from host_tools.wiring.schematic.nets import POWER, load_rail, nets, sensor_names
from soleus.core.basics.limits import OVER_TRIP_PA
from soleus.core.basics.units import mmhg_from_pa


def bring_up(board: Board) -> list[tuple[str, list[str]]]:
    """Headings, each with what to do and what to see."""
    return [
        ("Without any power", _unpowered(board)),
        ("Supply alone: no module, no pump, no valves", _supply(board)),
        ("The module on USB, loads still off", _module(board)),
        *([("The second switch", _gate())] if "gate" in board.table else []),
        *([("The one-shot", _one_shot(board))] if "one_shot" in board.table else []),
        ("Sensors, at open air", _sensors(board)),
        ("Valves, without the pump", _valves(board)),
        ("The relief valve, with a hand pump", _relief(board)),
        ("The pump, last, and with no leg in the boots", _pump(board)),
        ("Power cut", _power_cut(board)),
    ]


def _unpowered(board: Board) -> list[str]:
    rail = load_rail(board)
    checks = [
        f"Between {rail} and ground: more than 1 kΩ, both ways round. Less is a diode the wrong way round.",
        "Flyback diodes: the ring is on the side of the plus line, at the pump and at every coil.",
    ]
    if board.table["valves"]["driver"] == "gpio":
        checks.append("From each transistor's gate to ground: 10 kΩ.")
    else:
        checks.append("From output-enable to 3.3 V: 10 kΩ. From the pump's gate to ground: 10 kΩ.")
    return checks


def _supply(board: Board) -> list[str]:
    supply = board.table["supply"]
    least, most = supply["least_v"] - 0.6, supply["most_v"]
    return [
        "Set a bench supply to 0.1 A, or put a 100 Ω 2 W resistor where the fuse goes.",
        f"V_IN: {least:g} to {most:g} V. The converter's output: 4.9 to 5.2 V.",
        "The wrong way round: V_IN stays at 0 V.",
        f"Then the real fuse, {supply['fuse_a']:g} A.",
    ]


def _module(board: Board) -> list[str]:
    outputs = [net for net in nets(board) if net.kind == POWER]
    low = ", ".join(f"{net.name} (GPIO{net.pin})" for net in outputs if net.at_rest == "0 V")
    high = ", ".join(f"{net.name} (GPIO{net.pin})" for net in outputs if net.at_rest == "3.3 V")
    checks = [
        "Unplug supply, pump and valves. Plug in USB. 3V3: 3.2 to 3.4 V.",
        f"Hold the reset button. 0 V at: {low}." + (f" 3.3 V at: {high}." if high else ""),
        _flashed(board),
        "The same pins show the same volts while it runs and nothing is started.",
    ]
    if "led" in board.table:
        checks.append("The LED lights.")
    if "buttons" in board.table:
        checks.append("Hold each button for 2 s: `soleus ask status` names it under `held`.")
    return checks


def _flashed(board: Board) -> str:
    but = "; in it only the supply falls short, as there is none yet" if "battery" in board.table else ""
    return f"`soleus flash --board {board.name}`: MicroPython, the application, its self-test{but}."


def _gate() -> list[str]:
    return [
        "Supply on, loads still off. V_LOAD: below 0.5 V while the reset button is held.",
        "GATE at 0 V: V_LOAD below 0.5 V. GATE at 3.3 V (a wire, the module unplugged): V_LOAD equals V_IN.",
    ]


def _one_shot(board: Board) -> list[str]:
    hold_ms = board.table["one_shot"]["hold_ms"]
    name = "GATE" if "gate" in board.table else "PUMP"
    by_hand = (
        f"{name} at 3.3 V by a wire, the module unplugged: nothing follows. "
        "Touch ALIVE to ground and let go: it follows for a blink."
    )
    return [
        "While the firmware runs, Q is at 3.3 V. Hold the reset button: 0 V.",
        f"With a scope: Q falls {hold_ms * 9 // 10} to {hold_ms * 12 // 10} ms after ALIVE's last pulse.",
        by_hand,
    ]


def _sensors(board: Board) -> list[str]:
    sensors = board.table["sensors"]
    checks = []
    part = analog_part(sensors["part"])
    if part:
        zero_mv = part.millivolts(0, sensors["range_kpa"] * 1000, sensors["supply_mv"])
        slack_mv = sensors["supply_mv"] * part.span_permille / 1000 * 0.025
        checks.append(f"Each output with its hose open: {zero_mv:.0f} mV, give or take {slack_mv:.0f}.")
        trip_mv = part.millivolts(OVER_TRIP_PA, sensors["range_kpa"] * 1000, sensors["supply_mv"])
        checks.append(
            f"At {mmhg_from_pa(OVER_TRIP_PA)} mmHg, where the guards trip, it will be {trip_mv:.0f} mV."
        )
    names = ", ".join(sensor_names(board))
    checks.append(f"`soleus ask self_test`: every sensor well, within 10 mmHg of zero ({names}).")
    checks.append(
        "Unplug one: it is named within a second. Suck and blow at each hose: the right name moves."
    )
    if "battery" in board.table:
        supply = board.table["supply"]
        mv = divided_mv(board.table["battery"], supply["nominal_v"])
        checks.append(f"Battery input at {supply['nominal_v']:g} V: {mv:.0f} mV, give or take 5 %.")
    return checks


def _valves(board: Board) -> list[str]:
    if board.boots.is_three_way:
        result = "Blow into each chamber's hose: it goes out to open air. Into the manifold: it holds."
    else:
        result = "Blow into each chamber's hose: it goes out through its vent. Into the manifold: it holds."
    return [
        f"With {load_rail(board)} off. {result}",
        f"Supply on. {_click(board)}",
        "Later, in a session: a valve may be warm, not hot. Peak-and-hold is at work.",
    ]


def _click(board: Board) -> str:
    first = board.boots.names[0]
    if board.boots.is_three_way:
        act, clicks = '{"fill": 1, "for_ms": 2000}', f"the valve of {first} clicks, and again 2 s later"
    else:
        act = '{"fill": 1, "seal": 1, "for_ms": 2000}'
        clicks = f"both valves of {first} click, and again 2 s later; without `fill` its vent valve alone"
    return f"`soleus ask actuate 'act={act}'`: {clicks}. 2, 4, 8 and so on are the next chambers."


def _relief(board: Board) -> list[str]:
    relief = board.table["pneumatics"]["relief_mmhg"]
    return [
        "A hand pump with a gauge on the manifold, every valve at rest, the electric pump unplugged.",
        f"It opens at {relief} mmHg, give or take 10, below 160 in any case, and closes again.",
        "It has to let the whole flow of the pump go: checked again at the end, with the pump.",
    ]


def _pump(board: Board) -> list[str]:
    checks = [
        "Chambers around a bottle or a rolled towel, not a leg.",
        "A session at the lowest level: each chamber fills in turn, holds, and is empty after its release.",
        "Press stop in mid-fill: the pump stops, every chamber is below 10 mmHg within 5 s.",
    ]
    if not board.boots.is_three_way:
        checks.append("Pinch a hose: the fault names the chamber.")
    checks.append(
        "Pump at full power against closed valves, powered by hand: the gauge stays below 160 mmHg."
    )
    return checks


def _power_cut(board: Board) -> list[str]:
    checks = [
        "Pull the supply in mid-fill: every chamber is below 10 mmHg within 5 s, with no power at all.",
        "Plug it in again: nothing starts by itself, and `soleus ask why` says what happened.",
    ]
    if "gate" not in board.table:
        checks.append(
            "This board has no second switch: a pump transistor that fails shorted runs the pump until the "
            "plug is pulled, with the relief valve alone in between. Whoever uses it has to know that plug."
        )
    return checks
