"""A session as a picture: all of it on top, one cycle in detail below; the foot is each leg's lowest row."""

from pathlib import Path

from matplotlib.figure import Figure

from host_tools.basics.atomic_file import write_whole
from host_tools.output.palette import ALARM, INK, MUTED
from host_tools.output.plot.detail import CycleView, draw_pressures, draw_strips
from host_tools.output.plot.overview import draw_overview
from host_tools.output.plot.picture import drawing, png
from host_tools.output.view import Leg, legs_of, one_cycle
from host_tools.output.words import number, outcome_sentence, worst
from host_tools.sim.figures.metrics import SessionResult
from host_tools.sim.trace import Trace

_SESSION_WIDTH_IN = 14.0
_CYCLE_WIDTH_IN = 9.0
_GAP_IN = 0.85
_HEAD_IN = 1.25
_FOOT_IN = 0.5


def plot_session(trace: Trace, result: SessionResult, path: str | Path, title: str = "Session") -> None:
    """The whole session with one cycle in detail, as a PNG."""
    write_whole(Path(path), session_png(trace, result, title))


def plot_cycle(trace: Trace, path: str | Path, title: str) -> None:
    """One cycle as a PNG that is small enough for a page of text."""
    write_whole(Path(path), cycle_png(trace, title))


def session_png(trace: Trace, result: SessionResult, title: str) -> bytes:
    legs = legs_of(trace.chamber_names)
    cycle = CycleView(trace, *one_cycle(trace))
    rows = max(len(leg.indexes) for leg in legs)
    heights_in = [0.9 + 0.34 * len(trace.chamber_names), 0.6 + 0.62 * rows, 0.9 + 0.16 * rows]
    height_in = _HEAD_IN + sum(heights_in) + 2 * _GAP_IN + _FOOT_IN
    with drawing(_SESSION_WIDTH_IN, height_in) as figure:
        _headline(figure, height_in, title, result)
        grid = figure.add_gridspec(3, 1, height_ratios=heights_in, hspace=3 * _GAP_IN / sum(heights_in))
        grid.update(left=0.075, right=0.975, bottom=_FOOT_IN / height_in, top=1 - _HEAD_IN / height_in)
        draw_overview(figure, grid[0], cycle, legs)
        draw_pressures(figure, grid[1], cycle, legs)
        draw_strips(figure, grid[2], cycle, legs)
        return png(figure)


def cycle_png(trace: Trace, title: str) -> bytes:
    legs = legs_of(trace.chamber_names)
    cycle = CycleView(trace, *one_cycle(trace))
    if len(legs) == 2 and _do_legs_the_same(cycle, legs):
        legs = [Leg("both legs", legs[0].indexes, legs[0].chambers)]
    head_in = 0.95 if len(legs) > 1 else 0.75
    height_in = 1.3 + 0.5 * max(len(leg.indexes) for leg in legs)
    with drawing(_CYCLE_WIDTH_IN, height_in) as figure:
        figure.text(0.02, 1 - 0.3 / height_in, title, size=13, weight="bold", va="center")
        _legend(figure, height_in, y_in=0.3)
        grid = figure.add_gridspec(1, 1, left=0.10, right=0.975)
        grid.update(bottom=_FOOT_IN / height_in, top=1 - head_in / height_in)
        draw_pressures(figure, grid[0], cycle, legs)
        return png(figure)


def _headline(figure: Figure, height_in: float, title: str, result: SessionResult) -> None:
    colour = ALARM if result.fault else INK
    figure.text(0.02, 1 - 0.32 / height_in, title, size=17, weight="bold", va="center")
    figure.text(0.02, 1 - 0.62 / height_in, outcome_sentence(result), size=10.5, color=colour, va="center")
    figure.text(0.02, 1 - 0.86 / height_in, _figures(result), size=9, color=MUTED, va="center")
    _legend(figure, height_in, y_in=0.32)


def _figures(result: SessionResult) -> str:
    hold = worst([chamber.hold_error_mmhg["p95"] for chamber in result.chambers])
    over = worst([chamber.overshoot_mmhg["max"] for chamber in result.chambers])
    fills = sum(chamber.fills for chamber in result.chambers)
    return (
        f"highest pressure {result.max_pressure_mmhg:.1f} mmHg   ·   {fills} fills after the first cycle"
        f"   ·   worst overshoot {number(over)} mmHg   ·   worst hold error (p95) {number(hold)} mmHg"
    )


def _legend(figure: Figure, height_in: float, y_in: float) -> None:
    y = 1 - y_in / height_in
    line = figure.text(0.975, y, "pressure  ■    wanted  – –", size=9, color=MUTED, va="center", ha="right")
    line.set_in_layout(False)


def _do_legs_the_same(cycle: CycleView, legs: list[Leg]) -> bool:
    left, right = (cycle.trace.target_pa[cycle.ticks][:, leg.indexes] for leg in legs)
    return left.shape == right.shape and bool((left == right).all())
