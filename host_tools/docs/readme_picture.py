"""docs/img/session.png: a session of two legs, for the README, large enough to read at the page's width."""

from host_tools.basics.defaults import DEFAULT_BOARD
from host_tools.output.page import Files
from host_tools.output.palette import MUTED
from host_tools.output.plot.detail import CycleView, draw_pressures
from host_tools.output.plot.overview import draw_overview
from host_tools.output.plot.picture import drawing, png
from host_tools.output.small_png import small_png
from host_tools.output.view import legs_of, one_cycle
from host_tools.sim.simulate import Session, simulate

PICTURE = "docs/img/session.png"
PROGRAM = "easy-run"
_WIDTH_IN, _HEIGHT_IN = 10.0, 7.0


def readme_picture() -> Files:
    return {PICTURE: small_png(_draw(simulate(PROGRAM, DEFAULT_BOARD, pressure=60)))}


def _draw(session: Session) -> bytes:
    trace = session.trace
    legs = legs_of(trace.chamber_names)
    cycle = CycleView(trace, *one_cycle(trace))
    with drawing(_WIDTH_IN, _HEIGHT_IN) as figure:
        request = session.request
        title = f"{request.program.title}: {request.minutes} minutes on two legs of five chambers"
        figure.text(0.015, 0.968, title, size=15, weight="bold", va="center")
        figure.text(0.985, 0.968, "pressure  ■    wanted  – –", size=9, color=MUTED, va="center", ha="right")
        grid = figure.add_gridspec(2, 1, height_ratios=[1.15, 1], hspace=0.32)
        grid.update(left=0.085, right=0.972, bottom=0.075, top=0.93)
        draw_overview(figure, grid[0], cycle, legs)
        draw_pressures(figure, grid[1], cycle, legs)
        return png(figure)
