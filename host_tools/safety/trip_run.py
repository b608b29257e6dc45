"""Runs a trip of the requirements table: what was named, how soon, and the pressures meanwhile."""

from dataclasses import dataclass

import numpy as np

from host_tools.basics.paths import CHECKOUT
from host_tools.plant.parts.units import SAFE_MMHG
from host_tools.safety.requirements import OWN, Requirement, Since, Trip
from host_tools.sim.figures.metrics import FaultResult
from host_tools.sim.figures.session_metrics import session_result
from host_tools.sim.simulate import simulate
from host_tools.sim.trace import Trace
from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import DISAGREE_PA, OVER_TARGET_PA, OVER_TRIP_PA, RISES_PA, TICK_MOST_MS
from soleus.core.regulate.regulation import HOLD
from soleus.core.sensing.zeroing import AVERAGED_TICKS
from soleus.core.session.session import CHECKING


@dataclass(frozen=True)
class TripResult:
    code: str | None
    chamber: str | None
    detected_ms: int  # since the moment from which the trip counts; -1 without a fault
    max_pressure_mmhg: float  # true, in any chamber
    safe_s: float | None  # from the latch until every chamber is below 10 mmHg; None: not by itself
    is_all_vent: bool  # in the tick of the latch and ever after

    def is_in_time(self, requirement: Requirement, trip: Trip) -> bool:
        return 0 <= self.detected_ms <= requirement.budget_of(trip)


def run_trip(requirement: Requirement, trip: Trip) -> TripResult:
    session = simulate(
        _place(trip.program),
        _place(trip.board),
        _place(trip.plant),
        pressure=trip.pressure,
        fault=[trip.fault] if trip.fault else [],
    )
    result = session_result(session)
    found = next((each for each in [result.fault, *result.notices] if _is(each, requirement)), result.fault)
    at_s = found.at_s if found else -1.0
    broken_s = session.request.faults[0].start_ms / 1000 if session.request.faults else 0.0
    boots = session.request.board.boots
    since_s = seen_s(session.trace, boots, requirement, trip.since, trip.chamber, broken_s)
    return TripResult(
        code=found.code if found else None,
        chamber=found.chamber if found else None,
        detected_ms=round((at_s - since_s) * 1000) if found else -1,
        max_pressure_mmhg=result.max_pressure_mmhg,
        safe_s=_safe_s(session.trace, at_s),
        is_all_vent=_is_all_vent(session.trace),
    )


def _place(name: str) -> str:
    return str(CHECKOUT / name) if name.startswith(OWN) else name


def _is(found: FaultResult | None, requirement: Requirement) -> bool:
    return found is not None and found.code == requirement.code


def seen_s(
    trace: Trace, boots: Boots, requirement: Requirement, since: Since, chamber: str | None, broken_s: float
) -> float:
    """The first moment, after the part broke, at which the trace shows the guard's cause."""
    if since in (Since.BROKEN, Since.STARTED):
        return broken_s
    is_so = _is_seen(trace, boots, requirement, since, chamber)
    later = np.flatnonzero(is_so & (trace.time_s > broken_s))
    # A tick's time is its end; its readings are from its beginning.
    return float(trace.time_s[later[0]]) if len(later) else broken_s


def _is_seen(
    trace: Trace, boots: Boots, requirement: Requirement, since: Since, chamber_name: str | None
) -> np.ndarray:
    if since is Since.LATE:
        return trace.dt_ms > TICK_MOST_MS
    if since is Since.LOW:
        return trace.supply_mv < boots.supply_least_mv
    if since is Since.PUMPED:
        return trace.pump_permille > 0
    if since is Since.HALTED:
        is_on: np.ndarray = trace.pump_permille > 0
        return ~is_on & np.concatenate(([False], is_on[:-1]))
    if since is Since.AT_REST:
        return _are_apart(trace)
    chamber = boots.names.index(chamber_name)
    if since is Since.FILLED:
        is_filled: np.ndarray = (trace.fill_bits >> chamber & 1 > 0) & (trace.pump_permille > 0)
        return is_filled
    if since is Since.LET_GO:
        is_kept = trace.target_pa[:, chamber] > 0
        return ~is_kept & np.concatenate(([False], is_kept[:-1]))
    return _shows_too_much(trace, boots, requirement, chamber)


def _shows_too_much(trace: Trace, boots: Boots, requirement: Requirement, chamber: int) -> np.ndarray:
    one = boots.has_manifold_sensor_only
    reading_pa = _zeroed(trace, trace.manifold_reading_pa if one else trace.reading_pa[:, chamber])
    target_pa = trace.target_pa[:, chamber]
    if requirement.fault == faults.OVER_TARGET:
        return (target_pa > 0) & (reading_pa > target_pa + OVER_TARGET_PA)
    if requirement.fault == faults.RISES_UNASKED:
        return (target_pa == 0) & (reading_pa > RISES_PA) & _was_seen_empty(trace, chamber)
    is_joined: np.ndarray = trace.fill_bits >> chamber & 1 > 0
    return (reading_pa > OVER_TRIP_PA) & (is_joined if one else True)


def _zeroed(trace: Trace, reading_pa: np.ndarray) -> np.ndarray:
    """As the guards see it: without what the sensor showed at the end of the check."""
    checked = np.flatnonzero(trace.state == CHECKING)[-AVERAGED_TICKS:]
    zero_pa = reading_pa[checked].mean() if len(checked) else 0.0
    zeroed: np.ndarray = reading_pa - zero_pa
    return zeroed


def _was_seen_empty(trace: Trace, chamber: int) -> np.ndarray:
    """Whether the chamber has truly been below 10 mmHg since it was last kept."""
    is_kept = trace.target_pa[:, chamber] > 0
    is_empty = trace.pressure_mmhg[:, chamber] < SAFE_MMHG
    ticks = np.arange(len(trace))
    last_kept = np.maximum.accumulate(np.where(is_kept, ticks, -1))
    last_empty = np.maximum.accumulate(np.where(is_empty, ticks, -1))
    return last_empty > last_kept


def _are_apart(trace: Trace) -> np.ndarray:
    is_held = trace.phase == HOLD
    highest = np.where(is_held, trace.reading_pa, -(1 << 30)).max(axis=1)
    lowest = np.where(is_held, trace.reading_pa, 1 << 30).min(axis=1)
    return (is_held.sum(axis=1) > 1) & (highest - lowest > DISAGREE_PA)


def _safe_s(trace: Trace, at_s: float) -> float | None:
    start = int(np.searchsorted(trace.time_s, at_s - 0.0005))
    if not trace.fault_code[start:].any():
        # A chamber was rested, and the others went on.
        return None
    unsafe = np.flatnonzero((trace.pressure_mmhg[start:] >= SAFE_MMHG).any(axis=1))
    safe = start + (int(unsafe[-1]) + 1 if len(unsafe) else 0)
    return float(trace.time_s[safe]) - at_s if safe < len(trace) else None


def _is_all_vent(trace: Trace) -> bool:
    is_latched = trace.fault_code != faults.NONE
    commands = (trace.fill_bits, trace.seal_bits, trace.pump_permille, trace.gate_on)
    return not any(column[is_latched].any() for column in commands)
