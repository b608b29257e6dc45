"""`soleus doctor`: one screen that says what is there, and what to do about what isn't right."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from host_tools.basics.errors import FELL_SHORT
from host_tools.doctor.access import no_access, user_of
from host_tools.doctor.board import board_findings
from host_tools.doctor.finding import Finding
from host_tools.doctor.laptop import laptop_findings
from host_tools.flash.ports import Port, likely_ports


def doctor(
    port: Annotated[
        str | None, typer.Option(help="Look only there; else at every board that is found.")
    ] = None,
    interrupt: Annotated[
        bool,
        typer.Option("--interrupt", help="Stop what runs on a board that doesn't answer, to look closer."),
    ] = False,
) -> None:
    """Look at this laptop and at what is plugged in; status 1 when something is to be done.

    A board is asked over its console link: nothing on it is interrupted, and no session disturbed. Status 0:
    all is well.
    """
    found = [*laptop_findings(), *_plugged_in(port, interrupt)]
    Console(highlight=False, markup=False).print(_table(found))
    if any(finding.to_do for finding in found):
        raise typer.Exit(FELL_SHORT)


def _plugged_in(wanted: str | None, may_interrupt: bool) -> Iterator[Finding]:
    ports = [Port(wanted, "")] if wanted else likely_ports()
    if not ports:
        hint = "plug one in with a cable that carries data, or run `soleus virtual`"
        yield Finding("port", "no board is plugged in", hint=hint)
    for port in ports:
        yield from _at(port, may_interrupt)


def _at(port: Port, may_interrupt: bool) -> Iterator[Finding]:
    if denied := no_access(port.device):
        yield denied
        return
    found = f"{port.device}, {port.words}" if port.words else port.device
    if user := user_of(port.device):
        # Two who read one line take each other's answers away.
        hint = f"end {user} and look again, for what runs there"
        yield Finding("port", f"{found}; in use by {user}", hint=hint)
        return
    yield Finding("port", found)
    yield from board_findings(port.device, may_interrupt)


def _table(found: list[Finding]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    table.add_column(overflow="fold")
    for finding in found:
        mark = "to do" if finding.to_do else "ok"
        table.add_row(mark, finding.what, finding.found)
        if advice := finding.to_do or finding.hint:
            table.add_row("", "", f"-> {advice}")
    return table
