"""Random boots and programs within the rules, for laws that must hold for all of them."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from soleus.core.basics.boots import ZONES, Boots
from soleus.core.basics.boots_table import read_boots
from soleus.core.basics.errors import SettingError
from soleus.core.program.fit import refuse_unfit
from soleus.core.program.program import Program
from soleus.core.program.table import read_program
from soleus.core.program.words import LEG_MODES, PATTERNS

SHARED_PATTERNS = ("sequential", "wave", "uniform")
SHARES = ((100,), (30, 70), (1, 98, 1), (25, 25, 25, 25))

_TIMES_S = {
    "ramp_s": (0, 30),
    "hold_s": (0, 60),
    "release_s": (2, 30),
    "rest_s": (0, 120),
    "cycle_s": (0, 180),
}
_NUMBERS = {"pulses": (1, 10), "pulse_ms": (300, 5000), "relax_percent": (20, 90)}


def boots_tables() -> st.SearchStrategy[dict[str, Any]]:
    zones = st.lists(st.sampled_from(ZONES), min_size=1, max_size=8)
    return st.fixed_dictionaries(
        {
            "legs": st.integers(1, 2),
            "zones": zones.map(lambda some: sorted(some, key=ZONES.index)),
            "valves": st.sampled_from(["fill_vent", "fill_vent", "three_way"]),
            "sensors": st.sampled_from(["per_chamber", "manifold"]),
            "max_pressure_mmhg": st.just(120),
        }
    ).map(lambda table: {**table, "chambers": [f"c{number}" for number in range(len(table["zones"]))]})


def spans(least: int, most: int) -> st.SearchStrategy[Any]:
    """A whole number, or a range with a start, or one whose start is left to be the lowest."""
    ends = st.lists(st.integers(least, most), min_size=3, max_size=3).map(sorted)
    return st.one_of(
        st.integers(least, most),
        ends.map(lambda three: {"min": three[0], "start": three[1], "max": three[2]}),
        ends.map(lambda three: {"min": three[0], "max": three[2]}),
    )


def program_tables(boots: Boots) -> st.SearchStrategy[dict[str, Any]]:
    """Nearly all fit these boots; some take more away with their steps, or add with boosts, than there is."""
    here = tuple(zone for number, zone in enumerate(ZONES) if number in boots.zone_of)
    return _program_tables(boots.is_three_way, boots.legs, here)


# Hypothesis takes longer to check a new strategy than to draw from it.
@cache
def _program_tables(
    is_three_way: bool, legs: int, here: tuple[str, ...]
) -> st.SearchStrategy[dict[str, Any]]:
    blocks = [
        st.tuples(*[_block(share, is_three_way, legs, here) for share in some]).map(list) for some in SHARES
    ]
    return st.fixed_dictionaries(
        {
            "id": st.just("random"),
            "minutes": spans(5, 60),
            "pressure_mmhg": spans(20, 120),
            "blocks": st.one_of(*blocks),
        }
    )


@st.composite
def fitting_tables(draw: st.DrawFn) -> tuple[dict[str, Any], Boots]:
    """A program's table, and boots that can run it."""
    boots = read_boots(draw(boots_tables()))
    table = draw(program_tables(boots))
    while key := _misfit(table, boots):
        # Softer steps, until something is left for the thigh; softer boosts, until the start is allowed.
        for block in table["blocks"]:
            if "step" in key:
                block["step_mmhg"] = max(block["step_mmhg"] // 2, 1)
                block["zone_step_mmhg"] = block.get("zone_step_mmhg", 0) // 2
            else:
                boosts = block.get("boost_mmhg", {})
                block["boost_mmhg"] = {zone: boost // 2 for zone, boost in boosts.items()}
    return table, boots


def fitting() -> st.SearchStrategy[tuple[Program, Boots]]:
    return fitting_tables().map(lambda both: (read_program(both[0]), both[1]))


@cache
def _block(
    share: int, is_three_way: bool, legs: int, here: tuple[str, ...]
) -> st.SearchStrategy[dict[str, Any]]:
    sealed = not is_three_way
    zones = st.lists(st.sampled_from(here), min_size=1, unique=True)
    always = {
        "pattern": st.sampled_from(PATTERNS if sealed else SHARED_PATTERNS),
        "share_percent": st.just(share),
        "step_mmhg": st.integers(1, 20),
    }
    sometimes = {
        "legs": st.sampled_from(LEG_MODES if legs == 2 else ("together", "left")),
        "zones": zones.map(lambda some: sorted(some, key=ZONES.index)),
        "boost_mmhg": st.dictionaries(st.sampled_from(ZONES), st.integers(0, 20 if sealed else 0)),
        "zone_step_mmhg": st.integers(0, 30 if sealed else 0),
        **{name: spans(*ends) for name, ends in _TIMES_S.items()},
        **{name: st.integers(*ends) for name, ends in _NUMBERS.items()},
    }
    return st.fixed_dictionaries(always, optional=sometimes)


def _misfit(table: dict[str, Any], boots: Boots) -> str:
    """What these boots can't do, of the things that a random program may ask too much of."""
    try:
        refuse_unfit(read_program(table), boots)
    except SettingError as error:
        if "step" in error.key or error.key == "pressure_mmhg.start":
            return error.key
        raise
    return ""
