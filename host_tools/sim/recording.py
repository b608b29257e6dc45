"""The rows of a trace, tick by tick, as the compiled loop fills them."""

from typing import Any

import numpy as np

from host_tools.sim.trace import Trace

CHUNK_TICKS = 6000

_ROWS = {
    "dt_ms": np.int32,
    "time_ms": np.int64,
    "buttons": np.int16,
    "state": np.int8,
    "cycle": np.int32,
    "stage": np.int16,
    "stage_kind": np.int8,
    "fault_code": np.int8,
    "fill_bits": np.int32,
    "seal_bits": np.int32,
    "pump_permille": np.int16,
    "gate_on": np.int8,
    "missing_bits": np.int32,
    "manifold_reading_pa": np.int32,
    "supply_mv": np.int32,
    "manifold_mmhg": np.float64,
    "pump_flow_ml_s": np.float64,
    "supply_v": np.float64,
}
_CHAMBER_ROWS = {
    "setpoint_pa": np.int32,
    "target_pa": np.int32,
    "phase": np.int8,
    "reading_pa": np.int32,
    "pressure_mmhg": np.float64,
    "air_ml": np.float64,
}


class TraceRows:
    """Room for one chunk of ticks; the loop writes at `ticks_count`."""

    def __init__(self, chamber_count: int, ticks_most: int = CHUNK_TICKS) -> None:
        self.ticks_count = 0
        for name, kind in _ROWS.items():
            setattr(self, name, np.zeros(ticks_most, kind))
        for name, kind in _CHAMBER_ROWS.items():
            setattr(self, name, np.zeros((ticks_most, chamber_count), kind))

    def columns(self, ticks_count: int) -> dict[str, np.ndarray]:
        return {name: getattr(self, name)[:ticks_count].copy() for name in (*_ROWS, *_CHAMBER_ROWS)}


def joined(chamber_names: list[str], chunks: list[dict[str, np.ndarray]]) -> Trace:
    """One trace from the chunks of a run."""
    names = (*_ROWS, *_CHAMBER_ROWS)
    columns: dict[str, Any] = {name: np.concatenate([chunk[name] for chunk in chunks]) for name in names}
    time_s = columns.pop("time_ms") / 1000.0
    return Trace(chamber_names=chamber_names, time_s=time_s, **columns)
