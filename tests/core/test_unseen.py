"""A chamber that nobody sees is reckoned: what its neighbour presses in, what was let out, what sags away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soleus.core.gauges import Gauges
from soleus.core.regulation import FILL, HOLD, OFF, PEEK, SETTLE
from soleus.core.sealed_regulator import SealedRegulator
from soleus.core.units import pa_from_mmhg
from soleus.core.unseen import (
    LOOK_AFTER_MS,
    LOOK_BEFORE_FILL_AFTER_MS,
    SAG_MOST_MS,
    SAG_MS,
    SQUEEZE_MOST_PERMILLE,
    SQUEEZE_START_PERMILLE,
    SQUEEZED_PA,
    SQUEEZED_UNDER_PA,
    Unseen,
)
from tests.core.fake_air import TICK_MS, boots

MANIFOLD = boots(valves="fill_vent", sensors="manifold")
FOOT, CALF, THIGH = range(3)
FULL_PA = pa_from_mmhg(60)
COME_IN_PA = FULL_PA * SQUEEZE_START_PERMILLE // 1000


class Leg:
    """A full foot, seen when everything above it was empty."""

    def __init__(self) -> None:
        self.gauges = Gauges(MANIFOLD)
        self.regulator = SealedRegulator(MANIFOLD)
        self.unseen = Unseen(MANIFOLD, self.regulator.learned)
        self.phase = self.regulator.phase
        self.phase[FOOT] = SETTLE
        self.look(FULL_PA)
        self.phase[FOOT] = HOLD

    def look(self, seen_pa: int) -> int:
        self.gauges.smooth_pa[FOOT] = seen_pa
        return self.unseen.see(FOOT, self.gauges, FULL_PA, self.regulator)

    def calf(self, phase: int, pressure_pa: int, age_ms: int = 0) -> None:
        self.phase[CALF] = phase
        self.gauges.smooth_pa[CALF] = pressure_pa
        self.gauges.age_ms[CALF] = age_ms

    def over_pa(self, target_pa: int = 0, dt_ms: int = 0, flow_permille: int = 0) -> int:
        """With a target far below, all that is over is to be let out, and a little more."""
        self.regulator.flow_permille = flow_permille
        return self.unseen.over_pa(FOOT, self.gauges, target_pa, self.regulator, dt_ms)

    def come_in_pa(self, dt_ms: int = 0, flow_permille: int = 0) -> int:
        return self.over_pa(0, dt_ms, flow_permille) - SQUEEZED_UNDER_PA - self.gauges.smooth_pa[FOOT]


def test_what_the_neighbour_presses_in_goes_with_its_pressure() -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    assert leg.come_in_pa() == COME_IN_PA


def test_a_chamber_that_was_looked_at_is_left_a_little_too_high_because_tissue_gives_way() -> None:
    assert Leg().look(FULL_PA) == FULL_PA // 100


def test_what_flow_adds_to_a_reading_presses_nobody() -> None:
    leg = Leg()
    leg.calf(FILL, FULL_PA)
    drop_pa = leg.unseen.learned.hose_pa(CALF, 500)
    assert drop_pa > 0
    assert leg.come_in_pa(flow_permille=500) == (FULL_PA - drop_pa) * SQUEEZE_START_PERMILLE // 1000


def test_a_neighbour_filled_from_empty_is_not_what_it_was_in_the_cycle_before() -> None:
    leg = Leg()
    leg.calf(FILL, FULL_PA, age_ms=5000)
    assert leg.come_in_pa() == 0
    leg.regulator.refill_bits = 1 << CALF
    assert leg.come_in_pa() == COME_IN_PA


def test_nothing_is_above_the_thigh() -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    assert leg.unseen.over_pa(THIGH, leg.gauges, 0, leg.regulator, 0) == 0


def test_what_was_let_out_is_taken_off() -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    leg.unseen.let_out(FOOT, 300)
    assert leg.come_in_pa() == COME_IN_PA - 300


def test_a_look_begins_anew() -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    leg.unseen.let_out(FOOT, 300)
    leg.phase[FOOT] = PEEK
    leg.look(FULL_PA)
    assert leg.come_in_pa() == 0


def test_only_a_chamber_that_was_held_teaches() -> None:
    filled, held = Leg(), Leg()
    for leg, phase in ((filled, SETTLE), (held, PEEK)):
        leg.calf(HOLD, FULL_PA)
        leg.phase[FOOT] = phase
        leg.look(FULL_PA + 3 * COME_IN_PA)
    assert filled.unseen.squeeze_permille[FOOT] == SQUEEZE_START_PERMILLE
    assert held.unseen.squeeze_permille[FOOT] > 2 * SQUEEZE_START_PERMILLE


@given(st.integers(0, 2000))
def test_tissue_gives_way_slowly_and_not_for_ever(ticks_count: int) -> None:
    leg = Leg()
    for _ in range(ticks_count):
        leg.come_in_pa(TICK_MS)
    sagged_ms = min(ticks_count * TICK_MS, SAG_MOST_MS)
    assert -leg.come_in_pa() == FULL_PA * sagged_ms // SAG_MS


def test_little_is_left_alone_and_more_is_let_down_to_a_little_below() -> None:
    leg = Leg()
    assert leg.over_pa(FULL_PA - SQUEEZED_PA) == 0
    assert leg.over_pa(FULL_PA - SQUEEZED_PA - 1) == SQUEEZED_PA + 1 + SQUEEZED_UNDER_PA


@pytest.mark.parametrize("permille", [0, 40, 150, 300])
def test_a_few_looks_tell_how_much_of_the_neighbour_comes_through(permille: int) -> None:
    leg = Leg()
    for _ in range(4):
        leg.calf(OFF, 0)
        leg.look(FULL_PA)
        leg.calf(HOLD, FULL_PA)
        leg.phase[FOOT] = PEEK
        leg.look(FULL_PA + FULL_PA * permille // 1000)
        leg.phase[FOOT] = HOLD
    assert leg.unseen.squeeze_permille[FOOT] == pytest.approx(permille, abs=3)


@pytest.mark.parametrize("squeezed_pa", [-5000, 30_000])
def test_a_leg_that_moved_meanwhile_teaches_nothing_impossible(squeezed_pa: int) -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    leg.phase[FOOT] = PEEK
    leg.look(FULL_PA + squeezed_pa)
    assert 0 <= leg.unseen.squeeze_permille[FOOT] <= SQUEEZE_MOST_PERMILLE


@pytest.mark.parametrize(
    ("is_before_fill", "after_ms"), [(False, LOOK_AFTER_MS), (True, LOOK_BEFORE_FILL_AFTER_MS)]
)
def test_the_one_that_was_not_seen_for_longest_is_looked_at(is_before_fill: bool, after_ms: int) -> None:
    leg = Leg()
    leg.phase[:] = [HOLD, HOLD, FILL]
    leg.gauges.age_ms[:] = [after_ms, after_ms, 9 * after_ms]
    assert leg.unseen.next_look(leg.gauges, leg.phase, is_before_fill) == -1
    leg.gauges.age_ms[:] = [after_ms + 10, after_ms + 20, 9 * after_ms]
    assert leg.unseen.next_look(leg.gauges, leg.phase, is_before_fill) == CALF


@pytest.mark.parametrize(
    ("fill_bits", "refill_bits", "targets_pa", "group_bits"),
    [
        (0b000, 0b000, [8000, 8000, 8000], 0b000),
        (0b011, 0b000, [8000, 8000, 8000], 0b011),
        # The lowest target goes first: what is shown must be right for all.
        (0b111, 0b000, [8000, 6000, 6000], 0b110),
        # One that had lost some air, and an empty one: it would lose the rest.
        (0b011, 0b001, [8000, 8000, 8000], 0b001),
        (0b010, 0b001, [8000, 8000, 8000], 0b010),
    ],
)
def test_who_may_be_filled_together(
    fill_bits: int, refill_bits: int, targets_pa: list[int], group_bits: int
) -> None:
    assert Leg().unseen.fill_group(fill_bits, refill_bits, targets_pa) == group_bits


@given(st.integers(-300, 16_000), st.lists(st.tuples(st.integers(0, 16_000), st.booleans()), max_size=30))
def test_whatever_is_seen_the_reckoning_stays_small(seen_pa: int, looks: list[tuple[int, bool]]) -> None:
    leg = Leg()
    for above_pa, was_held in looks:
        leg.calf(HOLD, above_pa)
        leg.phase[FOOT] = PEEK if was_held else SETTLE
        leg.look(seen_pa)
        assert abs(leg.come_in_pa(60)) < 16_000
