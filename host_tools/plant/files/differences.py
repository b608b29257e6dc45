"""What is different at single chambers: a plant file's `[at."left.calf"]`, and hoses that lead elsewhere."""

from collections.abc import Callable
from typing import Any

import numpy as np

from host_tools.basics.errors import InputError
from host_tools.plant.parts.units import BEAT_S

# Key in the file -> part of the plant, its array, and whether it is in the vent valves' half.
_PLACES = {
    **{key: ("chambers", key, 0) for key in ("dead_ml", "slack_ml", "leak", "blood_ml")},
    "hose_conductance": ("hoses", "healthy_k", 0),
    "fill_conductance": ("valves", "full_fill_k", 0),
    "vent_conductance": ("valves", "full_vent_k", 0),
    **{f"fill_{key}": ("valves", key, 0) for key in ("on_ms", "off_ms", "travel_ms")},
    **{f"vent_{key}": ("valves", key, 1) for key in ("on_ms", "off_ms", "travel_ms")},
    **{key: ("sensors", key, 0) for key in ("offset_mmhg", "bow_mmhg")},
}


def differ(plant: Any, at: Any, name: str, boots: Any, numbers: Callable[..., Any]) -> None:
    """Replace what was drawn for one chamber by what the file says about it."""
    i = _index(name, boots)
    drawn = {
        key: float(numbers(f"at.{name}.{key}", getattr(at, key), 1)[0])
        for key in type(at).model_fields
        if key != "hose_to" and getattr(at, key) is not None
    }
    for key, (part, array, half) in _PLACES.items():
        if key in drawn:
            getattr(getattr(plant, part), array)[_place(key, i, half, plant)] = drawn[key]
    plant.hoses.hose_k[:] = plant.hoses.healthy_k
    if "gain_error" in drawn:
        plant.sensors.gain[_place("gain_error", i, 0, plant)] = 1.0 + drawn["gain_error"]
    chambers = plant.chambers
    if "slack_mmhg" in drawn:
        chambers.per_slack_mmhg[i] = 1.0 / drawn["slack_mmhg"]
    if "creep_s" in drawn:
        chambers.creep_rate[i] = 1.0 - np.exp(-BEAT_S / drawn["creep_s"])
    share = chambers.creep_full[i] / chambers.compliance[i] if chambers.compliance[i] else 0.0
    if "compliance_ml_mmhg" in drawn:
        _make_compliant(chambers, i, drawn["compliance_ml_mmhg"])
    chambers.creep_full[i] = drawn.get("creep_share", share) * chambers.compliance[i]
    if "coupling_ml_mmhg" in drawn:
        _couple_upwards(chambers, i, drawn["coupling_ml_mmhg"])
    chambers.air_ml[i] = chambers.dead_ml[i]
    chambers.room_ml[i] = chambers.slack_ml[i]


def cross_hoses(plant: Any, hose_to: dict[str, str], boots: Any) -> None:
    """Seen from the valves, a valve's chamber is the one that its hose leads to."""
    order = np.arange(boots.count)
    for name, other in hose_to.items():
        order[_index(name, boots)] = _index(other, boots)
    if sorted(order.tolist()) != list(range(boots.count)):
        raise InputError("plant", "at", sorted(hose_to), "each chamber at the end of one hose (hose_to)")
    chambers = plant.chambers
    place = np.argsort(order)
    for array in ("below", "above"):
        getattr(chambers, array)[:] = place[getattr(chambers, array)[order]]
    for array in (
        *("dead_ml", "slack_ml", "per_slack_mmhg", "compliance", "leak", "from_below", "from_above"),
        *("creep_full", "creep_rate", "blood_ml", "air_ml", "room_ml", "slow_creep_full", "slow_creep_rate"),
    ):
        values = getattr(chambers, array)
        values[:] = values[order]
    for values in (chambers.cloth.give_ml_mmhg, chambers.cloth.half_mmhg):
        values[:] = values[order]


def _make_compliant(chambers: Any, i: int, ml_mmhg: float) -> None:
    """Cloth that remembers keeps its share of the whole."""
    whole = chambers.compliance[i] + chambers.cloth.give_ml_mmhg[i]
    give_share = chambers.cloth.give_ml_mmhg[i] / whole if whole else 0.0
    if whole:
        chambers.slow_creep_full[i] *= ml_mmhg / whole
    chambers.compliance[i] = ml_mmhg * (1.0 - give_share)
    chambers.cloth.give_ml_mmhg[i] = ml_mmhg * give_share


def _couple_upwards(chambers: Any, i: int, ml_mmhg: float) -> None:
    """Set the push between this chamber and the next proximal one, for both."""
    above = chambers.above[i]
    if above != i:
        chambers.from_above[i] = ml_mmhg
        chambers.from_below[above] = ml_mmhg


def _index(name: str, boots: Any) -> int:
    if name not in boots.names:
        raise InputError("plant", "at", name, f"one of {', '.join(boots.names)}")
    return int(boots.names.index(name))


def _place(key: str, i: int, half: int, plant: Any) -> int:
    if plant.sensors.is_on_manifold and key in ("gain_error", "offset_mmhg", "bow_mmhg"):
        return 0
    return i + half * plant.chambers.count if not plant.valves.is_three_way else i
