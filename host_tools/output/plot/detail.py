"""One cycle in detail: true pressures and setpoints, and what valves and pump did."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpecFromSubplotSpec, SubplotSpec

from host_tools.output.palette import FAINT, INK, MUTED, chamber_colours
from host_tools.output.plot.picture import bare, mark_notes, name_rows
from host_tools.output.view import TOLERANCE_MMHG, Leg, is_bit_set, spans, thinned
from host_tools.sim.trace import TICK_S, Trace

_RIDGE_SHARE = 0.86


@dataclass(frozen=True)
class CycleView:
    """Some ticks of a trace, with the pressure scale of the whole trace for all panels."""

    trace: Trace
    start: int
    end: int

    @cached_property
    def most_mmhg(self) -> float:
        trace = self.trace
        return max(float(trace.pressure_mmhg.max(initial=10.0)), float(trace.target_mmhg.max(initial=0.0)))

    @cached_property
    def seconds(self) -> np.ndarray:
        return self.trace.time_s[self.ticks] - self.from_s

    @property
    def ticks(self) -> slice:
        return slice(self.start, self.end)

    @property
    def from_s(self) -> float:
        return float(self.trace.time_s[self.start])

    @property
    def to_s(self) -> float:
        return float(self.trace.time_s[self.end - 1])


def draw_pressures(figure: Figure, place: SubplotSpec, cycle: CycleView, legs: list[Leg]) -> None:
    grid = GridSpecFromSubplotSpec(1, len(legs), place, wspace=0.16)
    for column, leg in enumerate(legs):
        axes = figure.add_subplot(grid[column])
        _draw_ridges(axes, cycle, leg)
        if len(legs) > 1:
            axes.set_title(leg.name, loc="left", weight="bold", size=10, pad=8)


def draw_strips(figure: Figure, place: SubplotSpec, cycle: CycleView, legs: list[Leg]) -> None:
    grid = GridSpecFromSubplotSpec(2, len(legs), place, height_ratios=[2.2, 1], wspace=0.16, hspace=0.22)
    for column, leg in enumerate(legs):
        valves = figure.add_subplot(grid[0, column])
        _draw_valves(valves, cycle, leg)
        pump = figure.add_subplot(grid[1, column], sharex=valves)
        _draw_pump(pump, cycle)


def _draw_ridges(axes: Axes, cycle: CycleView, leg: Leg) -> None:
    bare(axes)
    for row, index in enumerate(leg.indexes):
        _draw_ridge(axes, cycle, index, row, chamber_colours(len(leg.indexes))[row])
        _name_target(axes, cycle, index, row)
    name_rows(axes, leg, [row + 0.3 for row in range(len(leg.indexes))])
    axes.set_ylabel("")
    axes.set_ylim(-0.06, len(leg.indexes) + 0.06)
    _show_seconds(axes, cycle)
    inside = [note for note in cycle.trace.notes if cycle.from_s <= note.at_s <= cycle.to_s]
    mark_notes(axes, [note for note in inside if note.kind != "state"], cycle.from_s, 1.0)


def _draw_ridge(axes: Axes, cycle: CycleView, index: int, row: int, colour: str) -> None:
    unit = _RIDGE_SHARE / cycle.most_mmhg
    pressure_mmhg = np.ascontiguousarray(cycle.trace.pressure_mmhg[cycle.ticks, index])
    kept = thinned(pressure_mmhg, TOLERANCE_MMHG)
    seconds, heights = cycle.seconds[kept], row + np.clip(pressure_mmhg[kept], 0, None) * unit
    axes.axhline(row, color=FAINT, linewidth=0.8, zorder=1)
    axes.fill_between(seconds, row, heights, color=colour, alpha=0.28, linewidth=0, zorder=3)
    axes.plot(seconds, heights, color=colour, linewidth=1.7, zorder=5)
    wanted_mmhg = cycle.trace.setpoint_mmhg[cycle.ticks, index]
    wanted = np.where(wanted_mmhg > 0, row + wanted_mmhg * unit, np.nan)
    axes.plot(cycle.seconds, wanted, color=INK, linewidth=0.9, dashes=(4, 2.5), zorder=6)


def _name_target(axes: Axes, cycle: CycleView, index: int, row: int) -> None:
    """At the right end of the dashed line; where that is the picture's edge, at the left end."""
    target_mmhg = cycle.trace.target_mmhg[cycle.ticks, index]
    kept = spans(target_mmhg > 0)
    if not kept:
        return
    first, after = kept[-1]
    is_left = cycle.seconds[after - 1] > 0.9 * cycle.seconds[-1]
    mmhg = float(target_mmhg[after - 1])
    axes.annotate(
        f"{mmhg:.0f} mmHg",
        (float(cycle.seconds[first if is_left else after - 1]), row + mmhg * _RIDGE_SHARE / cycle.most_mmhg),
        xytext=(-4 if is_left else 5, 0),
        textcoords="offset points",
        ha="right" if is_left else "left",
        va="center",
        size=7.5,
        color=MUTED,
        zorder=6,
    )


def _draw_valves(axes: Axes, cycle: CycleView, leg: Leg) -> None:
    bare(axes)
    trace, seconds = cycle.trace, cycle.seconds
    for row, (index, colour) in enumerate(zip(leg.indexes, chamber_colours(len(leg.indexes)), strict=True)):
        for bits, alpha in ((trace.seal_bits, 0.25), (trace.fill_bits, 1.0)):
            on = spans(is_bit_set(bits[cycle.ticks], index))
            bars = [
                (float(seconds[first]), float(seconds[after - 1] - seconds[first]) + TICK_S)
                for first, after in on
            ]
            axes.broken_barh(bars, (row + 0.14, 0.72), facecolor=colour, alpha=alpha, linewidth=0)
    name_rows(axes, leg, [row + 0.5 for row in range(len(leg.indexes))])
    axes.set_ylabel("")
    axes.tick_params(axis="y", labelsize=7.5)
    axes.set_ylim(0, len(leg.indexes))
    axes.set_title(_valve_words(trace), loc="left", size=8.5, color=MUTED, pad=4)


def _valve_words(trace: Trace) -> str:
    if trace.seal_bits.any():
        return "valves: solid – filling, pale – closed and holding, empty – open to the air"
    return "valves: solid – joined to the manifold, empty – open to the air"


def _draw_pump(axes: Axes, cycle: CycleView) -> None:
    bare(axes)
    duty_percent = cycle.trace.pump_permille[cycle.ticks] / 10
    axes.fill_between(cycle.seconds, 0, duty_percent, step="pre", color=INK, alpha=0.75, linewidth=0)
    axes.set_ylim(0, 105)
    axes.set_yticks([0, 100], ["0 %", "pump 100 %"])
    axes.tick_params(axis="y", labelsize=7.5)
    axes.axhline(0, color=FAINT, linewidth=0.8)
    _show_seconds(axes, cycle)


def _show_seconds(axes: Axes, cycle: CycleView) -> None:
    axes.tick_params(bottom=True, labelbottom=True)
    axes.set_xlim(0, max(float(cycle.seconds[-1]), 0.01))
    axes.set_xlabel("seconds of this cycle")
