"""The bill of materials: how many of each part, and its least ratings."""

from dataclasses import dataclass

from host_tools.board_check.bus import mux_addresses
from host_tools.catalogue.boards import Board
from host_tools.wiring.schematic.nets import sensor_names
from host_tools.wiring.schematic.one_shot import CAPACITOR_NF, resistor_kohm

MODULES = {
    "esp32": "ESP32-WROOM-32 development board, 4 MB flash",
    "esp32-s3": "ESP32-S3-WROOM-1 development board, 8 MB flash",
    "esp32-c3": "ESP32-C3 development board with native USB, 4 MB flash",
}


@dataclass(frozen=True)
class Item:
    count: int
    part: str
    rating: str


def materials(board: Board) -> list[Item]:
    items = [*_air(board), *_power(board), *_valves(board), *_sensors(board), *_other_parts(board)]
    return [item for item in items if item.count]


def valve_count(board: Board) -> int:
    return board.boots.count * (1 if board.boots.is_three_way else 2)


def _air(board: Board) -> list[Item]:
    boots, air = board.boots, board.table["pneumatics"]
    chambers = boots.count
    if boots.is_three_way:
        valves = [Item(chambers, "3/2 valve", f"{air['valve']}; de-energised: chamber to open air")]
    else:
        valves = [
            Item(chambers, "fill valve", f"{air['valve']}; normally closed"),
            Item(chambers, "vent valve", f"{air['valve']}; **normally open**: without power it vents"),
        ]
    relief = f"opens at {air['relief_mmhg']} mmHg, fixed, passes the pump's whole flow; on the manifold"
    return [
        Item(1, "pump", air["pump"]),
        Item(1, "check valve", "opens below 10 mmHg, for the pump's flow"),
        Item(1, "mechanical relief valve", f"{relief}, **nothing in between**"),
        *valves,
        Item(1, "tubing", air["tubing"]),
    ]


def _power(board: Board) -> list[Item]:
    supply = board.table["supply"]
    return [
        Item(1, "supply", supply["part"]),
        Item(1, "F1 fuse", f"{supply['fuse_a']:g} A, slow, in the plus line next to the supply"),
        Item(1, "D1 SB560", "Schottky 5 A 60 V: the supply the wrong way round does no harm"),
        Item(1, "D2 SMBJ15A", "takes what the coils give back; 15 V stand-off, 600 W"),
        Item(1, "C1 1000 µF", "25 V, 105 °C, next to the pump's transistor"),
        Item(1, "5 V converter", f"1 A, from {supply['least_v']:g} to {supply['most_v']:g} V"),
        Item(1, "D3 SS14", "Schottky 1 A 40 V: USB and the converter may be plugged in together"),
        *_gate(board),
        *_one_shot(board),
        Item(1, "Q1 AO3400A (pump)", "30 V, 5.7 A, fully on at 2.5 V at the gate"),
        Item(1, "SS34 (pump)", "flyback diode, Schottky 3 A 40 V, cathode to plus"),
    ]


def _gate(board: Board) -> list[Item]:
    if "gate" not in board.table:
        return []
    return [
        Item(1, "Q2 AOD409", "P-channel, -60 V, 26 A: the second switch"),
        Item(1, "Q3 AO3400A", "drives Q2; 10 kΩ from its gate to ground"),
        Item(2, "10 kΩ (second switch)", "both gates to their resting side: off until driven"),
    ]


def _one_shot(board: Board) -> list[Item]:
    if "one_shot" not in board.table:
        return []
    hold_ms = board.table["one_shot"]["hold_ms"]
    what = "the second switch" if "gate" in board.table else "the pump"
    return [
        Item(
            1,
            "SN74LVC1G123",
            f"one-shot, retriggered by each tick; 100 nF. **{hold_ms} ms without one: off**",
        ),
        Item(1, "SN74LVC1G08", f"lets the pin have {what} only while the one-shot holds; 100 nF"),
        Item(1, f"{resistor_kohm(hold_ms)} kΩ, 1 %", "with the next, how long the one-shot holds"),
        Item(1, f"{CAPACITOR_NF} nF, 5 %", "C0G or film: an X7R changes with its age"),
        Item(
            1,
            "100 kΩ (one-shot)",
            "its input to 3.3 V; no stronger one: the pin may be a strapping pin",
        ),
        Item(1, "10 kΩ (one-shot)", "the AND's other input to ground: off until the firmware drives it"),
    ]


