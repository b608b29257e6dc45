"""The interactive part of the report, as data for plotly.js: pressures, valves and pump over one time axis."""

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np

from host_tools.output.palette import ALARM, NOTE, STATE_COLOURS, chamber_colours
from host_tools.output.view import Leg, is_bit_set, legs_of, one_cycle, spans, stretches, thinned
from host_tools.trace import Trace
from soleus.core.session import STATE_NAMES

TOLERANCE_MMHG = 0.1
# All curves together; beyond it they are drawn more coarsely, so that the file stays small.
POINTS_MOST = 220_000
# Stands for the page's own text colour, which changes between light and dark.
INK = "@ink"

_STATE_SHARE = 0.35
_PUMP_SHARE = 0.9
_GAP = 0.032


@dataclass(frozen=True)
class _Panel:
    name: str
    share: float


def session_figure(trace: Trace) -> dict[str, Any]:
    """`data`, `layout`, and the views that the page's buttons go to."""
    legs = legs_of(trace.chamber_names)
    panels = _panels(legs)
    tolerance_mmhg = _tolerance_mmhg(trace)
    data = _state_bars(trace)
    for number, leg in enumerate(legs):
        data += _pressure_lines(trace, leg, 2 + number, tolerance_mmhg)
    for number, leg in enumerate(legs):
        data += _valve_bars(trace, leg, 2 + len(legs) + number)
    data += _pump_lines(trace, len(panels))
    return {
        "data": data,
        "layout": _layout(trace, legs, panels),
        "views": _views(trace),
        "tolerance_mmhg": tolerance_mmhg,
    }


def _panels(legs: list[Leg]) -> list[_Panel]:
    pressures = [_Panel(_titled(leg, "pressure, mmHg"), 2.4) for leg in legs]
    valves = [_Panel(_titled(leg, "valves"), 0.2 + 0.16 * len(leg.indexes)) for leg in legs]
    return [_Panel("", _STATE_SHARE), *pressures, *valves, _Panel("pump, %", _PUMP_SHARE)]


def _titled(leg: Leg, what: str) -> str:
    return f"{leg.name} leg · {what}" if leg.name else what


def _tolerance_mmhg(trace: Trace) -> float:
    """As fine as the file's size allows, judged on the chamber that moves most."""
    busiest = (
        int(np.argmax(np.abs(np.diff(trace.pressure_mmhg, axis=0)).sum(axis=0))) if len(trace) > 1 else 0
    )
    column = np.ascontiguousarray(trace.pressure_mmhg[:, busiest])
    tolerance_mmhg = TOLERANCE_MMHG
    while len(thinned(column, tolerance_mmhg)) * len(trace.chamber_names) > POINTS_MOST:
        tolerance_mmhg *= 2
    return tolerance_mmhg


def _pressure_lines(trace: Trace, leg: Leg, axis: int, tolerance_mmhg: float) -> list[dict[str, Any]]:
    lines = []
    for row, (index, colour) in enumerate(zip(leg.indexes, chamber_colours(len(leg.indexes)), strict=True)):
        pressure = np.ascontiguousarray(trace.pressure_mmhg[:, index])
        kept = thinned(pressure, tolerance_mmhg)
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
        piece = trace.wanted_mmhg[start:end, index]
        kept = thinned(piece, TOLERANCE_MMHG)
        at_s += [*_rounded(trace.time_s[start + kept], 2), round(float(trace.time_s[end - 1]), 2)]
        wanted += [*_rounded(piece[kept], 1), None]
    return at_s, wanted


def _state_bars(trace: Trace) -> list[dict[str, Any]]:
    return [
        _bars(
            [(start, end)],
            trace,
            0.5,
            STATE_COLOURS[STATE_NAMES[state]],
            14,
            1.0,
            yaxis="y",
            hovertemplate=f"{STATE_NAMES[state]}<extra></extra>",
            name=STATE_NAMES[state],
        )
        for state, start, end in stretches(trace.state)
    ]


def _valve_bars(trace: Trace, leg: Leg, axis: int) -> list[dict[str, Any]]:
    bars = []
    for row, (index, colour) in enumerate(zip(leg.indexes, chamber_colours(len(leg.indexes)), strict=True)):
        for bits, opacity, word in (
            (trace.seal_bits, 0.28, "closed"),
            (trace.fill_bits, 1.0, "joined to the manifold"),
        ):
            text = f"{leg.chambers[row]} {word}<extra></extra>"
            found = spans(is_bit_set(bits, index))
            bars.append(
                _bars(
                    found,
                    trace,
                    row,
                    colour,
                    9,
                    opacity,
                    yaxis=f"y{axis}",
                    name=f"{leg.chambers[row]} {word}",
                    legendgroup=leg.chambers[row],
                    hovertemplate=text,
                )
            )
    return bars


