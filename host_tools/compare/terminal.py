"""A comparison in the terminal: a row for each number, a column for each program."""

from rich.console import Console
from rich.table import Table

from host_tools.compare.figures import Figures
from host_tools.compare.rows import rows_of
from host_tools.plant.parts.units import SAFE_MMHG

_NOTE = (
    f"pressed: above {SAFE_MMHG:g} mmHg; mean: over the running session with its rests; both are means of a"
    " zone's chambers. A click is a coil that goes on or off."
)


def print_comparison(found: list[Figures], about: str) -> None:
    console = Console(highlight=False)
    table = Table("", box=None, header_style="bold", pad_edge=False)
    for one in found:
        table.add_column(one.program, justify="right")
    table.add_row("asked for", *(f"{one.minutes:.0f} min, {one.pressure_mmhg} mmHg" for one in found))
    table.add_row("outcome", *(one.outcome for one in found))
    for row in rows_of(found):
        table.add_row(row.heading, *(row.text(one) for one in found))
    console.print(about, style="dim")
    console.print(table)
    console.print(_NOTE, style="dim")