def _valves(board: Board) -> list[Item]:
    count, valves = valve_count(board), board.table["valves"]
    flyback = Item(count, "SS14 (valves)", "flyback diode, Schottky 1 A 40 V, at each coil, cathode to plus")
    if valves["driver"] == "shift_register":
        return [
            Item(valves["registers"], "TPIC6B595", "150 mA on each output, 50 V; at 5 V, 100 nF each"),
            Item(1, "74AHCT125", "3.3 V to 5 V: the registers want 4.25 V for a one"),
            Item(1, "10 kΩ (output-enable)", "to 3.3 V: **no valve moves before the firmware runs**"),
            Item(1, "10 kΩ (pump's gate)", "to ground: **off until the firmware drives it**"),
            Item(1, "100 Ω (pump's gate)", "between pin and gate"),
            flyback,
        ]
    return [
        Item(count, "AO3400A (valves)", "30 V, 5.7 A, fully on at 2.5 V at the gate"),
        Item(count + 1, "10 kΩ (gates)", "each gate to ground: **off until the firmware drives it**"),
        Item(count + 1, "100 Ω (gates)", "between pin and gate"),
        flyback,
    ]


def _sensors(board: Board) -> list[Item]:
    sensors = board.table["sensors"]
    count = len(sensor_names(board))
    volts = sensors["supply_mv"] / 1000
    items = [Item(count, sensors["part"], f"0 to {sensors['range_kpa']} kPa, supplied with {volts:g} V")]
    if sensors["driver"] in ("adc", "ads1115"):
        items.append(Item(count, "1 kΩ and 100 nF", "at each sensor's output: takes the pump's ripple away"))
        items.append(
            Item(count, "220 kΩ (sensors)", "each input to ground: **an open wire reads less than 0**")
        )
    items.append(Item(len(sensors.get("addresses", [])), "ADS1115", "at 3.3 V"))
    items.append(Item(len(mux_addresses(sensors)), "TCA9548A", "at 3.3 V, addresses as in board.toml"))
    if "mux_address" in sensors:
        # All channels are joined when the conversions start: ten pairs of stronger resistors draw too much
        # current.
        use = "to 3.3 V, on SCL and SDA of each channel in use; no stronger ones on the sensors' own boards"
        items.append(Item(2 * count, "22 kΩ (sensors)", use))
    return items


def _other_parts(board: Board) -> list[Item]:
    table = board.table
    has = {name: int(name in table) for name in ("i2c", "battery", "led", "buzzer", "display")}
    divider = table.get("battery", {"top_ohm": 0, "bottom_ohm": 0})
    ohms = f"{divider['top_ohm'] / 1000:g} kΩ over {divider['bottom_ohm'] / 1000:g} kΩ"
    return [
        Item(1, "controller", MODULES[board.chip]),
        Item(2 * has["i2c"], "2.2 kΩ (I2C)", "to 3.3 V, once for the whole bus"),
        Item(has["battery"], "divider", f"{ohms}, 1 %; 100 nF in the middle"),
        Item(4, "push button", "with 1 kΩ in series; the stop button red and larger"),
        Item(has["led"], "RGB LED", "common cathode, 470 Ω for each colour"),
        Item(has["buzzer"], "piezo buzzer", "passive, about 4 kHz, with an AO3400A and 100 Ω in parallel"),
        Item(has["display"], "SSD1306 display", "I2C, 3.3 V"),
    ]
