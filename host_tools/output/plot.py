"""A session as a picture: all of it on top, one cycle in detail below, each leg as a leg stands, foot at the bottom."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpecFromSubplotSpec, SubplotSpec

from host_tools.output.metrics import SessionResult
from host_tools.output.palette import ALARM, FAINT, INK, MUTED, NOTE, STATE_COLOURS, chamber_colours
from host_tools.output.picture import bare, drawing, png
from host_tools.output.view import Leg, is_bit_set, legs_of, one_cycle, peaks, spans, stretches, thinned
from host_tools.output.words import number, outcome_sentence, worst
from host_tools.trace import Note, Trace
from host_tools.whole_file import write_whole
from soleus.core.session import STATE_NAMES

WIDTH_IN = 14.0
OVERVIEW_BINS = 1600
TOLERANCE_MMHG = 0.1
RIDGE_OVERLAP = 1.25
NOTE_LINE = 0.42
NOTE_LINES_MOST = 4
_GAP_IN = 0.85


@dataclass(frozen=True)
class _Scale:
    """What all panels of one picture share: the cycle in detail, and the overview's unit of time."""

    most_mmhg: float
    start: int
    end: int
    unit: str
    unit_s: float


def _scale(trace: Trace) -> _Scale:
    highest = max(float(trace.pressure_mmhg.max(initial=0.0)), float(trace.target_mmhg.max(initial=0.0)))
    is_long = float(trace.time_s[-1]) > 240
    return _Scale(
        max(highest, 10.0), *one_cycle(trace), *(("minutes", 60.0) if is_long else ("seconds", 1.0))
    )


def plot_session(trace: Trace, result: SessionResult, path: str | Path, title: str = "Session") -> None:
    """The overview, as a PNG."""
    write_whole(Path(path), session_png(trace, result, title))


def plot_cycle(trace: Trace, path: str | Path, title: str) -> None:
    """One cycle of it, small enough for a page of text, as a PNG."""
    write_whole(Path(path), cycle_png(trace, title))


def session_png(trace: Trace, result: SessionResult, title: str) -> bytes:
    legs = legs_of(trace.chamber_names)
    rows = max(len(leg.indexes) for leg in legs)
    overview_in = 0.9 + 0.34 * len(trace.chamber_names)
    detail_in = 0.6 + 0.62 * rows
    strips_in = 0.9 + 0.16 * rows
    height_in = 1.75 + 2 * _GAP_IN + overview_in + detail_in + strips_in
    scale = _scale(trace)
    with drawing(WIDTH_IN, height_in) as figure:
        _headline(figure, height_in, title, result)
        grid = figure.add_gridspec(
            3,
            1,
            height_ratios=[overview_in, detail_in, strips_in],
            hspace=_GAP_IN * 3 / (height_in - 1.75 - 2 * _GAP_IN),
            left=0.075,
            right=0.975,
            bottom=0.5 / height_in,
            top=1 - 1.25 / height_in,
        )
        _overview(figure, grid[0], trace, legs, scale)
        _detail(figure, grid[1], trace, legs, scale)
        _strips(figure, grid[2], trace, legs, scale)
        return png(figure)


def cycle_png(trace: Trace, title: str) -> bytes:
    legs = legs_of(trace.chamber_names)
    scale = _scale(trace)
    if len(legs) == 2 and _do_legs_the_same(trace, legs, scale):
        legs = [Leg("both legs", legs[0].indexes, legs[0].chambers)]
    height_in = 1.3 + 0.5 * max(len(leg.indexes) for leg in legs)
    with drawing(9.0, height_in) as figure:
        figure.text(0.02, 1 - 0.3 / height_in, title, size=13, weight="bold", va="center")
        _legend(figure, height_in, y_in=0.3)
        grid = figure.add_gridspec(
            1,
            1,
            left=0.10,
            right=0.975,
            bottom=0.52 / height_in,
            top=1 - (0.95 if len(legs) > 1 else 0.75) / height_in,
        )
        _detail(figure, grid[0], trace, legs, scale, has_title=len(legs) > 1)
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


