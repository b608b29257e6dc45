"""A few strokes of SVG, and panels made of them: drawings with a known size."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import schemdraw

FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
INK, SOFT, PAPER, FRAME = "#1b2a33", "#5d6d77", "#ffffff", "#d5dde2"
POWER, INDICATOR, BUTTON, BUS, ANALOG = "#b2431b", "#9a6a00", "#1d6f3c", "#5b3fa0", "#1a5f93"
TRIGGER = "#8a1d5c"
KIND_COLOURS = {
    "power": POWER,
    "trigger": TRIGGER,
    "indicator": INDICATOR,
    "button": BUTTON,
    "bus": BUS,
    "analog": ANALOG,
}


@dataclass(frozen=True)
class Panel:
    title: str
    width: float
    height: float
    body: str


class Pen:
    """Collects strokes; `panel` ends it."""

    def __init__(self) -> None:
        self._strokes: list[str] = []

    def line(
        self, *points: tuple[float, float], colour: str = INK, width: float = 1.4, dash: str = ""
    ) -> None:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._strokes.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dashes} '
            'stroke-linecap="round" stroke-linejoin="round"/>'
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str = PAPER,
        edge: str = INK,
        round_: float = 4,
    ) -> None:
        self._strokes.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round_}" '
            f'fill="{fill}" stroke="{edge}" stroke-width="1.4"/>'
        )

    def circle(self, x: float, y: float, radius: float, fill: str = PAPER, edge: str = INK) -> None:
        place = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"'
        self._strokes.append(f'<circle {place} fill="{fill}" stroke="{edge}" stroke-width="1.4"/>')

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 12,
        colour: str = INK,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        weight = ' font-weight="600"' if bold else ""
        place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}"'
        self._strokes.append(f'<text {place} fill="{colour}"{weight}>{escape(words)}</text>')

    def place(self, panel: Panel, x: float, y: float) -> None:
        self._strokes.append(f'<g transform="translate({x:.1f},{y:.1f})">{panel.body}</g>')

    def panel(self, title: str, width: float, height: float) -> Panel:
        return Panel(title, width, height, "\n".join(self._strokes))


def circuit(title: str, draw: Callable[[schemdraw.Drawing], None]) -> Panel:
    """A panel drawn with schemdraw's symbols."""
    schemdraw.use("svg")
    drawing = schemdraw.Drawing(show=False)
    drawing.config(unit=2, fontsize=11, lw=1.4, color=INK, font=FONT)
    draw(drawing)
    source = drawing.get_imagedata("svg").decode()
    found = re.search(r'viewBox="([-\d.]+) ([-\d.]+) ([-\d.]+) ([-\d.]+)"', source)
    assert found, "schemdraw gives a viewBox"
    left, top, width, height = (float(number) for number in found.groups())
    inner = source[source.index(">") + 1 : source.rindex("</svg>")]
    inner = re.sub(r"\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}", inner)
    body = f'<g transform="translate({-left:.1f},{-top:.1f})">{inner}</g>'
    return Panel(title, width, height, body)


def page(panel: Panel) -> str:
    """A whole SVG file."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{panel.width:.0f}" height="{panel.height:.0f}" '
        f'viewBox="0 0 {panel.width:.0f} {panel.height:.0f}" font-family="{FONT}">\n'
        f'<rect width="100%" height="100%" fill="#f4f6f7"/>\n{panel.body}\n</svg>\n'
    )
