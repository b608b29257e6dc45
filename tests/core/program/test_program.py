"""What a program may say; everything else is refused with its key, its value and what would be right."""

from typing import Any

import pytest

from soleus.core.basics.boots import Boots
from soleus.core.basics.boots_table import read_boots
from soleus.core.basics.errors import SettingError
from soleus.core.basics.units import mmhg_from_pa, pa_from_mmhg
from soleus.core.program.fit import refuse_unfit
from soleus.core.program.program import Program
from soleus.core.program.table import read_program
from soleus.core.program.words import GRADIENT, SEQUENTIAL

MISSING = object()
A_BLOCK: dict[str, Any] = {"pattern": "sequential"}
GOOD: dict[str, Any] = {
    "id": "good",
    "minutes": {"min": 15, "start": 15, "max": 20},
    "pressure_mmhg": {"min": 40, "start": 50, "max": 70},
    "blocks": [A_BLOCK],
}


def program_with(**changes: Any) -> Program:
    return read_program({key: v for key, v in {**GOOD, **changes}.items() if v is not MISSING})


def with_block(**changes: Any) -> Program:
    return program_with(blocks=[{key: v for key, v in {**A_BLOCK, **changes}.items() if v is not MISSING}])


def boots_with(**changes: Any) -> Boots:
    table = {
        "legs": 2,
        "chambers": ["foot", "ankle", "calf", "knee", "thigh"],
        "zones": ["foot", "foot", "calf", "calf", "thigh"],
        "valves": "fill_vent",
        "sensors": "per_chamber",
    }
    return read_boots({**table, **changes})


def test_what_is_left_out_has_a_sensible_value() -> None:
    program = program_with()
    block = program.blocks[0]
    assert block.pattern == SEQUENTIAL
    assert block.zone_bits == 0b111
    assert block.share_percent == 100
    assert (block.ramp_ms.start, block.hold_ms.start, block.release_ms.start) == (0, 4000, 4000)
    assert (block.rest_ms.start, block.cycle_ms.start) == (2000, 0)
    assert block.boost_pa == [0, 0, 0]
    assert program.words == []
    assert program.presence_check_minutes == 0


def test_a_range_begins_at_its_lowest_unless_it_says_otherwise() -> None:
    assert program_with(pressure_mmhg={"min": 30, "max": 60}).pressure_mmhg.start == 30
    assert program_with(pressure_mmhg={"min": 30, "start": 45, "max": 60}).level_pa.start == pa_from_mmhg(45)
    whole = program_with(minutes=20).minutes
    assert (whole.least, whole.start, whole.most) == (20, 20, 20)


def test_the_ends_of_every_range_are_inside() -> None:
    program_with(pressure_mmhg={"min": 20, "max": 120}, minutes={"min": 5, "max": 60})
    program_with(sign_of_life_minutes=0)
    program_with(sign_of_life_minutes=60)
    with_block(hold_s=60, release_s=2, rest_s=120, ramp_s=30, cycle_s=180, pulses=10, pulse_ms=300)
    with_block(boost_mmhg={"foot": 20}, zone_step_mmhg=30, relax_percent=90, legs="alternating")