def _overview(figure: Figure, place: SubplotSpec, trace: Trace, legs: list[Leg], scale: _Scale) -> None:
    ratios = [0.5, *(len(leg.indexes) for leg in legs)]
    grid = GridSpecFromSubplotSpec(len(ratios), 1, place, height_ratios=ratios, hspace=0.16)
    band = figure.add_subplot(grid[0])
    _state_band(band, trace, scale)
    for row, leg in enumerate(legs, start=1):
        axes = figure.add_subplot(grid[row], sharex=band)
        _ridges(axes, trace, leg, scale)
        axes.axvspan(*_shaded(trace, scale), color=FAINT, alpha=0.45, zorder=0, linewidth=0)
        if row == 1:
            band.set_xlim(0, max(float(trace.time_s[-1]), 1.0) / scale.unit_s)
            _name_notes(axes, trace.notes, 1 / scale.unit_s)
        _mark_notes(axes, trace.notes, 1 / scale.unit_s)
        if row == len(legs):
            axes.tick_params(bottom=True, labelbottom=True)
            axes.set_xlabel(f"{scale.unit}  (the shaded cycle is drawn in detail below)")


def _shaded(trace: Trace, scale: _Scale) -> tuple[float, float]:
    return float(trace.time_s[scale.start]) / scale.unit_s, float(trace.time_s[scale.end - 1]) / scale.unit_s


def _state_band(axes: Axes, trace: Trace, scale: _Scale) -> None:
    bare(axes)
    axes.set_ylim(0, 1)
    axes.text(-0.008, 0.5, "session", transform=axes.transAxes, ha="right", va="center", color=MUTED)
    whole = float(trace.time_s[-1]) / scale.unit_s
    for state, start, end in stretches(trace.state):
        begin, stop = (float(trace.time_s[tick]) / scale.unit_s for tick in (start, end - 1))
        name = STATE_NAMES[state]
        axes.axvspan(begin, stop, color=STATE_COLOURS[name], linewidth=0)
        if stop - begin > 0.06 * whole:
            axes.text((begin + stop) / 2, 0.47, name, ha="center", va="center", color="white", weight="bold")


def _ridges(axes: Axes, trace: Trace, leg: Leg, scale: _Scale) -> None:
    """One ridge a chamber over the whole session: the highest pressure in each sliver of time."""
    bare(axes)
    colours = chamber_colours(len(leg.indexes))
    edges = np.linspace(0, float(trace.time_s[-1]) / scale.unit_s, min(OVERVIEW_BINS, len(trace)))
    for row, index in reversed(list(enumerate(leg.indexes))):
        _, high = peaks(np.ascontiguousarray(trace.pressure_mmhg[:, index]), OVERVIEW_BINS)
        heights = row + np.clip(high, 0, None) / scale.most_mmhg * RIDGE_OVERLAP * 0.78
        axes.fill_between(
            edges[: len(heights)],
            row,
            heights,
            color=colours[row],
            alpha=0.9,
            linewidth=0,
            zorder=3 - row / 10,
        )
        axes.axhline(row, color=FAINT, linewidth=0.6, zorder=1)
    _name_rows(axes, leg, [row + 0.3 for row in range(len(leg.indexes))])
    axes.set_ylim(-0.05, len(leg.indexes) + 0.15)


def _name_rows(axes: Axes, leg: Leg, heights: list[float]) -> None:
    colours = chamber_colours(len(leg.indexes))
    axes.set_yticks(heights, leg.chambers)
    for label, colour in zip(axes.get_yticklabels(), colours, strict=True):
        label.set_color(colour)
        label.set_fontweight("bold")
    if leg.name:
        axes.set_ylabel(leg.name, color=INK, weight="bold", labelpad=8)


