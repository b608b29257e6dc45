"""The figures of a session, from the true pressures; the sensors' readings play no part.

The words here and in the JSON:

fill        Begins with the tick in which a chamber's target rises by more than 6 mmHg: from open to the
            air, or from a relaxed pressure. (A ramp's target rises at once, so its fill begins with the
            ramp.) It is over when the true pressure first comes within 1.5 mmHg of the target. A rise
            that finds the chamber there already is no fill. A fill whose target changes on the way, because
            a person asked for softer or the session ended, isn't measured; a fill that the program released
            before it got there counts only as `fills_unreached`.
fill_s      How long that took: the median.
fill_limit_s  How long it would have taken at the pump's full speed: the integral of dN / Q, where N is the
            air that went into all chambers filled side by side, from the fill's first tick to its last.
            Q is the pump's flow against the manifold's pressure, which is above the chambers' by the drop
            over valves and hoses. Where the program asks for a ramp, not less than the time until the
            wanted pressure itself is within 1.5 mmHg of the target. The median.
overshoot   For each fill, the most by which the true pressure was above the target, until 1 s after the
            fill was over or until the target changed; never below 0.
hold error  |true pressure - target| in every tick in which a chamber is held: from the end of its fill
            (or from the moment the firmware called it held, if that came first) until its target
            changes. After a partial release it begins within 1.5 mmHg of the new target. Ticks in which
            the chamber is being filled again (phase `fill`) don't count: with three-way valves a group
            sags and rises together while its next chamber fills.
the first cycle  is a soft start and counts for none of the above.
notices     Chambers that a guard rested, each with its reason; the others went on. They are no faults, so
            `detected_s` doesn't count them.
ended_by    As `outcome`, but "no sign of life" where nobody answered the presence check, and "until" where
            `--until` cut the simulation short.
until_s     The time that `--until` asked for; the session may have ended before.
detected_s  When the first fault was latched, at or after the beginning of an injected one.
safe_s      The time after which every chamber stayed below 10 mmHg while that fault was latched.

What didn't happen is null: the fill time of a chamber that never filled, the detection of a fault that
nothing noticed. Times are seconds of true time since the beginning of the trace.
"""

import json
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from host_tools.plant.parts.units import PA_PER_MMHG, SAFE_MMHG
from host_tools.sim.figures.air import AirSupply, FillLimit
from host_tools.sim.trace import Trace
from soleus.core.basics import fault_table, faults
from soleus.core.basics.faults import FaultLatch, Notices
from soleus.core.basics.limits import TICK_MS
from soleus.core.regulate.regulation import FILL, HOLD, OFF
from soleus.core.session.session import COMPLETED, NO_PRESENCE, RUNNING, WIND_DOWN_MS

REACHED_MMHG = 1.5
RAISED_MMHG = 6.0
OVERSHOOT_S = 1.0
DECIMALS = 3


@dataclass(frozen=True)
class MeasureContext:
    """What a trace doesn't hold. `ended_by` and `latch` are the session's and the controller's own."""

    air: AirSupply
    ended_by: int
    latch: FaultLatch
    wall_s: float
    notices: Notices | None = None
    # Chambers that still showed pressure at the end of a fault, and those of which no sensor told.
    pressed_bits: int = 0
    unseen_bits: int = 0
    until_s: float | None = None
    was_cut: bool = False


@dataclass(frozen=True)
class FaultResult:
    code: str
    name: str
    requirement: str
    chamber: str | None  # "manifold" for its sensor; None for the machine itself
    value: float
    limit: float
    unit: str
    at_s: float
    # At the end, with everything open.
    still_pressed: tuple[str, ...] = ()
    not_seen: tuple[str, ...] = ()


@dataclass(frozen=True)
class InjectedResult:
    fault: str
    at_s: float
    detected_s: float | None
    safe_s: float | None


