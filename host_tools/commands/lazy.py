"""The commands of `soleus`, imported one at a time, because some import a compiler and a plotter."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

# What `soleus --help` says about each; a test compares it with the command's own help.
COMMANDS = {
    "sim": "Run a session on the simulator: the firmware's own core against a model of the boots.",
    "live": "Show a machine on a page in the browser while it works: simulated, virtual, real or recorded.",
    "virtual": "Run a virtual board: real MicroPython on a pseudo-terminal, simulated boots on its pins.",
    "flash": "Flash a controller: MicroPython, the application, the board's description and the programs.",
    "ask": "Ask a board something over its console link; `start` stays until the session is over.",
    "bench": "Test a machine step by step; status 1 when a line failed.",
    "program": "Find, look at, check and compile programs.",
    "board": "List, look at and check boards.",
    "fault": "What the fault codes mean.",
    "twin": "A plant file that behaves like the boots that were tested.",
    "campaign": "Inject every fault everywhere, and judge each session.",
    "doctor": "Look at this laptop and at what is plugged in; status 1 when something is to be done.",
    "new": "Write a commented program or board file that passes its check.",
    "log": "Logs of sessions: pull, list, show, export, replay.",
    "plan": "Sessions around a race, in a week, at bedtime, as dates.",
    "journal": "A diary of nights, trainings and sessions, and what it can show.",
}
# These are about a machine, real or virtual, and have a room of their own.
OF_A_MACHINE = {"live", "virtual", "flash", "ask", "bench", "doctor", "log"}


class LazyCommands(TyperGroup):
    is_listing = False

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 (click's signature)
        if cmd_name not in COMMANDS:
            return None
        if self.is_listing:
            return TyperCommand(cmd_name, help=COMMANDS[cmd_name])
        return command(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        with self._listing():
            super().format_help(ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> Any:
        with self._listing():
            return super().shell_complete(ctx, incomplete)

    @contextmanager
    def _listing(self) -> Iterator[None]:
        """Names and help are enough: no command is imported for them."""
        self.is_listing = True
        try:
            yield
        finally:
            self.is_listing = False


def command(name: str) -> Any:
    """A command's module has an `app` with commands of its own, or a function of its name."""
    room = "host_tools.commands.machine" if name in OF_A_MACHINE else "host_tools.commands"
    module = importlib.import_module(f"{room}.{name}")
    app = getattr(module, "app", None)
    if app is None:
        app = typer.Typer(add_completion=False)
        app.command(name)(getattr(module, name))
    found = typer.main.get_command(app)
    found.name = name
    return found
