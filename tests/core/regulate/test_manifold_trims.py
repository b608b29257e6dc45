"""Trims through one sensor on the manifold: one dose for all that lack the same, and one look at a time."""

from collections.abc import Callable

import pytest

from soleus.core.basics.signals import Commands
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.program.timeline import Timeline
from soleus.core.regulate.doses import DOSE_EXTRA_PA
from soleus.core.regulate.manifold.estimator import (
    SQUEEZE_START_PERMILLE,
    SQUEEZED_PA,
    SQUEEZED_UNDER_PA,
    VARIANCE_START,
    VENT_LATE_MS,
)
from soleus.core.regulate.manifold.holds import OPEN_LEAST_MS
from soleus.core.regulate.manifold.regulator import regulator_for
from soleus.core.regulate.manifold.sensing import EXTRA_PERMILLE
from soleus.core.regulate.manifold.turns import TRIAL_AGE_MOST_MS, TRIAL_MS, TRIAL_RESTLESS_MS
from soleus.core.regulate.regulation import (
    BLEED,
    BLEED_MOST_MS,
    COAST,
    DOSE,
    DOSE_PERMILLE,
    FILL,
    HOLD,
    PEEK,
    PUMP_LEAST_PERMILLE,
    SETTLE,
    WAITING,
)
from soleus.core.sensing.chamber_gauges import ChamberGauges
from soleus.core.session.sequencer import Sequencer
from tests.core.fake_air import TICK_MS, boots

MANIFOLD = boots(valves="fill_vent", sensors="manifold")
FOOT, CALF, THIGH = range(3)
FULL_PA = pa_from_mmhg(60)
LONG_AGO_MS = 60_000
SQUEEZED_IN_PA = SQUEEZED_PA + 100


class Held:
    """Three chambers that are full, but for what they are said to lack."""

    def __init__(self, *short_mmhg: float) -> None:
        self.gauges = ChamberGauges(MANIFOLD)
        self.sequencer = Sequencer(MANIFOLD, Timeline(MANIFOLD))
        self.sequencer.keep_bits = MANIFOLD.all_bits
        self.sequencer.stage_ms = 1000
        self.regulator = regulator_for(MANIFOLD)
        self.commands = Commands()
        for index, short in enumerate(short_mmhg):
            self.sequencer.setpoint_pa[index] = self.sequencer.target_pa[index] = FULL_PA
            self.regulator.moves.goal_pa[index] = FULL_PA
            self.gauges.smooth_pa[index] = FULL_PA - round(short * 133.322)
            self.gauges.age_ms[index] = 0
            self.into(index, WAITING if short > 0 else HOLD)
        self.regulator.ledger.reached_bits = MANIFOLD.all_bits
        for index in range(MANIFOLD.count):
            self.regulator.sensing.see(index, self.gauges, FULL_PA)
            self.regulator.sensing.tried_bits |= 1 << index
            self.regulator.sensing.estimator.squeeze_variance[index] = VARIANCE_START // 10

    def squeeze_foot(self) -> None:
        """The calf has risen by so much that the foot is to be let down."""
        self.gauges.smooth_pa[CALF] += SQUEEZED_IN_PA * 1000 // SQUEEZE_START_PERMILLE

    def into(self, index: int, phase: int) -> None:
        self.regulator.phases.go(index, phase)

    def tick(self) -> None:
        self.regulator.step(self.gauges, self.sequencer, self.commands, TICK_MS)

    def ticks_until(self, is_so: Callable[[list[int]], bool]) -> int:
        for count in range(1, BLEED_MOST_MS):
            self.tick()
            if is_so(self.regulator.phase):
                return count
        raise AssertionError(f"still {self.regulator.phase}")


def test_all_that_ask_for_the_same_are_given_one_dose() -> None:
    held = Held(2.0, 4.0, 0.0)
    held.tick()
    assert held.regulator.phase == [DOSE, DOSE, HOLD]
    assert held.commands.fill_bits == 1 << FOOT | 1 << CALF
    assert held.commands.pump_permille == DOSE_PERMILLE


