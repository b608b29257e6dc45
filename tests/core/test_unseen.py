"""A chamber that nobody sees is reckoned: what its neighbour presses in, what was let out, what sags away."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soleus.core.gauges import Gauges
from soleus.core.limits import OVER_TARGET_PA
from soleus.core.regulation import (
    ASK,
    BAND_PA,
    COAST,
    FILL,
    HOLD,
    OFF,
    PEEK,
    PUMP_LEAST_PERMILLE,
    PUMP_MOST_PERMILLE,
    RISE_LEAST_PA_S,
    RISE_MOST_PA_S,
    SETTLE,
    THROTTLED_MS,
)
from soleus.core.sealed_regulator import PEEK_MS, SealedRegulator
from soleus.core.sequencer import Sequencer
from soleus.core.throttle import THROTTLE_PA, THROTTLE_ROOM_PA
from soleus.core.timeline import Timeline
from soleus.core.units import pa_from_mmhg
from soleus.core.unseen import (
    AHEAD_ALONE_PA,
    AHEAD_MOST_PA,
    AHEAD_NEAR_PA,
    EXTRA_PERMILLE,
    FALL_START_PA_S,
    LOOK_AFTER_MS,
    LOOK_BEFORE_FILL_AFTER_MS,
    LOOK_LATEST_MS,
    LOOK_PA_S,
    SAG_HALF_MS,
    SAG_PERMILLE,
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
    assert Leg().look(FULL_PA) == FULL_PA * EXTRA_PERMILLE // 1000


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


def sagged_pa(unseen_ms: int, held_before_ms: int = 0) -> int:
    leg = Leg()
    leg.unseen.unseen_ms[FOOT] = unseen_ms
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
    assert leg.unseen.squeeze_permille[FOOT] == pytest.approx(permille, abs=3)


def test_more_than_was_reckoned_is_put_down_to_squeeze_and_vent_alike() -> None:
    """With little let out, the squeeze was wrong; with much, the vent as well."""
    learned_permille, falls_pa_s = [], []
    for let_out_pa in (0, 500, 2000):
        leg = Leg()
        leg.calf(HOLD, FULL_PA)
        leg.unseen.let_out(FOOT, let_out_pa)
        leg.phase[FOOT] = PEEK
        leg.look(FULL_PA + COME_IN_PA - let_out_pa + 400)
        learned_permille.append(leg.unseen.squeeze_permille[FOOT])
        falls_pa_s.append(leg.unseen.learned.fall_pa_s[FOOT])
    none, some, much = learned_permille
    assert none > some > much > SQUEEZE_START_PERMILLE
    none, some, much = falls_pa_s
    assert none == FALL_START_PA_S > some > much


@pytest.mark.parametrize(("less_pa", "share"), [(100, 0.75), (-100, 1.25), (5000, 0.5), (-5000, 1.5)])
def test_a_vent_that_let_out_less_than_was_reckoned_is_slower_and_at_most_by_half(
    less_pa: int, share: float
) -> None:
    unseen = Leg().unseen
    learned = unseen.learned
    before_pa_s = learned.fall_pa_s[FOOT]
    unseen._note_less_fall(FOOT, less_pa, 400)
    assert learned.fall_pa_s[FOOT] == pytest.approx(before_pa_s * share, abs=1)


@given(st.integers(-3000, 3000), st.integers(0, 4000), st.integers(0, 20))
def test_no_row_of_looks_makes_a_vent_impossible(error_pa: int, let_out_pa: int, looks_count: int) -> None:
    leg = Leg()
    for _ in range(looks_count):
        leg.calf(HOLD, FULL_PA)
        leg.unseen.let_out(FOOT, let_out_pa)
        leg.phase[FOOT] = PEEK
        leg.look(FULL_PA + error_pa)
    assert RISE_LEAST_PA_S <= leg.unseen.learned.fall_pa_s[FOOT] <= RISE_MOST_PA_S


@pytest.mark.parametrize("squeezed_pa", [-5000, 30_000])
def test_a_leg_that_moved_meanwhile_teaches_nothing_impossible(squeezed_pa: int) -> None:
    leg = Leg()
    leg.calf(HOLD, FULL_PA)
    leg.phase[FOOT] = PEEK
    leg.look(FULL_PA + squeezed_pa)
    assert 0 <= leg.unseen.squeeze_permille[FOOT] <= SQUEEZE_MOST_PERMILLE


@pytest.mark.parametrize(
    ("is_before_fill", "seen_mmhg", "after_ms"),
    [
        (False, 60, LOOK_AFTER_MS),
        # Before a fill it takes the fill's time: the less there is to be lost, the later.
        (True, 110, LOOK_BEFORE_FILL_AFTER_MS),
        (True, 60, LOOK_PA_S * 1000 // pa_from_mmhg(60)),
        (True, 20, LOOK_LATEST_MS),
        (True, 0, LOOK_LATEST_MS),
    ],
)
def test_the_one_that_was_not_seen_for_longest_is_looked_at(
    is_before_fill: bool, seen_mmhg: int, after_ms: int
) -> None:
    leg = Leg()
    leg.phase[:] = [HOLD, HOLD, FILL]
    leg.unseen.seen_pa[:] = [pa_from_mmhg(seen_mmhg)] * 3
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


# --- fills through a manifold ---


class Filling:
    """A foot, alone or with a calf beside it, filled through the manifold at this flow through each."""

    def __init__(self, flow_permille: int = 500, hose_pa: int | None = None, is_alone: bool = False) -> None:
        self.gauges = Gauges(MANIFOLD)
        self.sequencer = Sequencer(MANIFOLD, Timeline(MANIFOLD))
        regulator = self.regulator = SealedRegulator(MANIFOLD)
        for index in (FOOT,) if is_alone else (FOOT, CALF):
            self.gauges.age_ms[index] = 0
            self.sequencer.wanted_pa[index] = self.sequencer.target_pa[index] = FULL_PA
            regulator.begin_fill(index)
            regulator.joined_bits |= 1 << index
        regulator.rotor_permille = flow_permille * (1 if is_alone else 2)
        regulator.flow_permille = flow_permille
        self.learned = regulator.learned
        if hose_pa is not None:
            self.learned.drop_pa[FOOT] = hose_pa

    def step(self, reading_pa: int, dt_ms: int = TICK_MS) -> int:
        """The pump's power; 0 once the fill is over."""
        self.gauges.smooth_pa[FOOT] = reading_pa
        self.regulator.pump_permille = 0
        self.regulator.unseen.fill(FOOT, self.gauges, self.sequencer, self.regulator, dt_ms)
        return self.regulator.pump_permille if self.regulator.phase[FOOT] == FILL else 0

    def missing_pa(self, reading_pa: int) -> int:
        return FULL_PA - reading_pa + self.learned.hose_pa(FOOT, self.regulator.flow_permille)


