"""What a board's `[boots]` table may say, and the words with which everything else is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soleus.core.basics.boots import ZONES, Boots
from soleus.core.basics.boots_table import read_boots
from soleus.core.basics.errors import SettingError
from soleus.core.basics.units import pa_from_mmhg

GOOD: dict[str, Any] = {
    "legs": 2,
    "chambers": ["foot", "ankle", "calf", "knee", "thigh"],
    "zones": ["foot", "foot", "calf", "calf", "thigh"],
    "valves": "fill_vent",
    "sensors": "per_chamber",
    "gate": True,
}
MISSING = object()


def boots_with(**changes: Any) -> Boots:
    table = {key: value for key, value in {**GOOD, **changes}.items() if value is not MISSING}
    return read_boots(table)


def test_chambers_are_numbered_leg_by_leg_from_the_foot() -> None:
    boots = boots_with()
    assert boots.names[0] == "left.foot"
    assert boots.names[5:7] == ["right.foot", "right.ankle"]
    assert boots.zone_of == [0, 0, 1, 1, 2] * 2
    assert (boots.legs, boots.chambers_per_leg, boots.count, boots.all_bits) == (2, 5, 10, 0b11_1111_1111)
    assert (boots.is_three_way, boots.has_manifold_sensor_only, boots.has_gate) == (False, False, True)


def test_what_may_be_left_out() -> None:
    boots = boots_with(gate=MISSING)
    assert boots.has_gate is False
    assert boots.target_most_pa == pa_from_mmhg(110)


def test_each_layout() -> None:
    assert boots_with(valves="three_way").is_three_way
    assert boots_with(sensors="manifold").has_manifold_sensor_only
    assert boots_with(sensors="manifold").sensors_count == 1
    assert boots_with(sensors="per_chamber").sensors_count == 10
    both = boots_with(sensors="per_chamber_and_manifold")
    assert (both.has_manifold_sensor_only, both.has_manifold_sensor_too) == (False, True)
    assert both.sensors_count == 11
    assert boots_with(max_pressure_mmhg=120).target_most_pa == pa_from_mmhg(120)


@pytest.mark.parametrize(
    ("changes", "key", "expected"),
    [
        ({"legs": MISSING}, "boots.legs", "1 or 2"),
        ({"legs": 0}, "boots.legs", "1 or 2"),
        ({"legs": 3}, "boots.legs", "1 or 2"),
        ({"legs": 2.0}, "boots.legs", "1 or 2"),
        ({"legs": "2"}, "boots.legs", "1 or 2"),
        ({"legs": True}, "boots.legs", "1 or 2"),
        ({"chambers": MISSING}, "boots.chambers", "a list of 1 to 8 names, distal to proximal"),
        ({"chambers": []}, "boots.chambers", "a list of 1 to 8 names"),
        ({"chambers": "foot"}, "boots.chambers", "a list of 1 to 8 names"),
        ({"chambers": [str(i) for i in range(9)]}, "boots.chambers", "a list of 1 to 8 names"),
        ({"chambers": ["foot", "foot"]}, "boots.chambers", "different names"),
        ({"chambers": ["foot", ""]}, "boots.chambers", "different names"),
        ({"chambers": ["foot", 2]}, "boots.chambers", "different names"),
        ({"chambers": ["foot", ["calf"]]}, "boots.chambers", "different names"),
        ({"chambers": ["left.foot"]}, "boots.chambers", "without a dot"),
        ({"zones": MISSING}, "boots.zones", "a zone for each of the 5 chambers"),
        ({"zones": ["foot"]}, "boots.zones", "a zone for each of the 5 chambers"),
        ({"zones": "foot"}, "boots.zones", "a zone for each of the 5 chambers"),
        ({"zones": ["foot", "foot", "calf", "knee", "thigh"]}, "boots.zones", "one of foot, calf, thigh"),
        ({"zones": ["foot", "foot", "calf", "calf", 2]}, "boots.zones", "one of foot, calf, thigh"),
        (
            {"zones": ["thigh", "calf", "calf", "foot", "foot"]},
            "boots.zones",
            "in the order foot, calf, thigh",
        ),
        ({"valves": MISSING}, "boots.valves", "one of fill_vent, three_way"),
        ({"valves": "two_way"}, "boots.valves", "one of fill_vent, three_way"),
        ({"valves": ["fill_vent"]}, "boots.valves", "one of fill_vent, three_way"),
        ({"sensors": MISSING}, "boots.sensors", "one of per_chamber, manifold"),
        ({"sensors": "none"}, "boots.sensors", "one of per_chamber, manifold"),
        ({"gate": 1}, "boots.gate", "true or false"),
        ({"gate": "yes"}, "boots.gate", "true or false"),
        ({"max_pressure_mmhg": 121}, "boots.max_pressure_mmhg", "above 10 and up to 120"),
        ({"max_pressure_mmhg": 10}, "boots.max_pressure_mmhg", "above 10 and up to 120"),
        ({"max_pressure_mmhg": 100.0}, "boots.max_pressure_mmhg", "a whole number of mmHg"),
        ({"max_pressure_mmhg": True}, "boots.max_pressure_mmhg", "a whole number of mmHg"),
        ({"leg": 2}, "boots.leg", "not a key here; known: legs, chambers, zones"),
    ],
)
def test_a_bad_table_is_refused_with_its_key(changes: dict[str, Any], key: str, expected: str) -> None:
    with pytest.raises(SettingError) as caught:
        boots_with(**changes)
    assert caught.value.key == key
    assert expected in caught.value.expected


@given(st.integers(1, 2), st.lists(st.sampled_from(ZONES), min_size=1, max_size=8))
def test_zones_are_taken_in_their_order_alone(legs: int, zones: list[str]) -> None:
    table = {**GOOD, "legs": legs, "chambers": [f"c{number}" for number in range(len(zones))], "zones": zones}
    if zones == sorted(zones, key=ZONES.index):
        assert read_boots(table).count == legs * len(zones)
    else:
        with pytest.raises(SettingError, match="in the order"):
            read_boots(table)
