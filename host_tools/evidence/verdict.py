"""One session judged by its true pressures: did it complete, reach what it should, and stay in its range?

What is called reached: of all rises after the first cycle at most one in a hundred was let go before the
true pressure came within 1.5 mmHg of its target, and no chamber, averaged over all the time that it was
held at its full pressure, is more than 3 mmHg from it. Neither can be zero. Sensors keep a gain error of
up to 2.5 % after zeroing, which at 80 mmHg is 2 mmHg that no control law can see; and a leg that moves
in the last moment of a fill can have its chamber called full for the length of one stage.
"""

from dataclasses import dataclass

import numpy as np

from host_tools.measured import measured
from host_tools.simulate import Session
from host_tools.trace import PA_PER_MMHG, Trace
from soleus.core.limits import OVER_TARGET_PA
from soleus.core.regulation import HOLD
from soleus.core.session import RUNNING

UNREACHED_MOST_SHARE = 0.01
HELD_OFF_MOST_MMHG = 3.0
OVER_MOST_MMHG = OVER_TARGET_PA / PA_PER_MMHG


@dataclass(frozen=True)
class Verdict:
    outcome: str
    fault: str  # code, name and chamber; empty without one
    refused_count: int  # illegal commands that the interlock had to catch
    wanted_mmhg: float  # the highest target of any chamber
    highest_mmhg: float  # the highest true pressure of any chamber
    over_mmhg: float  # the most by which a chamber under pressure was above its own target
    fills: int
    unreached: int
    held_off_mmhg: tuple[float, float]  # mean true pressure less target: lowest and highest chamber
    hold_p95_mmhg: float  # the worst chamber's
    cycle_s: float  # median
    minutes: float

    @property
    def has_completed(self) -> bool:
        return self.outcome == "completed" and not self.fault

    @property
    def is_in_range(self) -> bool:
        return self.highest_mmhg <= self.wanted_mmhg + OVER_MOST_MMHG

    @property
    def has_reached(self) -> bool:
        is_near = max(abs(off) for off in self.held_off_mmhg) <= HELD_OFF_MOST_MMHG
        return is_near and self.unreached <= UNREACHED_MOST_SHARE * (self.fills + self.unreached)

    @property
    def shortfalls(self) -> list[str]:
        """What is wrong with it, in words; nothing for a healthy session."""
        checks = (
            (self.has_completed, self.fault or self.outcome),
            (self.refused_count == 0, f"interlock refused {self.refused_count} commands"),
            (self.is_in_range, f"{self.highest_mmhg:.1f} mmHg where {self.wanted_mmhg:.0f} were wanted"),
            (self.has_reached, self._short_of_target()),
        )
        return [words for is_fine, words in checks if not is_fine]

    def _short_of_target(self) -> str:
        low, high = self.held_off_mmhg
        return f"{self.unreached} of {self.fills + self.unreached} fills short, held {low:+.1f} to {high:+.1f} mmHg off"


def judge(session: Session) -> Verdict:
    trace, result = session.trace, measured(session)
    fault = result.fault
    off_mmhg = held_off_mmhg(trace)
    return Verdict(
        outcome=result.outcome,
        fault=f"{fault.code} {fault.name}: {fault.chamber or 'machine'} at {fault.at_s:.0f} s" if fault else "",
        refused_count=session.controller.interlock.refused_count,
        wanted_mmhg=float(trace.target_mmhg.max()),
        highest_mmhg=result.max_pressure_mmhg,
        over_mmhg=_over_mmhg(trace),
        fills=sum(chamber.fills for chamber in result.chambers),
        unreached=sum(chamber.fills_unreached for chamber in result.chambers),
        held_off_mmhg=(min(off_mmhg, default=0.0), max(off_mmhg, default=0.0)),
        hold_p95_mmhg=max((c.hold_error_mmhg["p95"] or 0.0 for c in result.chambers), default=0.0),
        cycle_s=_cycle_s(trace),
        minutes=result.simulated_s / 60,
    )


def held_off_mmhg(trace: Trace) -> list[float]:
    """For each chamber that was held at its full pressure: mean true pressure less target."""
    offs = []
    running = (trace.state == RUNNING) & (trace.cycle > 0)
    for chamber in range(trace.target_pa.shape[1]):
        target_pa = np.where(running, trace.target_pa[:, chamber], 0)
        is_held = (target_pa == target_pa.max()) & (target_pa > 0) & (trace.phase[:, chamber] == HOLD)
        if is_held.any():
            error_mmhg = trace.pressure_mmhg[is_held, chamber] - target_pa[is_held] / PA_PER_MMHG
            offs.append(float(error_mmhg.mean()))
    return offs


def _over_mmhg(trace: Trace) -> float:
    """Not in the moment of a release: a chamber lets go of its air in its own time."""
    was_kept = np.zeros_like(trace.target_pa, bool)
    was_kept[1:] = trace.target_pa[1:] >= trace.target_pa[:-1]
    is_kept = was_kept & (trace.target_pa > 0) & (trace.state == RUNNING)[:, np.newaxis]
    return float(np.where(is_kept, trace.pressure_mmhg - trace.target_mmhg, 0.0).max())


def _cycle_s(trace: Trace) -> float:
    """From the start of one cycle to the start of the next, after the first; 0 without a whole one."""
    running = np.flatnonzero(trace.state == RUNNING)
    starts = running[np.flatnonzero(np.diff(trace.cycle[running])) + 1]
    return float(np.median(np.diff(trace.time_s[starts]))) if len(starts) > 1 else 0.0
