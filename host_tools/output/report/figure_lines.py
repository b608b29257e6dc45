"""The curves and bars of the report's figure, for `chart.js`.

Times and values are whole numbers, each as its difference from the one before it: in hundredths of a second,
and in twentieths of a mmHg or percent. Differences are small and alike, so they compress well.
"""

from typing import Any

import numpy as np

from host_tools.output.palette import STATE_COLOURS, chamber_colours
from host_tools.output.view import TOLERANCE_MMHG, Leg, is_bit_set, spans, stretches, thinned
from host_tools.sim.trace import Trace
from soleus.core.session.session import STATE_NAMES

# All curves together. With more points they are drawn more coarsely, so that the file stays small.
POINTS_MOST = 180_000
STEPS_A_SECOND = 100
STEPS_A_UNIT = 20


def tolerance_mmhg(trace: Trace) -> float:
    """How far a drawn curve may be off: as little as the file's size allows for the busiest chamber."""
    moved_mmhg = np.abs(np.diff(trace.pressure_mmhg, axis=0)).sum(axis=0)
    busiest = np.ascontiguousarray(trace.pressure_mmhg[:, int(np.argmax(moved_mmhg))])
    tolerance = TOLERANCE_MMHG
    while len(thinned(busiest, tolerance)) * len(trace.chamber_names) > POINTS_MOST:
        tolerance *= 2
    return tolerance


def pressure_curves(trace: Trace, leg: Leg, tolerance: float) -> list[dict[str, Any]]:
    """What each chamber had, and what it should have had."""
    curves: list[dict[str, Any]] = []
    for name, index, colour in _coloured(leg):
        pressure = np.ascontiguousarray(trace.pressure_mmhg[:, index])
        kept = thinned(pressure, tolerance)
        common = {"chamber": name, "colour": colour}
        pieces = [_piece(trace.time_s[kept], pressure[kept])]
        curves.append({**common, "name": name, "pieces": pieces})
        curves.append({**common, "name": f"{name} wanted", "dots": True, "pieces": _wanted(trace, index)})
    return curves


def pump_curve(trace: Trace) -> dict[str, Any]:
    """It keeps each duty until the next one."""
    pieces = stretches(trace.pump_permille)
    at_s = [float(trace.time_s[start]) - 0.01 for _, start, _ in pieces]
    duty = [permille / 10 for permille, _, _ in pieces]
    piece = _piece(np.array([*at_s, float(trace.time_s[-1])]), np.array([*duty, duty[-1]]))
    return {"name": "pump", "steps": True, "pieces": [piece]}


def state_bars(trace: Trace) -> list[dict[str, Any]]:
    """One strip for each state, so that each has its colour and its name."""
    found = stretches(trace.state)
    bars = []
    for state, name in enumerate(STATE_NAMES):
        on = [(start, end) for value, start, end in found if value == state]
        if on:
            bars.append({"name": name, "row": 0, "colour": STATE_COLOURS[name], "spans": _spans(trace, on)})
    return bars


def valve_bars(trace: Trace, leg: Leg) -> list[dict[str, Any]]:
    bars: list[dict[str, Any]] = []
    for row, (name, index, colour) in enumerate(_coloured(leg)):
        common = {"chamber": name, "row": row, "colour": colour}
        closed, joined = (is_bit_set(bits, index) for bits in (trace.seal_bits, trace.fill_bits))
        bars.append({**common, "name": f"{name} closed", "pale": True, "spans": _spans(trace, spans(closed))})
        bars.append({**common, "name": f"{name} joined", "spans": _spans(trace, spans(joined))})
    return bars


def _coloured(leg: Leg) -> list[tuple[str, int, str]]:
    return list(zip(leg.chambers, leg.indexes, chamber_colours(len(leg.indexes)), strict=True))


def _wanted(trace: Trace, index: int) -> list[list[list[int]]]:
    """A piece for each stretch in which the chamber is kept."""
    pieces = []
    for start, end in spans(trace.target_pa[:, index] > 0):
        wanted = trace.setpoint_mmhg[start:end, index]
        kept = thinned(wanted, TOLERANCE_MMHG)
        pieces.append(_piece(trace.time_s[start + kept], wanted[kept]))
    return pieces


def _piece(at_s: np.ndarray, values: np.ndarray) -> list[list[int]]:
    return [_differences(at_s, STEPS_A_SECOND), _differences(values, STEPS_A_UNIT)]


def _spans(trace: Trace, on: list[tuple[int, int]]) -> list[int]:
    """From and to, again and again."""
    at_s = [
        (float(trace.time_s[start - 1]) if start else 0.0, float(trace.time_s[end - 1])) for start, end in on
    ]
    return _differences(np.array(at_s).reshape(-1), STEPS_A_SECOND)


def _differences(values: np.ndarray, steps: int) -> list[int]:
    whole = np.rint(np.asarray(values, np.float64) * steps).astype(np.int64)
    return [int(value) for value in np.diff(whole, prepend=0)]
