"""Reads a board's `[boots]` table. Needed once, so a chip unloads it afterwards."""

from soleus.core.basics.boots import LEGS, ZONES, Boots
from soleus.core.basics.errors import SettingError
from soleus.core.basics.limits import TARGET_DEFAULT_MOST_PA, TARGET_LEAST_PA, TARGET_MOST_PA
from soleus.core.basics.units import mmhg_from_pa, pa_from_mmhg

CHAMBERS_MOST = 8
SUPPLY_LEAST_MOST_MV = 60_000

_KEYS = ("legs", "chambers", "zones", "valves", "sensors", "gate", "max_pressure_mmhg", "supply_least_mv")


def read_boots(table: object) -> Boots:
    """A `SettingError` names what is wrong with the table."""
    if not isinstance(table, dict):
        raise SettingError("boots", table, "a table")
    for key in table:
        if key not in _KEYS:
            raise SettingError("boots." + key, table[key], "not a key here; known: " + ", ".join(_KEYS))
    legs = table.get("legs")
    if type(legs) is not int or not 1 <= legs <= len(LEGS):
        raise SettingError("boots.legs", legs, "1 or 2")
    chambers = _chambers(table)
    zones = _zones(table, len(chambers))
    valves = _one_of(table, "valves", ("fill_vent", "three_way"))
    sensors = _one_of(table, "sensors", ("per_chamber", "manifold", "per_chamber_and_manifold"))
    gate = table.get("gate", False)
    if not isinstance(gate, bool):
        raise SettingError("boots.gate", gate, "true or false")
    most_pa = _target_most_pa(table)
    least_mv = table.get("supply_least_mv", 0)
    if type(least_mv) is not int or not 0 <= least_mv <= SUPPLY_LEAST_MOST_MV:
        expected = "a whole number of mV up to {}; 0 where it isn't measured".format(SUPPLY_LEAST_MOST_MV)
        raise SettingError("boots.supply_least_mv", least_mv, expected)
    boots = Boots(legs, chambers, zones, valves == "three_way", sensors == "manifold", most_pa)
    if sensors == "per_chamber_and_manifold":
        boots.has_manifold_sensor_too = True
        boots.sensors_count += 1
    boots.has_gate = gate
    boots.supply_least_mv = least_mv
    return boots


def _one_of(table: dict, key: str, choices: tuple) -> str:
    for choice in choices:
        if table.get(key) == choice:
            return choice
    raise SettingError("boots." + key, table.get(key), "one of " + ", ".join(choices))


def _chambers(table: dict) -> tuple:
    names = table.get("chambers")
    if not isinstance(names, (list, tuple)) or not 1 <= len(names) <= CHAMBERS_MOST:
        expected = "a list of 1 to {} names, distal to proximal".format(CHAMBERS_MOST)
        raise SettingError("boots.chambers", names, expected)
    for name in names:
        if not isinstance(name, str) or not name or "." in name or list(names).count(name) > 1:
            raise SettingError("boots.chambers", name, "different names, without a dot")
    return tuple(names)


def _zones(table: dict, chamber_count: int) -> tuple:
    zones = table.get("zones")
    if not isinstance(zones, (list, tuple)) or len(zones) != chamber_count:
        raise SettingError(
            "boots.zones", zones, "a list with a zone for each of the {} chambers".format(chamber_count)
        )
    before = 0
    for zone in zones:
        if zone not in ZONES:
            raise SettingError("boots.zones", zone, "one of " + ", ".join(ZONES))
        if ZONES.index(zone) < before:
            raise SettingError("boots.zones", zone, "zones in the order " + ", ".join(ZONES))
        before = ZONES.index(zone)
    return tuple(zones)


def _target_most_pa(table: dict) -> int:
    least_mmhg = mmhg_from_pa(TARGET_LEAST_PA)
    most_mmhg = mmhg_from_pa(TARGET_MOST_PA)
    mmhg = table.get("max_pressure_mmhg", mmhg_from_pa(TARGET_DEFAULT_MOST_PA))
    if type(mmhg) is not int or not least_mmhg < mmhg <= most_mmhg:
        expected = "a whole number of mmHg above {} and up to {}".format(least_mmhg, most_mmhg)
        raise SettingError("boots.max_pressure_mmhg", mmhg, expected)
    return pa_from_mmhg(mmhg)
