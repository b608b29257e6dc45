"""A chamber that nobody sees is reckoned: what its neighbour presses in, what was let out, what sags away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soleus.core.gauges import Gauges
from soleus.core.reckoning import (
    FALL_START_PA_S,
    SAG_HALF_MS,
    SAG_PERMILLE,
    SQUEEZE_MOST_PERMILLE,
    SQUEEZE_START_PERMILLE,
    SQUEEZED_PA,
    SQUEEZED_UNDER_PA,
    Reckoning,
)
from soleus.core.regulation import FILL, HOLD, OFF, PEEK, RISE_LEAST_PA_S, RISE_MOST_PA_S, SETTLE
from soleus.core.sealed_regulator import SealedRegulator
from soleus.core.units import pa_from_mmhg
from tests.core.fake_air import boots

MANIFOLD = boots(valves="fill_vent", sensors="manifold")
FOOT, CALF, THIGH = range(3)
FULL_PA = pa_from_mmhg(60)
COME_IN_PA = FULL_PA * SQUEEZE_START_PERMILLE // 1000


class Leg:
    """A full foot, seen when everything above it was empty."""

    def __init__(self) -> None:
        self.gauges = Gauges(MANIFOLD)
        self.regulator = SealedRegulator(MANIFOLD)
        self.reckoning = Reckoning(MANIFOLD, self.regulator.learned)
        self.phase = self.regulator.phase
        self.phase[FOOT] = SETTLE
        self.look(FULL_PA)
        self.phase[FOOT] = HOLD

    def look(self, seen_pa: int) -> None:
        self.gauges.smooth_pa[FOOT] = seen_pa
        self.reckoning.see(FOOT, self.gauges, self.regulator)

    def let_out(self, pressure_pa: int) -> None:
        self.reckoning.let_out_pa[FOOT] += pressure_pa

    def calf(self, phase: int, pressure_pa: int, age_ms: int = 0) -> None:
        self.phase[CALF] = phase
        self.gauges.smooth_pa[CALF] = pressure_pa
        self.gauges.age_ms[CALF] = age_ms

    def over_pa(self, target_pa: int = 0, dt_ms: int = 0, flow_permille: int = 0) -> int:
        """With a target far below, all that is over is to be let out, and a little more."""
        self.regulator.flow_permille = flow_permille
        return self.reckoning.over_pa(FOOT, self.gauges, target_pa, self.regulator, dt_ms)

    def come_in_pa(self, dt_ms: int = 0, flow_permille: int = 0) -> int:
        return self.over_pa(0, dt_ms, flow_permille) - SQUEEZED_UNDER_PA - self.gauges.smooth_pa[FOOT]


def test_what_the_neighbour_presses_in_goes_with_its_pressure() -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    assert leg.come_in_pa() == COME_IN_PA


def test_what_flow_adds_to_a_reading_presses_nobody() -> None:
    leg = Leg()
    leg.calf(FILL, FULL_PA)
    drop_pa = leg.reckoning.learned.hose_pa(CALF, 500)
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
    assert leg.reckoning.over_pa(THIGH, leg.gauges, 0, leg.regulator, 0) == 0


def test_what_was_let_out_is_taken_off() -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    leg.let_out(300)
    assert leg.come_in_pa() == COME_IN_PA - 300


def test_a_vent_lets_out_by_its_speed_and_its_time() -> None:
    leg = Leg()
    leg.reckoning.let_out(FOOT, 30)
    leg.reckoning.let_out(FOOT, 20)
    assert leg.reckoning.let_out_pa[FOOT] == FALL_START_PA_S * 30 // 1000 + FALL_START_PA_S * 20 // 1000


def test_a_look_begins_anew() -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    leg.let_out(300)
    leg.phase[FOOT] = PEEK
    leg.look(FULL_PA)
    assert leg.come_in_pa() == 0


def test_only_a_chamber_that_was_held_teaches() -> None:
    filled, held = Leg(), Leg()
    for leg, phase in ((filled, SETTLE), (held, PEEK)):
        leg.calf(HOLD, FULL_PA)
        leg.phase[FOOT] = phase
        leg.look(FULL_PA + 3 * COME_IN_PA)
    assert filled.reckoning.squeeze_permille[FOOT] == SQUEEZE_START_PERMILLE
    assert held.reckoning.squeeze_permille[FOOT] > 2 * SQUEEZE_START_PERMILLE


def sagged_pa(unseen_ms: int, held_before_ms: int = 0) -> int:
    leg = Leg()
    leg.reckoning.unseen_ms[FOOT] = unseen_ms
    leg.regulator.held_ms[FOOT] = held_before_ms + unseen_ms
    return -leg.come_in_pa()


def test_half_of_what_tissue_gives_way_it_does_in_its_first_seconds() -> None:
    most_pa = FULL_PA * SAG_PERMILLE // 1000
    assert sagged_pa(SAG_HALF_MS) == pytest.approx(most_pa / 2, abs=2)
    assert sagged_pa(10 * SAG_HALF_MS) < most_pa


@given(st.integers(0, 60_000), st.integers(0, 600_000), st.integers(0, 600_000))
def test_tissue_gives_way_the_less_the_longer_it_was_pressed(
    unseen_ms: int, held_ms: int, more_held_ms: int
) -> None:
    assert 0 <= sagged_pa(unseen_ms, held_ms + more_held_ms) <= sagged_pa(unseen_ms, held_ms) + 2


@given(st.integers(0, 30_000), st.integers(0, 30_000))
def test_two_looks_in_a_row_see_the_sag_that_one_would(first_ms: int, second_ms: int) -> None:
    in_two = sagged_pa(first_ms) + sagged_pa(second_ms, first_ms)
    assert in_two == pytest.approx(sagged_pa(first_ms + second_ms), abs=4)


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
    assert leg.reckoning.squeeze_permille[FOOT] == pytest.approx(permille, abs=3)


def test_more_than_was_reckoned_is_put_down_to_squeeze_and_vent_alike() -> None:
    """With little let out, the squeeze was wrong; with much, the vent as well."""
    learned_permille, falls_pa_s = [], []
    for let_out_pa in (0, 500, 2000):
        leg = Leg()
        leg.calf(HOLD, FULL_PA)
        leg.let_out(let_out_pa)
        leg.phase[FOOT] = PEEK
        leg.look(FULL_PA + COME_IN_PA - let_out_pa + 400)
        learned_permille.append(leg.reckoning.squeeze_permille[FOOT])
        falls_pa_s.append(leg.reckoning.learned.fall_pa_s[FOOT])
    none, some, much = learned_permille
    assert none > some > much > SQUEEZE_START_PERMILLE
    none, some, much = falls_pa_s
    assert none == FALL_START_PA_S > some > much


@pytest.mark.parametrize(("less_pa", "share"), [(100, 0.75), (-100, 1.25), (5000, 0.5), (-5000, 1.5)])
def test_a_vent_that_let_out_less_than_was_reckoned_is_slower_and_at_most_by_half(
    less_pa: int, share: float
) -> None:
    reckoning = Leg().reckoning
    learned = reckoning.learned
    before_pa_s = learned.fall_pa_s[FOOT]
    reckoning._note_less_fall(FOOT, less_pa, 400)
    assert learned.fall_pa_s[FOOT] == pytest.approx(before_pa_s * share, abs=1)


@given(st.integers(-3000, 3000), st.integers(0, 4000), st.integers(0, 20))
def test_no_row_of_looks_makes_a_vent_impossible(error_pa: int, let_out_pa: int, looks_count: int) -> None:
    leg = Leg()
    for _ in range(looks_count):
        leg.calf(HOLD, FULL_PA)
        leg.let_out(let_out_pa)
        leg.phase[FOOT] = PEEK
        leg.look(FULL_PA + error_pa)
    assert RISE_LEAST_PA_S <= leg.reckoning.learned.fall_pa_s[FOOT] <= RISE_MOST_PA_S


@pytest.mark.parametrize("squeezed_pa", [-5000, 30_000])
def test_a_leg_that_moved_meanwhile_teaches_nothing_impossible(squeezed_pa: int) -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    leg.phase[FOOT] = PEEK
    leg.look(FULL_PA + squeezed_pa)
    assert 0 <= leg.reckoning.squeeze_permille[FOOT] <= SQUEEZE_MOST_PERMILLE


@given(st.integers(-300, 16_000), st.lists(st.tuples(st.integers(0, 16_000), st.booleans()), max_size=30))
def test_whatever_is_seen_the_reckoning_stays_small(seen_pa: int, looks: list[tuple[int, bool]]) -> None:
    leg = Leg()
    for above_pa, was_held in looks:
        leg.calf(HOLD, above_pa)
        leg.phase[FOOT] = PEEK if was_held else SETTLE
        leg.look(seen_pa)
        assert abs(leg.come_in_pa(60)) < 16_000