def _mark_notes(axes: Axes, notes: list[Note], per_second: float) -> None:
    for note in notes:
        if note.kind == "state":
            continue
        colour = {"fault": ALARM, "injected": ALARM}.get(note.kind, NOTE)
        axes.axvline(
            note.at_s * per_second,
            color=colour,
            linewidth=1.1,
            linestyle=":" if note.kind != "fault" else "-",
            zorder=6,
        )


def _name_notes(axes: Axes, notes: list[Note], per_second: float) -> None:
    """Above the ridges; texts of what happened at about the same time are put under each other."""
    low, high = axes.get_xlim()
    placed: list[tuple[float, int, Note]] = []
    last_x, line = -np.inf, 0
    for note in notes:
        if note.kind == "state":
            continue
        x = note.at_s * per_second
        line = (line + 1) % NOTE_LINES_MOST if x - last_x < 0.16 * (high - low) else 0
        last_x = x
        placed.append((x, line, note))
    room = NOTE_LINE * (1 + max((line for _, line, _ in placed), default=-1))
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom, top + room)
    for x, line, note in placed:
        is_late = x > low + 0.75 * (high - low)
        axes.annotate(
            _short(note.text),
            (x, top + room - NOTE_LINE * (line + 0.5)),
            xytext=(-4 if is_late else 4, 0),
            textcoords="offset points",
            ha="right" if is_late else "left",
            va="center",
            size=8,
            zorder=7,
            color=ALARM if note.kind in ("fault", "injected") else NOTE,
            parse_math=False,
        )


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _detail(
    figure: Figure, place: SubplotSpec, trace: Trace, legs: list[Leg], scale: _Scale, has_title: bool = True
) -> None:
    grid = GridSpecFromSubplotSpec(1, len(legs), place, wspace=0.16)
    for column, leg in enumerate(legs):
        axes = figure.add_subplot(grid[column])
        _cycle_ridges(axes, trace, leg, scale)
        if has_title:
            axes.set_title(leg.name, loc="left", weight="bold", size=10, pad=8)
        axes.set_ylabel("")
        axes.set_xlabel("seconds of this cycle")


def _cycle_ridges(axes: Axes, trace: Trace, leg: Leg, scale: _Scale) -> None:
    bare(axes)
    axes.tick_params(bottom=True, labelbottom=True)
    colours = chamber_colours(len(leg.indexes))
    ticks = slice(scale.start, scale.end)
    seconds = trace.time_s[ticks] - trace.time_s[scale.start]
    for row, index in enumerate(leg.indexes):
        base, unit = row * 1.0, 0.86 / scale.most_mmhg
        pressure = np.ascontiguousarray(trace.pressure_mmhg[ticks, index])
        kept = thinned(pressure, TOLERANCE_MMHG)
        heights = base + np.clip(pressure[kept], 0, None) * unit
        axes.fill_between(seconds[kept], base, heights, color=colours[row], alpha=0.28, linewidth=0, zorder=3)
        axes.plot(seconds[kept], heights, color=colours[row], linewidth=1.7, zorder=5)
        axes.plot(
            *_wanted_line(trace, ticks, index, seconds, base, unit),
            color=INK,
            linewidth=0.9,
            dashes=(4, 2.5),
            zorder=6,
        )
        axes.axhline(base, color=FAINT, linewidth=0.8, zorder=1)
        _name_peak(axes, trace, ticks, index, seconds, base, unit)
    _name_rows(axes, leg, [row + 0.3 for row in range(len(leg.indexes))])
    axes.set_xlim(0, float(seconds[-1]) if len(seconds) else 1)
    axes.set_ylim(-0.06, len(leg.indexes) + 0.06)
    shift = float(trace.time_s[scale.start])
    inside = [note for note in trace.notes if shift <= note.at_s <= float(trace.time_s[scale.end - 1])]
    _mark_notes(axes, [Note(note.at_s - shift, note.kind, note.text) for note in inside], 1.0)


def _wanted_line(
    trace: Trace, ticks: slice, index: int, seconds: np.ndarray, base: float, unit: float
) -> tuple[np.ndarray, np.ndarray]:
    wanted = trace.wanted_mmhg[ticks, index]
    return seconds, np.where(wanted > 0, base + wanted * unit, np.nan)