@pytest.mark.parametrize(
    ("hose_mmhg", "is_alone", "ahead_pa"),
    [(0, False, 0), (80, False, AHEAD_MOST_PA), (80, True, AHEAD_ALONE_PA)],
)
def test_as_long_as_much_is_missing_a_fill_may_drive_the_manifold_above_the_target(
    hose_mmhg: int, is_alone: bool, ahead_pa: int
) -> None:
    filling = Filling(500, pa_from_mmhg(hose_mmhg), is_alone)
    # Nothing is on its way, so that only the reading speaks.
    filling.learned.coast_x10_ms[0] = 0
    slow_from_pa = FULL_PA + ahead_pa - THROTTLE_PA
    assert filling.step(slow_from_pa) == PUMP_MOST_PERMILLE
    assert 0 < filling.step(slow_from_pa + pa_from_mmhg(1)) < PUMP_MOST_PERMILLE


@given(st.integers(0, 1000), st.integers(0, 100), st.integers(-15, 15), st.booleans())
def test_whatever_was_learned_no_pump_air_goes_where_the_guard_has_its_limit(
    flow_permille: int, hose_mmhg: int, lead_mmhg: int, is_alone: bool
) -> None:
    filling = Filling(flow_permille, pa_from_mmhg(hose_mmhg), is_alone)
    filling.learned.coast_lead_pa[FOOT] = pa_from_mmhg(lead_mmhg)
    assert filling.step(FULL_PA + AHEAD_MOST_PA + THROTTLE_ROOM_PA + 1) == 0
    assert AHEAD_ALONE_PA < AHEAD_MOST_PA < OVER_TARGET_PA


