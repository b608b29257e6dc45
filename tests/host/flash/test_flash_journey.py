"""The whole way on the virtual board: flash it empty, self-test, a session, and flash in the middle of it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("micropython_unix", reason="the unix port is not built for this kind of machine")

from host_tools.basics.errors import InputError
from host_tools.catalogue.boards import Board, load_board
from host_tools.flash import Options, flash
from host_tools.flash.board.chooser import POINTER
from host_tools.flash.board.device import Device
from host_tools.flash.report import report_lines
from host_tools.link.console import Console
from host_tools.virtual.board import VirtualBoard
from tests.display_driver import packages_folder
from tests.virtual.rig import start_session


@pytest.fixture
def options(tmp_path: Path) -> Options:
    return Options(packages=packages_folder(tmp_path), keep_micropython=True)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A flash as a new chip has it."""
    return tmp_path / "flash.img"


@pytest.mark.parametrize("name", ["esp32-devkit", "esp32-s3-duo", "esp32-c3-manifold"])
def test_an_empty_board_becomes_a_controller_that_passes_its_self_test(
    name: str, options: Options, empty: Path
) -> None:
    board = load_board(name)
    with VirtualBoard(board, empty, has_own_time=True) as virtual:
        lines = dict(report_lines(flash(board, virtual.port, options)))
        assert lines["outcome"] == "ready", lines
        again = dict(report_lines(flash(board, virtual.port, options)))
        assert again["files"].startswith("nothing to do")
        assert again["outcome"] == "ready", again


def test_flashing_in_the_middle_of_a_session_must_be_meant_and_vents_first(
    options: Options, empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = load_board("esp32-devkit")
    seen: list[bool] = []

    with VirtualBoard(board, empty, has_own_time=True) as virtual:
        first = flash(board, virtual.port, options)
        with Console(virtual.port) as console:
            start_session(virtual, console)
        assert not virtual.is_vented()

        def send(self: Device, folder: str, files: Mapping[str, bytes], is_in_use: bool) -> int:
            seen.append(virtual.is_vented())
            return real_send(self, folder, files, is_in_use)

        real_send = Device.send
        monkeypatch.setattr(Device, "send", send)
        changed = changed_board(tmp_path)
        for dry in (True, False):
            with pytest.raises(InputError, match=r"a session is running there; .* --now"):
                flash(changed, virtual.port, replace(options, is_dry_run=dry))
        assert not virtual.is_vented()
        assert not seen
        second = flash(changed, virtual.port, replace(options, ends_session=True))
        device = Device(virtual.port)
        assert device.read_whole(f"/{POINTER}") == second.app.slot.encode()
        table = json.loads(device.read_whole(f"/{second.app.slot}/board.json") or b"")
        device.reset()
    assert second.app.slot != first.app.slot
    assert seen
    assert all(seen), "a file was written while something was energised"
    assert second.is_well
    assert dict(report_lines(second))["session"].startswith("was running; ended")
    assert table["title"] == "Another one"


def changed_board(folder: Path) -> Board:
    file = folder / "board.toml"
    text = load_board("esp32-devkit").file.read_text()
    file.write_text(text.replace('title = "ESP32 DevKit, one leg of four chambers"', 'title = "Another one"'))
    return load_board(file)
