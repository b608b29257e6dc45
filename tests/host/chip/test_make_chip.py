"""The suite for real hardware runs on a virtual board: a person who has a chip need not mend it first."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from host_tools.basics.paths import CHECKOUT
from host_tools.catalogue.boards import load_board
from host_tools.virtual.board import VirtualBoard
from host_tools.virtual.install import install
from tests.host.chip.board_at_port import DEVKIT

# The quickest of each file; `make chip` runs all of them.
SHORT = "hello or wrong_request or noise or why_it_started or ctrl_c_vents or ctrl_d or kept_can_be_read"


def run_suite(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "pytest", "tests/hardware", "-p", "no:cacheprovider", *words]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.by_the_clock
def test_a_short_part_of_it_passes_on_a_virtual_board(tmp_path: Path) -> None:
    board = load_board(DEVKIT)
    install(board, tmp_path / "flash.img", {})
    with VirtualBoard(board, tmp_path / "flash.img") as machine:
        done = run_suite("--port", machine.port, "-k", SHORT)
    assert done.returncode == 0, done.stdout
    assert re.search(
        r"^passed +ctrl c vents and leaves a prompt +[\d.e-]+ s, at most 0.3$", done.stdout, re.M
    )
    assert "failed" not in done.stdout
    assert re.search(r"^a session from start to done +tests/virtual", done.stdout, re.M)


@pytest.mark.parametrize(
    ("words", "said", "status"),
    [
        ([], "no tests ran", 5),
        (["--port", "/dev/no-such-port"], "/dev/no-such-port: a serial port that is free", 2),
    ],
)
def test_without_a_board_nothing_runs(words: list[str], said: str, status: int) -> None:
    done = run_suite(*words)
    assert said in done.stdout + done.stderr
    assert done.returncode == status


def test_make_chip_says_that_it_needs_a_port() -> None:
    # `-o`: whatever .venv is, this leaves it alone.
    command = ["make", "-s", "-o", ".venv/.ready", "chip"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "make chip PORT=/dev/ttyUSB0" in done.stderr
