"""Checks that there are as many valves and sensors as the chambers need."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from host_tools.board_check.finding import Finding
from soleus.core.basics.boots import Boots

OUTPUTS_PER_REGISTER = 8
INPUTS_PER_CHIP = {"ads1115": 4, "abp2": 8, "mprls": 8}


def count_findings(boots: Boots, table: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _valve_findings(boots, table["valves"])
    yield from _sensor_findings(boots, table["sensors"])
    if "gate" in table and not boots.has_gate:
        yield Finding("gate.pin", table["gate"]["pin"], "no [gate], or gate = true in [boots]")


def _valve_findings(boots: Boots, valves: Mapping[str, Any]) -> Iterator[Finding]:
    is_gpio = valves["driver"] == "gpio"
    fill, vent = ("fill", "vent") if is_gpio else ("fill_outputs", "vent_outputs")
    wanted = {fill: boots.count, vent: 0 if boots.is_three_way else boots.count}
    for key, count in wanted.items():
        found = valves.get(key, [])
        if key in valves and count == 0:
            yield Finding(f"valves.{key}", found, "none: a three-way valve vents by itself")
        elif key not in valves and count:
            yield Finding(f"valves.{key}", None, f"{count}, one for each chamber")
        elif key in valves and len(found) != count:
            yield Finding(f"valves.{key}", found, f"{count}, one for each chamber, not {len(found)}")
    if not is_gpio:
        yield from _register_findings(valves)


def _register_findings(valves: Mapping[str, Any]) -> Iterator[Finding]:
    last = valves["registers"] * OUTPUTS_PER_REGISTER - 1
    taken: dict[int, str] = {}
    for key in ("fill_outputs", "vent_outputs"):
        for index, output in enumerate(valves.get(key, [])):
            place = f"valves.{key}[{index}]"
            if not 0 <= output <= last:
                expected = f"an output from 0 to {last}, which {valves['registers']} registers have"
                yield Finding(place, output, expected)
            elif output in taken:
                yield Finding(place, output, f"an output of its own; {taken[output]} has this one")
            taken.setdefault(output, place)


def _sensor_findings(boots: Boots, sensors: Mapping[str, Any]) -> Iterator[Finding]:
    count = boots.sensors_count
    reason = "one on the manifold" if boots.has_manifold_sensor_only else "one for each chamber"
    if boots.has_manifold_sensor_too:
        reason += ", and the last for the manifold"
    key = "pins" if sensors["driver"] == "adc" else "channels"
    found = sensors[key]
    if len(found) != count:
        yield Finding(f"sensors.{key}", found, f"{count}, {reason}, not {len(found)}")
    if key == "channels":
        yield from _channel_findings(sensors)


def _channel_findings(sensors: Mapping[str, Any]) -> Iterator[Finding]:
    channels: Sequence[int] = sensors["channels"]
    per_chip = INPUTS_PER_CHIP[sensors["driver"]]
    if len(channels) > 1 and sensors["driver"] != "ads1115" and "mux_address" not in sensors:
        yield Finding("sensors.mux_address", None, "the address of the multiplexer that has these channels")
    chips = len(sensors["addresses"]) if "addresses" in sensors else 8
    for index, channel in enumerate(channels):
        place = f"sensors.channels[{index}]"
        if not 0 <= channel < chips * per_chip:
            expected = (
                f"a channel from 0 to {chips * per_chip - 1}: {per_chip} on each chip, "
                "counted on from chip to chip"
            )
            yield Finding(place, channel, expected)
        elif channel in channels[:index]:
            yield Finding(place, channel, f"a channel of its own; channels[{channels.index(channel)}] has it")
