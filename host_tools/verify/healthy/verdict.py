"""Judges one session by its true pressures: did it complete, reach its targets, and stay in its range?

Neither the targets nor the range can be exact, for two reasons that no control law can change:

A sensor keeps an error of gain and curve after zeroing, which nothing in the machine can detect. So a
chamber has reached its target if its mean pressure, over all the time that it was held at its full pressure,
is within 2.5 mmHg of the target, without its own sensor's error. Some fills are released before the true
pressure comes within 1.5 mmHg (`fills_unreached`). Of these only one, or one in a hundred fills, may be in
chambers whose sensor is better than 1 mmHg: if a leg moves in the last moment of a fill, its chamber may be
called full for the length of one stage.

A leg that moves squeezes the air in a sealed chamber: 20 to 30 mL are 4 to 13 mmHg, for half a second.
So only lasting pressure counts as overpressure: more than 15 mmHg above the highest target for a whole
second, as for the guard. On legs that lie still, not a single tick may be above that.
"""

from dataclasses import dataclass

import numpy as np

from host_tools.output.view import spans
from host_tools.plant.files.spec import PlantSpec
from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.sim.figures.metrics import ChamberResult, FaultResult
from host_tools.sim.figures.session_metrics import session_result
from host_tools.sim.simulate import Session
from host_tools.sim.trace import Trace
from soleus.core.basics.limits import OVER_TARGET_MS, OVER_TARGET_PA, TICK_MS
from soleus.core.regulate.regulation import HOLD
from soleus.core.session.session import RUNNING

UNREACHED_MOST_SHARE = 0.01
GOOD_SENSOR_MMHG = 1.0
# Where air is shared, the regulator bleeds only beyond 2 mmHg.
REGULATED_MOST_MMHG = 2.5
OVER_MOST_MMHG = OVER_TARGET_PA / PA_PER_MMHG
OVER_MOST_S = OVER_TARGET_MS / 1000


@dataclass(frozen=True)
class Verdict:
    outcome: str
    fault: str  # code, name and chamber; empty without one
    rested: tuple[str, ...]  # chambers that the guards rested, in the same form
    refused_count: int  # illegal commands that the interlock had to catch
    wanted_mmhg: float  # the highest target of any chamber
    highest_mmhg: float  # the highest true pressure of any chamber
    over_s: float  # the longest time that a chamber was more than 15 mmHg above that target
    is_leg_still: bool
    fills: int
    unreached: int
    unreached_with_good_sensor: int
    held_off_mmhg: tuple[float, float]  # mean true pressure less target: lowest and highest chamber
    regulated_off_mmhg: float  # the worst of the same, without the sensors' own errors
    hold_p95_mmhg: float  # the worst chamber's
    cycle_s: float  # median
    minutes: float

    @property
    def has_completed(self) -> bool:
        """Completed, with every chamber in use to the end."""
        return self.outcome == "completed" and not self.fault and not self.rested

    @property
    def is_in_range(self) -> bool:
        return self.over_s == 0 if self.is_leg_still else self.over_s < OVER_MOST_S

    @property
    def has_reached(self) -> bool:
        few = max(1, UNREACHED_MOST_SHARE * (self.fills + self.unreached))
        return self.regulated_off_mmhg <= REGULATED_MOST_MMHG and self.unreached_with_good_sensor <= few

    @property
    def shortfalls(self) -> list[str]:
        """What is wrong with the session, in words; empty for a healthy one."""
        checks = (
            (self.has_completed, self.fault or ", ".join(self.rested) or self.outcome),
            (self.refused_count == 0, f"the interlock refused {self.refused_count} commands"),
            (self.is_in_range, self._out_of_range()),
            (self.has_reached, self._short_of_target()),
        )
        return [words for is_fine, words in checks if not is_fine]

    def _out_of_range(self) -> str:
        wanted = f"{self.wanted_mmhg:.0f} were wanted, too high for {self.over_s:.2f} s"
        return f"{self.highest_mmhg:.1f} mmHg where {wanted}"

    def _short_of_target(self) -> str:
        fills = f"{self.unreached_with_good_sensor} of {self.fills + self.unreached} fills short"
        return f"{fills}, held {self.regulated_off_mmhg:.1f} mmHg off"


