"""`soleus virtual` as a person starts it: a port, and what can be done to the board by typing."""

import subprocess
import sys
from pathlib import Path

from host_tools.virtual.console import Console
from tests.virtual.rig import DEVKIT

_START = """
import sys, typer
from host_tools.commands.virtual import virtual
typer.run(virtual)
"""


def test_a_virtual_board_from_the_command_line(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _START, "--board", DEVKIT, "--flash", str(tmp_path / "flash")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        port = process.stdout.readline().split()[1]
        with Console(port) as console:
            assert console.ask("hello", timeout_s=30)["board"] == DEVKIT
        said = []
        for line in ("power off", "state", "power on", "press stop", "break nothing:off", "nonsense"):
            process.stdin.write(line + "\n")
        process.stdin.write("quit\n")
        process.stdin.flush()
        said = process.stdout.read()
        assert process.wait(20) == 0
    assert "power off" in said
    assert "fill 0, seal 0" in said
    assert "one of" in said
