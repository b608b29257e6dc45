"""All panels of a board on one sheet."""

from host_tools.catalogue.boards import Board, layout
from host_tools.wiring.schematic.air_panel import air_panel
from host_tools.wiring.schematic.chip_panel import chip_panel
from host_tools.wiring.schematic.circuits import circuit_panels
from host_tools.wiring.schematic.svg import FRAME, INK, PAPER, SOFT, Panel, Pen, page

WIDTH, MARGIN, GAP, PADDING, TITLE = 1500, 30, 18, 18, 34


def schematic(board: Board) -> str:
    """The SVG file: chip and air at the top, the circuits below them in rows."""
    rows = _rows([chip_panel(board), air_panel(board), *circuit_panels(board)])
    pen = Pen()
    pen.text(MARGIN, 44, board.title, 24, INK, bold=True)
    pen.text(
        MARGIN,
        68,
        f"{board.name}: {layout(board.boots)}. Drawn from board.toml by `soleus board wiring`.",
        13,
        SOFT,
    )
    y = 90.0
    for row in rows:
        height = max(panel.height for panel in row) + TITLE + PADDING
        spare = WIDTH - 2 * MARGIN - GAP * (len(row) - 1) - sum(_outer_width(panel) for panel in row)
        x = float(MARGIN)
        for panel in row:
            width = _outer_width(panel) + spare / len(row)
            pen.box(x, y, width, height, fill=PAPER, edge=FRAME, round_=10)
            pen.text(x + PADDING, y + 24, panel.title, 14, INK, bold=True)
            left = x + (width - panel.width) / 2
            pen.place(panel, left, y + TITLE + (height - TITLE - PADDING - panel.height) / 2 + PADDING / 3)
            x += width + GAP
        y += height + GAP
    return page(pen.panel("", WIDTH, y + 6))


def _rows(panels: list[Panel]) -> list[list[Panel]]:
    """As many side by side as the sheet is wide."""
    rows: list[list[Panel]] = []
    width = float(WIDTH)
    for panel in panels:
        width += _outer_width(panel) + GAP
        if width > WIDTH - 2 * MARGIN:
            rows.append([])
            width = _outer_width(panel)
        rows[-1].append(panel)
    return rows


def _outer_width(panel: Panel) -> float:
    return panel.width + 2 * PADDING