@dataclass(frozen=True)
class Spread:
    """Percentiles by their names in the JSON, `p50` and so on, and `max`."""

    percentiles: dict[str, float | None]

    def __getitem__(self, key: str) -> float | None:
        return self.percentiles[key]


@dataclass(frozen=True)
class ChamberResult:
    name: str
    fills: int
    fills_unreached: int
    fill_s: float | None
    fill_limit_s: float | None
    overshoot_mmhg: Spread
    hold_error_mmhg: Spread


# Any other session was stopped by a person.
ENDINGS = {COMPLETED: "completed", NO_PRESENCE: "no sign of life"}


@dataclass(frozen=True)
class SessionResult:
    outcome: str  # "completed", "stopped" or "fault"
    fault: FaultResult | None
    simulated_s: float
    wall_s: float | None  # None: a recording
    max_pressure_mmhg: float
    manifold_max_mmhg: float | None  # None where a recording doesn't know it
    injected: list[InjectedResult]
    notices: list[FaultResult]  # chambers that were rested while the session went on
    ended_by: str  # "completed", "stopped", "no sign of life", "until" or "fault"
    chambers: list[ChamberResult]
    until_s: float | None = None  # what `--until` asked for

    def to_dict(self) -> dict[str, Any]:
        table = asdict(self)
        for chamber in table["chambers"]:
            for key in ("overshoot_mmhg", "hold_error_mmhg"):
                chamber[key] = chamber[key]["percentiles"]
        return _rounded(table)

    def to_json(self) -> str:
        """The same result gives the same text: keys in their order, floats to three decimals."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)


def measure(trace: Trace, context: MeasureContext) -> SessionResult:
    fault = _fault(trace, context)
    ended_by = "fault" if fault else "until" if context.was_cut else ENDINGS.get(context.ended_by, "stopped")
    return SessionResult(
        outcome=ended_by if ended_by in ("fault", "completed") else "stopped",
        fault=fault,
        simulated_s=float(trace.time_s[-1]) if len(trace) else 0.0,
        wall_s=context.wall_s,
        max_pressure_mmhg=float(trace.pressure_mmhg.max(initial=0.0)),
        manifold_max_mmhg=float(trace.manifold_mmhg.max(initial=0.0)),
        injected=_injected(trace),
        notices=_notices(trace, context.notices),
        ended_by=ended_by,
        chambers=_chambers(trace, context.air),
        until_s=context.until_s,
    )


def _fault(trace: Trace, context: MeasureContext) -> FaultResult | None:
    """The fault that is latched at the end; faults that a person cleared are in the trace's notes."""
    latch = context.latch
    if latch.code == faults.NONE:
        return None
    onsets = _onsets(trace.fault_code == latch.code)
    at_s = float(trace.time_s[onsets[-1]]) if len(onsets) else latch.at_ms / 1000
    names = trace.chamber_names
    found = _named(latch.code, chamber_name(latch.chamber_index, names), latch.value, latch.limit, at_s)
    unseen_bits = context.unseen_bits & ~context.pressed_bits
    return replace(found, still_pressed=_of(names, context.pressed_bits), not_seen=_of(names, unseen_bits))


def _of(names: list[str], bits: int) -> tuple[str, ...]:
    return tuple(name for index, name in enumerate(names) if bits >> index & 1)


def _notices(trace: Trace, notices: Notices | None) -> list[FaultResult]:
    if notices is None:
        return []
    return [
        _named(notices.code[k], name, notices.value[k], notices.limit[k], notices.at_ms[k] / 1000)
        for k, name in enumerate(trace.chamber_names)
        if notices.rested_bits >> k & 1
    ]


def _named(row: int, chamber: str | None, value: int, limit: int, at_s: float) -> FaultResult:
    code, name, requirement, unit = fault_table.TABLE[row]
    per_unit = PA_PER_MMHG if unit == "mmHg" else 1
    return FaultResult(code, name, requirement, chamber, value / per_unit, limit / per_unit, unit, at_s)


