"""A cycle as lines of text for a terminal, thigh above and foot below, and as a picture."""

import io
from typing import TYPE_CHECKING, NamedTuple

from host_tools.output.cycle import Cycle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLOCKS = " ▁▂▃▄▅▆▇█"
ASCII_BLOCKS = " .:-=+*#@"

_STAGE_MARKS = {"raise": "/", "hold": "=", "relax": "~", "release": "\\", "rest": "."}


class Row(NamedTuple):
    """One line of the drawing; chambers that do the same share it."""

    name: str
    chamber: int


def cycle_lines(cycle: Cycle, width: int = 80, blocks: str = BLOCKS) -> list[str]:
    """One line for each chamber, one for the stages, one for the time."""
    rows = rows_of(cycle)
    name_width = max(len(row.name) for row in rows)
    bar_width = max(width - name_width - 27, 20)
    lines = [_chamber_line(cycle, row, name_width, bar_width, blocks) for row in reversed(rows)]
    indent = " " * (name_width + 11)
    return [*lines, indent + _stage_marks(cycle, bar_width), indent + _time_axis(cycle.duration_s, bar_width)]


def stage_legend() -> str:
    return "   ".join(f"{mark} {kind}" for kind, mark in _STAGE_MARKS.items())


def rows_of(cycle: Cycle) -> list[Row]:
    """Two legs that do the same share their rows; chambers that are never filled are left out."""
    boots = cycle.boots
    used = [chamber for chamber in range(boots.count) if cycle.highest_mmhg(chamber)]
    if not _do_legs_the_same(cycle):
        return [Row(boots.names[chamber], chamber) for chamber in used]
    return [Row(boots.names[c].partition(".")[2], c) for c in used if c < boots.chambers_per_leg]


def cycle_picture(cycles: list[Cycle], titles: list[str]) -> bytes:
    """A PNG with one panel for each block of a program."""
    # Drawn without pyplot: no window, no global state.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 0.6 + 3.4 * len(cycles)), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(cycles), 1, squeeze=False)[:, 0]
    for panel, cycle, title in zip(panels, cycles, titles, strict=True):
        _draw_panel(panel, cycle, title)
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=120)
    return png.getvalue()


def _do_legs_the_same(cycle: Cycle) -> bool:
    half = cycle.boots.chambers_per_leg
    return all(stage.target_mmhg[:half] == stage.target_mmhg[-half:] for stage in cycle.stages)


def _chamber_line(cycle: Cycle, row: Row, name_width: int, bar_width: int, blocks: str) -> str:
    most_mmhg = max(cycle.highest_mmhg(chamber) for chamber in range(cycle.boots.count))
    bar = "".join(
        blocks[_height(cycle.pressure_mmhg(row.chamber, at_s), most_mmhg, blocks)]
        for at_s in _column_times_s(cycle, bar_width)
    )
    spans = cycle.kept_spans_s(row.chamber)
    kept = f"{spans[0][0]:.0f}-{spans[-1][1]:.0f} s"
    return f"{row.name:<{name_width}}  {cycle.highest_mmhg(row.chamber):>3} mmHg  {bar}  {kept:>11}"


def _height(mmhg: float, most_mmhg: int, blocks: str) -> int:
    """Even the lowest block means pressure; only an open chamber has none."""
    return min(max(round(mmhg / most_mmhg * (len(blocks) - 1)), int(mmhg > 1)), len(blocks) - 1)


def _column_times_s(cycle: Cycle, count: int) -> list[float]:
    return [(column + 0.5) * cycle.duration_s / count for column in range(count)]


def _stage_marks(cycle: Cycle, width: int) -> str:
    return "".join(
        next(_STAGE_MARKS[stage.kind] for stage in cycle.stages if at_s <= stage.end_s)
        for at_s in _column_times_s(cycle, width)
    )


def _time_axis(duration_s: float, width: int) -> str:
    axis = [" "] * (width + 6)
    for mark_s in range(0, int(duration_s) + 1, 10 if duration_s <= 100 else 30):
        column = int(mark_s / duration_s * width)
        axis[column : column + len(f"{mark_s}")] = f"{mark_s}"
    return "".join(axis).rstrip() + " s"


def _draw_panel(panel: "Axes", cycle: Cycle, title: str) -> None:
    """As in the terminal: a lane for each chamber, so that no curve hides another."""
    from matplotlib import colormaps

    rows = rows_of(cycle)
    lane_mmhg = 1.15 * max(cycle.highest_mmhg(row.chamber) for row in rows)
    times_s = [tenth / 10 for tenth in range(round(cycle.duration_s * 10) + 1)]
    for number, row in enumerate(rows):
        floor_mmhg = number * lane_mmhg
        tops_mmhg = [floor_mmhg + cycle.pressure_mmhg(row.chamber, at_s) for at_s in times_s]
        color = colormaps["viridis"](0.15 + 0.7 * number / len(rows))
        panel.fill_between(times_s, floor_mmhg, tops_mmhg, color=color, alpha=0.8, linewidth=0)
    panel.set_title(title, loc="left", fontsize=10)
    panel.set_xlabel("s (fills estimated)")
    panel.set_yticks(
        [number * lane_mmhg for number in range(len(rows))],
        [f"{row.name}\n{cycle.highest_mmhg(row.chamber)} mmHg" for row in rows],
        va="bottom",
    )
    panel.set_xlim(0, cycle.duration_s)
    panel.set_ylim(0, len(rows) * lane_mmhg)
    panel.grid(axis="both", alpha=0.3)
    panel.spines[["top", "right"]].set_visible(False)