def _bars(
    found: list[tuple[int, int]],
    trace: Trace,
    height: float,
    colour: str,
    width: int,
    opacity: float,
    **more: Any,
) -> dict[str, Any]:
    """A strip of a Gantt chart: one line, broken between the spans."""
    at_s: list[float | None] = []
    heights: list[float | None] = []
    for start, end in found:
        from_s = float(trace.time_s[start - 1]) if start else 0.0
        at_s += [round(from_s, 2), round(float(trace.time_s[end - 1]), 2), None]
        heights += [height, height, None]
    line = {"color": colour, "width": width}
    common = {"type": "scatter", "mode": "lines", "showlegend": False, "opacity": opacity}
    return {**common, "x": at_s, "y": heights, "line": line, **more}


def _pump_lines(trace: Trace, axis: int) -> list[dict[str, Any]]:
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


def _layout(trace: Trace, legs: list[Leg], panels: list[_Panel]) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "height": round(120 * sum(panel.share for panel in panels) + 42 * len(panels)),
        "margin": {"l": 64, "r": 16, "t": 46, "b": 46},
        "hovermode": "x",
        "hoverdistance": 30,
        "dragmode": "zoom",
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.0,
            "yref": "container",
            "yanchor": "top",
            "traceorder": "normal",
        },
        "xaxis": {
            "title": {"text": "seconds"},
            "anchor": f"y{len(panels)}",
            "range": _views(trace)[1]["range_s"],
            "zeroline": False,
            "showspikes": True,
            "spikemode": "across",
            "spikethickness": 1,
            "spikedash": "solid",
            "spikesnap": "cursor",
        },
        "shapes": _marks(trace),
    }
    domains = _domains(panels)
    layout["annotations"] = [
        _panel_title(panel, domain) for panel, domain in zip(panels, domains, strict=True)
    ]
    for place, (panel, domain) in enumerate(zip(panels, domains, strict=True), start=1):
        layout["yaxis" if place == 1 else f"yaxis{place}"] = _y_axis(trace, panel, domain, place, legs)
    return layout


def _panel_title(panel: _Panel, domain: list[float]) -> dict[str, Any]:
    return {
        "text": panel.name,
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": domain[1],
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 13},
    }


def _domains(panels: list[_Panel]) -> list[list[float]]:
    """From the top down, with the same gap between any two."""
    room = (1 - _GAP * (len(panels) - 1)) / sum(panel.share for panel in panels)
    domains, top = [], 1.0
    for panel in panels:
        bottom = top - panel.share * room
        domains.append([round(max(bottom, 0.0), 5), round(top, 5)])
        top = bottom - _GAP
    return domains


def _y_axis(trace: Trace, panel: _Panel, domain: list[float], place: int, legs: list[Leg]) -> dict[str, Any]:
    axis: dict[str, Any] = {"domain": domain, "zeroline": False}
    if place == 1:
        return {
            **axis,
            "range": [0, 1],
            "tickvals": [0.5],
            "ticktext": ["session"],
            "fixedrange": True,
            "showgrid": False,
        }
    if place <= 1 + len(legs):
        most_mmhg = max(float(trace.pressure_mmhg.max(initial=0.0)), 20.0)
        return {**axis, "range": [-0.03 * most_mmhg, round(1.08 * most_mmhg, 1)]}
    if place <= 1 + 2 * len(legs):
        leg = legs[place - 2 - len(legs)]
        rows = len(leg.indexes)
        return {
            **axis,
            "range": [-0.7, rows - 0.3],
            "tickvals": list(range(rows)),
            "ticktext": leg.chambers,
            "fixedrange": True,
            "showgrid": False,
        }
    return {**axis, "range": [0, 104], "tickvals": [0, 50, 100], "fixedrange": True}


def _marks(trace: Trace) -> list[dict[str, Any]]:
    """A line through all panels wherever something happened."""
    return [
        {
            "type": "line",
            "xref": "x",
            "yref": "paper",
            "x0": note.at_s,
            "x1": note.at_s,
            "y0": 0,
            "y1": 1,
            "line": {
                "color": ALARM if note.kind in ("fault", "injected") else NOTE,
                "width": 1.5,
                "dash": "solid" if note.kind == "fault" else "dot",
            },
        }
        for note in trace.notes
        if note.kind != "state"
    ]


def _views(trace: Trace) -> list[dict[str, Any]]:
    """Where the buttons above the plots go."""
    start, end = one_cycle(trace)
    is_faulty = bool(trace.fault_code.any())
    end_s = round(float(trace.time_s[-1]), 2)
    from_s, to_s = (round(float(trace.time_s[tick]), 2) for tick in (start, end - 1))
    views = [
        {"name": "Whole session", "range_s": [0, end_s]},
        {"name": "The fault" if is_faulty else "One cycle", "range_s": [from_s, to_s]},
    ]
    if not is_faulty:
        views.append({"name": "The first minute", "range_s": [0, min(60.0, end_s)]})
    return views


def _numbers(values: np.ndarray) -> dict[str, str]:
    """plotly.js reads arrays of 32-bit floats as they are: a third of the size, and no rounding by text."""
    content = np.ascontiguousarray(values, dtype="<f4").tobytes()
    return {"dtype": "f4", "bdata": base64.b64encode(content).decode("ascii")}


def _rounded(values: np.ndarray, decimals: int) -> list[float]:
    return [float(value) for value in np.round(values, decimals)]
