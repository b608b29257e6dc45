"""A board that left its application: every command says so in the same words, and one starts it again."""

import os
import time
from pathlib import Path

import pytest

from host_tools.catalogue.boards import load_board
from host_tools.commands.machine.virtual import answer
from host_tools.virtual.board import VirtualBoard
from tests.soleus_command import soleus
from tests.virtual.rig import DEVKIT, DUO, running, start_session

AT_A_PROMPT = "the board is at MicroPython's prompt and doesn't run Soleus; `soleus ask reset --port"


def commands(port: str, folder: Path) -> list[tuple[str, ...]]:
    return [
        ("ask", "status", "--port", port),
        ("ask", "telemetry", "--port", port),
        ("log", "list", "--port", port),
        ("log", "pull", "--port", port, "--out", str(folder)),
        ("log", "record", "--port", port, str(folder / "session.slog")),
        ("bench", "quick", "--target", port, "--board", DEVKIT),
    ]


def interrupt(board: VirtualBoard) -> None:
    """As any other program at the port would."""
    line = os.open(board.port, os.O_RDWR | os.O_NOCTTY)
    os.write(line, b"\x03")
    time.sleep(0.5)
    os.close(line)


def test_all_commands_say_that_a_board_is_at_a_prompt_and_reset_starts_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(DEVKIT, tmp_path, has_own_time=False) as (board, console):
        console.close()
        interrupt(board)
        for command in commands(board.port, tmp_path):
            assert soleus(*command) == 2, command
            said = capsys.readouterr().err
            assert AT_A_PROMPT in said, (command, said)
            assert len(said.splitlines()) == 1
        assert soleus("ask", "reset", "--port", board.port) == 0
        assert f"board  {DEVKIT}" in capsys.readouterr().out
        assert soleus("ask", "status", "--port", board.port) == 0


def test_a_board_that_is_gone_is_one_line_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands(str(tmp_path / "nothing"), tmp_path):
        assert soleus(*command) == 2, command
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_slip_of_the_finger_is_answered(tmp_path: Path) -> None:
    slips = (["display", "/nosuch/x.png"], ["press", "stop", "inf"], ["break", "it"], ["power"], ['"'])
    with VirtualBoard(load_board(DUO), tmp_path / "flash.img", is_on=False) as board:
        for words in slips:
            assert answer(board, words)


def test_nothing_that_would_end_a_session_is_done_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(DEVKIT, tmp_path) as (board, console):
        start_session(board, console)
        console.close()
        for command in (
            ("ask", "reset"),
            ("bench", "chip"),
            ("flash", "--board", DEVKIT, "--keep-micropython", "--dry-run"),
        ):
            assert soleus(*command, "--port", board.port) in (1, 2)
            assert "running" in capsys.readouterr().err
        assert not board.is_vented()
