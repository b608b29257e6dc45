"""The interlock lets a legal command pass untouched and turns anything else into "all vent"."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soleus.core.basics.boots import Boots
from soleus.core.basics.signals import Commands
from soleus.core.interlock import Interlock
from tests.core.fake_air import boots, is_all_vent

SEALED = boots(gate=True)
SHARED = boots(valves="three_way", gate=True)

# Boots, fill, seal, pump.
LEGAL = {
    "all at rest": (SEALED, 0, 0, 0),
    "one chamber filled": (SEALED, 0b001, 0b001, 1000),
    "one filled, two held": (SEALED, 0b100, 0b111, 350),
    "held, pump off": (SEALED, 0, 0b111, 0),
    "joined to a resting manifold": (SEALED, 0b111, 0b111, 0),
    "the way out for a rotor that still turns": (SEALED, 0b001, 0b000, 0),
    "three-way: all joined": (SHARED, 0b111, 0, 1000),
    "three-way: at rest": (SHARED, 0, 0, 0),
}
ILLEGAL = {
    "pump against closed valves": (SEALED, 0, 0b111, 1),
    "pump with nothing energised": (SEALED, 0, 0, 1000),
    "fill and vent of one chamber together": (SEALED, 0b001, 0b110, 1000),
    "one of two filled chambers isn't sealed": (SEALED, 0b011, 0b001, 500),
    "fill valve of a chamber that isn't there": (SEALED, 0b1001, 0b1001, 500),
    "vent valve of a chamber that isn't there": (SEALED, 0, 0b1000, 0),
    "pump above full": (SEALED, 0b001, 0b001, 1001),
    "pump below nothing": (SEALED, 0b001, 0b001, -1),
    "three-way: pump against closed valves": (SHARED, 0, 0, 1),
    "three-way: a vent valve that it doesn't have": (SHARED, 0b001, 0b001, 500),
}

Wish = tuple[int, int, int]


def commands(wish: Wish) -> Commands:
    made = Commands()
    made.fill_bits, made.seal_bits, made.pump_permille = wish
    return made


def left(wish: Wish, the_boots: Boots, is_allowed: bool = True) -> Commands:
    """What of this wish leaves the interlock."""
    made = commands(wish)
    Interlock(the_boots).step(made, is_allowed)
    return made


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_command_passes_untouched_with_the_gate_on(name: str) -> None:
    the_boots, *wish = LEGAL[name]
    made = left((wish[0], wish[1], wish[2]), the_boots)
    assert [made.fill_bits, made.seal_bits, made.pump_permille] == wish
    assert made.gate_on == 1


@pytest.mark.parametrize("name", ILLEGAL)
def test_an_illegal_command_becomes_all_vent_and_is_counted(name: str) -> None:
    the_boots, *wish = ILLEGAL[name]
    interlock, made = Interlock(the_boots), commands((wish[0], wish[1], wish[2]))
    interlock.step(made, True)
    assert is_all_vent(made)
    assert interlock.refused_count == 1


@pytest.mark.parametrize("name", LEGAL | ILLEGAL)
def test_what_isnt_allowed_vents_and_drops_the_gate_whatever_was_wished(name: str) -> None:
    the_boots, *wish = (LEGAL | ILLEGAL)[name]
    made = commands((wish[0], wish[1], wish[2]))
    made.gate_on = 1
    interlock = Interlock(the_boots)
    interlock.step(made, False)
    assert is_all_vent(made)
    assert interlock.refused_count == 0, "a fault is no mistake of the regulator's"


wishes = st.tuples(st.integers(-1, 15), st.integers(-1, 15), st.integers(-2, 1002) | st.just(0))


@settings(deadline=None)
@given(wishes, st.booleans(), st.sampled_from([SEALED, SHARED]))
def test_whatever_is_wished_what_leaves_is_safe(wish: Wish, is_allowed: bool, the_boots: Boots) -> None:
    made = left(wish, the_boots, is_allowed)
    assert 0 <= made.pump_permille <= 1000
    assert (made.fill_bits | made.seal_bits) & ~the_boots.all_bits == 0
    assert made.fill_bits or not made.pump_permille
    if the_boots.is_three_way:
        assert made.seal_bits == 0
    else:
        assert made.fill_bits & ~made.seal_bits == 0 or not made.pump_permille


@settings(deadline=None)
@given(wishes, st.sampled_from([SEALED, SHARED]))
def test_it_changes_all_or_nothing_and_a_second_pass_changes_nothing(wish: Wish, the_boots: Boots) -> None:
    made = left(wish, the_boots)
    after = (made.fill_bits, made.seal_bits, made.pump_permille)
    assert after == wish or is_all_vent(made)
    again = left(after, the_boots)
    assert (again.fill_bits, again.seal_bits, again.pump_permille) == after
