"""The matrix as a picture: a coloured cell for each kind of component and mode."""

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from host_tools.output import palette
from host_tools.output.plot.picture import bare, drawing, png
from host_tools.verify.campaign.matrix import Cell, Matrix, times
from host_tools.verify.campaign.rules import ALARM, DETECTED, HARM, HARMLESS, TRAPPED

COLOURS = {HARM: "#f3b8b3", TRAPPED: "#f6dcae", ALARM: "#e6cdf0", DETECTED: "#c9e6d3", HARMLESS: "#e4e9ee"}
_CELL_WIDTH_IN, _CELL_HEIGHT_IN = 1.28, 0.92
_LEFT_IN, _TOP_IN, _BOTTOM_IN = 1.35, 1.15, 0.55


def matrix_png(found: Matrix, title: str) -> bytes:
    width_in = _LEFT_IN + _CELL_WIDTH_IN * max(len(found.modes), 1) + 0.2
    height_in = _TOP_IN + _CELL_HEIGHT_IN * max(len(found.kinds), 1) + _BOTTOM_IN
    with drawing(width_in, height_in) as figure:
        figure.text(0.15 / width_in, 1 - 0.3 / height_in, "What breaks, and how", size=15, weight="bold")
        figure.text(0.15 / width_in, 1 - 0.58 / height_in, title, size=9.5, color=palette.MUTED)
        axes = figure.add_axes(
            (
                _LEFT_IN / width_in,
                _BOTTOM_IN / height_in,
                (width_in - _LEFT_IN - 0.2) / width_in,
                (height_in - _TOP_IN - _BOTTOM_IN) / height_in,
            )
        )
        _draw(axes, found)
        _key(axes, found)
        return png(figure)


def _draw(axes: Axes, found: Matrix) -> None:
    bare(axes)
    axes.set_xlim(0, max(len(found.modes), 1))
    axes.set_ylim(max(len(found.kinds), 1), 0)
    for column, mode in enumerate(found.modes):
        axes.text(column + 0.5, -0.08, mode, ha="center", va="bottom", weight="bold", size=9)
    for row, kind in enumerate(found.kinds):
        axes.text(-0.06, row + 0.5, kind, ha="right", va="center", weight="bold", size=9)
        for column, mode in enumerate(found.modes):
            if cell := found.cells.get((kind, mode)):
                _draw_cell(axes, column, row, cell)


def _draw_cell(axes: Axes, column: int, row: int, cell: Cell) -> None:
    axes.add_patch(Rectangle((column + 0.02, row + 0.03), 0.96, 0.94, color=COLOURS[cell.verdict]))
    lines = [
        f"{len(cell.detected)} of {len(cell.rows)} noticed",
        f"in {times(cell.detected_in_s)}",
        f"safe in {times(cell.safe_in_s)}",
        f"{cell.highest_mmhg:.0f} mmHg",
        " ".join(cell.called) or "–",
    ]
    for number, line in enumerate(lines):
        weight = "bold" if number == len(lines) - 1 else "normal"
        axes.text(
            column + 0.5, row + 0.17 + 0.165 * number, line, ha="center", va="center", size=7, weight=weight
        )


def _key(axes: Axes, found: Matrix) -> None:
    y = len(found.kinds) + 0.28
    for place, (word, colour) in enumerate(COLOURS.items()):
        axes.add_patch(Rectangle((place * 0.95, y), 0.16, 0.16, color=colour, clip_on=False))
        axes.text(place * 0.95 + 0.22, y + 0.08, word, va="center", size=8)
    about = "times: median, longest; pressure: the highest of any chamber"
    axes.text(len(COLOURS) * 0.95 + 0.1, y + 0.08, about, va="center", size=8, color=palette.MUTED)