BAD_PROGRAMS = [
    (program_with, {"id": MISSING}, "id", "a short name"),
    (program_with, {"id": ""}, "id", "a short name"),
    (program_with, {"id": 7}, "id", "a short name"),
    (program_with, {"title": ["a"]}, "title", "text"),
    (program_with, {"words": "cramps"}, "words", "a list of words"),
    (program_with, {"words": ["cramps", 3]}, "words", "a list of words"),
    (program_with, {"minute": 20}, "minute", "not a key here; known: id, title"),
    (program_with, {"minutes": MISSING}, "minutes", "a whole number from 5 to 60"),
    (program_with, {"minutes": 61}, "minutes", "a whole number from 5 to 60"),
    (program_with, {"minutes": 4}, "minutes", "a whole number from 5 to 60"),
    (program_with, {"minutes": True}, "minutes", "a whole number from 5 to 60"),
    (program_with, {"minutes": {"min": 20, "max": 15}}, "minutes.max", "a whole number from 20 to 60"),
    (program_with, {"pressure_mmhg": MISSING}, "pressure_mmhg", "a whole number from 20 to 120"),
    (program_with, {"pressure_mmhg": 40.0}, "pressure_mmhg", "a whole number from 20 to 120"),
    (program_with, {"pressure_mmhg": "40"}, "pressure_mmhg", "a whole number from 20 to 120"),
    (program_with, {"pressure_mmhg": 19}, "pressure_mmhg", "a whole number from 20 to 120"),
    (program_with, {"pressure_mmhg": 121}, "pressure_mmhg", "a whole number from 20 to 120"),
    (program_with, {"pressure_mmhg": [40, 60]}, "pressure_mmhg", "a whole number from 20 to 120"),
    (program_with, {"pressure_mmhg": {"min": 60, "max": 40}}, "pressure_mmhg.max", "from 60 to 120"),
    (
        program_with,
        {"pressure_mmhg": {"min": 40, "start": 30, "max": 60}},
        "pressure_mmhg.start",
        "from 40 to 60",
    ),
    (
        program_with,
        {"pressure_mmhg": {"min": 40, "start": 61, "max": 60}},
        "pressure_mmhg.start",
        "from 40 to 60",
    ),
    (program_with, {"pressure_mmhg": {"start": 40, "max": 60}}, "pressure_mmhg.min", "from 20 to 120"),
    (program_with, {"pressure_mmhg": {"low": 40, "max": 60}}, "pressure_mmhg.low", "known: min, start, max"),
    (program_with, {"sign_of_life_minutes": 61}, "sign_of_life_minutes", "a whole number from 0 to 60"),
    (program_with, {"sign_of_life_minutes": -1}, "sign_of_life_minutes", "a whole number from 0 to 60"),
    (program_with, {"sign_of_life_minutes": 2.5}, "sign_of_life_minutes", "a whole number from 0 to 60"),
    (program_with, {"sign_of_life_minutes": True}, "sign_of_life_minutes", "a whole number from 0 to 60"),
    (program_with, {"blocks": MISSING}, "blocks", "1 to 4 [[blocks]]"),
    (program_with, {"blocks": []}, "blocks", "1 to 4 [[blocks]]"),
    (program_with, {"blocks": [{"pattern": "wave", "share_percent": 20}] * 5}, "blocks", "1 to 4 [[blocks]]"),
    (program_with, {"blocks": {"pattern": "wave"}}, "blocks", "1 to 4 [[blocks]]"),
    (program_with, {"blocks": ["wave"]}, "blocks[0]", "a table"),
    (program_with, {"blocks": [A_BLOCK, A_BLOCK]}, "blocks.share_percent", "shares that add up to 100"),
    (
        program_with,
        {"blocks": [{**A_BLOCK, "share_percent": 60}, {**A_BLOCK, "share_percent": 50}]},
        "blocks.share_percent",
        "shares that add up to 100",
    ),
    (
        program_with,
        {"blocks": [{**A_BLOCK, "share_percent": 60}, {"pattern": "swirl", "share_percent": 40}]},
        "blocks[1].pattern",
        "one of sequential, wave, pulse, gradient, uniform, flow",
    ),
    (with_block, {"share_percent": 50}, "blocks.share_percent", "shares that add up to 100"),
    (with_block, {"share_percent": 0}, "blocks[0].share_percent", "a whole number from 1 to 100"),
    (with_block, {"pattern": MISSING}, "blocks[0].pattern", "one of sequential, wave"),
    (with_block, {"pattern": "Wave"}, "blocks[0].pattern", "one of sequential, wave"),
    (with_block, {"pattern": 1}, "blocks[0].pattern", "one of sequential, wave"),
    (with_block, {"hold": 4}, "blocks[0].hold", "not a key here; known: pattern"),
    (with_block, {"pattern": "gradient"}, "blocks[0].step_mmhg", "a step of 1 to 20 mmHg, for a gradient"),
    (with_block, {"pattern": "gradient", "step_mmhg": 0}, "blocks[0].step_mmhg", "a step of 1 to 20 mmHg"),
    (
        with_block,
        {"pattern": "gradient", "step_mmhg": 21},
        "blocks[0].step_mmhg",
        "a whole number from 0 to 20",
    ),
    (with_block, {"zones": []}, "blocks[0].zones", "a list of zones, distal first"),
    (with_block, {"zones": "foot"}, "blocks[0].zones", "a list of zones, distal first"),
    (with_block, {"zones": ["calf", "foot"]}, "blocks[0].zones", "each zone once, distal first"),
    (with_block, {"zones": ["foot", "foot"]}, "blocks[0].zones", "each zone once, distal first"),
    (with_block, {"zones": ["foot", "knee"]}, "blocks[0].zones", "one of foot, calf, thigh"),
    (with_block, {"boost_mmhg": {"calf": 21}}, "blocks[0].boost_mmhg.calf", "a whole number from 0 to 20"),
    (with_block, {"boost_mmhg": {"calf": -5}}, "blocks[0].boost_mmhg.calf", "a whole number from 0 to 20"),
    (with_block, {"boost_mmhg": {"knee": 5}}, "blocks[0].boost_mmhg.knee", "known: foot, calf, thigh"),
    (with_block, {"boost_mmhg": 5}, "blocks[0].boost_mmhg", "a table"),
    (with_block, {"zone_step_mmhg": 31}, "blocks[0].zone_step_mmhg", "a whole number from 0 to 30"),
    (with_block, {"legs": "both"}, "blocks[0].legs", "one of together, alternating, left, right"),
    (with_block, {"hold_s": 61}, "blocks[0].hold_s", "a whole number from 0 to 60"),
    (with_block, {"hold_s": {"min": 8, "max": 4}}, "blocks[0].hold_s.max", "a whole number from 8 to 60"),
    (with_block, {"release_s": 1}, "blocks[0].release_s", "a whole number from 2 to 30"),
    (with_block, {"rest_s": -1}, "blocks[0].rest_s", "a whole number from 0 to 120"),
    (with_block, {"ramp_s": 2.5}, "blocks[0].ramp_s", "a whole number from 0 to 30"),
    (with_block, {"cycle_s": 181}, "blocks[0].cycle_s", "a whole number from 0 to 180"),
    (with_block, {"pulses": 0}, "blocks[0].pulses", "a whole number from 1 to 10"),
    (with_block, {"pulse_ms": 200}, "blocks[0].pulse_ms", "a whole number from 300 to 5000"),
    (with_block, {"relax_percent": 95}, "blocks[0].relax_percent", "a whole number from 20 to 90"),
]