def test_it_lasts_as_long_as_their_own_doses_would_together_and_each_pays_its_share() -> None:
    alone = {}
    for index, short in ((FOOT, (2.0, 0.0, 0.0)), (CALF, (0.0, 4.0, 0.0))):
        held = Held(*short)
        alone[index] = held.ticks_until(lambda phase, own=index: phase[own] == COAST)
        alone[index, "us"] = held.regulator.ledger.dose_us[index]
    together = Held(2.0, 4.0, 0.0)
    ticks_count = together.ticks_until(lambda phase: phase[FOOT] == phase[CALF] == COAST)
    assert ticks_count == pytest.approx(alone[FOOT] + alone[CALF], abs=2)
    assert together.regulator.ledger.dose_us[FOOT] == alone[FOOT, "us"]
    assert together.regulator.ledger.dose_us[CALF] == alone[CALF, "us"]


def test_a_dose_that_is_enough_earlier_is_paid_for_as_far_as_it_went() -> None:
    held = Held(2.0, 4.0, 0.0)
    ticks_count = Held(2.0, 4.0, 0.0).ticks_until(lambda phase: phase[FOOT] == COAST)
    held.tick()
    for _ in range(ticks_count // 2 - 1):
        held.tick()
    held.gauges.pressure_pa[:] = [2 * FULL_PA] * 3
    held.ticks_until(lambda phase: phase[FOOT] == phase[CALF] == COAST)
    spent_us = (ticks_count // 2) * TICK_MS * DOSE_PERMILLE
    assert sum(held.regulator.ledger.dose_us) == pytest.approx(spent_us, rel=0.15)


def test_a_dose_goes_for_what_a_held_chamber_is_to_have_and_not_for_the_bare_target() -> None:
    """Held unseen, it loses a little: short of that by so much, it would ask again at its next look."""
    held = Held(2.0, 0.0, 0.0)
    extra_pa = FULL_PA * EXTRA_PERMILLE // 1000
    full_speed_ms = (
        (pa_from_mmhg(2) + extra_pa + DOSE_EXTRA_PA) * 1000 // held.regulator.learned.rise_pa_s[FOOT]
    )
    held.tick()
    assert held.regulator.moves.planned_ms[FOOT] == pytest.approx(full_speed_ms * 1000 / DOSE_PERMILLE, abs=2)
    held.gauges.pressure_pa[FOOT] = FULL_PA + extra_pa - 1
    held.tick()
    assert held.regulator.phase[FOOT] == DOSE
    held.gauges.pressure_pa[FOOT] = FULL_PA + extra_pa
    held.tick()
    assert held.regulator.phase[FOOT] == COAST


def test_who_asks_for_another_pressure_waits_for_a_dose_of_its_own() -> None:
    held = Held(2.0, 4.0, 0.0)
    held.sequencer.target_pa[FOOT] = held.regulator.moves.goal_pa[FOOT] = FULL_PA + pa_from_mmhg(1)
    held.tick()
    assert held.regulator.phase == [WAITING, DOSE, HOLD]


def test_a_chamber_let_down_by_the_estimate_is_measured_when_it_is_its_turn() -> None:
    held = Held(0.0, 0.0, 0.0)
    held.squeeze_foot()
    held.tick()
    assert held.regulator.phase[FOOT] == BLEED
    ticks_count = held.ticks_until(lambda phase: phase[FOOT] != BLEED)
    assert held.regulator.phase[FOOT] == HOLD
    open_ms = ticks_count * TICK_MS - VENT_LATE_MS
    let_out_pa = held.regulator.learned.fall_pa_s[FOOT] * open_ms // 1000
    assert held.regulator.sensing.estimator.let_out_pa[FOOT] == let_out_pa
    held.gauges.age_ms[FOOT] = LONG_AGO_MS
    held.tick()
    assert held.regulator.phase[FOOT] == PEEK


@pytest.mark.parametrize("is_seen", [True, False])
def test_what_was_seen_or_is_asked_for_anew_is_no_estimate_any_more(is_seen: bool) -> None:
    held = Held(0.0, 0.0, 0.0)
    sensing = held.regulator.sensing
    held.squeeze_foot()
    held.tick()
    assert sensing.is_estimated(FOOT)
    held.ticks_until(lambda phase: phase[FOOT] == HOLD)
    if is_seen:
        sensing.see(FOOT, held.gauges, FULL_PA)
    else:
        held.sequencer.target_pa[FOOT] = FULL_PA // 2
        held.tick()
    assert not sensing.is_estimated(FOOT)


def test_a_vent_is_judged_by_the_whole_ticks_that_it_was_open_less_what_its_coil_is_late() -> None:
    fell_pa = pa_from_mmhg(3)
    held = Held(0.0, 0.0, 0.0)
    held.gauges.smooth_pa[FOOT] = FULL_PA + fell_pa
    held.into(FOOT, SETTLE)
    held.ticks_until(lambda phase: phase[FOOT] == BLEED)
    planned_ms = held.regulator.moves.planned_ms[FOOT]
    open_ms = held.ticks_until(lambda phase: phase[FOOT] == SETTLE) * TICK_MS
    assert planned_ms < open_ms
    assert held.regulator.moves.planned_ms[FOOT] == open_ms - VENT_LATE_MS


def test_a_chamber_let_down_because_of_what_was_seen_is_measured_at_once() -> None:
    held = Held(0.0, 0.0, 0.0)
    held.gauges.smooth_pa[FOOT] = FULL_PA + pa_from_mmhg(3)
    held.into(FOOT, SETTLE)
    held.ticks_until(lambda phase: phase[FOOT] == BLEED)
    held.ticks_until(lambda phase: phase[FOOT] != BLEED)
    assert held.regulator.phase[FOOT] == SETTLE
    assert held.commands.fill_bits == 1 << FOOT


def test_nobody_is_looked_at_while_another_is_let_down() -> None:
    """Both would be joined to the manifold when it is measured, and neither would be seen."""
    held = Held(0.0, 0.0, 0.0)
    held.gauges.age_ms[CALF] = LONG_AGO_MS
    held.gauges.smooth_pa[FOOT] = FULL_PA + pa_from_mmhg(3)
    held.into(FOOT, SETTLE)
    held.ticks_until(lambda phase: phase[FOOT] == BLEED)
    held.gauges.smooth_pa[FOOT] = FULL_PA
    while held.regulator.phase[FOOT] in (BLEED, SETTLE):
        assert held.regulator.phase[CALF] == HOLD
        held.tick()
    assert held.regulator.phase[CALF] == PEEK


def untried(*ages_ms: int) -> Held:
    held = Held(0.0, 0.0, 0.0)
    held.regulator.sensing.tried_bits = 0
    held.gauges.age_ms[:] = ages_ms
    return held


def test_each_vent_is_tried_once_and_measured_before_the_next() -> None:
    held = untried(0, 0, 0)
    tried = []
    for _ in range(200):
        held.tick()
        bleeding = [index for index in range(3) if held.regulator.phase[index] == BLEED]
        assert len(bleeding) <= 1
        if bleeding and bleeding != tried[-1:]:
            assert SETTLE not in held.regulator.phase
            tried += bleeding
    assert tried == [FOOT, CALF, THIGH]
    assert held.regulator.phase == [HOLD] * 3


def test_a_trial_is_long_enough_to_be_seen() -> None:
    held = untried(0, 0, 0)
    held.ticks_until(lambda phase: phase[FOOT] == BLEED)
    open_ms = held.ticks_until(lambda phase: phase[FOOT] != BLEED) * TICK_MS
    assert open_ms == TRIAL_MS
    assert held.regulator.phase[FOOT] == SETTLE


def test_what_brings_a_chamber_back_after_a_trial_is_no_leak_and_it_sags_anew() -> None:
    held = untried(0, 0, 0)
    held.regulator.ledger.held_ms[FOOT] = 5000
    held.ticks_until(lambda phase: phase[FOOT] == BLEED)
    held.regulator.ledger.dose_us[FOOT] = 50_000
    for _ in range(TRIAL_RESTLESS_MS // TICK_MS - 1):
        held.tick()
        assert held.regulator.ledger.held_ms[FOOT] == held.regulator.ledger.dose_us[FOOT] == 0
    for _ in range(20):
        held.tick()
    assert 0 < held.regulator.ledger.held_ms[FOOT] < 300


@pytest.mark.parametrize("fall_mmhg_s", [8, 60, 200])
def test_an_unseen_vent_is_open_for_long_enough_that_valves_hardly_differ(fall_mmhg_s: int) -> None:
    held = Held(0.0, 0.0, 0.0)
    held.regulator.learned.fall_pa_s[FOOT] = pa_from_mmhg(fall_mmhg_s)
    held.squeeze_foot()
    held.tick()
    open_ms = held.ticks_until(lambda phase: phase[FOOT] != BLEED) * TICK_MS
    needed_ms = (SQUEEZED_IN_PA + SQUEEZED_UNDER_PA) * 1000 // pa_from_mmhg(fall_mmhg_s)
    assert open_ms >= OPEN_LEAST_MS
    assert open_ms == pytest.approx(max(needed_ms, OPEN_LEAST_MS), abs=3 * TICK_MS)


def test_before_its_trial_a_chamber_has_just_been_seen() -> None:
    held = untried(TRIAL_AGE_MOST_MS + TICK_MS, 0, 0)
    held.tick()
    assert held.regulator.phase[FOOT] == PEEK
    held.gauges.age_ms[FOOT] = 0
    held.ticks_until(lambda phase: phase[FOOT] == BLEED)


def test_what_was_measured_in_an_earlier_session_is_not_tried_again() -> None:
    held = untried(0, 0, 0)
    held.regulator.sensing.estimator.fall_at_pa[:] = [FULL_PA] * 3
    for _ in range(50):
        held.tick()
        assert BLEED not in held.regulator.phase


def test_a_vent_is_tried_before_a_neighbour_is_filled_and_not_beside_it() -> None:
    held = untried(0, 0, 0)
    held.gauges.smooth_pa[THIGH] = 0
    held.regulator.fills.begin(THIGH)
    held.tick()
    assert held.regulator.phase == [BLEED, HOLD, FILL]
    assert held.commands.fill_bits == 0
    beside = untried(0, 0, 0)
    beside.gauges.smooth_pa[THIGH] = 0
    beside.regulator.fills.begin(THIGH)
    beside.regulator.air.joined_bits = 1 << THIGH
    beside.tick()
    assert beside.regulator.phase == [HOLD, HOLD, FILL]


def test_before_the_next_trial_a_chamber_under_a_risen_neighbour_teaches_how_much_squeezes_it() -> None:
    """Its cycle may be over before it is its turn, and the next one needs to know."""
    held = untried(0, 0, 0)
    estimator = held.regulator.sensing.estimator
    held.regulator.sensing.tried_bits = 1 << FOOT | 1 << CALF
    estimator.squeeze_variance[FOOT] = VARIANCE_START
    estimator.above_seen_pa[FOOT] = 0
    estimator.let_out_pa[FOOT] = FULL_PA * SQUEEZE_START_PERMILLE // 1000
    held.tick()
    assert held.regulator.phase == [PEEK, HOLD, HOLD]
    held.ticks_until(lambda phase: phase[FOOT] != PEEK)
    held.ticks_until(lambda phase: phase[THIGH] == BLEED)
    assert not estimator.is_calibration_look(FOOT, held.gauges)


def test_a_chamber_with_a_new_target_has_other_things_to_do_first() -> None:
    held = untried(0, 0, 0)
    held.regulator.moves.goal_pa[FOOT] = FULL_PA // 2
    assert held.regulator.turns.next_trial_index(held.sequencer) == CALF


def test_beside_a_fill_nothing_is_joined_to_be_measured() -> None:
    held = Held(0.0, 0.0, 0.0)
    held.regulator.fills.begin(THIGH)
    held.gauges.age_ms[:] = [0] * 3
    held.gauges.smooth_pa[THIGH] = 0
    held.tick()
    assert held.commands.fill_bits == 1 << THIGH
    held.gauges.smooth_pa[FOOT] = FULL_PA + pa_from_mmhg(10)
    held.regulator.trims.begin_bleed(FOOT, held.gauges, FULL_PA, pa_from_mmhg(2))
    while held.regulator.phase[FOOT] == BLEED:
        held.tick()
    assert held.regulator.phase[FOOT] == HOLD
    assert held.regulator.phase[THIGH] == FILL
    assert held.commands.fill_bits == 1 << THIGH


def test_no_stage_ends_on_a_throttled_pump_that_happens_to_pause() -> None:
    """Its rotor still turns: with all valves closed it would drive the manifold 100 mmHg above them."""
    held = Held(0.0, 0.0, 0.0)
    held.regulator.fills.begin(FOOT)
    held.regulator.air.rotor_permille = PUMP_LEAST_PERMILLE
    held.gauges.smooth_pa[FOOT] = 2 * FULL_PA
    held.tick()
    assert held.commands.pump_permille == 0
    assert not held.regulator.is_quiet()
    held.ticks_until(lambda _: held.regulator.is_quiet())
    assert held.regulator.air.rotor_permille < PUMP_LEAST_PERMILLE // 4
