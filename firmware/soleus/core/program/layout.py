"""Lays a program out for a pair of boots: once, before a session."""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import SESSION_MOST_MINUTES
from soleus.core.program.block import Block
from soleus.core.program.program import Program
from soleus.core.program.timeline import (
    STAGE_HOLD,
    STAGE_RAISE,
    STAGE_RELAX,
    STAGE_RELEASE,
    STAGE_REST,
    Timeline,
)
from soleus.core.program.words import FLOW, LEG_LEFT, LEG_RIGHT, LEGS_ALTERNATING, PULSE, UNIFORM, WAVE


def lay_out(program: Program, boots: Boots, minutes: int) -> Timeline:
    """The whole session of `minutes`. Bound: 60 min are 3_600_000 ms, times 100 percent below 2**30."""
    assert minutes <= SESSION_MOST_MINUTES
    timeline = Timeline(boots)
    share_percent = 0
    for block in program.blocks:
        share_percent += block.share_percent
        _add_stages(timeline, block, boots)
        timeline.first_stage.append(len(timeline.kind))
        timeline.block_end_ms.append(minutes * 60_000 * share_percent // 100)
        timeline.cycle_ms.append(block.cycle_ms.start)
        timeline.relax_permille.append(block.relax_permille)
        timeline.offset_pa.extend(block.offsets_pa(boots))
        timeline.block_count += 1
    return timeline


def _add_stages(timeline: Timeline, block: Block, boots: Boots) -> None:
    for legs in _leg_groups(block, boots):
        ranks = _ranks(block, boots, legs)
        if block.pattern == UNIFORM:
            _add_sequential(timeline, block, [_union(ranks)])
        elif block.pattern == WAVE:
            _add_wave(timeline, block, ranks)
        elif block.pattern == PULSE:
            _add_pulse(timeline, block, ranks)
        elif block.pattern == FLOW:
            _add_flow(timeline, block, ranks)
        else:
            _add_sequential(timeline, block, ranks)
    timeline.add(STAGE_RELEASE, block.release_ms.start, 0)
    timeline.add(STAGE_REST, block.rest_ms.start, 0)


def _add_sequential(timeline: Timeline, block: Block, ranks: list) -> None:
    """Each chamber fills and holds; all vent together."""
    keep_bits = 0
    for rank_bits in ranks:
        keep_bits |= rank_bits
        timeline.add(STAGE_RAISE, block.ramp_ms.start, keep_bits, rank_bits)
    timeline.add(STAGE_HOLD, block.hold_ms.start, keep_bits)


def _add_wave(timeline: Timeline, block: Block, ranks: list) -> None:
    """The next fills as the one before it releases."""
    for rank_bits in ranks:
        timeline.add(STAGE_RAISE, block.ramp_ms.start, rank_bits, rank_bits)
        timeline.add(STAGE_HOLD, block.hold_ms.start, rank_bits)


def _add_pulse(timeline: Timeline, block: Block, ranks: list) -> None:
    """The active chamber pulses, then holds; the chamber two behind it releases then."""
    before_bits = 0
    two_before_bits = 0
    for rank_bits in ranks:
        keep_bits = rank_bits | before_bits | two_before_bits
        timeline.add(STAGE_RAISE, block.ramp_ms.start, keep_bits, rank_bits)
        for _ in range(block.pulses):
            timeline.add(STAGE_RELAX, block.pulse_ms, keep_bits, 0, rank_bits)
            timeline.add(STAGE_RAISE, 0, keep_bits, rank_bits)
        timeline.add(STAGE_HOLD, block.hold_ms.start, rank_bits | before_bits)
        two_before_bits = before_bits
        before_bits = rank_bits


def _add_flow(timeline: Timeline, block: Block, ranks: list) -> None:
    """A soft wave: each chamber relaxes to a part of its pressure as the next one rises."""
    kept_bits = 0
    for rank_bits in ranks:
        timeline.add(STAGE_RAISE, block.ramp_ms.start, kept_bits | rank_bits, rank_bits, kept_bits)
        timeline.add(STAGE_HOLD, block.hold_ms.start, kept_bits | rank_bits, 0, kept_bits)
        kept_bits |= rank_bits


def _leg_groups(block: Block, boots: Boots) -> list:
    """The legs that go through the pattern side by side, group after group."""
    if block.legs == LEG_LEFT:
        return [[0]]
    if block.legs == LEG_RIGHT:
        return [[1]]
    if block.legs == LEGS_ALTERNATING:
        return [[leg] for leg in range(boots.legs)]
    return [list(range(boots.legs))]


def _ranks(block: Block, boots: Boots, legs: list) -> list:
    """For each active position, distal first, the bits of that chamber in every one of `legs`."""
    ranks = []
    for position in range(boots.chambers_per_leg):
        if block.zone_bits >> boots.zone_of[position] & 1:
            ranks.append(sum([1 << (leg * boots.chambers_per_leg + position) for leg in legs]))
    return ranks


def _union(ranks: list) -> int:
    union_bits = 0
    for rank_bits in ranks:
        union_bits |= rank_bits
    return union_bits
