"""`soleus fault`: what each code means, and what a person can do about it."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as RichTable

from host_tools.basics.errors import InputError
from host_tools.safety.fault_help import ABOUT, CLEAR, HAPPENED, KNOWN_BY, LOOK_AT, WHAT, how_to_clear
from soleus.core.basics import fault_table, faults

app = typer.Typer(add_completion=False, no_args_is_help=True, help="What the fault codes mean.")


@app.command("list")
def list_faults() -> None:
    """List the codes: what happened, and what the machine does about it."""
    table = RichTable("code", "what happened", "reaction", box=None, pad_edge=False, header_style="bold")
    for row in sorted(range(1, len(fault_table.TABLE)), key=lambda row: fault_table.TABLE[row][0]):
        code = fault_table.TABLE[row][0]
        table.add_row(code, ABOUT[code][HAPPENED], reaction(row))
    Console(highlight=False, markup=False).print(table)


@app.command()
def show(code: Annotated[str, typer.Argument(metavar="CODE", help="Such as E31.")]) -> None:
    """Show what happened, how the machine knows, what to look at, and how to clear it."""
    row = row_of(code)
    known, name, requirement, _ = fault_table.TABLE[row]
    facts = RichTable.grid(padding=(0, 2))
    facts.add_column(style="bold", no_wrap=True)
    facts.add_column()
    facts.add_row(known, name)
    for field in (HAPPENED, KNOWN_BY, LOOK_AT):
        facts.add_row(WHAT[field], ABOUT[known][field])
    facts.add_row(WHAT[CLEAR], how_to_clear(known))
    facts.add_row("reaction", reaction(row))
    facts.add_row("requirement", requirement)
    Console(highlight=False, markup=False).print(facts)


def reaction(row: int) -> str:
    return "the others go on" if row in faults.RESTED else "all vent, and stop"


def row_of(code: str) -> int:
    codes = [row[0] for row in fault_table.TABLE]
    if code.upper() in codes[1:]:
        return codes.index(code.upper())
    raise InputError("fault", "", code, "a code of `soleus fault list`")
