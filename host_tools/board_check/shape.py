"""The tables and keys of a board file, and the kind of each value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from host_tools.basics.expectation import one_of_the_keys
from host_tools.board_check.finding import Finding
from soleus.core.basics.boots import Boots


def shape_findings(boots: Boots, table: Mapping[str, Any]) -> Iterator[Finding]:
    """Missing tables, missing or unknown keys, and values of the wrong kind."""
    for name in _required_tables(boots):
        if name not in table:
            yield Finding(name, None, f"a table [{name}] with {_listed(shape_of(name, {}))}")
    for name in HARDWARE_TABLES:
        if name not in table:
            continue
        if isinstance(table[name], dict):
            yield from _table_findings(name, table[name])
        else:
            yield Finding(name, table[name], f"a table [{name}]")


@dataclass(frozen=True)
class Kind:
    """What a value must be, in words and as a test."""

    what: str
    fits: Callable[[Any], bool]


def _is_whole(value: Any) -> bool:
    return type(value) is int


def _whole(least: int, most: int, unit: str = "") -> Kind:
    what = f"a whole number{f' of {unit}' if unit else ''} from {least} to {most}"
    return Kind(what, lambda value: _is_whole(value) and least <= value <= most)


def _number(least: float, most: float, unit: str) -> Kind:
    what = f"a number of {unit} from {least:g} to {most:g}"
    return Kind(what, lambda value: type(value) in (int, float) and least <= value <= most)


def _wholes(what: str) -> Kind:
    return Kind(what, lambda value: isinstance(value, list) and bool(value) and all(map(_is_whole, value)))


def _one_of(*choices: str) -> Kind:
    return Kind(f"one of {', '.join(choices)}", lambda value: value in choices)


TEXT = Kind("text", lambda value: isinstance(value, str) and bool(value.strip()))
FLAG = Kind("true or false", lambda value: isinstance(value, bool))
PIN = Kind("a GPIO's number", _is_whole)
PINS = _wholes("a list of GPIO numbers, one for each chamber, distal to proximal")
OUTPUTS = _wholes("a list of register outputs, one for each chamber, distal to proximal")
CHANNELS = _wholes("a list of channels, one for each sensor")
ADDRESS = Kind("an I2C address from 0x08 to 0x77", lambda value: _is_whole(value) and 0x08 <= value <= 0x77)
ADDRESSES = _wholes("a list of I2C addresses")

Shape = Mapping[str, Kind]

_HOLD = {
    "peak_ms": _whole(20, 500, "ms"),
    "hold_permille": _whole(200, 1000, "permille"),
}
_SENSOR = {"part": TEXT, "range_kpa": _whole(10, 250, "kPa"), "supply_mv": _whole(1800, 5500, "mV")}

DRIVERS: dict[str, dict[str, Shape]] = {
    "valves": {
        "gpio": {"fill": PINS, "vent": PINS, **_HOLD},
        "shift_register": {
            "data": PIN,
            "clock": PIN,
            "latch": PIN,
            "output_enable": PIN,
            "registers": _whole(1, 4),
            "fill_outputs": OUTPUTS,
            "vent_outputs": OUTPUTS,
            **_HOLD,
        },
    },
    "sensors": {
        "adc": {"pins": PINS, **_SENSOR},
        "ads1115": {"addresses": ADDRESSES, "channels": CHANNELS, **_SENSOR},
        "abp2": {"mux_address": ADDRESS, "channels": CHANNELS, **_SENSOR},
        "mprls": {"mux_address": ADDRESS, "channels": CHANNELS, **_SENSOR},
    },
    "display": {
        "ssd1306": {"address": ADDRESS, "width": _whole(64, 128), "height": _whole(32, 64)},
    },
}

TABLES: dict[str, Shape] = {
    "pump": {"pin": PIN, "pwm_hz": _whole(100, 40_000, "Hz")},
    "gate": {"pin": PIN},
    # Longer than the longest gap between two ticks, shorter than what a guard takes for a tick that is late.
    "one_shot": {"pin": PIN, "hold_ms": _whole(40, 60, "ms")},
    "i2c": {"scl": PIN, "sda": PIN, "hz": _whole(10_000, 400_000, "Hz")},
    "battery": {
        "pin": PIN,
        "top_ohm": _whole(1000, 1_000_000, "ohm"),
        "bottom_ohm": _whole(1000, 1_000_000, "ohm"),
        "full_minutes": _whole(10, 6000, "minutes"),
    },
    "buttons": {"start_stop": PIN, "softer": PIN, "louder": PIN, "stop": PIN, "active_low": FLAG},
    "led": {"red": PIN, "green": PIN, "blue": PIN},
    "buzzer": {"pin": PIN},
    "pneumatics": {"relief_mmhg": _whole(1, 1000, "mmHg"), "pump": TEXT, "valve": TEXT, "tubing": TEXT},
    "supply": {
        "nominal_v": _number(5, 24, "V"),
        "least_v": _number(5, 24, "V"),
        "most_v": _number(5, 25.2, "V"),
        "fuse_a": _number(0.5, 10, "A"),
        "part": TEXT,
    },
}

HARDWARE_TABLES = (
    *("valves", "pump", "gate", "one_shot", "sensors", "i2c", "battery"),
    *("buttons", "led", "buzzer", "display", "pneumatics", "supply"),
)

# With three-way valves there are no vent valves, and a single sensor needs no multiplexer.
_MAY_MISS = {
    ("valves", "vent"),
    ("valves", "vent_outputs"),
    ("sensors", "mux_address"),
    ("battery", "full_minutes"),
}


def _required_tables(boots: Boots) -> tuple[str, ...]:
    gate = ("gate",) if boots.has_gate else ()
    return ("valves", "pump", *gate, "sensors", "buttons", "pneumatics", "supply")


def shape_of(name: str, table: Mapping[str, Any]) -> Shape | None:
    """The keys of a table; None when its driver isn't known."""
    if name not in DRIVERS:
        return TABLES[name]
    kinds = DRIVERS[name].get(str(table.get("driver")))
    return None if kinds is None else {"driver": _one_of(*DRIVERS[name]), **kinds}


def _table_findings(name: str, table: Mapping[str, Any]) -> Iterator[Finding]:
    shape = shape_of(name, table)
    if shape is None:
        yield Finding(f"{name}.driver", table.get("driver"), _one_of(*DRIVERS[name]).what)
        return
    for key, value in table.items():
        if key not in shape:
            yield Finding(f"{name}.{key}", value, one_of_the_keys(list(shape)))
    for key, kind in shape.items():
        if key in table:
            if not kind.fits(table[key]):
                yield Finding(f"{name}.{key}", table[key], kind.what)
        elif (name, key) not in _MAY_MISS:
            yield Finding(f"{name}.{key}", None, kind.what)


def _listed(shape: Shape | None) -> str:
    return ", ".join(shape) if shape else "a driver and what it needs"