def judge(session: Session) -> Verdict:
    trace, result = session.trace, session_result(session)
    sensor_mmhg = sensor_errors_mmhg(session)
    offs = held_off_mmhg(trace)
    regulated = [abs(off + sensor_mmhg[chamber]) for chamber, off in offs.items()]
    wanted_mmhg = float(trace.target_mmhg.max())
    return Verdict(
        outcome=result.outcome,
        fault=_words(result.fault) if result.fault else "",
        rested=tuple(_words(notice) for notice in result.notices),
        refused_count=session.controller.interlock.refused_count,
        wanted_mmhg=wanted_mmhg,
        highest_mmhg=result.max_pressure_mmhg,
        over_s=_longest_s(trace.pressure_mmhg > wanted_mmhg + OVER_MOST_MMHG),
        is_leg_still=session.request.plant.leg.movements_per_min.high == 0,
        fills=sum(chamber.fills for chamber in result.chambers),
        unreached=sum(chamber.fills_unreached for chamber in result.chambers),
        unreached_with_good_sensor=_unreached(result.chambers, sensor_mmhg),
        held_off_mmhg=(min(offs.values(), default=0.0), max(offs.values(), default=0.0)),
        regulated_off_mmhg=max(regulated, default=0.0),
        hold_p95_mmhg=max((c.hold_error_mmhg["p95"] or 0.0 for c in result.chambers), default=0.0),
        cycle_s=_cycle_s(trace),
        minutes=result.simulated_s / 60,
    )


def held_off_mmhg(trace: Trace) -> dict[int, float]:
    """For each chamber that was held at its full pressure: mean true pressure less target."""
    offs = {}
    is_running = (trace.state == RUNNING) & (trace.cycle > 0)
    for chamber in range(trace.target_pa.shape[1]):
        target_pa = np.where(is_running, trace.target_pa[:, chamber], 0)
        is_held = (target_pa == target_pa.max()) & (target_pa > 0) & (trace.phase[:, chamber] == HOLD)
        if is_held.any():
            error_mmhg = trace.pressure_mmhg[is_held, chamber] - target_pa[is_held] / PA_PER_MMHG
            offs[chamber] = float(error_mmhg.mean())
    return offs


def sensor_errors_mmhg(session: Session) -> np.ndarray:
    """For each chamber, how much too high its zeroed sensor reads at full pressure."""
    sensors, full_mmhg = session.plant.sensors, session.trace.target_mmhg.max(axis=0)
    part = full_mmhg * sensors.per_range_mmhg
    # Without the one on the manifold beside them.
    gain, bow_mmhg = sensors.gain[: len(full_mmhg)], sensors.bow_mmhg[: len(full_mmhg)]
    return full_mmhg * (gain - 1.0) + 4.0 * bow_mmhg * part * (1.0 - part)


def sensor_most_mmhg(spec: PlantSpec, mmhg: float) -> float:
    """The largest error of any zeroed sensor that can be drawn from this plant file."""
    sensor = spec.sensor
    part = mmhg / sensor.range_mmhg.low
    gain, bow = (max(abs(error.low), abs(error.high)) for error in (sensor.gain_error, sensor.bow_mmhg))
    return mmhg * gain + 4.0 * bow * part * (1.0 - part)


def _words(fault: FaultResult) -> str:
    return f"{fault.code} {fault.name}: {fault.chamber or 'machine'} at {fault.at_s:.0f} s"


def _unreached(chambers: list[ChamberResult], sensor_mmhg: np.ndarray) -> int:
    pairs = zip(chambers, sensor_mmhg, strict=True)
    return sum(chamber.fills_unreached for chamber, error in pairs if abs(error) < GOOD_SENSOR_MMHG)


def _longest_s(is_so: np.ndarray) -> float:
    """The longest of any chamber."""
    ticks = [end - start for chamber in is_so.T if chamber.any() for start, end in spans(chamber)]
    return max(ticks, default=0) * TICK_MS / 1000


def _cycle_s(trace: Trace) -> float:
    """Median time from one cycle's start to the next, without the first cycle; 0 if there is none."""
    running = np.flatnonzero(trace.state == RUNNING)
    starts = running[np.flatnonzero(np.diff(trace.cycle[running])) + 1]
    return float(np.median(np.diff(trace.time_s[starts]))) if len(starts) > 1 else 0.0
