"""One cycle of a program as gauges would show it, with fills estimated instead of simulated.

For drawing only. How long a chamber takes depends on the pump, the leg and the battery. Here all are
middling: 12 L/min, and chambers as in the nominal plant.
"""

import math
from dataclasses import dataclass

from host_tools.plant.parts.units import AMBIENT_MMHG
from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import TARGET_LEAST_PA
from soleus.core.basics.units import clamp, mmhg_from_pa
from soleus.core.program.layout import lay_out
from soleus.core.program.program import Program
from soleus.core.program.timeline import STAGE_NAMES, STAGE_RAISE, STAGE_RELEASE, STAGE_REST, Timeline

_PUMP_ML_S = 200.0
_PUMP_STALL_MMHG = 600.0
_DEAD_ML = 40.0
# A boot holds about the same, however many chambers it is divided into.
_SLACK_ML_LEG = 2800.0
_SLACK_MMHG = 1.5
_COMPLIANCE_ML_MMHG_LEG = 16.0
# Stop, let the air come to rest, measure, trim.
_SETTLE_S = 0.7
_VENT_S = 1.5


@dataclass(frozen=True)
class Stage:
    kind: str
    start_s: float
    end_s: float
    # The pressure that each chamber reaches in this stage; 0: open to the air.
    target_mmhg: list[int]

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Cycle:
    boots: Boots
    stages: list[Stage]

    @property
    def duration_s(self) -> float:
        return self.stages[-1].end_s

    def pressure_mmhg(self, chamber: int, at_s: float) -> float:
        before_mmhg = 0
        for stage in self.stages:
            if at_s <= stage.end_s:
                return _between(before_mmhg, stage.target_mmhg[chamber], at_s - stage.start_s, stage)
            before_mmhg = stage.target_mmhg[chamber]
        return 0.0

    def highest_mmhg(self, chamber: int) -> int:
        return max(stage.target_mmhg[chamber] for stage in self.stages)

    def kept_spans_s(self, chamber: int) -> list[tuple[float, float]]:
        """The spans of time in which the chamber is under pressure."""
        spans: list[tuple[float, float]] = []
        for stage in self.stages:
            if not stage.target_mmhg[chamber]:
                continue
            if spans and spans[-1][1] == stage.start_s:
                spans[-1] = (spans[-1][0], stage.end_s)
            else:
                spans.append((stage.start_s, stage.end_s))
        return spans


def one_cycle(program: Program, boots: Boots, block_index: int) -> Cycle:
    """A cycle of one block at the program's start pressure, after the soft first one."""
    timeline = lay_out(program, boots, program.minutes.start)
    stages: list[Stage] = []
    held_mmhg = [0] * boots.count
    at_s = 0.0
    for index in range(timeline.first_stage[block_index], timeline.first_stage[block_index + 1]):
        target_mmhg = _targets_mmhg(timeline, index, block_index, program.level_pa.start, boots)
        duration_s = _duration_s(timeline, index, held_mmhg, target_mmhg, boots)
        if timeline.kind[index] == STAGE_REST:
            duration_s = max(duration_s, timeline.cycle_ms[block_index] / 1000 - at_s)
        stages.append(Stage(STAGE_NAMES[timeline.kind[index]], at_s, at_s + duration_s, target_mmhg))
        at_s += duration_s
        held_mmhg = target_mmhg
    return Cycle(boots, stages)


def _targets_mmhg(timeline: Timeline, stage: int, block: int, level_pa: int, boots: Boots) -> list[int]:
    return [_target_mmhg(timeline, stage, block, chamber, level_pa, boots) for chamber in range(boots.count)]


def _target_mmhg(
    timeline: Timeline, stage: int, block: int, chamber: int, level_pa: int, boots: Boots
) -> int:
    if not timeline.keep_bits[stage] >> chamber & 1:
        return 0
    offset_pa = timeline.offset_pa[block * boots.count + chamber]
    target_pa = clamp(level_pa + offset_pa, TARGET_LEAST_PA, boots.target_most_pa)
    if timeline.relax_bits[stage] >> chamber & 1:
        target_pa = max(target_pa * timeline.relax_permille[block] // 1000, TARGET_LEAST_PA)
    return mmhg_from_pa(target_pa)


def _duration_s(
    timeline: Timeline, stage: int, before_mmhg: list[int], target_mmhg: list[int], boots: Boots
) -> float:
    """At least as long as the program says; a raise also lasts until one pump has filled all its chambers."""
    least_s = timeline.least_ms[stage] / 1000
    if timeline.kind[stage] == STAGE_RELEASE:
        return max(least_s, _VENT_S)
    if timeline.kind[stage] != STAGE_RAISE:
        return least_s
    raised = [chamber for chamber in range(boots.count) if timeline.raise_bits[stage] >> chamber & 1]
    fills_s = [_fill_s(before_mmhg[chamber], target_mmhg[chamber], boots) for chamber in raised]
    return max(least_s, sum(fills_s) + _SETTLE_S)


def _fill_s(from_mmhg: float, to_mmhg: float, boots: Boots) -> float:
    flow_ml_s = _PUMP_ML_S * (1 - (from_mmhg + to_mmhg) / 2 / _PUMP_STALL_MMHG)
    return max(_air_ml(to_mmhg, boots) - _air_ml(from_mmhg, boots), 0.0) / flow_ml_s


def _air_ml(mmhg: float, boots: Boots) -> float:
    """The mL of ambient air in one chamber at this pressure: slack at first, then stiff."""
    slack_ml = _SLACK_ML_LEG * (1 - math.exp(-mmhg / _SLACK_MMHG))
    volume_ml = _DEAD_ML + (slack_ml + _COMPLIANCE_ML_MMHG_LEG * mmhg) / boots.chambers_per_leg
    return (1 + mmhg / AMBIENT_MMHG) * volume_ml


def _between(before_mmhg: float, target_mmhg: float, since_s: float, stage: Stage) -> float:
    """A fill takes its whole stage, a vent only a short time."""
    takes_s = stage.duration_s if target_mmhg > before_mmhg else min(_VENT_S, stage.duration_s)
    share = min(since_s / takes_s, 1.0) if takes_s else 1.0
    return before_mmhg + (target_mmhg - before_mmhg) * share
