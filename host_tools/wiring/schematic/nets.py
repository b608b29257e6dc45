"""Every wire that leaves the chip, from the board file: the drawing and the pin table are made from this."""

from collections.abc import Iterator
from dataclasses import dataclass

from host_tools.board_check.counts import INPUTS_PER_CHIP, OUTPUTS_PER_REGISTER
from host_tools.catalogue.boards import Board

POWER, TRIGGER, INDICATOR, BUTTON, BUS, ANALOG = "power", "trigger", "indicator", "button", "bus", "analog"


@dataclass(frozen=True)
class Net:
    name: str
    pin: int
    kind: str
    goes_to: str
    at_rest: str
    """What a meter shows while the chip is held in reset."""


def nets(board: Board) -> list[Net]:
    return [*_valve_nets(board), *_other_nets(board)]


def load_rail(board: Board) -> str:
    """The rail that feeds pump and valves: the switched one if there is a second switch."""
    return "V_LOAD" if "gate" in board.table else "V_IN"


def sensor_names(board: Board) -> list[str]:
    boots = board.boots
    if boots.has_manifold_sensor_only:
        return ["manifold"]
    return [*boots.names, "manifold"] if boots.has_manifold_sensor_too else list(boots.names)


def register_outputs(board: Board) -> list[tuple[int, int, str]]:
    """Register (from 1, nearest to the chip), its output, and the coil on it."""
    valves = board.table["valves"]
    found = []
    for key, word in (("fill_outputs", "FILL"), ("vent_outputs", "VENT")):
        for name, output in zip(board.boots.names, valves.get(key, []), strict=False):
            register, drain = divmod(output, OUTPUTS_PER_REGISTER)
            found.append((register + 1, drain, f"{word} {name}"))
    return sorted(found)


def sensor_places(board: Board) -> list[tuple[str, int, int]]:
    """Each sensor behind a multiplexer or a converter: its name, that chip's address, the input there."""
    sensors = board.table["sensors"]
    per_chip = INPUTS_PER_CHIP[sensors["driver"]]
    places = []
    for name, channel in zip(sensor_names(board), sensors["channels"], strict=True):
        chip, place = divmod(channel, per_chip)
        first = sensors.get("mux_address", 0)
        address = sensors["addresses"][chip] if "addresses" in sensors else first + chip
        places.append((name, address, place))
    return places


def _valve_nets(board: Board) -> Iterator[Net]:
    valves = board.table["valves"]
    if valves["driver"] == "gpio":
        for key, word in (("fill", "FILL"), ("vent", "VENT")):
            for name, pin in zip(board.boots.names, valves.get(key, []), strict=False):
                yield Net(f"{word} {name}", pin, POWER, "valve transistor's gate, 100 ohm", "0 V")
        return
    for key, name in (("data", "SR DATA"), ("clock", "SR CLOCK"), ("latch", "SR LATCH")):
        yield Net(name, valves[key], POWER, "level shifter, then all registers", "0 V")
    yield Net(
        "SR /ENABLE", valves["output_enable"], POWER, "level shifter, then /G of all registers", "3.3 V"
    )


def _other_nets(board: Board) -> Iterator[Net]:
    table = board.table
    is_behind = "one_shot" in table and "gate" not in table
    to_pump = "pump transistor's gate, 100 ohm" + (", through the one-shot's AND" if is_behind else "")
    yield Net("PUMP", table["pump"]["pin"], POWER, to_pump, "0 V")
    if "gate" in table:
        to_gate = "second switch, through its small transistor"
        to_gate += ", behind the one-shot's AND" if "one_shot" in table else ""
        yield Net("GATE", table["gate"]["pin"], POWER, to_gate, "0 V")
    if "one_shot" in table:
        yield Net("ALIVE", table["one_shot"]["pin"], TRIGGER, "one-shot's input, 100 kohm to 3.3 V", "3.3 V")
    if table["sensors"]["driver"] == "adc":
        for name, pin in zip(sensor_names(board), table["sensors"]["pins"], strict=True):
            yield Net(f"P {name}", pin, ANALOG, "pressure sensor's output, 1 kohm, 100 nF and 220 kohm", "-")
    if "i2c" in table:
        yield Net("SCL", table["i2c"]["scl"], BUS, "I2C clock, 2.2 kohm to 3.3 V", "3.3 V")
        yield Net("SDA", table["i2c"]["sda"], BUS, "I2C data, 2.2 kohm to 3.3 V", "3.3 V")
    if "battery" in table:
        yield Net("BATTERY", table["battery"]["pin"], ANALOG, "middle of the battery's divider", "-")
    for key, name in (
        ("start_stop", "START/STOP"),
        ("softer", "SOFTER"),
        ("louder", "LOUDER"),
        ("stop", "STOP"),
    ):
        to = "ground" if table["buttons"]["active_low"] else "3.3 V"
        yield Net(name, table["buttons"][key], BUTTON, f"1 kohm, then a button to {to}", "-")
    for colour in ("red", "green", "blue") if "led" in table else ():
        yield Net(f"LED {colour}", table["led"][colour], INDICATOR, "LED's anode, 470 ohm", "0 V")
    if "buzzer" in table:
        yield Net("BUZZER", table["buzzer"]["pin"], INDICATOR, "buzzer's transistor, 1 kohm", "0 V")
