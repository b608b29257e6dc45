"""A comparison as a picture: a panel for each number, and in it a bar for each program."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from host_tools.compare.figures import Figures
from host_tools.output.palette import INK, MUTED, chamber_colours
from host_tools.output.plot.picture import bare, drawing, png

_WIDTH_IN, _HEAD_IN, _ROW_IN, _FOOT_IN = 9.0, 0.95, 0.62, 0.15


def comparison_png(found: list[Figures], title: str) -> bytes:
    height_in = _HEAD_IN + _ROW_IN * len(found) + _FOOT_IN
    with drawing(_WIDTH_IN, height_in) as figure:
        figure.text(0.015, 1 - 0.27 / height_in, title, size=13, weight="bold", va="center")
        grid = figure.add_gridspec(1, 5, left=0.13, right=0.985, wspace=0.1, width_ratios=(3, 3, 2, 2, 2))
        grid.update(bottom=_FOOT_IN / height_in, top=1 - _HEAD_IN / height_in)
        panels = [figure.add_subplot(grid[0, place]) for place in range(5)]
        _draw_zones(panels[0], "under pressure, min", [one.pressed_min for one in found])
        _draw_zones(panels[1], "mean pressure, mmHg", [one.mean_mmhg for one in found])
        _draw_bars(panels[2], "air moved, l", [one.air_l for one in found], 1)
        _draw_bars(panels[3], "clicks", [float(one.clicks) for one in found], 0)
        _draw_bars(panels[4], "energy, Wh", [one.energy_wh for one in found], 2)
        _name_programs(panels[0], found)
        _name_zones(figure, height_in, list(found[0].pressed_min))
        return png(figure)


def _draw_bars(axes: Axes, title: str, values: list[float], decimals: int) -> None:
    _prepare(axes, title, len(values), max(values))
    for row, value in enumerate(values):
        _draw_bar(axes, row, 0.4, value, decimals, MUTED)


def _draw_zones(axes: Axes, title: str, rows: list[dict[str, float]]) -> None:
    """The foot is the lowest bar, as it is the lowest part of a leg."""
    _prepare(axes, title, len(rows), max(value for zones in rows for value in zones.values()))
    for row, zones in enumerate(rows):
        height = 0.78 / len(zones)
        colours = chamber_colours(len(zones))
        for place, (value, colour) in enumerate(zip(zones.values(), colours, strict=True)):
            at = row + ((len(zones) - 1) / 2 - place) * height
            _draw_bar(axes, at, height * 0.86, value, 1, colour)


def _prepare(axes: Axes, title: str, rows: int, most: float) -> None:
    bare(axes)
    axes.set_title(title, loc="left", size=9, color=MUTED)
    axes.set_ylim(rows - 0.5, -0.5)
    # Room for the number behind the longest bar.
    axes.set_xlim(0, max(most, 1e-9) * 1.45)


def _draw_bar(axes: Axes, at: float, height: float, value: float, decimals: int, colour: str) -> None:
    axes.barh(at, value, height=height, color=colour)
    axes.annotate(
        f"{value:,.{decimals}f}",
        (value, at),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
        size=7.5,
        color=INK,
    )


def _name_programs(axes: Axes, found: list[Figures]) -> None:
    axes.set_yticks(range(len(found)), [one.program.removeprefix("plain-") for one in found])
    axes.tick_params(left=False)
    for label in axes.get_yticklabels():
        label.set_color(INK)
        label.set_fontweight("bold")


def _name_zones(figure: Figure, height_in: float, zones: list[str]) -> None:
    colours = chamber_colours(len(zones))
    for place, (zone, colour) in enumerate(zip(zones, colours, strict=True)):
        left = 0.985 - 0.075 * (len(zones) - place)
        figure.text(left, 1 - 0.27 / height_in, f"■ {zone}", size=9, color=colour, va="center")
