"""The sequencer walks its timeline foot first, waits for what must be waited for, and keeps the beat."""

import copy
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import (
    CYCLE_PRESSED_LAST_MS,
    CYCLE_PRESSED_MOST_MS,
    SOFT_START_LEAST_PA,
    SOFT_START_PERMILLE,
    TARGET_LEAST_PA,
)
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.program.layout import lay_out
from soleus.core.program.timeline import STAGE_HOLD, STAGE_RAISE, STAGE_RELAX, STAGE_RELEASE, STAGE_REST
from soleus.core.session.sequencer import Sequencer
from tests.core.fake_air import TICK_MS, blocks_program, boots, program

FOOT, CALF, THIGH = range(3)
LEVEL_PA = pa_from_mmhg(50)
MINUTES = 20

# How long a chamber takes to fill in a cycle, counted from 0.
FillMs = Callable[[int], int]


class Walk:
    """A sequencer with boots that fill in the time that the test says, and empty in a second."""

    EMPTY_MS = 1000

    def __init__(
        self, the_boots: Boots | None = None, fill_ms: FillMs = lambda _: 2000, **block: Any
    ) -> None:
        self._begin(the_boots or boots(), [{"pattern": "sequential", **block}], fill_ms)

    @classmethod
    def of_blocks(cls, blocks: list[dict[str, Any]]) -> "Walk":
        walk = cls.__new__(cls)
        walk._begin(boots(), blocks, lambda _: 500)
        return walk

    def _begin(self, the_boots: Boots, blocks: list[dict[str, Any]], fill_ms: FillMs) -> None:
        self.boots = the_boots
        self.fill_ms = fill_ms
        self.sequencer = Sequencer(the_boots, lay_out(blocks_program(blocks), the_boots, MINUTES))
        self.sequencer.begin(LEVEL_PA)
        self.asked_pa = LEVEL_PA
        self.is_quiet = True
        self.run_ms = 0
        self.filled_ms = [0] * the_boots.count
        self.vented_ms = [self.EMPTY_MS] * the_boots.count

    @property
    def reached_bits(self) -> int:
        wait_ms = self.fill_ms(self.sequencer.cycles_count)
        return sum(1 << i for i, ms in enumerate(self.filled_ms) if ms >= wait_ms)

    @property
    def empty_bits(self) -> int:
        return sum(1 << i for i, ms in enumerate(self.vented_ms) if ms >= self.EMPTY_MS)

    @property
    def kept(self) -> list[int]:
        return [i for i in range(self.boots.count) if self.sequencer.keep_bits >> i & 1]

    def tick(self) -> "Walk":
        sequencer = self.sequencer
        self.run_ms += TICK_MS
        reached_bits, empty_bits = self.reached_bits, self.empty_bits
        sequencer.step(self.asked_pa, self.run_ms, reached_bits, empty_bits, self.is_quiet, TICK_MS)
        for index in range(self.boots.count):
            is_kept = sequencer.keep_bits >> index & 1
            self.filled_ms[index] = self.filled_ms[index] + TICK_MS if is_kept else 0
            self.vented_ms[index] = 0 if is_kept else self.vented_ms[index] + TICK_MS
        return self

    def until(self, is_so: Callable[["Walk"], bool], most_s: int = 300) -> "Walk":
        for _ in range(most_s * 1000 // TICK_MS):
            if is_so(self):
                return self
            self.tick()
        raise AssertionError(f"not so within {most_s} s")

    def until_kind(self, kind: int) -> "Walk":
        return self.until(lambda walk: walk.sequencer.stage_kind() == kind)

    def until_cycle(self, number: int) -> "Walk":
        return self.until(lambda walk: walk.sequencer.cycles_count == number)

    def cycle_starts_ms(self, count: int) -> list[int]:
        return [self.until_cycle(number).run_ms for number in range(count)]


def first_kept_order(walk: Walk) -> list[int]:
    """In which order chambers come under pressure within a cycle."""
    order: list[int] = []
    cycle = walk.sequencer.cycles_count
    while walk.sequencer.cycles_count == cycle:
        order += [index for index in walk.kept if index not in order]
        walk.tick()
    return order


# --- order ---


@pytest.mark.parametrize("pattern", ["sequential", "wave", "pulse", "gradient", "flow"])
def test_the_foot_comes_first_and_the_thigh_last(pattern: str) -> None:
    walk = Walk(pattern=pattern, step_mmhg=5).tick()
    assert [first_kept_order(walk) for _ in range(3)] == [[FOOT, CALF, THIGH]] * 3


def test_no_chamber_fills_before_the_one_distal_to_it_is_full() -> None:
    walk = Walk(fill_ms=lambda _: 3000).tick()
    for distal, proximal in pairwise((FOOT, CALF, THIGH)):
        walk.until(lambda walk, proximal=proximal: proximal in walk.kept)
        assert walk.filled_ms[distal] >= 3000


def test_a_chamber_that_never_fills_holds_the_others_back() -> None:
    """Who ends that is the fill guard; nothing goes on without the foot."""
    walk = Walk(fill_ms=lambda _: 1 << 29)
    for _ in range(6000):
        assert walk.tick().kept == [FOOT]


def test_both_legs_rise_side_by_side_unless_told_to_alternate() -> None:
    two_legs = boots(2)
    assert Walk(two_legs).tick().kept == [FOOT, 3 + FOOT]
    alternating = Walk(two_legs, legs="alternating").tick()
    assert first_kept_order(alternating) == [FOOT, CALF, THIGH, 3 + FOOT, 3 + CALF, 3 + THIGH]


# --- waiting ---


def test_no_stage_ends_while_pump_air_is_on_its_way() -> None:
    walk = Walk(hold_s=1).until_kind(STAGE_HOLD)
    walk.is_quiet = False
    for _ in range(3000):
        assert walk.tick().sequencer.stage_kind() == STAGE_HOLD
    walk.is_quiet = True
    assert walk.tick().sequencer.stage_kind() == STAGE_RELEASE


def test_release_ends_by_time_and_the_rest_waits_until_every_chamber_is_seen_empty() -> None:
    walk = Walk(release_s=2, rest_s=0).until_kind(STAGE_RELEASE)
    walk.EMPTY_MS = 7000
    started_ms = walk.run_ms
    assert walk.until_kind(STAGE_REST).run_ms - started_ms == 2000
    assert walk.until_cycle(1).run_ms - started_ms >= 7000


# --- what would take too long ---


def released_after_ms(walk: Walk) -> int:
    """How long the cycle's pressure lasted; then nothing is kept until the next."""
    walk.tick()
    started_ms = walk.run_ms
    walk.until_kind(STAGE_RELEASE)
    assert walk.kept == []
    return walk.run_ms - started_ms


@pytest.mark.parametrize(
    ("is_quiet", "most_ms"), [(True, CYCLE_PRESSED_MOST_MS), (False, CYCLE_PRESSED_LAST_MS)]
)
def test_a_cycle_that_never_comes_to_its_end_is_released_early(is_quiet: bool, most_ms: int) -> None:
    """At the first quiet moment after the one, at the other even against a running pump."""
    walk = Walk(fill_ms=lambda _: 1 << 29)
    walk.is_quiet = is_quiet
    assert abs(released_after_ms(walk) - most_ms) <= TICK_MS


def test_an_early_release_waits_for_the_pump_to_come_to_rest() -> None:
    walk = Walk(fill_ms=lambda _: 1 << 29)
    walk.is_quiet = False
    walk.until(lambda walk: walk.sequencer.cycle_ms >= CYCLE_PRESSED_MOST_MS + 5000)
    assert walk.kept == [FOOT]
    walk.is_quiet = True
    assert walk.tick().kept == []


def test_after_an_early_release_come_the_rest_and_the_next_cycle_at_the_foot() -> None:
    takes_ms = [1 << 29, 2000]
    walk = Walk(fill_ms=lambda cycle: takes_ms[min(cycle, 1)], release_s=3, rest_s=4).until_kind(
        STAGE_RELEASE
    )
    released_ms = walk.run_ms
    assert walk.until_kind(STAGE_REST).run_ms - released_ms == 3000
    assert walk.until_cycle(1).run_ms - released_ms == 7000
    assert walk.kept == [FOOT]


def test_an_early_release_stays_within_its_block() -> None:
    walk = Walk.of_blocks(
        [{"pattern": "wave", "share_percent": 50}, {"pattern": "uniform", "share_percent": 50}]
    )
    walk.fill_ms = lambda _: 1 << 29
    walk.until_kind(STAGE_RELEASE)
    assert walk.sequencer.block_index == 0
    assert walk.sequencer.stage_index == walk.sequencer.timeline.first_stage[1] - 2


def test_a_cycle_that_comes_to_its_end_in_time_is_not_released_early() -> None:
    """Three fills of 40 s and a hold of 20 s are 140 s: late, but whole."""
    walk = Walk(fill_ms=lambda _: 40_000, hold_s=20).until_kind(STAGE_HOLD)
    assert walk.kept == [FOOT, CALF, THIGH]
    held_ms = walk.run_ms
    assert walk.until_kind(STAGE_RELEASE).run_ms - held_ms == 20_000


# --- chambers that a guard has rested ---


def test_a_rested_chamber_is_let_go_at_once_and_nobody_waits_for_it() -> None:
    walk = Walk(fill_ms=lambda _: 2000).tick()
    walk.sequencer.rested_bits = 1 << FOOT
    assert walk.tick().kept == [CALF]
    assert walk.sequencer.target_pa[FOOT] == 0
    assert walk.until_kind(STAGE_HOLD).kept == [CALF, THIGH]


def test_a_rested_chamber_stays_out_of_the_cycles_that_follow() -> None:
    walk = Walk()
    walk.sequencer.rested_bits = 1 << CALF
    walk.tick()
    assert [first_kept_order(walk) for _ in range(3)] == [[FOOT, THIGH]] * 3


def test_a_stage_lasts_its_time_even_when_all_is_ready() -> None:
    walk = Walk(fill_ms=lambda _: 0, hold_s=5, release_s=3)
    held_ms = walk.until_kind(STAGE_HOLD).run_ms
    released_ms = walk.until_kind(STAGE_RELEASE).run_ms
    assert released_ms - held_ms == 5000
    assert walk.until_kind(STAGE_REST).run_ms - released_ms == 3000


# --- the beat ---


def test_an_elastic_rest_keeps_the_beat_however_long_the_fills_take() -> None:
    """Three chambers, 1 to 5 s each, 4 s of hold and 4 s of release: 11 to 23 s of a cycle of 30."""
    takes_ms = [1000, 5000, 2500, 4000, 3000, 1500]
    walk = Walk(fill_ms=lambda cycle: takes_ms[cycle % 6], cycle_s=30)
    starts_ms = walk.cycle_starts_ms(7)
    assert {after - before for before, after in pairwise(starts_ms[1:])} == {30_000}


def test_a_cycle_that_needs_longer_takes_longer_and_the_next_ones_keep_their_beat() -> None:
    walk = Walk(fill_ms=lambda cycle: 12_000 if cycle == 2 else 2000, cycle_s=30)
    lengths = [after - before for before, after in pairwise(walk.cycle_starts_ms(6))]
    assert lengths[2] > 36_000
    assert lengths[1] == lengths[3] == lengths[4] == 30_000


def test_a_rest_is_never_shorter_than_asked() -> None:
    walk = Walk(rest_s=6, cycle_s=1).until_kind(STAGE_REST)
    began_ms = walk.run_ms
    assert walk.until_cycle(1).run_ms - began_ms == 6000


@settings(max_examples=25, deadline=None)
@given(takes_ms=st.lists(st.integers(0, 8000), min_size=4, max_size=4), cycle_s=st.integers(0, 40))
def test_a_cycle_is_as_long_as_its_beat_or_its_parts_whichever_is_longer(
    takes_ms: list[int], cycle_s: int
) -> None:
    walk = Walk(fill_ms=lambda cycle: takes_ms[cycle % 4], cycle_s=cycle_s, hold_s=1, release_s=2, rest_s=0)
    for number, (before, after) in enumerate(pairwise(walk.cycle_starts_ms(5))):
        parts_ms = 3 * takes_ms[number] + 1000 + 2000
        # Each of the six stages ends on a tick.
        assert abs(after - before - max(parts_ms, cycle_s * 1000)) <= 6 * TICK_MS


# --- blocks ---


def block_changes_min(shares: Sequence[int]) -> list[float]:
    patterns = ["sequential", "wave", "uniform", "sequential"]
    blocks = [{"pattern": p, "share_percent": share} for p, share in zip(patterns, shares, strict=False)]
    walk = Walk.of_blocks(blocks)
    changes = []
    for number in range(1, len(shares)):
        walk.until(lambda walk, number=number: walk.sequencer.block_index == number, MINUTES * 60)
        changes.append(walk.run_ms / 60_000)
    return changes


@pytest.mark.parametrize(
    ("shares", "changes_min"),
    [((50, 50), [10]), ((25, 75), [5]), ((30, 40, 30), [6, 14]), ((25, 25, 25, 25), [5, 10, 15])],
)
def test_blocks_change_after_their_share_at_the_end_of_a_cycle(
    shares: tuple[int, ...], changes_min: list[float]
) -> None:
    a_cycle_min = 0.3
    for found, expected in zip(block_changes_min(shares), changes_min, strict=True):
        assert expected <= found <= expected + a_cycle_min


def test_the_last_block_goes_on_for_as_long_as_the_session_does() -> None:
    walk = Walk.of_blocks(
        [{"pattern": "wave", "share_percent": 50}, {"pattern": "uniform", "share_percent": 50}]
    )
    walk.until(lambda walk: walk.run_ms > (MINUTES + 5) * 60_000, 2 * MINUTES * 60)
    assert walk.sequencer.block_index == 1


# --- targets ---


def test_the_first_cycle_is_a_soft_start_and_only_the_first() -> None:
    walk = Walk().tick()
    soft_pa = LEVEL_PA * SOFT_START_PERMILLE // 1000
    assert walk.sequencer.target_pa[FOOT] == soft_pa
    for number in (1, 2):
        assert walk.until_cycle(number).sequencer.target_pa[FOOT] == LEVEL_PA


@pytest.mark.parametrize(
    ("asked_mmhg", "soft_mmhg"), [(100, 60), (50, 30), (40, 24), (30, 20), (25, 20), (20, 20), (15, 15)]
)
def test_a_soft_start_is_60_percent_but_firm_enough_to_hold_the_leg(asked_mmhg: int, soft_mmhg: int) -> None:
    walk = Walk()
    walk.sequencer.begin(pa_from_mmhg(asked_mmhg))
    assert abs(walk.sequencer.level_pa - pa_from_mmhg(soft_mmhg)) <= 1
    assert walk.sequencer.level_pa >= min(pa_from_mmhg(asked_mmhg), SOFT_START_LEAST_PA)


def test_after_a_pause_the_cycle_begins_at_the_foot_and_the_soft_start_isnt_repeated() -> None:
    walk = Walk().until_cycle(1).until(lambda walk: THIGH in walk.kept)
    walk.sequencer.release_all()
    assert walk.kept == []
    walk.filled_ms = [0, 0, 0]
    walk.sequencer.restart_cycle(LEVEL_PA)
    assert walk.tick().kept == [FOOT]
    assert walk.sequencer.target_pa[FOOT] == LEVEL_PA


def test_softer_is_felt_at_once_and_louder_from_the_next_cycle_on() -> None:
    walk = Walk().until_cycle(1).until_kind(STAGE_HOLD)
    walk.asked_pa = pa_from_mmhg(45)
    assert walk.tick().sequencer.target_pa == [pa_from_mmhg(45)] * 3
    walk.asked_pa = pa_from_mmhg(55)
    assert walk.tick().sequencer.target_pa == [pa_from_mmhg(45)] * 3
    assert walk.until_cycle(2).sequencer.target_pa[FOOT] == pa_from_mmhg(55)


def test_what_isnt_kept_is_open_which_is_not_the_same_as_a_target_of_nothing() -> None:
    walk = Walk(pattern="wave").until(lambda walk: walk.kept == [CALF])
    assert walk.sequencer.target_pa[FOOT] == 0
    assert walk.sequencer.target_pa[CALF] > 0


def test_a_ramp_climbs_evenly_to_the_target_it_says_from_the_start() -> None:
    walk = Walk(ramp_s=5).until_cycle(1)
    target_pa = walk.sequencer.target_pa[FOOT]
    wanted = [walk.sequencer.setpoint_pa[FOOT] for _ in range(520) if walk.tick().sequencer.target_pa[FOOT]]
    assert wanted == sorted(wanted)
    assert {walk.sequencer.target_pa[FOOT]} == {target_pa}
    steps = {after - before for before, after in pairwise(wanted[:499])}
    assert max(steps) - min(steps) <= 1
    assert wanted[-1] == target_pa


def test_a_pulse_relaxes_to_its_part_and_rises_again() -> None:
    walk = Walk(pattern="pulse", relax_percent=60, pulse_ms=1000).until_cycle(1).until_kind(STAGE_RELAX)
    assert walk.sequencer.target_pa[FOOT] == LEVEL_PA * 600 // 1000
    walk.filled_ms[FOOT] = 0
    assert walk.until_kind(STAGE_RAISE).sequencer.target_pa[FOOT] == LEVEL_PA


def test_no_target_leaves_what_the_board_allows_nor_falls_below_the_least() -> None:
    walk = Walk(boots(max_pressure_mmhg=60), boost_mmhg={"foot": 20}).until_cycle(1)
    assert walk.sequencer.target_pa[FOOT] == pa_from_mmhg(60)
    soft = Walk(pattern="gradient", step_mmhg=15).until(lambda walk: THIGH in walk.kept)
    assert soft.sequencer.target_pa[THIGH] == TARGET_LEAST_PA


def test_zones_that_are_left_out_stay_open() -> None:
    walk = Walk(zones=["calf", "thigh"]).tick()
    assert [first_kept_order(walk) for _ in range(2)] == [[CALF, THIGH]] * 2


def test_the_whole_session_of_a_plain_program_never_leaves_its_timeline() -> None:
    walk = Walk()
    timeline = lay_out(program(), boots(), MINUTES)
    for _ in range(60_000):
        walk.tick()
        assert walk.sequencer.keep_bits == timeline.keep_bits[walk.sequencer.stage_index]


def as_if_made_now(sequencer: Sequencer) -> tuple[list[int], list[int], int]:
    now = copy.deepcopy(sequencer)
    now.forget_targets()
    now.step(now.level_pa, 0, reached_bits=0, empty_bits=0, is_quiet=False, dt_ms=0)
    return now.setpoint_pa, now.target_pa, now.least_target_pa


@settings(max_examples=15, deadline=None)
@given(
    pattern=st.sampled_from(["sequential", "wave", "pulse", "flow"]),
    ramp_s=st.sampled_from([0, 2]),
    asked=st.lists(st.tuples(st.integers(1, 600), st.integers(25, 60), st.integers(0, 7)), max_size=6),
)
def test_targets_that_are_kept_are_those_that_would_be_made(
    pattern: str, ramp_s: int, asked: list[tuple[int, int, int]]
) -> None:
    walk = Walk(pattern=pattern, ramp_s=ramp_s, boost_mmhg={"foot": 10})
    for ticks, asked_mmhg, rested_bits in asked:
        walk.asked_pa = pa_from_mmhg(asked_mmhg)
        walk.sequencer.rested_bits = rested_bits
        for _ in range(ticks):
            sequencer = walk.tick().sequencer
            said = (sequencer.setpoint_pa, sequencer.target_pa, sequencer.least_target_pa)
            assert said == as_if_made_now(sequencer)
            assert all(sequencer.target_pa[index] >= sequencer.least_target_pa for index in walk.kept)


def test_another_program_brings_its_own_targets() -> None:
    walk = Walk(boost_mmhg={"foot": 5}).until_cycle(1).tick()
    walk.sequencer.timeline = lay_out(program(), boots(), MINUTES)
    walk.sequencer.begin(LEVEL_PA)
    walk.sequencer.cycles_count = 1
    assert walk.tick().sequencer.target_pa[FOOT] == walk.sequencer.level_pa


def test_nobody_takes_a_least_target_for_granted_once_somebody_else_has_set_them() -> None:
    walk = Walk().until_cycle(1).tick()
    assert walk.sequencer.least_target_pa > 0
    walk.sequencer.forget_targets()
    assert walk.sequencer.least_target_pa == 0
