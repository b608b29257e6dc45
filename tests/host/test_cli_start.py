"""`soleus --help` and refusals answer at once: only the command that needs a heavy package imports it."""

import subprocess
import sys
from importlib.metadata import version

import pytest
import typer

from host_tools.cli import app
from host_tools.commands.lazy import COMMANDS, command
from tests.soleus_command import soleus

HEAVY = ("numba", "numpy", "matplotlib", "pyarrow", "scipy", "esptool")
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


def test_completion_is_installed_at_the_root_and_nowhere_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert soleus("--help") == 0
    root = capsys.readouterr().out
    assert "--install-completion" in root
    assert "130" in root
    for name in COMMANDS:
        assert soleus(name, "--help") == 0
        assert "--install-completion" not in capsys.readouterr().out, name


def test_completing_a_command_imports_none() -> None:
    root = typer.main.get_command(app)
    with root.make_context("soleus", [], resilient_parsing=True) as context:
        found = [item.value for item in root.shell_complete(context, "pro")]
    assert found == ["program"]


# Each of these takes longer to import than a refusal may take.
TOO_SLOW = ("numba", "scipy", "matplotlib", "pyarrow")
_REFUSED = f"""
import sys
from host_tools import cli
try:
    cli.main()
except SystemExit as leaving:
    print("status", leaving.code)
print("imported", [name for name in {TOO_SLOW!r} if name in sys.modules])
"""
REFUSALS = (
    ["nosuch"],
    ["easy-run", "--board", "nosuch"],
    ["easy-run", "--plant", "nosuch"],
    ["easy-run", "--minutes", "3"],
    ["easy-run", "--pressure", "200"],
    ["easy-run", "--until", "0s"],
    ["easy-run", "--event", "dance@5s"],
    ["easy-run", "--fault", "pump:kink@5s"],
    ["easy-run", *["--fault", "pump:off@5s"] * 65],
    ["easy-run", "--trace", "a.xls"],
    ["easy-run", "--plot", "no/a.png"],
    ["easy-run", "--record", "a.txt"],
)


@pytest.mark.parametrize("arguments", REFUSALS, ids=lambda words: " ".join(words[:3]))
def test_a_refusal_does_not_wait_for_compiler_and_plotters(arguments: list[str]) -> None:
    command_line = [sys.executable, "-c", _REFUSED, "sim", *arguments]
    done = subprocess.run(command_line, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["status 2", "imported []"]
    assert done.stderr.count("\n") == 1


LIGHT = (
    *(["program", "list"], ["board", "list"], ["board", "check", "esp32-s3-duo"], ["--version"], []),
    *(["plan", "levels", "--miles", "20"], ["journal", "add", "--help"]),
)


@pytest.mark.parametrize("arguments", LIGHT, ids=" ".join)
def test_what_only_reads_files_imports_nothing_heavy(arguments: list[str]) -> None:
    command_line = [sys.executable, "-c", _REFUSED, *arguments]
    done = subprocess.run(command_line, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-2:] == ["status 0", "imported []"]
    assert done.stderr == ""


def test_soleus_alone_prints_its_help() -> None:
    alone, asked = (
        subprocess.run([sys.executable, "-c", _REFUSED, *words], capture_output=True, text=True, check=True)
        for words in ([], ["--help"])
    )
    assert (alone.stderr, alone.stdout.strip()) == ("", asked.stdout.strip())
    assert "sim" in alone.stdout


def test_version_is_the_packages() -> None:
    command_line = [sys.executable, "-c", _REFUSED, "--version"]
    done = subprocess.run(command_line, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == f"soleus {version('soleus')}"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_of_itself_what_the_list_says(name: str) -> None:
    said = command(name).help.strip().splitlines()[0]
    assert said == COMMANDS[name]
