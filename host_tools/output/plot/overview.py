"""The upper part of a session's picture: its states, and one ridge a chamber over the whole time."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpecFromSubplotSpec, SubplotSpec

from host_tools.output.palette import FAINT, MUTED, STATE_COLOURS, chamber_colours
from host_tools.output.plot.detail import CycleView
from host_tools.output.plot.picture import bare, mark_notes, name_rows, note_colour
from host_tools.output.view import Leg, peaks, stretches
from host_tools.sim.trace import Note, Trace
from soleus.core.session.session import STATE_NAMES

_BINS = 1600
_RIDGE_SHARE = 0.97
_MINUTES_FROM_S = 240
# Height of a line of text, in rows of chambers.
_NOTE_LINE = 0.42
_NOTE_LINES_MOST = 4


def draw_overview(figure: Figure, place: SubplotSpec, cycle: CycleView, legs: list[Leg]) -> None:
    trace = cycle.trace
    whole_s = max(float(trace.time_s[-1]), 1.0)
    unit, unit_s = ("minutes", 60.0) if whole_s > _MINUTES_FROM_S else ("seconds", 1.0)
    ratios = [0.5, *(len(leg.indexes) for leg in legs)]
    grid = GridSpecFromSubplotSpec(len(ratios), 1, place, height_ratios=ratios, hspace=0.16)
    band = figure.add_subplot(grid[0])
    band.set_xlim(0, whole_s / unit_s)
    _draw_states(band, trace, unit_s)
    notes = [note for note in trace.notes if note.kind != "state"]
    for row, leg in enumerate(legs, start=1):
        axes = figure.add_subplot(grid[row], sharex=band)
        _draw_ridges(axes, cycle, leg, unit_s)
        axes.axvspan(
            cycle.from_s / unit_s, cycle.to_s / unit_s, color=FAINT, alpha=0.45, zorder=0, linewidth=0
        )
        if row == 1:
            _name_notes(axes, notes, unit_s)
        mark_notes(axes, notes, 0.0, unit_s)
    axes.tick_params(bottom=True, labelbottom=True)
    axes.set_xlabel(f"{unit}  (the shaded cycle is drawn in detail below)")


def _draw_states(axes: Axes, trace: Trace, unit_s: float) -> None:
    bare(axes)
    axes.set_ylim(0, 1)
    axes.text(-0.008, 0.5, "session", transform=axes.transAxes, ha="right", va="center", color=MUTED)
    whole_s = float(trace.time_s[-1])
    for state, start, end in stretches(trace.state):
        from_s, to_s = (float(trace.time_s[tick]) for tick in (start, end - 1))
        name = STATE_NAMES[state]
        axes.axvspan(from_s / unit_s, to_s / unit_s, color=STATE_COLOURS[name], linewidth=0)
        if to_s - from_s > 0.06 * whole_s:
            middle = (from_s + to_s) / 2 / unit_s
            axes.text(middle, 0.47, name, ha="center", va="center", color="white", weight="bold")


def _draw_ridges(axes: Axes, cycle: CycleView, leg: Leg, unit_s: float) -> None:
    """The highest pressure in each short interval of time."""
    bare(axes)
    colours = chamber_colours(len(leg.indexes))
    for row, index in enumerate(leg.indexes):
        _, high_mmhg = peaks(np.ascontiguousarray(cycle.trace.pressure_mmhg[:, index]), _BINS)
        at = np.linspace(0, float(cycle.trace.time_s[-1]) / unit_s, len(high_mmhg))
        heights = row + np.clip(high_mmhg, 0, None) / cycle.most_mmhg * _RIDGE_SHARE
        axes.fill_between(at, row, heights, color=colours[row], alpha=0.9, linewidth=0, zorder=3 - row / 10)
        axes.axhline(row, color=FAINT, linewidth=0.6, zorder=1)
    name_rows(axes, leg, [row + 0.3 for row in range(len(leg.indexes))])
    axes.set_ylim(-0.05, len(leg.indexes) + 0.15)


def _name_notes(axes: Axes, notes: list[Note], unit_s: float) -> None:
    """Above the ridges; texts of notes at about the same time stand one below the other."""
    low, high = axes.get_xlim()
    placed: list[tuple[float, int, Note]] = []
    last_x, line = -np.inf, 0
    for note in notes:
        x = note.at_s / unit_s
        line = (line + 1) % _NOTE_LINES_MOST if x - last_x < 0.16 * (high - low) else 0
        last_x = x
        placed.append((x, line, note))
    room = _NOTE_LINE * (1 + max((line for _, line, _ in placed), default=-1))
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top + room)
    for x, line, note in placed:
        is_late = x > low + 0.75 * (high - low)
        axes.annotate(
            _short(note.text),
            (x, top + room - _NOTE_LINE * (line + 0.5)),
            xytext=(-4 if is_late else 4, 0),
            textcoords="offset points",
            ha="right" if is_late else "left",
            va="center",
            size=8,
            zorder=7,
            color=note_colour(note),
            parse_math=False,
        )


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
