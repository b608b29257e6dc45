"""A log as a trace, so that it can be drawn, measured and exported like a simulated session.

Where every tick was recorded, the core is replayed and gives its setpoints; elsewhere there is a row every
half second. What only a simulator knows is missing: a chamber's pressure is its sensor's zeroed reading; air
and flow are 0.
"""

import copy
from dataclasses import fields, replace
from typing import Any

import numpy as np

from host_tools.basics.errors import InputError
from host_tools.log.blocks import CHANNELS, COLUMNS
from host_tools.log.log_file import Log
from host_tools.log.replay import replay
from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.sim.figures.air import AirSupply
from host_tools.sim.figures.metrics import MeasureContext, SessionResult, measure
from host_tools.sim.trace import Note, Trace
from soleus.core.basics import fault_table
from soleus.core.basics.faults import FaultLatch, Notices
from soleus.core.basics.limits import TICK_MS
from soleus.core.controller import Controller
from soleus.core.regulate.regulation import OFF
from soleus.core.session.session import COMPLETED, NOT_ENDED, RUNNING, STATE_NAMES
from soleus.log.slog_format import OVERVIEW_SHIFT

_MACHINE = (
    "at_ms", "dt_ms", "buttons", "state", "cycle", "stage", "stage_kind", "fault_code", "fill_bits",
    "seal_bits", "pump_permille", "gate_on", "missing_bits", "manifold_reading_pa", "supply_mv",
)  # fmt: skip
_CHAMBER = ("setpoint_pa", "target_pa", "phase", "reading_pa", "pressure_pa")


def trace_of(log: Log) -> Trace:
    rows = _tick_rows(log)
    tick_times = [row["at_ms"] for row in rows]
    spans = _spans(tick_times)
    rows += [row for row in _overview_rows(log) if not any(a <= row["at_ms"] <= b for a, b in spans)]
    if not rows:
        raise InputError(log.path, "", None, "a log with something after its header")
    rows.sort(key=lambda row: row["at_ms"])
    columns: dict[str, Any] = {name: np.array([row[name] for row in rows]) for name in _MACHINE + _CHAMBER}
    time_s = (columns.pop("at_ms") - rows[0]["at_ms"] + rows[0]["dt_ms"]) / 1000.0
    pressure_mmhg = columns.pop("pressure_pa") / PA_PER_MMHG
    trace = Trace(
        chamber_names=log.boots.names,
        time_s=time_s,
        pressure_mmhg=pressure_mmhg,
        air_ml=np.zeros_like(pressure_mmhg),
        manifold_mmhg=columns["manifold_reading_pa"] / PA_PER_MMHG,
        pump_flow_ml_s=np.zeros(len(rows)),
        supply_v=columns["supply_mv"] / 1000.0,
        **columns,
    )
    trace.notes.extend(_notes(trace))
    return trace


def evenly(trace: Trace) -> Trace:
    """The same with a row for every tick, as pictures and metrics expect it: interpolated in between."""
    ticks_count = round((trace.time_s[-1] - trace.time_s[0]) * 1000 / TICK_MS) + 1
    time_s = trace.time_s[0] + np.arange(ticks_count) * (TICK_MS / 1000)
    before = np.maximum(np.searchsorted(trace.time_s, time_s + 1e-6, side="right") - 1, 0)
    columns = {
        column.name: getattr(trace, column.name)[before]
        for column in fields(Trace)
        if column.name not in ("chamber_names", "notes", "time_s", "pressure_mmhg")
    }
    chambers = trace.pressure_mmhg.T
    pressure_mmhg = np.stack([np.interp(time_s, trace.time_s, chamber) for chamber in chambers], axis=1)
    return replace(trace, time_s=time_s, pressure_mmhg=pressure_mmhg, **columns)


def log_result(log: Log, trace: Trace) -> SessionResult:
    table = log.end or {}
    air = AirSupply(lambda _: 0.0, [1.0] * log.boots.count)
    ended_by = COMPLETED if table.get("ended_by") == "completed" else NOT_ENDED
    pressed_bits, unseen_bits = table.get("still_pressed", 0), table.get("not_seen", 0)
    context = MeasureContext(
        air, ended_by, _latch(table), 0.0, _notices(log, table), pressed_bits, unseen_bits
    )
    result = measure(trace, context)
    return _without_what_a_log_lacks(log, trace, result)


def _without_what_a_log_lacks(log: Log, trace: Trace, result: SessionResult) -> SessionResult:
    """The pump's and the plant's own figures; between two stretches of ticks, the manifold's sensor."""
    knows_manifold = bool(trace.manifold_mmhg.any()) and not log.overview
    return replace(
        result,
        wall_s=None,
        manifold_max_mmhg=result.manifold_max_mmhg if knows_manifold else None,
        chambers=[replace(chamber, fill_limit_s=None) for chamber in result.chambers],
    )


