"""The estimate of a chamber between two looks: what its neighbour presses in, what was let out, what sags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools.plant.parts.gas import AMBIENT_MMHG, air_flow
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.regulate.manifold.estimator import (
    ERROR_MOST_PA,
    FALL_AT_MOST_PA,
    FALL_SEEN_MS,
    FALL_START_PA_S,
    FALL_STIFF_PA,
    FRESH_SAG_PERMILLE,
    LET_OUT_MOST_PA,
    RISE_SEEN_PA,
    SAG_HALF_MS,
    SAG_HALF_PA,
    SAG_MOST_PA,
    SQUEEZE_MOST_PERMILLE,
    SQUEEZE_START_PERMILLE,
    SQUEEZED_PA,
    SQUEEZED_UNDER_PA,
    VARIANCE_START,
    VENT_ERROR_PERMILLE,
    variance_of,
)
from soleus.core.regulate.manifold.regulator import regulator_for
from soleus.core.regulate.regulation import (
    BLEED,
    DOSE,
    FILL,
    HOLD,
    OFF,
    PEEK,
    RISE_LEAST_PA_S,
    RISE_MOST_PA_S,
    SETTLE,
)
from soleus.core.sensing.chamber_gauges import ChamberGauges
from tests.core.fake_air import boots

MANIFOLD = boots(valves="fill_vent", sensors="manifold")
FOOT, CALF, THIGH = range(3)
FULL_PA = pa_from_mmhg(60)
COME_IN_PA = FULL_PA * SQUEEZE_START_PERMILLE // 1000


class Leg:
    """A full foot, seen when everything above it was empty."""

    def __init__(self) -> None:
        self.gauges = ChamberGauges(MANIFOLD)
        self.regulator = regulator_for(MANIFOLD)
        self.estimator = self.regulator.sensing.estimator
        self.phase = self.regulator.phase
        self.phase[FOOT] = SETTLE
        self.look(FULL_PA)
        self.phase[FOOT] = HOLD

    def look(self, seen_pa: int) -> None:
        self.gauges.smooth_pa[FOOT] = seen_pa
        self.estimator.see(FOOT, self.gauges)

    def let_out(self, pressure_pa: int) -> None:
        self.estimator.let_out_pa[FOOT] += pressure_pa

    def calf(self, phase: int, pressure_pa: int, age_ms: int = 0) -> None:
        self.phase[CALF] = phase
        self.gauges.smooth_pa[CALF] = pressure_pa
        self.gauges.age_ms[CALF] = age_ms

    def vent(self, fallen_pa: int, took_ms: int, move: int = BLEED, joined_bits: int = 1 << FOOT) -> None:
        """Its vent was open for so long, between two looks."""
        self.regulator.moves.before_pa[FOOT] = self.gauges.smooth_pa[FOOT]
        self.regulator.moves.planned_ms[FOOT] = took_ms
        self.regulator.moves.last_move[FOOT] = move
        self.regulator.air.joined_bits = joined_bits
        self.phase[FOOT] = SETTLE
        self.look(self.gauges.smooth_pa[FOOT] - fallen_pa)
        self.regulator.moves.last_move[FOOT] = HOLD

    @property
    def fall_pa_s(self) -> int:
        return self.estimator.learned.fall_pa_s[FOOT]

    def over_pa(self, target_pa: int) -> int:
        return self.estimator.over_pa(FOOT, self.gauges, target_pa, 0)

    def come_in_pa(self, dt_ms: int = 0, flow_permille: int = 0) -> int:
        self.regulator.air.flow_permille = flow_permille
        self.estimator.over_pa(FOOT, self.gauges, 0, dt_ms)
        return self.estimator.come_in_pa(FOOT, self.gauges)


def test_what_the_neighbour_presses_in_goes_with_its_pressure() -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    assert leg.come_in_pa() == COME_IN_PA


def test_what_flow_adds_to_a_reading_presses_nobody() -> None:
    leg = Leg()
    leg.calf(FILL, FULL_PA)
    drop_pa = leg.estimator.learned.hose_pa(CALF, 500)
    assert drop_pa > 0
    assert leg.come_in_pa(flow_permille=500) == (FULL_PA - drop_pa) * SQUEEZE_START_PERMILLE // 1000


def test_a_neighbour_filled_from_empty_is_not_what_it_was_in_the_cycle_before() -> None:
    leg = Leg()
    leg.calf(FILL, FULL_PA, age_ms=5000)
    assert leg.come_in_pa() == 0
    leg.regulator.fills.refill_bits = 1 << CALF
    assert leg.come_in_pa() == COME_IN_PA


def test_nothing_is_above_the_thigh() -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    assert leg.estimator.over_pa(THIGH, leg.gauges, 0, 0) == 0


def test_what_was_let_out_is_taken_off() -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    leg.let_out(300)
    assert leg.come_in_pa() == COME_IN_PA - 300


def test_a_vent_lets_out_by_its_speed_and_its_time() -> None:
    leg = Leg()
    leg.estimator.let_out(FOOT, 30)
    leg.estimator.let_out(FOOT, 20)
    assert leg.estimator.let_out_pa[FOOT] == FALL_START_PA_S * 30 // 1000 + FALL_START_PA_S * 20 // 1000


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
    assert filled.estimator.squeeze_permille[FOOT] == SQUEEZE_START_PERMILLE
    assert held.estimator.squeeze_permille[FOOT] > 2 * SQUEEZE_START_PERMILLE
    assert filled.estimator.squeeze_variance[FOOT] == VARIANCE_START


def sagged_pa(unseen_ms: int, held_before_ms: int = 0) -> int:
    leg = Leg()
    leg.estimator.unseen_ms[FOOT] = unseen_ms
    leg.regulator.ledger.held_ms[FOOT] = held_before_ms + unseen_ms
    return -leg.come_in_pa()


def test_half_of_what_tissue_gives_way_it_does_in_its_first_seconds() -> None:
    most_pa = SAG_MOST_PA * FULL_PA // (FULL_PA + SAG_HALF_PA)
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
    leg.calf(HOLD, FULL_PA)
    most_pa = FULL_PA + COME_IN_PA
    assert leg.over_pa(most_pa - SQUEEZED_PA) == 0
    assert leg.over_pa(most_pa - SQUEEZED_PA - 1) == SQUEEZED_PA + 1 + SQUEEZED_UNDER_PA


def test_what_was_seen_and_left_as_it_is_is_not_let_down_unseen() -> None:
    leg = Leg()
    assert leg.over_pa(FULL_PA // 2) == 0


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
    assert leg.estimator.squeeze_permille[FOOT] == pytest.approx(permille, abs=3)


def looked_after(let_out_pa: int, error_pa: int, variance: int = VARIANCE_START) -> Leg:
    """Its neighbour is full now, and so much more is in it than was estimated."""
    leg = Leg()
    leg.estimator.squeeze_variance[FOOT] = variance
    leg.calf(HOLD, FULL_PA)
    leg.let_out(let_out_pa)
    leg.phase[FOOT] = PEEK
    leg.look(FULL_PA + COME_IN_PA - let_out_pa + error_pa)
    return leg


def test_at_the_first_look_the_squeeze_is_all_that_is_uncertain() -> None:
    leg = looked_after(let_out_pa=0, error_pa=400)
    more_permille = 400 * 1000 // FULL_PA
    assert leg.estimator.squeeze_permille[FOOT] == pytest.approx(
        SQUEEZE_START_PERMILLE + more_permille, abs=more_permille / 10
    )
    assert leg.fall_pa_s == FALL_START_PA_S


@pytest.mark.parametrize("error_pa", [-600, 600])
def test_the_more_was_let_out_the_more_an_error_is_put_down_to_the_vent(error_pa: int) -> None:
    known = VARIANCE_START // 16
    legs = [looked_after(let_out_pa, error_pa, known) for let_out_pa in (0, 500, 1000, 2000)]
    learned = [abs(leg.estimator.squeeze_permille[FOOT] - SQUEEZE_START_PERMILLE) for leg in legs]
    assert learned == sorted(learned, reverse=True)
    assert learned[0] > 1.3 * learned[-1]
    # More is in it than was estimated, so less was let out.
    assert all((leg.fall_pa_s - FALL_START_PA_S) * error_pa < 0 for leg in legs[1:])
    assert legs[0].fall_pa_s == FALL_START_PA_S


def test_what_many_looks_have_told_one_look_hardly_changes() -> None:
    leg = Leg()
    for _ in range(6):
        leg.calf(OFF, 0)
        leg.look(FULL_PA)
        leg.calf(HOLD, FULL_PA)
        leg.phase[FOOT] = PEEK
        leg.look(FULL_PA + COME_IN_PA)
        leg.phase[FOOT] = HOLD
    later = looked_after(0, 600, leg.estimator.squeeze_variance[FOOT])
    first = looked_after(0, 600)
    learned = [each.estimator.squeeze_permille[FOOT] - SQUEEZE_START_PERMILLE for each in (later, first)]
    assert 0 < learned[0] < 0.7 * learned[1]


def test_a_chamber_is_calibration_look_until_it_has_and_only_when_its_neighbour_has_risen() -> None:
    leg = Leg()
    leg.calf(HOLD, RISE_SEEN_PA - 1)
    assert not leg.estimator.is_calibration_look(FOOT, leg.gauges)
    leg.calf(HOLD, RISE_SEEN_PA)
    assert leg.estimator.is_calibration_look(FOOT, leg.gauges)
    assert not leg.estimator.is_calibration_look(THIGH, leg.gauges)
    leg.phase[FOOT] = PEEK
    leg.look(FULL_PA)
    leg.calf(HOLD, 3 * RISE_SEEN_PA)
    assert not leg.estimator.is_calibration_look(FOOT, leg.gauges)


@given(
    st.lists(
        st.tuples(st.integers(0, 16_000), st.integers(0, 60_000), st.integers(RISE_SEEN_PA, 40_000)),
        min_size=1,
        max_size=30,
    )
)
def test_no_row_of_looks_makes_the_estimate_surer_or_less_sure_than_it_may_be(
    looks: list[tuple[int, int, int]],
) -> None:
    leg = Leg()
    for seen_pa, let_out_pa, above_pa in looks:
        leg.calf(OFF, 0)
        leg.phase[FOOT] = SETTLE
        leg.look(FULL_PA)
        leg.let_out(let_out_pa)
        leg.calf(HOLD, above_pa)
        leg.phase[FOOT] = PEEK
        leg.look(seen_pa)
        assert 0 < leg.estimator.squeeze_variance[FOOT] < VARIANCE_START
        assert 0 <= leg.estimator.squeeze_permille[FOOT] <= SQUEEZE_MOST_PERMILLE
        assert RISE_LEAST_PA_S <= leg.fall_pa_s <= RISE_MOST_PA_S


def fallen_by_itself_pa(pressure_pa: int) -> int:
    return pressure_pa * FRESH_SAG_PERMILLE // 1000


def test_the_first_time_a_vent_is_measured_tells_its_speed_and_later_ones_a_quarter_of_it() -> None:
    leg = Leg()
    leg.vent(600 + fallen_by_itself_pa(FULL_PA - 600), 75)
    assert leg.fall_pa_s == pytest.approx(8000, rel=0.01)
    leg.look(FULL_PA)
    leg.vent(300 + fallen_by_itself_pa(FULL_PA - 300), 75)
    assert leg.fall_pa_s == pytest.approx((3 * 8000 + 4000) / 4, rel=0.03)


@pytest.mark.parametrize(
    ("move", "took_ms", "joined_bits"),
    [
        (DOSE, 75, 1 << FOOT),
        # So little is lost in the noise.
        (BLEED, FALL_SEEN_MS - 1, 1 << FOOT),
        # Another's air came in at the look.
        (BLEED, 75, 1 << FOOT | 1 << CALF),
    ],
    ids=["a dose", "a short one", "beside another"],
)
def test_what_else_moved_its_air_says_nothing_of_its_vent(move: int, took_ms: int, joined_bits: int) -> None:
    leg = Leg()
    leg.vent(600, took_ms, move, joined_bits)
    assert leg.fall_pa_s == FALL_START_PA_S
    assert leg.estimator.fall_at_pa[FOOT] == 0


@given(st.integers(1, FALL_AT_MOST_PA))
def test_a_vent_that_was_measured_is_the_faster_the_higher_its_chamber_stands(pressure_pa: int) -> None:
    leg = Leg()
    leg.vent(600, 75)
    at_pa, fall_pa_s = leg.estimator.fall_at_pa[FOOT], leg.fall_pa_s
    leg.look(pressure_pa)
    assert (leg.fall_pa_s - fall_pa_s) * (pressure_pa - at_pa) >= 0
    leg.look(at_pa)
    assert leg.fall_pa_s == pytest.approx(fall_pa_s, rel=0.02, abs=RISE_LEAST_PA_S)


# Dead volume and slack, and what it gives per mmHg: a foot, a calf and a thigh of an ordinary leg, a thigh of
# a large one and a calf of a small one.
CHAMBERS = [(685, 1.6), (605, 3.4), (640, 4.4), (420, 4.8), (790, 2.9)]


def speed(pressure_mmhg: float, empty_ml: float, ml_mmhg: float) -> float:
    """In any unit: what flows out through a hole, over what a full chamber holds per mmHg."""
    volume_ml = empty_ml + ml_mmhg * pressure_mmhg
    held = volume_ml / AMBIENT_MMHG + (1 + pressure_mmhg / AMBIENT_MMHG) * ml_mmhg
    return air_flow(28.0, pressure_mmhg) / held


@pytest.mark.parametrize(("empty_ml", "ml_mmhg"), CHAMBERS)
@pytest.mark.parametrize("target_mmhg", [20, 40, 60, 80, 110])
def test_a_vent_tried_in_a_soft_cycle_is_known_at_full_pressure(
    target_mmhg: int, empty_ml: float, ml_mmhg: float
) -> None:
    soft_mmhg = target_mmhg * 0.6
    leg = Leg()
    leg.estimator.learned.fall_pa_s[FOOT] = 5000
    leg.estimator.fall_at_pa[FOOT] = pa_from_mmhg(round(soft_mmhg))
    leg.look(pa_from_mmhg(target_mmhg))
    true_times = speed(target_mmhg, empty_ml, ml_mmhg) / speed(round(soft_mmhg), empty_ml, ml_mmhg)
    assert leg.fall_pa_s / 5000 == pytest.approx(true_times, rel=0.02)


def test_one_that_was_never_measured_stays_as_it_began() -> None:
    leg = Leg()
    leg.look(2 * FULL_PA)
    assert leg.fall_pa_s == FALL_START_PA_S


@given(st.lists(st.tuples(st.integers(-5000, 45_000), st.integers(-45_000, 45_000), st.integers(-5, 1500))))
def test_no_row_of_looks_makes_a_vent_impossible(looks: list[tuple[int, int, int]]) -> None:
    leg = Leg()
    for seen_pa, fallen_pa, took_ms in looks:
        leg.look(seen_pa)
        leg.vent(fallen_pa, took_ms)
        assert RISE_LEAST_PA_S <= leg.fall_pa_s <= RISE_MOST_PA_S
        assert 0 <= leg.estimator.fall_at_pa[FOOT] <= FALL_AT_MOST_PA


def test_the_largest_number_on_the_way_is_small_enough_for_a_chip() -> None:
    flat_pa = FALL_AT_MOST_PA + FALL_AT_MOST_PA**2 // FALL_STIFF_PA
    assert FALL_AT_MOST_PA**2 < 2**30
    assert (FALL_AT_MOST_PA + flat_pa) * 10_000 < 2**30
    # From an empty chamber, which stands at 1 Pa.
    mean_pa = FALL_AT_MOST_PA // 2
    most_times = (FALL_AT_MOST_PA + 2 * mean_pa) / mean_pa
    assert RISE_MOST_PA_S * most_times * 10_000 < 2**30
    highest_pa = 40_000
    assert VARIANCE_START * (variance_of(highest_pa) // 1000) < 2**30
    squeeze_variance = VARIANCE_START * (variance_of(highest_pa) // 1000) // 1000
    vent_variance = variance_of(LET_OUT_MOST_PA * VENT_ERROR_PERMILLE // 1000)
    assert ERROR_MOST_PA * max(squeeze_variance, vent_variance) < 2**30
    assert squeeze_variance * 1000 < 2**30
    assert RISE_MOST_PA_S * ERROR_MOST_PA < 2**30


@pytest.mark.parametrize("squeezed_pa", [-5000, 30_000])
def test_a_leg_that_moved_meanwhile_teaches_nothing_impossible(squeezed_pa: int) -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    leg.phase[FOOT] = PEEK
    leg.look(FULL_PA + squeezed_pa)
    assert 0 <= leg.estimator.squeeze_permille[FOOT] <= SQUEEZE_MOST_PERMILLE


@given(st.integers(-300, 16_000), st.lists(st.tuples(st.integers(0, 16_000), st.booleans()), max_size=30))
def test_whatever_is_seen_the_estimate_stays_small(seen_pa: int, looks: list[tuple[int, bool]]) -> None:
    leg = Leg()
    for above_pa, was_held in looks:
        leg.calf(HOLD, above_pa)
        leg.phase[FOOT] = PEEK if was_held else SETTLE
        leg.look(seen_pa)
        assert abs(leg.come_in_pa(60)) < 16_000
