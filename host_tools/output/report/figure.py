"""The interactive part of the report, as data for `chart.js`: panels above each other on one time axis."""

from dataclasses import dataclass
from typing import Any

from host_tools.output.palette import ALARM, NOTE
from host_tools.output.report.figure_lines import (
    pressure_curves,
    pump_curve,
    state_bars,
    tolerance_mmhg,
    valve_bars,
)
from host_tools.output.view import Leg, legs_of, one_cycle
from host_tools.sim.figures.metrics import FaultResult
from host_tools.sim.trace import Trace

# From the top down, in pixels of the page, without the titles.
_STATE_HEIGHT, _PRESSURE_HEIGHT, _ROW_HEIGHT, _PUMP_HEIGHT = 20, 230, 17, 70
# A moment is shown with so much of what came before and after it.
_BEFORE_S, _AFTER_S = 20.0, 10.0
_RESTED_VIEWS_MOST = 3


@dataclass(frozen=True)
class Mark:
    """Something that happened: a line through all panels, and its name."""

    at_s: float
    kind: str
    text: str


def session_figure(trace: Trace, notices: list[FaultResult]) -> dict[str, Any]:
    """`panels`, `marks`, and the `views` that the page's buttons show; the first of them when it opens."""
    tolerance = tolerance_mmhg(trace)
    return {
        "end_s": _end_s(trace),
        "panels": _panels(trace, legs_of(trace.chamber_names), tolerance),
        "marks": [_drawn(mark) for mark in marks_of(trace, notices)],
        "views": _views(trace, notices),
        "tolerance_mmhg": tolerance,
    }


def marks_of(trace: Trace, notices: list[FaultResult]) -> list[Mark]:
    """All but the changes of the state, which have a strip of their own, in the order of time."""
    noted = [Mark(note.at_s, note.kind, note.text) for note in trace.notes if note.kind != "state"]
    rested = [Mark(notice.at_s, "rested", f"{notice.chamber} rested") for notice in notices]
    return sorted([*noted, *rested], key=lambda mark: mark.at_s)


def range_around(at_s: float) -> list[float]:
    """The range of time that shows a moment."""
    return [max(at_s - _BEFORE_S, 0.0), at_s + _AFTER_S]


def _panels(trace: Trace, legs: list[Leg], tolerance: float) -> list[dict[str, Any]]:
    """From the top down."""
    most_mmhg = max(float(trace.pressure_mmhg.max(initial=0.0)), 20.0)
    return [
        {"title": "", "height": _STATE_HEIGHT, "rows": ["session"], "bars": state_bars(trace)},
        *(
            {
                "title": _titled(leg, "pressure, mmHg"),
                "height": _PRESSURE_HEIGHT,
                "range": [round(-0.03 * most_mmhg, 1), round(1.08 * most_mmhg, 1)],
                "unit": "mmHg",
                "curves": pressure_curves(trace, leg, tolerance),
            }
            for leg in legs
        ),
        *(
            {
                "title": _titled(leg, "valves"),
                "height": _ROW_HEIGHT * len(leg.indexes),
                "rows": leg.chambers,
                "bars": valve_bars(trace, leg),
            }
            for leg in legs
        ),
        {
            "title": "pump, %",
            "height": _PUMP_HEIGHT,
            "range": [0, 104],
            "unit": "%",
            "curves": [pump_curve(trace)],
        },
    ]


def _titled(leg: Leg, what: str) -> str:
    return f"{leg.name} leg · {what}" if leg.name else what


def _drawn(mark: Mark) -> dict[str, Any]:
    colour = ALARM if mark.kind in ("fault", "injected", "rested") else NOTE
    return {"at_s": round(mark.at_s, 2), "text": mark.text, "colour": colour, "dots": mark.kind != "fault"}


def _views(trace: Trace, notices: list[FaultResult]) -> list[dict[str, Any]]:
    start, end = one_cycle(trace)
    is_faulty = bool(trace.fault_code.any())
    end_s = _end_s(trace)
    from_s, to_s = (round(float(trace.time_s[tick]), 2) for tick in (start, end - 1))
    views: list[dict[str, Any]] = [
        {"name": "Whole session", "range_s": [0, end_s]},
        {"name": "The fault" if is_faulty else "One cycle", "range_s": [from_s, to_s]},
    ]
    rested = [{"name": f"{one.chamber} rested", "range_s": range_around(one.at_s)} for one in notices]
    views += rested[:_RESTED_VIEWS_MOST]
    if not is_faulty:
        views.append({"name": "The first minute", "range_s": [0, min(60.0, end_s)]})
    return views


def _end_s(trace: Trace) -> float:
    return round(float(trace.time_s[-1]), 2)