def _latch(table: dict[str, Any]) -> FaultLatch:
    latch = FaultLatch()
    if "fault" in table:
        latch.trip(*table["fault"])
    return latch


def _notices(log: Log, table: dict[str, Any]) -> Notices:
    notices = Notices(log.boots.count)
    for index, code, value, limit, at_ms in table.get("rested", []):
        notices.rest(code, index, value, limit, at_ms)
    return notices


def _tick_rows(log: Log) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []

    def keep(controller: Controller, dt_ms: int) -> None:
        readings, commands, sequencer = controller.readings, controller.commands, controller.sequencer
        rows.append(
            {
                "at_ms": controller.at_ms,
                "dt_ms": dt_ms,
                "buttons": readings.buttons,
                "state": controller.session.state,
                "cycle": sequencer.cycles_count,
                "stage": sequencer.stage_index,
                "stage_kind": _stage_kind(controller),
                "fault_code": controller.latch.code,
                "fill_bits": commands.fill_bits,
                "seal_bits": commands.seal_bits,
                "pump_permille": commands.pump_permille,
                "gate_on": commands.gate_on,
                "missing_bits": readings.missing_bits,
                "manifold_reading_pa": readings.manifold_pa,
                "supply_mv": readings.supply_mv,
                "setpoint_pa": list(sequencer.setpoint_pa),
                "target_pa": list(sequencer.target_pa),
                "phase": list(controller.regulator.phase),
                "reading_pa": list(readings.chamber_pa),
                "pressure_pa": list(controller.gauges.pressure_pa),
            }
        )

    found = replay(log, keep).difference
    if found:
        expected = "a log that this core replays; `soleus log replay` tells more"
        raise InputError(log.path, f"tick {found.tick}", found.came_out, expected)
    return rows


def _overview_rows(log: Log) -> list[dict[str, Any]]:
    controller = log.fresh_controller()
    count = log.boots.count
    rows = []
    for block in log.overview:
        at_ms = block.at_ms
        for tick in block.ticks.tolist():
            at_ms += tick[0]
            chambers, extras = tick[CHANNELS : CHANNELS + count], tick[CHANNELS + count :]
            rows.append(_overview_row(controller, at_ms, tick, chambers, extras))
    return rows


def _overview_row(
    controller: Controller, at_ms: int, tick: list[int], chambers: list[int], extras: list[int]
) -> dict[str, Any]:
    machine = dict(zip(COLUMNS, tick, strict=False))
    supply, stage, block, level, cycle, rested_bits = extras
    target_pa = _targets_pa(controller, machine["state"], stage, block, level << OVERVIEW_SHIFT, rested_bits)
    pressure_pa = [value << OVERVIEW_SHIFT for value in chambers]
    return machine | {
        "at_ms": at_ms,
        "cycle": cycle,
        "stage": stage,
        "stage_kind": _stage_kind(controller),
        "manifold_reading_pa": 0,
        "supply_mv": supply << OVERVIEW_SHIFT,
        "setpoint_pa": target_pa,
        "target_pa": target_pa,
        "phase": [OFF] * len(chambers),
        "reading_pa": pressure_pa,
        "pressure_pa": pressure_pa,
    }


def _targets_pa(
    controller: Controller, state: int, stage: int, block: int, level_pa: int, rested_bits: int
) -> list[int]:
    """The sequencer's own targets for this stage and level."""
    sequencer = controller.sequencer
    sequencer.stage_index, sequencer.block_index, sequencer.level_pa = stage, block, level_pa
    if state != RUNNING or not sequencer.timeline.kind:
        return [0] * controller.boots.count
    sequencer.rested_bits = rested_bits
    sequencer.keep_bits = sequencer.timeline.keep_bits[stage] & ~rested_bits
    sequencer._set_targets()
    return copy.copy(sequencer.target_pa)


def _stage_kind(controller: Controller) -> int:
    return controller.sequencer.stage_kind() if controller.sequencer.timeline.kind else 0


def _spans(times: list[int]) -> list[tuple[int, int]]:
    """The stretches in which every tick was recorded."""
    spans: list[tuple[int, int]] = []
    for at_ms in times:
        if spans and at_ms - spans[-1][1] < 100:
            spans[-1] = (spans[-1][0], at_ms)
        else:
            spans.append((at_ms, at_ms))
    return spans


def _notes(trace: Trace) -> list[Note]:
    changes = np.flatnonzero(np.diff(trace.state, prepend=-1))
    notes = [Note(float(trace.time_s[k]), "state", STATE_NAMES[trace.state[k]]) for k in changes]
    faulty = np.flatnonzero(trace.fault_code)
    if len(faulty):
        code, name, *_ = fault_table.TABLE[trace.fault_code[faulty[0]]]
        notes.append(Note(float(trace.time_s[faulty[0]]), "fault", f"{code} {name}"))
    return notes