@pytest.mark.parametrize(("make", "changes", "key", "expected"), BAD_PROGRAMS)
def test_a_bad_program_is_refused_with_its_key(
    make: Any, changes: dict[str, Any], key: str, expected: str
) -> None:
    with pytest.raises(SettingError) as caught:
        make(**changes)
    assert caught.value.key == key
    assert expected in caught.value.expected
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("table", [None, [], "wave", 3])
def test_what_is_no_table_is_refused(table: Any) -> None:
    with pytest.raises(SettingError, match="a table of keys"):
        read_program(table)


THREE_WAY = {"valves": "three_way"}
ONE_LEG = {"legs": 1}
NO_FOOT = {"chambers": ["calf", "thigh"], "zones": ["calf", "thigh"]}
WHY = "three-way valves give all filled chambers one pressure"


@pytest.mark.parametrize(
    ("block", "boots", "key", "expected"),
    [
        ({"pattern": "gradient", "step_mmhg": 2}, THREE_WAY, "blocks[0].pattern", WHY),
        ({"pattern": "pulse"}, THREE_WAY, "blocks[0].pattern", WHY),
        ({"pattern": "flow"}, THREE_WAY, "blocks[0].pattern", WHY),
        ({"zone_step_mmhg": 5}, THREE_WAY, "blocks[0].zone_step_mmhg", WHY),
        ({"boost_mmhg": {"calf": 5}}, THREE_WAY, "blocks[0].boost_mmhg", WHY),
        ({"legs": "alternating"}, ONE_LEG, "blocks[0].legs", "one leg: together or left"),
        ({"legs": "right"}, ONE_LEG, "blocks[0].legs", "one leg: together or left"),
        ({"zones": ["foot"]}, NO_FOOT, "blocks[0].zones", "no chamber there"),
        (
            {"pattern": "gradient", "step_mmhg": 8},
            {},
            "blocks[0].step_mmhg",
            "last chamber at 10 mmHg or more",
        ),
        ({}, {"max_pressure_mmhg": 45}, "pressure_mmhg.start", "this board allows up to 45 mmHg"),
    ],
)
def test_boots_refuse_what_they_cannot_do(
    block: dict[str, Any], boots: dict[str, Any], key: str, expected: str
) -> None:
    program = with_block(**block)
    with pytest.raises(SettingError) as caught:
        refuse_unfit(program, boots_with(**boots))
    assert caught.value.key == key
    assert expected in caught.value.expected


@pytest.mark.parametrize(
    ("block", "boots"),
    [
        ({}, THREE_WAY),
        ({"pattern": "wave", "legs": "alternating"}, THREE_WAY),
        ({"pattern": "uniform"}, {**THREE_WAY, "sensors": "manifold"}),
        ({"pattern": "pulse"}, {"sensors": "manifold"}),
        ({"legs": "left"}, ONE_LEG),
        ({"legs": "right"}, {}),
        ({"zones": ["foot", "calf"]}, NO_FOOT),
        ({"pattern": "gradient", "step_mmhg": 7}, {}),
        ({}, {"max_pressure_mmhg": 50}),
    ],
)
def test_boots_take_what_they_can_do(block: dict[str, Any], boots: dict[str, Any]) -> None:
    refuse_unfit(with_block(**block), boots_with(**boots))


def test_a_gradient_falls_by_its_step_from_chamber_to_chamber() -> None:
    block = with_block(pattern="gradient", step_mmhg=5, boost_mmhg={"calf": 3}).blocks[0]
    assert block.pattern == GRADIENT
    assert [mmhg_from_pa(pa) for pa in block.offsets_pa(boots_with())] == [0, -5, -7, -12, -20] * 2


def test_a_step_between_zones_falls_once_for_each_zone() -> None:
    block = with_block(zone_step_mmhg=6).blocks[0]
    assert [mmhg_from_pa(pa) for pa in block.offsets_pa(boots_with())] == [0, 0, -6, -6, -12] * 2


def test_a_zone_at_rest_takes_nothing_away() -> None:
    block = with_block(zone_step_mmhg=6, zones=["foot", "thigh"]).blocks[0]
    assert [mmhg_from_pa(pa) for pa in block.offsets_pa(boots_with())][:5] == [0, 0, 0, 0, -6]
