"""Laws of a session's layout, over random boots and every program that they can run."""

import json
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from soleus.core.basics.boots import Boots
from soleus.core.program.block import Block
from soleus.core.program.layout import lay_out
from soleus.core.program.program import Program
from soleus.core.program.table import read_program
from soleus.core.program.timeline import (
    STAGE_HOLD,
    STAGE_RAISE,
    STAGE_RELAX,
    STAGE_RELEASE,
    STAGE_REST,
    Timeline,
)
from soleus.core.program.words import (
    FLOW,
    GRADIENT,
    LEGS_ALTERNATING,
    LEGS_TOGETHER,
    PULSE,
    SEQUENTIAL,
    UNIFORM,
    WAVE,
)
from tests.core.shapes import fitting, fitting_tables

SMALL_INT_LIMIT = 2**30
# Ten laws, each over as many random programs: nearly all the time goes into making those.
for_all = settings(max_examples=60, deadline=None)


class Laid:
    """One block's stages, for asking about them."""

    def __init__(self, block: Block, boots: Boots, timeline: Timeline, number: int) -> None:
        self.block = block
        self.boots = boots
        self.timeline = timeline
        self.stages = range(timeline.first_stage[number], timeline.first_stage[number + 1])

    def raises(self) -> list[int]:
        """The stages that raise a chamber which wasn't under pressure in the stage before."""
        return [stage for stage in self.stages if self.timeline.raise_bits[stage] & ~self.kept_before(stage)]

    def kept_before(self, stage: int) -> int:
        return self.timeline.keep_bits[stage - 1] if stage > self.stages[0] else 0

    def chambers(self, bits: int) -> list[int]:
        return [chamber for chamber in range(self.boots.count) if bits >> chamber & 1]

    def positions(self, bits: int) -> set[int]:
        return {chamber % self.boots.chambers_per_leg for chamber in self.chambers(bits)}

    def legs(self, bits: int) -> set[int]:
        return {chamber // self.boots.chambers_per_leg for chamber in self.chambers(bits)}

    def active_bits(self) -> int:
        return sum(
            1 << c for c in range(self.boots.count) if self.block.zone_bits >> self.boots.zone_of[c] & 1
        )


def laid_blocks(shape: tuple[Program, Boots]) -> list[Laid]:
    program, boots = shape
    timeline = lay_out(program, boots, program.minutes.start)
    return [Laid(block, boots, timeline, number) for number, block in enumerate(program.blocks)]


@given(fitting())
@for_all
def test_each_raise_is_proximal_to_the_one_before(shape: tuple[Program, Boots]) -> None:
    for laid in laid_blocks(shape):
        raised = [laid.timeline.raise_bits[stage] for stage in laid.raises()]
        for before_bits, bits in pairwise(raised):
            if laid.legs(before_bits) == laid.legs(bits):
                assert max(laid.positions(before_bits)) < min(laid.positions(bits))
        if laid.block.pattern != UNIFORM:
            assert all(len(laid.positions(bits)) == 1 for bits in raised)


@given(fitting())
@for_all
def test_every_active_chamber_is_raised_once_a_cycle_and_no_other(shape: tuple[Program, Boots]) -> None:
    for laid in laid_blocks(shape):
        raised = [c for stage in laid.raises() for c in laid.chambers(laid.timeline.raise_bits[stage])]
        assert len(raised) == len(set(raised))
        legs = {LEGS_TOGETHER: set(range(laid.boots.legs)), LEGS_ALTERNATING: set(range(laid.boots.legs))}
        active = laid.chambers(laid.active_bits())
        wanted_legs = legs.get(laid.block.legs, {laid.block.legs - 2})
        assert sorted(raised) == [c for c in active if c // laid.boots.chambers_per_leg in wanted_legs]


@given(fitting())
@for_all
def test_every_kept_chamber_was_raised_first(shape: tuple[Program, Boots]) -> None:
    for laid in laid_blocks(shape):
        timeline = laid.timeline
        for stage in laid.stages:
            newly_kept_bits = timeline.keep_bits[stage] & ~laid.kept_before(stage)
            assert newly_kept_bits & ~timeline.raise_bits[stage] == 0
            assert timeline.raise_bits[stage] & ~timeline.keep_bits[stage] == 0
            assert timeline.relax_bits[stage] & ~timeline.keep_bits[stage] == 0
            assert timeline.raise_bits[stage] & timeline.relax_bits[stage] == 0
            assert timeline.keep_bits[stage] & ~laid.active_bits() == 0


@given(fitting())
@for_all
def test_every_cycle_ends_with_all_released(shape: tuple[Program, Boots]) -> None:
    for laid in laid_blocks(shape):
        timeline = laid.timeline
        assert [timeline.kind[stage] for stage in laid.stages[-2:]] == [STAGE_RELEASE, STAGE_REST]
        assert [timeline.keep_bits[stage] for stage in laid.stages[-2:]] == [0, 0]
        assert not {STAGE_RELEASE, STAGE_REST} & {timeline.kind[stage] for stage in laid.stages[:-2]}
        assert all(timeline.keep_bits[stage] for stage in laid.stages[:-2])


@given(fitting())
@for_all
def test_each_pattern_keeps_what_it_should(shape: tuple[Program, Boots]) -> None:
    for laid in laid_blocks(shape):
        LAW_OF_PATTERN[laid.block.pattern](laid)


def sequential_law(laid: Laid) -> None:
    """Nothing is let go before the whole leg is full."""
    for stage in laid.stages[1:-2]:
        before_bits = laid.kept_before(stage)
        if laid.legs(before_bits) == laid.legs(laid.timeline.keep_bits[stage]):
            assert before_bits & ~laid.timeline.keep_bits[stage] == 0


def wave_law(laid: Laid) -> None:
    """One position at a time."""
    assert all(len(laid.positions(laid.timeline.keep_bits[stage])) <= 1 for stage in laid.stages)


def pulse_law(laid: Laid) -> None:
    """The active chamber goes up and down, holds, and then the one two behind it is open."""
    timeline = laid.timeline
    active_positions = sorted(laid.positions(laid.active_bits()))
    for stage in laid.stages[:-2]:
        assert len(laid.positions(timeline.keep_bits[stage])) <= 3
        if timeline.kind[stage] == STAGE_HOLD:
            assert timeline.relax_bits[stage] == 0
            kept = sorted(laid.positions(timeline.keep_bits[stage]))
            newest = active_positions.index(kept[-1])
            assert kept == active_positions[max(newest - 1, 0) : newest + 1]
    kinds = [timeline.kind[stage] for stage in laid.stages[:-2]]
    groups = 2 if laid.block.legs == LEGS_ALTERNATING else 1
    one_rank = [STAGE_RAISE, *[STAGE_RELAX, STAGE_RAISE] * laid.block.pulses, STAGE_HOLD]
    assert kinds == one_rank * len(active_positions) * groups


def flow_law(laid: Laid) -> None:
    """All but the newest are relaxed, none is let go."""
    sequential_law(laid)
    for stage in laid.stages[:-2]:
        strong_bits = laid.timeline.keep_bits[stage] & ~laid.timeline.relax_bits[stage]
        assert len(laid.positions(strong_bits)) == 1
        assert max(laid.positions(laid.timeline.keep_bits[stage])) in laid.positions(strong_bits)


def uniform_law(laid: Laid) -> None:
    """All together: a raise, a hold."""
    groups = 2 if laid.block.legs == LEGS_ALTERNATING else 1
    assert [laid.timeline.kind[stage] for stage in laid.stages[:-2]] == [STAGE_RAISE, STAGE_HOLD] * groups


LAW_OF_PATTERN = {
    SEQUENTIAL: sequential_law,
    GRADIENT: sequential_law,
    WAVE: wave_law,
    PULSE: pulse_law,
    FLOW: flow_law,
    UNIFORM: uniform_law,
}


@given(fitting())
@for_all
def test_only_together_are_both_legs_under_pressure(shape: tuple[Program, Boots]) -> None:
    for laid in laid_blocks(shape):
        kept_legs = [laid.legs(laid.timeline.keep_bits[stage]) for stage in laid.stages[:-2]]
        if laid.block.legs == LEGS_TOGETHER:
            assert all(legs == set(range(laid.boots.legs)) for legs in kept_legs)
        elif laid.block.legs == LEGS_ALTERNATING:
            assert all(len(legs) == 1 for legs in kept_legs)
            assert kept_legs == sorted(kept_legs, key=min)
        else:
            assert all(legs == {laid.block.legs - 2} for legs in kept_legs)


@given(fitting())
@for_all
def test_times_are_those_of_the_program_and_magnitudes_stay_small(shape: tuple[Program, Boots]) -> None:
    program, boots = shape
    timeline = lay_out(program, boots, program.minutes.start)
    for laid in laid_blocks(shape):
        block = laid.block
        allowed_ms = {
            STAGE_RAISE: {0, block.ramp_ms.start},
            STAGE_HOLD: {block.hold_ms.start},
            STAGE_RELAX: {block.pulse_ms},
            STAGE_RELEASE: {block.release_ms.start},
            STAGE_REST: {block.rest_ms.start},
        }
        assert all(timeline.least_ms[stage] in allowed_ms[timeline.kind[stage]] for stage in laid.stages)
        assert all(timeline.least_ms[s] >= 2000 for s in laid.stages if timeline.kind[s] == STAGE_RELEASE)
    for values in vars(timeline).values():
        for value in values if isinstance(values, list) else [values]:
            assert type(value) is int
            assert abs(value) < SMALL_INT_LIMIT


@given(fitting(), st.data())
@for_all
def test_blocks_share_the_whole_session(shape: tuple[Program, Boots], data: st.DataObject) -> None:
    program, boots = shape
    minutes = data.draw(st.integers(program.minutes.least, program.minutes.most))
    timeline = lay_out(program, boots, minutes)
    assert timeline.block_end_ms == sorted(timeline.block_end_ms)
    assert timeline.block_end_ms[-1] == minutes * 60_000
    assert timeline.block_count == len(program.blocks) == len(timeline.first_stage) - 1
    assert len(timeline.offset_pa) == len(program.blocks) * boots.count
    assert timeline.first_stage[-1] == len(timeline.kind) == len(timeline.least_ms) == len(timeline.keep_bits)


@given(fitting_tables())
@for_all
def test_json_brings_the_same_session(shape: tuple[dict[str, Any], Boots]) -> None:
    """What the device reads back gives the same stages as what the host checked."""
    table, boots = shape
    direct = read_program(table)
    stored = read_program(json.loads(json.dumps(table, sort_keys=True)))
    minutes = direct.minutes.start
    assert vars(lay_out(direct, boots, minutes)) == vars(lay_out(stored, boots, minutes))


@given(fitting())
@for_all
def test_pressures_fall_from_foot_to_thigh_by_the_steps_alone(shape: tuple[Program, Boots]) -> None:
    """Where there is no boost; a boost is a person's wish for one zone."""
    for laid in laid_blocks(shape):
        block, boots = laid.block, laid.boots
        step_pa = block.step_pa if block.pattern == GRADIENT else 0
        offsets = block.offsets_pa(boots)
        active = [c for c in laid.chambers(laid.active_bits()) if c < boots.chambers_per_leg]
        plain_pa = [offsets[c] - block.boost_pa[boots.zone_of[c]] for c in active]
        assert plain_pa[0] == 0
        for distal, proximal, fall_pa in zip(active, active[1:], falls(plain_pa), strict=False):
            zone_changes = boots.zone_of[distal] != boots.zone_of[proximal]
            assert fall_pa == step_pa + (block.zone_step_pa if zone_changes else 0)
        assert offsets == offsets[: boots.chambers_per_leg] * boots.legs


def falls(values: list[int]) -> list[int]:
    return [before - after for before, after in pairwise(values)]
