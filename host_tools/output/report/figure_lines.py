"""The lines and bars of the report's figure, as traces for plotly.js."""

import base64
from typing import Any

import numpy as np

from host_tools.output.palette import STATE_COLOURS, chamber_colours
from host_tools.output.view import TOLERANCE_MMHG, Leg, is_bit_set, spans, stretches, thinned
from host_tools.sim.trace import Trace
from soleus.core.session.session import STATE_NAMES

# All curves together. With more points they are drawn more coarsely, so that the file stays small.
POINTS_MOST = 220_000
# Stands for the page's own text colour, which changes between light and dark.
INK = "@ink"


def tolerance_mmhg(trace: Trace) -> float:
    """How far a drawn curve may be off: as little as the file's size allows for the busiest chamber."""
    moved_mmhg = np.abs(np.diff(trace.pressure_mmhg, axis=0)).sum(axis=0)
    busiest = np.ascontiguousarray(trace.pressure_mmhg[:, int(np.argmax(moved_mmhg))])
    tolerance = TOLERANCE_MMHG
    while len(thinned(busiest, tolerance)) * len(trace.chamber_names) > POINTS_MOST:
        tolerance *= 2
    return tolerance


def pressure_lines(trace: Trace, leg: Leg, axis: int, tolerance: float) -> list[dict[str, Any]]:
    lines = []
    for row, (index, colour) in enumerate(zip(leg.indexes, chamber_colours(len(leg.indexes)), strict=True)):
        pressure = np.ascontiguousarray(trace.pressure_mmhg[:, index])
        kept = thinned(pressure, tolerance)
        common = {"type": "scatter", "mode": "lines", "yaxis": f"y{axis}", "legendgroup": leg.chambers[row]}
        lines.append(
            {
                **common,
                "x": _numbers(trace.time_s[kept]),
                "y": _numbers(pressure[kept]),
                "name": leg.chambers[row],
                "line": {"color": colour, "width": 1.8},
                "showlegend": axis == 2,
                "legendrank": 100 - row,
                "hovertemplate": f"{leg.chambers[row]} %{{y:.1f}} mmHg<extra></extra>",
            }
        )
        at_s, wanted = _wanted(trace, index)
        lines.append(
            {
                **common,
                "x": at_s,
                "y": wanted,
                "name": f"{leg.chambers[row]} wanted",
                "showlegend": False,
                "line": {"color": colour, "width": 1.2, "dash": "dot"},
                "opacity": 0.85,
                "connectgaps": False,
                "hovertemplate": f"{leg.chambers[row]} wanted %{{y:.1f}} mmHg<extra></extra>",
            }
        )
    return lines


def _wanted(trace: Trace, index: int) -> tuple[list[float], list[float | None]]:
    """Only where the chamber is kept; between two such stretches the line is broken."""
    at_s: list[float] = []
    wanted: list[float | None] = []
    for start, end in spans(trace.target_pa[:, index] > 0):
        piece = trace.setpoint_mmhg[start:end, index]
        kept = thinned(piece, TOLERANCE_MMHG)
        at_s += [*_rounded(trace.time_s[start + kept], 2), round(float(trace.time_s[end - 1]), 2)]
        wanted += [*_rounded(piece[kept], 1), None]
    return at_s, wanted


def state_bars(trace: Trace) -> list[dict[str, Any]]:
    """One strip for each state, so that each has its colour and its name."""
    found = stretches(trace.state)
    bars = []
    for state, name in enumerate(STATE_NAMES):
        on = [(start, end) for value, start, end in found if value == state]
        if on:
            line = {"color": STATE_COLOURS[name], "width": 14}
            bars.append({**_bars(trace, on, 0.5, name), "line": line, "yaxis": "y"})
    return bars


def valve_bars(trace: Trace, leg: Leg, axis: int) -> list[dict[str, Any]]:
    bars = []
    for row, (index, colour) in enumerate(zip(leg.indexes, chamber_colours(len(leg.indexes)), strict=True)):
        style = {"line": {"color": colour, "width": 9}, "yaxis": f"y{axis}", "legendgroup": leg.chambers[row]}
        closed = _bars(trace, spans(is_bit_set(trace.seal_bits, index)), row, f"{leg.chambers[row]} closed")
        filling = _bars(trace, spans(is_bit_set(trace.fill_bits, index)), row, f"{leg.chambers[row]} joined")
        bars += [{**closed, **style, "opacity": 0.28}, {**filling, **style}]
    return bars


def _bars(trace: Trace, on: list[tuple[int, int]], height: float, name: str) -> dict[str, Any]:
    """A strip of a Gantt chart: one line, broken between the spans."""
    at_s: list[float | None] = []
    for start, end in on:
        from_s = float(trace.time_s[start - 1]) if start else 0.0
        at_s += [round(from_s, 2), round(float(trace.time_s[end - 1]), 2), None]
    heights = [height, height, None] * len(on)
    line = {"type": "scatter", "mode": "lines", "x": at_s, "y": heights, "name": name, "showlegend": False}
    return {**line, "hovertemplate": f"{name}<extra></extra>"}


def pump_lines(trace: Trace, axis: int) -> list[dict[str, Any]]:
    pieces = stretches(trace.pump_permille)
    at_s = [round(float(trace.time_s[start]) - 0.01, 2) for _, start, _ in pieces]
    duty = [permille / 10 for permille, _, _ in pieces]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [*at_s, round(float(trace.time_s[-1]), 2)],
            "y": [*duty, duty[-1]],
            "line": {"color": INK, "width": 1, "shape": "hv"},
            "fill": "tozeroy",
            "yaxis": f"y{axis}",
            "name": "pump",
            "showlegend": False,
            "hovertemplate": "pump %{y:.0f} %<extra></extra>",
        }
    ]


def _numbers(values: np.ndarray) -> dict[str, str]:
    """plotly.js reads arrays of 32-bit floats directly: a third of the size of text, without rounding."""
    content = np.ascontiguousarray(values, dtype="<f4").tobytes()
    return {"dtype": "f4", "bdata": base64.b64encode(content).decode("ascii")}


def _rounded(values: np.ndarray, decimals: int) -> list[float]:
    return [float(value) for value in np.round(values, decimals)]
