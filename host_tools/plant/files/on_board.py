"""A plant adapted to one board: its sensors may be digital, behind a converter on a bus, or read in turns."""

from collections.abc import Mapping
from typing import Any

from host_tools.plant.files.spec import PlantSpec
from soleus.drivers.sensing.parts import has_turns

DIGITAL_DRIVERS = ("abp2", "mprls")
ON_A_BUS = (*DIGITAL_DRIVERS, "ads1115")


def has_bus(table: Mapping[str, Any]) -> bool:
    """Whether the board's sensors hang on a bus."""
    return table.get("sensors", {}).get("driver") in ON_A_BUS


def on_board(spec: PlantSpec, table: Mapping[str, Any]) -> PlantSpec:
    """`table` is the board's file; a sketch without sensors keeps the plant's own."""
    spec = spec.model_copy(update={"one_shot_ms": table.get("one_shot", {}).get("hold_ms", 0)})
    driver = table.get("sensors", {}).get("driver")
    if driver in DIGITAL_DRIVERS:
        changed = {**dict(spec.digital_sensor), "turns": 2 if has_turns(table["sensors"]) else 1}
    elif driver in ON_A_BUS:
        # Unplugged, a converter doesn't answer; an analog input reads less than nothing.
        changed = {"missing": "silent"}
    else:
        return spec
    return spec.model_copy(update={"sensor": spec.sensor.model_copy(update=changed)})