def chamber_name(index: int, names: list[str]) -> str | None:
    if index == faults.MANIFOLD_INDEX:
        return "manifold"
    return names[index] if index < len(names) else None


def _injected(trace: Trace) -> list[InjectedResult]:
    onsets = _onsets(np.not_equal(trace.fault_code, faults.NONE))
    is_unsafe: np.ndarray = np.any(trace.pressure_mmhg >= SAFE_MMHG, axis=1)
    notes = [note for note in trace.notes if note.kind == "injected"]
    return [_one_injected(trace, note.text, note.at_s, onsets, is_unsafe) for note in notes]


def _one_injected(
    trace: Trace, text: str, at_s: float, onsets: np.ndarray, is_unsafe: np.ndarray
) -> InjectedResult:
    later = onsets[trace.time_s[onsets] >= at_s]
    if len(later) == 0:
        return InjectedResult(text, at_s, None, None)
    detected = int(later[0])
    cleared = np.flatnonzero(trace.fault_code[detected:] == faults.NONE)
    end = detected + int(cleared[0]) if len(cleared) else len(trace)
    unsafe = np.flatnonzero(is_unsafe[detected:end])
    safe = detected + (int(unsafe[-1]) + 1 if len(unsafe) else 0)
    safe_s = float(trace.time_s[safe]) if safe < end else None
    return InjectedResult(text, at_s, float(trace.time_s[detected]), safe_s)


@dataclass(frozen=True)
class Fill:
    """One fill of one chamber, in ticks; at `end` its target changes again."""

    start: int
    reached: int
    end: int


@dataclass(frozen=True)
class Fills:
    """The fills of one chamber after the first cycle."""

    reached: list[Fill]
    unreached_count: int
    held: np.ndarray  # which ticks


def _chambers(trace: Trace, air: AirSupply) -> list[ChamberResult]:
    # From here on chamber by chamber, so the ticks of each lie side by side in memory.
    target_pa = np.ascontiguousarray(np.where(trace.state == RUNNING, trace.target_pa.T, 0))
    error_mmhg = np.ascontiguousarray(trace.pressure_mmhg.T) - target_pa / PA_PER_MMHG
    fills = [
        cut_fills(trace, chamber, target_pa[chamber], error_mmhg[chamber])
        for chamber in range(len(target_pa))
    ]
    limit = FillLimit(trace, air, [[fill.start for fill in each.reached] for each in fills])
    return [
        _chamber(trace, chamber, fills[chamber], error_mmhg[chamber], limit) for chamber in range(len(fills))
    ]


def cut_fills(trace: Trace, chamber: int, target_pa: np.ndarray, error_mmhg: np.ndarray) -> Fills:
    """Cut the session where the target changes, and look at each piece after the first cycle."""
    held = np.zeros(len(trace), bool)
    reached: list[Fill] = []
    unreached_count = 0
    phase = np.ascontiguousarray(trace.phase[:, chamber])
    changes = np.flatnonzero(np.diff(target_pa)) + 1
    for start, end in pairwise([*changes.tolist(), len(trace)]):
        if target_pa[start] == 0 or trace.cycle[start] == 0:
            continue
        rise_mmhg = (target_pa[start] - target_pa[start - 1]) / PA_PER_MMHG
        there = _first(error_mmhg[start:end] * np.sign(rise_mmhg) >= -REACHED_MMHG)
        called = _called_held(phase[start:end]) if rise_mmhg > RAISED_MMHG else None
        begins = [when for when in (there, called) if when is not None]
        if begins:
            held[start + min(begins) : end] = True
        if rise_mmhg <= RAISED_MMHG or there == 0:
            continue
        if there is not None:
            reached.append(Fill(start, start + there, end))
        elif _is_released(trace, end):
            unreached_count += 1
    held &= (phase != FILL) & (phase != OFF) & ~_winds_down(trace)
    return Fills(reached, unreached_count, held)


