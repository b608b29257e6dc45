"""The I2C bus: it must be there if something needs it, and no two chips may have the same address."""

from collections.abc import Iterator, Mapping
from typing import Any

from host_tools.board_check.counts import INPUTS_PER_CHIP
from host_tools.board_check.finding import Finding
from host_tools.board_check.parts import DIGITAL_PARTS, digital_part

MUX_ADDRESSES = range(0x70, 0x78)
ADS1115_ADDRESSES = range(0x48, 0x4C)
SSD1306_ADDRESSES = (0x3C, 0x3D)

Addressed = tuple[str, int, range | tuple[int, ...]]
"""The key that gives an address, the address, and the ones that such a chip can have."""


def bus_findings(table: Mapping[str, Any]) -> Iterator[Finding]:
    addressed = addresses(table)
    if addressed and "i2c" not in table:
        yield Finding("i2c", None, f"a table [i2c] with scl, sda and hz: {addressed[0][0]} is on that bus")
    if "i2c" in table and not addressed:
        yield Finding("i2c", table["i2c"], "no [i2c]: nothing is on that bus")
    taken: dict[int, str] = {}
    for key, address, possible in addressed:
        if address not in possible:
            yield Finding(key, _hex(address), f"an address that this chip can have: {_range(possible)}")
        elif address in taken:
            yield Finding(key, _hex(address), f"an address of its own; {taken[address]} has this one")
        taken.setdefault(address, key)


def addresses(table: Mapping[str, Any]) -> list[Addressed]:
    """Sensors behind a multiplexer count, too: while their channel is open, they are on the same bus."""
    sensors = table["sensors"]
    converters = enumerate(sensors.get("addresses", []))
    found: list[Addressed] = [(f"sensors.addresses[{k}]", one, ADS1115_ADDRESSES) for k, one in converters]
    found += [("sensors.mux_address", address, MUX_ADDRESSES) for address in mux_addresses(sensors)]
    if sensors["driver"] in DIGITAL_PARTS:
        part = digital_part(sensors["driver"], sensors["part"])
        if part:
            found.append(("sensors.part", part.address, (part.address,)))
    if "display" in table:
        found.append(("display.address", table["display"]["address"], SSD1306_ADDRESSES))
    return found


def mux_addresses(sensors: Mapping[str, Any]) -> list[int]:
    """One multiplexer for every eight channels, at consecutive addresses."""
    if "mux_address" not in sensors:
        return []
    last = max(sensors["channels"])
    return [sensors["mux_address"] + chip for chip in range(last // INPUTS_PER_CHIP["abp2"] + 1)]


def _hex(address: int) -> str:
    return f"0x{address:02X}"


def _range(possible: range | tuple[int, ...]) -> str:
    return f"{_hex(possible[0])} to {_hex(possible[-1])}"
