"""Matplotlib without a window, without the user's settings, and with the same bytes every time."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from host_tools.output.palette import ALARM, FAINT, INK, MUTED, NOTE, chamber_colours
from host_tools.output.view import Leg
from host_tools.sim.trace import Note

_DOTS_PER_INCH = 120
_STYLE: Any = {
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
}


@contextmanager
def drawing(width_in: float, height_in: float) -> Iterator[Figure]:
    """A blank sheet in the project's style; draw on it and call `png` inside the `with`."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_STYLE)
        figure = Figure(figsize=(width_in, height_in))
        FigureCanvasAgg(figure)
        yield figure


def png(figure: Figure) -> bytes:
    content = io.BytesIO()
    # Without the version of Matplotlib, which says nothing about the session.
    figure.savefig(content, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None})
    return content.getvalue()


def bare(axes: Axes) -> None:
    """Hide frame and ticks."""
    axes.set_yticks([])
    axes.tick_params(bottom=False, labelbottom=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def name_rows(axes: Axes, leg: Leg, heights: list[float]) -> None:
    """At the left edge, in the chambers' colours."""
    colours = chamber_colours(len(leg.indexes))
    axes.set_yticks(heights, leg.chambers)
    for label, colour in zip(axes.get_yticklabels(), colours, strict=True):
        label.set_color(colour)
        label.set_fontweight("bold")
    if leg.name:
        axes.set_ylabel(leg.name, color=INK, weight="bold", labelpad=8)


def mark_notes(axes: Axes, notes: list[Note], from_s: float, unit_s: float) -> None:
    """A line at each moment in which something happened."""
    for note in notes:
        style = "-" if note.kind == "fault" else ":"
        at = (note.at_s - from_s) / unit_s
        axes.axvline(at, color=note_colour(note), linewidth=1.1, linestyle=style, zorder=6)


def note_colour(note: Note) -> str:
    return ALARM if note.kind in ("fault", "injected") else NOTE