def _name_peak(
    axes: Axes, trace: Trace, ticks: slice, index: int, seconds: np.ndarray, base: float, unit: float
) -> None:
    target = trace.target_pa[ticks, index]
    if not target.any():
        return
    released = spans(target > 0)[-1][1]
    mmhg = float(trace.target_mmhg[ticks, index][released - 1])
    has_room = seconds[min(released, len(seconds) - 1)] < 0.9 * seconds[-1]
    place, offset = ((released, 5), "left") if has_room else ((int(np.argmax(target > 0)), -4), "right")
    axes.annotate(
        f"{mmhg:.0f} mmHg",
        (float(seconds[place[0]]), base + mmhg * unit),
        xytext=(place[1], 0),
        textcoords="offset points",
        ha=offset,
        va="center",
        size=7.5,
        color=MUTED,
        zorder=6,
    )


def _strips(figure: Figure, place: SubplotSpec, trace: Trace, legs: list[Leg], scale: _Scale) -> None:
    grid = GridSpecFromSubplotSpec(2, len(legs), place, height_ratios=[2.2, 1], wspace=0.16, hspace=0.22)
    for column, leg in enumerate(legs):
        valves = figure.add_subplot(grid[0, column])
        _valve_strip(valves, trace, leg, scale)
        valves.set_title(_valve_words(trace), loc="left", size=8.5, color=MUTED, pad=4)
        pump = figure.add_subplot(grid[1, column], sharex=valves)
        _pump_strip(pump, trace, scale)


def _valve_words(trace: Trace) -> str:
    if trace.seal_bits.any():
        return "valves: solid – filling, pale – closed and holding, empty – open to the air"
    return "valves: solid – joined to the manifold, empty – open to the air"


def _valve_strip(axes: Axes, trace: Trace, leg: Leg, scale: _Scale) -> None:
    bare(axes)
    ticks = slice(scale.start, scale.end)
    seconds = trace.time_s[ticks] - trace.time_s[scale.start]
    for row, (index, colour) in enumerate(zip(leg.indexes, chamber_colours(len(leg.indexes)), strict=True)):
        for bits, alpha in ((trace.seal_bits, 0.25), (trace.fill_bits, 1.0)):
            bars = [
                (float(seconds[a]), float(seconds[b - 1] - seconds[a]) + 0.01)
                for a, b in spans(is_bit_set(bits[ticks], index))
            ]
            axes.broken_barh(bars, (row + 0.14, 0.72), facecolor=colour, alpha=alpha, linewidth=0)
    _name_rows(axes, leg, [row + 0.5 for row in range(len(leg.indexes))])
    axes.set_ylabel("")
    axes.tick_params(axis="y", labelsize=7.5)
    axes.set_ylim(0, len(leg.indexes))
    axes.set_xlim(0, float(seconds[-1]) if len(seconds) else 1)


def _pump_strip(axes: Axes, trace: Trace, scale: _Scale) -> None:
    bare(axes)
    axes.tick_params(bottom=True, labelbottom=True)
    ticks = slice(scale.start, scale.end)
    seconds = trace.time_s[ticks] - trace.time_s[scale.start]
    axes.fill_between(
        seconds, 0, trace.pump_permille[ticks] / 10, step="pre", color=INK, alpha=0.75, linewidth=0
    )
    axes.set_ylim(0, 105)
    axes.set_yticks([0, 100], ["0 %", "pump 100 %"])
    axes.tick_params(axis="y", labelsize=7.5)
    axes.axhline(0, color=FAINT, linewidth=0.8)
    axes.set_xlabel("seconds of this cycle")


def _do_legs_the_same(trace: Trace, legs: list[Leg], scale: _Scale) -> bool:
    left, right = (trace.target_pa[scale.start : scale.end][:, leg.indexes] for leg in legs)
    return left.shape == right.shape and bool((left == right).all())
