"""The interactive part of the report, as data for plotly.js: one time axis under everything."""

from dataclasses import dataclass
from html import escape
from typing import Any

from host_tools.output.palette import ALARM, NOTE
from host_tools.output.report.figure_lines import (
    pressure_lines,
    pump_lines,
    state_bars,
    tolerance_mmhg,
    valve_bars,
)
from host_tools.output.view import Leg, legs_of, one_cycle
from host_tools.sim.trace import Trace

_GAP = 0.032


@dataclass(frozen=True)
class _Panel:
    name: str
    share: float
    axis: dict[str, Any]


def session_figure(trace: Trace) -> dict[str, Any]:
    """`data`, `layout`, and the `views` that the page's buttons show."""
    legs = [_plain(leg) for leg in legs_of(trace.chamber_names)]
    panels = _panels(trace, legs)
    tolerance = tolerance_mmhg(trace)
    data = state_bars(trace)
    for place, leg in enumerate(legs, start=2):
        data += pressure_lines(trace, leg, place, tolerance)
        data += valve_bars(trace, leg, place + len(legs))
    data += pump_lines(trace, len(panels))
    return {
        "data": data,
        "layout": _layout(trace, panels),
        "views": _views(trace),
        "tolerance_mmhg": tolerance,
    }


def _plain(leg: Leg) -> Leg:
    """Escape names: plotly.js understands a little HTML, even links."""
    return Leg(escape(leg.name), leg.indexes, [escape(chamber) for chamber in leg.chambers])


def _panels(trace: Trace, legs: list[Leg]) -> list[_Panel]:
    """From the top down."""
    most_mmhg = max(float(trace.pressure_mmhg.max(initial=0.0)), 20.0)
    strip = {"fixedrange": True, "showgrid": False}
    state = {**strip, "range": [0, 1], "tickvals": [0.5], "ticktext": ["session"]}
    pressure = {"range": [round(-0.03 * most_mmhg, 1), round(1.08 * most_mmhg, 1)]}
    pump = {"fixedrange": True, "range": [0, 104], "tickvals": [0, 50, 100]}
    return [
        _Panel("", 0.35, state),
        *(_Panel(_titled(leg, "pressure, mmHg"), 2.4, pressure) for leg in legs),
        *(
            _Panel(_titled(leg, "valves"), 0.2 + 0.16 * len(leg.indexes), {**strip, **_rows(leg)})
            for leg in legs
        ),
        _Panel("pump, %", 0.9, pump),
    ]


def _titled(leg: Leg, what: str) -> str:
    return f"{leg.name} leg · {what}" if leg.name else what


def _rows(leg: Leg) -> dict[str, Any]:
    count = len(leg.indexes)
    return {"range": [-0.7, count - 0.3], "tickvals": list(range(count)), "ticktext": leg.chambers}


def _layout(trace: Trace, panels: list[_Panel]) -> dict[str, Any]:
    domains = _domains(panels)
    pairs = list(zip(panels, domains, strict=True))
    y_axes = [{**panel.axis, "domain": domain, "zeroline": False} for panel, domain in pairs]
    return {
        "height": round(120 * sum(panel.share for panel in panels) + 42 * len(panels)),
        "margin": {"l": 64, "r": 16, "t": 46, "b": 46},
        "hovermode": "x",
        "hoverdistance": 30,
        "dragmode": "zoom",
        "legend": {"orientation": "h", "x": 0, "y": 1.0, "yref": "container", "yanchor": "top"},
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
        "annotations": [_panel_title(panel, domain) for panel, domain in pairs],
        **{"yaxis" if place == 1 else f"yaxis{place}": axis for place, axis in enumerate(y_axes, start=1)},
    }


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
    """The ranges of time that the buttons above the plots show."""
    start, end = one_cycle(trace)
    is_faulty = bool(trace.fault_code.any())
    end_s = round(float(trace.time_s[-1]), 2)
    from_s, to_s = (round(float(trace.time_s[tick]), 2) for tick in (start, end - 1))
    views: list[dict[str, Any]] = [
        {"name": "Whole session", "range_s": [0, end_s]},
        {"name": "The fault" if is_faulty else "One cycle", "range_s": [from_s, to_s]},
    ]
    if not is_faulty:
        views.append({"name": "The first minute", "range_s": [0, min(60.0, end_s)]})
    return views
