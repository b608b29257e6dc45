"""`soleus --help` is there at once: what is heavy is imported by the command that needs it."""

import subprocess
import sys

import pytest

from host_tools.commands.lazy import COMMANDS, command

HEAVY = ("numba", "numpy", "matplotlib", "plotly", "pyarrow", "scipy", "esptool")
_HELP = f"""
import sys
from typer.testing import CliRunner
from host_tools.cli import app
result = CliRunner().invoke(app, ["--help"])
assert result.exit_code == 0, result.output
print(result.output)
print("imported", [name for name in {HEAVY!r} if name in sys.modules])
"""


def test_help_lists_every_command_and_imports_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", _HELP], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "imported []"
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_of_itself_what_the_list_says(name: str) -> None:
    said = command(name).help.strip().splitlines()[0]
    assert said == COMMANDS[name]
