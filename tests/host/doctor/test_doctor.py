"""`soleus doctor`: what it finds, what it advises, and that nothing on a board is interrupted by it."""

import os
import pty
import tty
from pathlib import Path

import pytest

pytest.importorskip("micropython_unix", reason="the unix port is not built for this kind of machine")

from host_tools.doctor import access
from host_tools.doctor.board import _micropython, _soleus, _state
from host_tools.doctor.laptop import speed
from host_tools.flash import ports
from tests.soleus_command import soleus
from tests.virtual.rig import DEVKIT, running, start_session

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def test_without_a_board_it_is_one_screen_and_all_is_well(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(ports.list_ports, "comports", list)
    monkeypatch.setattr("host_tools.doctor.laptop._beat_ms", lambda: 1.0)
    assert soleus("doctor") == 0
    said = capsys.readouterr().out
    assert all(word in said for word in ("esptool 5", "mpremote 1", "Python 3", "no board is plugged in"))
    assert len(said.splitlines()) < 24


def test_a_port_that_is_not_there_is_something_to_do(capsys: Capture) -> None:
    assert soleus("doctor", "--port", "/dev/nothing") == 1
    assert "to do  port     /dev/nothing isn't there" in capsys.readouterr().out


def test_permissions_name_the_group_and_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    port = tmp_path / "ttyUSB0"
    port.touch()
    assert access.no_access(str(port)) is None
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(access, "_group_of", lambda _: "dialout")
    monkeypatch.setattr(access, "_is_in_group", lambda _: False)
    found = access.no_access(str(port))
    assert found
    assert found.to_do == "sudo usermod -aG dialout $USER, then log out and in again"
    monkeypatch.setattr(access, "_is_in_group", lambda _: True)
    found = access.no_access(str(port))
    assert found
    assert "log out and in again" in found.to_do


def test_a_port_that_another_program_has_open_is_left_to_it(tmp_path: Path) -> None:
    for number, links in ((71, ["/dev/ttyUSB0"]), (72, ["/dev/ttyUSB1", "/dev/ptmx"])):
        fds = tmp_path / str(number) / "fd"
        fds.mkdir(parents=True)
        (fds.parent / "comm").write_text("minicom\n")
        for place, link in enumerate(links):
            (fds / str(place)).symlink_to(link)
    assert access.user_of("/dev/ttyUSB0", tmp_path) == "minicom (71)"
    # The board behind a pseudo-terminal holds both ends.
    assert access.user_of("/dev/ttyUSB1", tmp_path) == ""


def test_each_line_that_is_not_well_says_what_to_do() -> None:
    assert speed(2.0).to_do == ""
    assert "--fast" in speed(8.0).to_do
    older = _soleus({"soleus": "0.0.1", "board": DEVKIT}, "/dev/x")
    assert older.found == f"Soleus 0.0.1 for {DEVKIT}, esp32"
    assert f"soleus flash --board {DEVKIT} --port /dev/x" in older.to_do
    fault = _state({"state": "fault", "fault": {"code": "E31", "name": "n"}}, "/dev/x")
    assert "in fault: E31" in fault.found
    assert "soleus ask why" in fault.to_do
    assert _micropython("v1.20.0", "esp32", DEVKIT, "/dev/x").to_do
    assert not _micropython("v1.20.0", "linux", DEVKIT, "/dev/x").to_do


def test_it_disturbs_no_session_and_tells_of_a_prompt(tmp_path: Path, capsys: Capture) -> None:
    with running(DEVKIT, tmp_path) as (board, console):
        assert soleus("doctor", "--port", board.port) == 0
        assert "state        idle" in capsys.readouterr().out
        start_session(board, console)
        for words in ([], ["--interrupt"]):
            assert soleus("doctor", "--port", board.port, *words) == 0
            assert "running" in capsys.readouterr().out
        assert not board.is_vented()
        console.serial.write(b"\x03")
        board.wait_until(lambda _: board.is_vented())
        console.pause(0.5)
        assert soleus("doctor", "--port", board.port) == 1
        assert "MicroPython at its prompt: " in capsys.readouterr().out


def test_something_that_says_nothing_is_not_interrupted_without_leave(capsys: Capture) -> None:
    master, slave = pty.openpty()
    tty.setraw(slave)
    os.set_blocking(master, False)
    assert soleus("doctor", "--port", os.ttyname(slave)) == 1
    assert "nothing answers" in capsys.readouterr().out
    assert b"\x03" not in os.read(master, 65536)
    os.close(slave)
    os.close(master)
