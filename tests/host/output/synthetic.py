"""Traces made by hand, for tests that draw them or measure them."""

from typing import Any

import numpy as np

from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.sim.figures.air import AirSupply, in_series
from host_tools.sim.figures.metrics import MeasureContext
from host_tools.sim.trace import Note, Trace
from soleus.core.basics import faults
from soleus.core.basics.faults import FaultLatch
from soleus.core.program.timeline import STAGE_HOLD, STAGE_RAISE, STAGE_RELEASE, STAGE_REST
from soleus.core.regulate.regulation import COAST, FILL, HOLD, OFF, SETTLE
from soleus.core.session.session import CHECKING, COMPLETED, DONE, FAULT, PAUSED, RUNNING, VENTING

CHAMBERS = ("foot", "ankle", "calf", "knee", "thigh")
NAMES = [f"{leg}.{chamber}" for leg in ("left", "right") for chamber in CHAMBERS]
TICK_S = 0.01
COMPLIANCE_ML_MMHG = 5.0


def nominal_air(chamber_count: int) -> AirSupply:
    return AirSupply(lambda mmhg: 210.0 * max(0.0, 1 - mmhg / 600.0), [in_series(27.0, 47.0)] * chamber_count)


def no_fault() -> FaultLatch:
    return FaultLatch()


def context(trace: Trace, latch: FaultLatch | None = None, ended_by: int = COMPLETED) -> MeasureContext:
    return MeasureContext(nominal_air(len(trace.chamber_names)), ended_by, latch or no_fault(), wall_s=0.5)


def blank_trace(names: list[str], ticks: int, **columns: Any) -> Trace:
    """A trace of zeros, except for the columns given as a number, a row or an array."""
    count = len(names)
    made: dict[str, Any] = {name: np.zeros(ticks, np.int64) for name in _FLAT}
    made |= {name: np.zeros((ticks, count), np.int64) for name in _WIDE}
    made["dt_ms"] += 10
    made["time_s"] = np.round(np.arange(1, ticks + 1) * TICK_S, 6)
    made["state"] += RUNNING
    made["cycle"] += 1
    notes = columns.pop("notes", [])
    for name, value in columns.items():
        made[name] = np.broadcast_to(np.asarray(value), made[name].shape).copy()
    return Trace(chamber_names=names, notes=notes, **made)


_FLAT = [
    "dt_ms",
    "buttons",
    "state",
    "cycle",
    "stage",
    "stage_kind",
    "fault_code",
    "fill_bits",
    "seal_bits",
    "pump_permille",
    "gate_on",
    "missing_bits",
    "manifold_reading_pa",
    "supply_mv",
    "manifold_mmhg",
    "pump_flow_ml_s",
    "supply_v",
]
_WIDE = ["setpoint_pa", "target_pa", "phase", "reading_pa", "pressure_mmhg", "air_ml"]


def pa(mmhg: Any) -> Any:
    return np.rint(np.asarray(mmhg) * PA_PER_MMHG).astype(np.int64)


class _Story:
    """A sequential program on paper: each chamber's target, and roughly the pressure that it then has."""

    def __init__(self, names: list[str], legs: int, ticks: int) -> None:
        self.count = len(names) // legs
        self.legs = legs
        self.ticks = ticks
        self.columns: dict[str, np.ndarray] = {
            "state": np.zeros(ticks, np.int64),
            "cycle": np.zeros(ticks, np.int64),
            "stage": np.zeros(ticks, np.int64),
            "stage_kind": np.full(ticks, STAGE_REST, np.int64),
            "pump_permille": np.zeros(ticks, np.int64),
            "fill_bits": np.zeros(ticks, np.int64),
            "seal_bits": np.zeros(ticks, np.int64),
            "target": np.zeros((ticks, len(names))),
            "phase": np.zeros((ticks, len(names)), np.int64),
        }
        self.at = 0
        self.stage = 0

    def spend(self, seconds: float, **values: int) -> slice:
        end = min(self.ticks, self.at + round(seconds / TICK_S))
        span = slice(self.at, end)
        for name, value in values.items():
            self.columns[name][span] = value
        self.at = end
        return span

    def bits(self, positions: range) -> int:
        return sum(1 << (leg * self.count + position) for leg in range(self.legs) for position in positions)

    def places(self, position: int) -> list[int]:
        return [leg * self.count + position for leg in range(self.legs)]


def session_trace(
    minutes: float = 5.0,
    seed: int = 1,
    legs: int = 2,
    fault_at_s: float | None = None,
    pause_at_s: float | None = None,
) -> Trace:
    """Two legs of five chambers in a sequential program, with curves that look like a session's."""
    names = NAMES[: 5 * legs]
    ticks = round(minutes * 60 / TICK_S)
    story = _Story(names, legs, ticks)
    story.spend(2.0, state=CHECKING)
    cycle = 0
    while story.at < ticks - round(4.5 / TICK_S):
        if pause_at_s is not None and story.at * TICK_S >= pause_at_s:
            story.spend(15.0, state=PAUSED, cycle=cycle)
            pause_at_s = None
        _play_cycle(story, cycle, 42.0 if cycle == 0 else 70.0)
        cycle += 1
    story.at = max(0, ticks - round(4.5 / TICK_S))
    _end(story, cycle, VENTING, 3.5)
    _end(story, cycle, DONE, 1.0)
    if fault_at_s is not None:
        story.at = round(fault_at_s / TICK_S)
        ticks = story.at + 500
        _end(story, cycle, FAULT, 5.0)
    return _as_trace(story, names, ticks, seed, fault_at_s)


