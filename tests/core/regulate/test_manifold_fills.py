"""One sensor on the manifold: which chamber is looked at, which are filled together, when a fill is over."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soleus.core.basics.limits import OVER_TARGET_PA
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.program.timeline import Timeline
from soleus.core.regulate.manifold.fills import AHEAD_ALONE_PA, AHEAD_MOST_PA, AHEAD_NEAR_PA
from soleus.core.regulate.manifold.regulator import regulator_for
from soleus.core.regulate.manifold.sensing import EXTRA_PERMILLE
from soleus.core.regulate.manifold.turns import (
    LOOK_AFTER_MS,
    LOOK_BEFORE_FILL_AFTER_MS,
    LOOK_LATEST_MS,
    LOOK_PA_S,
)
from soleus.core.regulate.regulation import (
    BAND_PA,
    COAST,
    FILL,
    HOLD,
    PEEK,
    PUMP_LEAST_PERMILLE,
    PUMP_MOST_PERMILLE,
    THROTTLED_MS,
    WAITING,
)
from soleus.core.regulate.throttle import THROTTLE_PA, THROTTLE_ROOM_PA
from soleus.core.sensing.chamber_gauges import ChamberGauges
from soleus.core.session.sequencer import Sequencer
from tests.core.fake_air import TICK_MS, boots

MANIFOLD = boots(valves="fill_vent", sensors="manifold")
FOOT, CALF, THIGH = range(3)
FULL_PA = pa_from_mmhg(60)


def test_a_chamber_that_was_looked_at_is_left_a_little_too_high_because_tissue_gives_way() -> None:
    sensing = regulator_for(MANIFOLD).sensing
    assert sensing.see(FOOT, ChamberGauges(MANIFOLD), FULL_PA) == FULL_PA * EXTRA_PERMILLE // 1000


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
    gauges, regulator = ChamberGauges(MANIFOLD), regulator_for(MANIFOLD)
    regulator.phase[:] = [HOLD, HOLD, FILL]
    regulator.sensing.estimator.seen_pa[:] = [pa_from_mmhg(seen_mmhg)] * 3
    gauges.age_ms[:] = [after_ms, after_ms, 9 * after_ms]
    assert regulator.turns.next_look_index(gauges, is_before_fill) == -1
    gauges.age_ms[:] = [after_ms + 10, after_ms + 20, 9 * after_ms]
    assert regulator.turns.next_look_index(gauges, is_before_fill) == CALF


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
    regulator = regulator_for(MANIFOLD)
    regulator.phases.bits[FILL] = fill_bits
    regulator.fills.refill_bits = refill_bits
    assert regulator.turns.fill_group_bits(targets_pa) == group_bits


class Filling:
    """A foot, alone or with a calf beside it, filled through the manifold at this flow through each."""

    def __init__(self, flow_permille: int = 500, hose_pa: int | None = None, is_alone: bool = False) -> None:
        self.gauges = ChamberGauges(MANIFOLD)
        self.sequencer = Sequencer(MANIFOLD, Timeline(MANIFOLD))
        regulator = self.regulator = regulator_for(MANIFOLD)
        for index in (FOOT,) if is_alone else (FOOT, CALF):
            self.gauges.age_ms[index] = 0
            self.sequencer.setpoint_pa[index] = self.sequencer.target_pa[index] = FULL_PA
            regulator.fills.begin(index)
            regulator.air.joined_bits |= 1 << index
        regulator.air.rotor_permille = flow_permille * (1 if is_alone else 2)
        regulator.air.flow_permille = flow_permille
        self.learned = regulator.learned
        if hose_pa is not None:
            self.learned.drop_pa[FOOT] = hose_pa

    def step(self, reading_pa: int, dt_ms: int = TICK_MS) -> int:
        """The pump's power; 0 once the fill is over."""
        self.gauges.smooth_pa[FOOT] = reading_pa
        self.regulator.air.pump_permille = 0
        self.regulator.fills.step(FOOT, self.gauges, self.sequencer, dt_ms)
        return self.regulator.air.pump_permille if self.regulator.phase[FOOT] == FILL else 0

    def missing_pa(self, reading_pa: int) -> int:
        return FULL_PA - reading_pa + self.learned.hose_pa(FOOT, self.regulator.air.flow_permille)


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


@pytest.mark.parametrize("calf_mmhg_s", [30, 60, 180])
@pytest.mark.parametrize("flow_permille", [225, 350, 500])
def test_a_fill_is_over_when_what_they_hold_and_what_still_comes_are_enough(
    flow_permille: int, calf_mmhg_s: int
) -> None:
    filling = Filling(flow_permille, pa_from_mmhg(40))
    filling.learned.rise_pa_s[CALF] = pa_from_mmhg(calf_mmhg_s)
    alone_pa = [filling.learned.coming_pa(index, 2 * flow_permille) for index in (FOOT, CALF)]
    coming_pa = alone_pa[FOOT] * alone_pa[CALF] / sum(alone_pa)
    enough_pa = FULL_PA - round(coming_pa) + filling.learned.hose_pa(FOOT, flow_permille)
    filling.step(enough_pa - 3)
    assert filling.regulator.phase[FOOT] == FILL
    filling.step(enough_pa + 3)
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
    filling.sequencer.setpoint_pa[FOOT] = FULL_PA // 2
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


@pytest.mark.parametrize(("is_awaited", "phase"), [(True, HOLD), (False, WAITING)])
def test_a_fill_does_not_wait_for_a_little_that_another_is_short_of(is_awaited: bool, phase: int) -> None:
    filling = Filling()
    regulator = filling.regulator
    if not is_awaited:
        regulator.vent_all()
    regulator.phase[CALF] = PEEK
    extra_pa = FULL_PA * EXTRA_PERMILLE // 1000
    filling.gauges.smooth_pa[CALF] = FULL_PA + extra_pa - 2 * BAND_PA
    regulator.trims.judge(CALF, filling.gauges, FULL_PA)
    assert regulator.phase[CALF] == phase