def test_near_its_target_a_fill_slows_so_that_chambers_that_have_parted_meet_again() -> None:
    filling = Filling(500, pa_from_mmhg(60))
    filling.learned.coast_x10_ms[0] = 0
    reading_pa = FULL_PA + filling.learned.hose_pa(FOOT, 500) - AHEAD_NEAR_PA
    assert filling.missing_pa(reading_pa) == AHEAD_NEAR_PA
    assert filling.step(reading_pa) == 0
    assert filling.step(FULL_PA + AHEAD_NEAR_PA - THROTTLE_PA) == PUMP_MOST_PERMILLE


@pytest.mark.parametrize("flow_permille", [225, 350, 500])
def test_a_fill_is_over_when_what_they_hold_and_what_still_comes_are_enough(flow_permille: int) -> None:
    filling = Filling(flow_permille, pa_from_mmhg(40))
    coming_pa = filling.learned.coming_pa(FOOT, 2 * flow_permille) // 2
    enough_pa = FULL_PA - coming_pa + filling.learned.hose_pa(FOOT, flow_permille)
    filling.step(enough_pa - 1)
    assert filling.regulator.phase[FOOT] == FILL
    filling.step(enough_pa)
    assert filling.regulator.phase[FOOT] == filling.regulator.phase[CALF] == COAST


@pytest.mark.parametrize(
    "filling",
    [lambda: Filling(100), lambda: Filling(100, pa_from_mmhg(20), is_alone=True)],
    ids=["a hose that isn't known", "alone on the pump"],
)
def test_else_only_a_pump_that_has_nothing_left_to_push_ends_a_fill(filling: Callable[[], Filling]) -> None:
    one = filling()
    for _ in range(THROTTLED_MS // TICK_MS - 1):
        one.step(FULL_PA + AHEAD_NEAR_PA)
    assert one.regulator.phase[FOOT] == FILL
    one.step(FULL_PA + AHEAD_NEAR_PA)
    assert one.regulator.phase[FOOT] == COAST


def test_a_slow_pump_ends_no_fill_that_by_its_hose_is_far_from_its_target() -> None:
    """A lone chamber in its slack: the least power drives the manifold above a low target at once."""
    filling = Filling(450, pa_from_mmhg(100), is_alone=True)
    for _ in range(2 * THROTTLED_MS // TICK_MS):
        assert filling.step(FULL_PA + AHEAD_ALONE_PA) == PUMP_LEAST_PERMILLE


def test_a_fill_on_a_ramp_goes_on_however_full_it_is() -> None:
    filling = Filling(225, pa_from_mmhg(20))
    filling.sequencer.wanted_pa[FOOT] = FULL_PA // 2
    for _ in range(2 * THROTTLED_MS // TICK_MS):
        filling.step(FULL_PA)
    assert filling.regulator.phase[FOOT] == FILL


def test_the_first_look_at_a_hose_counts_whole_and_later_ones_half() -> None:
    learned = Filling().learned
    seen_pa = pa_from_mmhg(20)
    learned.note_drop(FOOT, seen_pa, 1000)
    assert learned.drop_pa[FOOT] == seen_pa
    learned.note_drop(FOOT, 2 * seen_pa, 1000)
    assert learned.drop_pa[FOOT] == 3 * seen_pa // 2


@pytest.mark.parametrize(("is_awaited", "phase"), [(True, HOLD), (False, ASK)])
def test_a_fill_does_not_wait_for_a_little_that_another_is_short_of(is_awaited: bool, phase: int) -> None:
    filling = Filling()
    regulator = filling.regulator
    if not is_awaited:
        regulator.vent_all()
    regulator.phase[CALF] = PEEK
    regulator.phase_ms[CALF] = PEEK_MS
    extra_pa = FULL_PA * EXTRA_PERMILLE // 1000
    filling.gauges.smooth_pa[CALF] = FULL_PA + extra_pa - 2 * BAND_PA
    regulator._rest(CALF, filling.gauges, FULL_PA)
    assert regulator.phase[CALF] == phase