def faulty_latch(trace: Trace) -> FaultLatch:
    latch = FaultLatch()
    at_ms = int(np.flatnonzero(trace.fault_code)[0]) * 10
    latch.trip(faults.OVER_TARGET, 2, int(pa(93.4)), int(pa(85)), at_ms)
    return latch


def _play_cycle(story: _Story, cycle: int, level: float) -> None:
    for position in range(story.count):
        took_s = 4.4 + 0.4 * position
        story.stage = position
        span = story.spend(
            took_s,
            state=RUNNING,
            cycle=cycle,
            stage=position,
            stage_kind=STAGE_RAISE,
            pump_permille=1000,
            fill_bits=story.bits(range(position, position + 1)),
            seal_bits=story.bits(range(position + 1)),
        )
        for place in story.places(position):
            story.columns["phase"][span, place] = FILL
            story.columns["target"][span.start :, place] = level
        settle = story.spend(0.5, state=RUNNING, cycle=cycle, stage=position, stage_kind=STAGE_RAISE)
        story.columns["seal_bits"][settle] = story.bits(range(position + 1))
        for place in story.places(position):
            story.columns["phase"][settle.start : settle.start + 30, place] = COAST
            story.columns["phase"][settle.start + 30 : settle.stop, place] = SETTLE
            story.columns["phase"][settle.stop :, place] = HOLD
    all_bits = story.bits(range(story.count))
    story.spend(6.0, state=RUNNING, cycle=cycle, stage=5, stage_kind=STAGE_HOLD, seal_bits=all_bits)
    story.columns["target"][story.at :] = 0
    story.columns["phase"][story.at :] = OFF
    story.spend(2.5, state=RUNNING, cycle=cycle, stage=6, stage_kind=STAGE_RELEASE)
    story.spend(6.0, state=RUNNING, cycle=cycle, stage=7, stage_kind=STAGE_REST)


def _end(story: _Story, cycle: int, state: int, seconds: float) -> None:
    for name in ("target", "phase", "fill_bits", "seal_bits", "pump_permille"):
        story.columns[name][story.at :] = 0
    story.columns["state"][story.at :] = state
    story.spend(seconds, state=state, cycle=cycle)


def _as_trace(story: _Story, names: list[str], ticks: int, seed: int, fault_at_s: float | None) -> Trace:
    columns = {name: column[:ticks] for name, column in story.columns.items()}
    random = np.random.default_rng(seed)
    target = columns.pop("target")
    pressure = _pressure(target, columns["phase"], random)
    fault_code = np.where(columns["state"] == FAULT, faults.OVER_TARGET, faults.NONE)
    pump = columns["pump_permille"]
    flow = pump / 1000 * 190
    notes = [Note(60.0, "event", "louder@60s")]
    if fault_at_s is not None:
        notes += [Note(fault_at_s - 0.6, "injected", f"valve.left.calf.fill:stuck@{fault_at_s - 0.6:g}s")]
        notes += [Note(fault_at_s, "fault", "E01 left.calf <script>alert(1)</script>")]
    return blank_trace(
        names,
        ticks,
        **columns,
        target_pa=pa(target),
        setpoint_pa=pa(target),
        pressure_mmhg=pressure,
        reading_pa=pa(pressure + random.normal(0, 0.4, pressure.shape)),
        air_ml=40 + COMPLIANCE_ML_MMHG * pressure,
        manifold_mmhg=np.where(pump > 0, pressure.max(axis=1) + 6, pressure.max(axis=1)),
        pump_flow_ml_s=flow,
        supply_v=12.4 - pump / 4000,
        supply_mv=12_400 - pump // 4,
        fault_code=fault_code,
        gate_on=1,
        notes=notes,
    )


def _pressure(target: np.ndarray, phase: np.ndarray, random: np.random.Generator) -> np.ndarray:
    pressure = np.zeros_like(target)
    now = np.zeros(target.shape[1])
    wobble = random.normal(0, 0.5, target.shape[1])
    for tick in range(len(target)):
        filling = phase[tick] == FILL
        rate = np.where(filling, 0.8 * TICK_S, np.where(target[tick] > 0, 0.4 * TICK_S, 2.2 * TICK_S))
        goal = np.where(filling, target[tick] * 1.05, target[tick] + wobble)
        now = now + (np.where(target[tick] > 0, goal, 0.0) - now) * rate
        pressure[tick] = now
    return pressure