def _winds_down(trace: Trace) -> np.ndarray:
    """The ticks in which a session ends: the valves wait for the rotor to stop; nothing is held."""
    ends = np.flatnonzero((trace.state[:-1] == RUNNING) & (trace.state[1:] != RUNNING)) + 1
    winds_down = np.zeros(len(trace), bool)
    for end in ends:
        winds_down[max(end - WIND_DOWN_MS // TICK_MS - 1, 0) : end] = True
    return winds_down


def _called_held(phase: np.ndarray) -> int | None:
    """When the regulator first called the chamber held, near the target or not."""
    began = _first(phase == FILL)
    held = None if began is None else _first(phase[began:] == HOLD)
    return None if began is None or held is None else began + held


def _is_released(trace: Trace, end: int) -> bool:
    """Did the program go on to its next stage there, or did something else end the fill?"""
    if end >= len(trace) or trace.state[end] != RUNNING:
        return False
    return bool(trace.stage[end] != trace.stage[end - 1] or trace.cycle[end] != trace.cycle[end - 1])


def _chamber(
    trace: Trace, chamber: int, fills: Fills, over_mmhg: np.ndarray, limit: FillLimit
) -> ChamberResult:
    overshoots = [float(over_mmhg[slice(*overshoot_ticks(trace, fill))].max()) for fill in fills.reached]
    ramps = [_ramp_s(trace, chamber, fill) for fill in fills.reached]
    limits = [limit.least_s(chamber, fill.start, fill.reached) for fill in fills.reached]
    return ChamberResult(
        name=trace.chamber_names[chamber],
        fills=len(fills.reached),
        fills_unreached=fills.unreached_count,
        fill_s=_median([_between_s(trace, fill.start, fill.reached) for fill in fills.reached]),
        fill_limit_s=_median([max(pair) for pair in zip(limits, ramps, strict=True)]),
        overshoot_mmhg=_spread(np.maximum(overshoots, 0.0), 50, 99),
        hold_error_mmhg=_spread(np.abs(over_mmhg[fills.held]), 50, 95),
    )


def overshoot_ticks(trace: Trace, fill: Fill) -> tuple[int, int]:
    until_s = trace.time_s[fill.reached] + OVERSHOOT_S
    # Time is a sum of floats: half a millisecond is for their rounding.
    after = int(np.searchsorted(trace.time_s, until_s + 0.0005, side="right"))
    return fill.reached, min(fill.end, after)


def _ramp_s(trace: Trace, chamber: int, fill: Fill) -> float:
    near_pa = trace.target_pa[fill.start, chamber] - REACHED_MMHG * PA_PER_MMHG
    arrived = _first(trace.setpoint_pa[fill.start : fill.end, chamber] >= near_pa)
    return 0.0 if arrived is None else _between_s(trace, fill.start, fill.start + arrived)


def _between_s(trace: Trace, start: int, end: int) -> float:
    return float(trace.time_s[end] - trace.time_s[start])


def _first(is_so: np.ndarray) -> int | None:
    index = int(np.argmax(is_so)) if len(is_so) else 0
    return index if len(is_so) and is_so[index] else None


def _onsets(is_so: np.ndarray) -> np.ndarray:
    before = np.concatenate(([False], is_so[:-1]))
    return np.flatnonzero(is_so & ~before)


def _median(values: list[float]) -> float | None:
    return float(np.median(values)) if values else None


def _spread(values: np.ndarray, *percents: int) -> Spread:
    if len(values) == 0:
        return Spread({**{f"p{percent}": None for percent in percents}, "max": None})
    found = np.percentile(values, percents)
    named = {f"p{percent}": float(value) for percent, value in zip(percents, found, strict=True)}
    return Spread({**named, "max": float(values.max())})


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_rounded(inner) for inner in value]
    # Adding 0.0 turns -0.0 into 0.0.
    return round(value, DECIMALS) + 0.0 if isinstance(value, float) else value
