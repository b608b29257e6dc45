"""What a person changes of a program for one session, and what is refused."""

from typing import Any

import pytest

from soleus.core.basics.boots import ZONES
from soleus.core.basics.errors import SettingError
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.make_ready import make_ready
from soleus.core.program.changes import change
from soleus.core.program.program import Program
from soleus.core.program.words import LEG_RIGHT
from tests.core.fake_air import Machine, boots, program

RANGE = {"min": 40, "start": 50, "max": 60}


def changed(changes: Any, boots_keys: dict[str, Any] | None = None, **block: Any) -> Program:
    the_program = program(20, RANGE, **block)
    change(the_program, changes, boots(**{"legs": 2, **(boots_keys or {})}))
    return the_program


def test_a_boosted_zone_stays_within_the_programs_own_range() -> None:
    found = changed({"boost": "calf"})
    assert found.blocks[0].boost_pa == [0, pa_from_mmhg(10), 0]
    assert (found.pressure_mmhg.least, found.pressure_mmhg.start, found.pressure_mmhg.most) == (40, 50, 50)
    assert found.level_pa.most + pa_from_mmhg(10) == pa_from_mmhg(60)


def test_a_zone_is_left_out_and_one_leg_rests() -> None:
    found = changed({"without": "thigh", "legs": "right"})
    assert found.blocks[0].zone_bits == 0b011
    assert found.blocks[0].legs == LEG_RIGHT


def test_the_gentlest_is_the_lowest_level_the_shortest_time_and_no_louder() -> None:
    found = changed({"gentle": True})
    assert (found.pressure_mmhg.most, found.level_pa.most) == (40, pa_from_mmhg(40))


def test_what_was_left_may_be_shorter_and_softer_than_the_program_allows() -> None:
    machine = Machine(boots(), the_program := program(20, RANGE))
    change(the_program, {"left": 7, "part_of": "000001.slog"}, machine.controller.boots)
    make_ready(machine.controller, the_program, 7, 25)
    session = machine.controller.session
    assert (session.duration_ms, session.asked_pa) == (7 * 60_000, pa_from_mmhg(25))
    assert session.most_pa == pa_from_mmhg(60)


# What is asked for, the boots and the block, the key that is blamed, and what would be right.
REFUSED: dict[str, tuple[Any, dict[str, Any], dict[str, Any], str, str]] = {
    "no table": ("calf", {}, {}, "changes", "a table of boost"),
    "an unknown change": ({"louder": 1}, {}, {}, "louder", "one of boost"),
    "a zone that isn't there": ({"boost": "knee"}, {}, {}, "boost", "foot, calf, thigh"),
    "a zone that these boots lack": (
        {"without": "thigh"}, {"chambers": ["foot", "calf"], "zones": ["foot", "calf"]}, {},
        "without", "one of foot, calf",
    ),
    "a boost elsewhere": ({"boost": "thigh"}, {}, {"zones": ["foot"]}, "boost", "this session fills"),
    "a boost of what is out": ({"boost": "calf", "without": "calf"}, {}, {}, "boost", "this session fills"),
    "a boost of shared air": ({"boost": "calf"}, {"valves": "three_way"}, {}, "boost", "three-way valves"),
    "nothing left": ({"without": "foot"}, {}, {"zones": ["foot"]}, "without", "leaves another one"),
    "a leg that isn't there": ({"legs": "left"}, {"legs": 1}, {}, "legs", "one leg"),
    "the other leg": ({"legs": "left"}, {}, {"legs": "right"}, "legs", "for the right leg"),
    "both legs": ({"legs": "both"}, {}, {}, "legs", "left or right"),
    "too little left": ({"left": 2}, {}, {}, "left", "3 to 20 minutes"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused_with_the_reason(name: str) -> None:
    changes, boots_keys, block, key, expected = REFUSED[name]
    with pytest.raises(SettingError) as refused:
        changed(changes, boots_keys, **block)
    assert refused.value.key == key
    assert expected in refused.value.expected


def test_a_boost_needs_room_in_the_range() -> None:
    the_program = program(20, {"min": 40, "start": 40, "max": 45})
    with pytest.raises(SettingError, match="no room"):
        change(the_program, {"boost": ZONES[0]}, boots())
