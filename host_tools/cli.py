"""`soleus`: the one command."""

import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer
from pydantic import ValidationError
from typer.exceptions import TyperException

from host_tools.basics.control_characters import visible
from host_tools.basics.errors import FELL_SHORT, UNUSABLE_INPUT, InputError, LostBoardError, SilentBoardError
from host_tools.basics.expectation import from_pydantic
from host_tools.commands.lazy import LazyCommands

INTERRUPTED = 130

app = typer.Typer(cls=LazyCommands, invoke_without_command=True, pretty_exceptions_enable=False)


@app.callback()
def soleus(
    context: typer.Context,
    shows_version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Soleus: open firmware and simulator for compression boots.

    Exit status: 0 done; 1 what was measured fell short, a fault ended it, or the board failed;
    2 unusable input; 130 stopped by Ctrl-C.
    """
    if shows_version:
        sys.stdout.write(f"soleus {version('soleus')}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        sys.stdout.write(context.get_help() + "\n")


def main() -> None:
    """Unusable input is one line on stderr and exit status 2, never a traceback."""
    try:
        status = app(standalone_mode=False)
    except InputError as error:
        sys.exit(_complain(str(error)))
    except SilentBoardError as error:
        sys.exit(_complain(str(error)))
    except LostBoardError as error:
        _complain(str(error))
        sys.exit(FELL_SHORT)
    except TyperException as error:
        sys.exit(_complain(_usage_line(error)))
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain once more on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(UNUSABLE_INPUT)
    if status == INTERRUPTED:
        print("soleus: stopped by Ctrl-C", file=sys.stderr)
    sys.exit(status if isinstance(status, int) else 0)


def _usage_line(error: TyperException) -> str:
    """What Typer finds wrong; of a value that it can't convert it names neither option nor value."""
    parameter, cause = getattr(error, "param", None), error.__cause__
    if parameter is None or not isinstance(cause, ValidationError):
        return error.format_message()
    found = cause.errors()[0]
    return str(InputError(parameter.opts[0], "", found["input"], from_pydantic(str(found["msg"]))))


def _complain(line: str) -> int:
    print(f"soleus: {visible(' '.join(line.split()))}", file=sys.stderr)
    return UNUSABLE_INPUT
