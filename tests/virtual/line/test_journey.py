"""The life of a controller on one virtual board: from an empty flash to an update in the middle of a session.

The board's time runs as fast as this computer can; the firmware knows nothing of that.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from host_tools.catalogue.boards import Board, load_board
from host_tools.flash import Options, flash
from host_tools.flash.board.device import Device
from host_tools.flash.report import report_lines
from host_tools.link.console import Console
from host_tools.virtual.board import VirtualBoard
from soleus.core.basics.limits import OVER_TRIP_PA
from soleus.core.basics.units import mmhg_from_pa
from tests.virtual.rig import DEVKIT, begin, start_session, wait_for

SESSION_MS = 5 * 60_000
FREE_MMHG = 10.0


@pytest.fixture
def empty_flash(tmp_path: Path) -> Path:
    """A flash as a new chip has it."""
    return tmp_path / "flash.img"


def test_from_an_empty_flash_to_an_update_in_the_middle_of_a_session(
    empty_flash: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with VirtualBoard(load_board(DEVKIT), empty_flash, has_own_time=True) as board:
        assert flashed(board)["outcome"] == "ready"
        with Console(board.port) as console:
            runs_for_five_minutes_and_stops(board, console)
            says_why_after_a_power_cut_in_mid_fill(board, console)
        assert flashed(board)["files"].startswith("nothing to do")
        with Console(board.port) as console:
            start_session(board, console)
        assert not board.is_vented()
        vents_before_it_writes(board, another_board(tmp_path), monkeypatch)


def flashed(board: VirtualBoard) -> dict[str, str]:
    return dict(report_lines(flash(board.board, board.port, Options(keep_micropython=True))))


def runs_for_five_minutes_and_stops(board: VirtualBoard, console: Console) -> None:
    assert console.ask("self_test")["ok"]
    assert console.ask("load", program="easy-run")["ok"]
    console.ask("telemetry", period_ms=500)
    begin(board, console)
    wait_for(board, console, lambda: console.ask("status")["run_ms"] > SESSION_MS, 60)
    assert console.ask("stop")["ok"]
    wait_for(board, console, lambda: console.ask("status")["state"] == "done")
    console.ask("telemetry", period_ms=0)
    heard = [event for event in console.events if event.get("event") == "telemetry"]
    assert max(event["run_ms"] for event in heard) > SESSION_MS
    assert "running" in {event["state"] for event in heard}
    assert max(event["cycle"] for event in heard) > 3
    assert {event["fault"] for event in heard} == {"-"}
    highest_mmhg = max(moment.highest_mmhg for moment in board.journal.history)
    assert 40 < highest_mmhg < mmhg_from_pa(OVER_TRIP_PA)
    assert board.is_vented()
    assert board.highest_mmhg() < FREE_MMHG


def says_why_after_a_power_cut_in_mid_fill(board: VirtualBoard, console: Console) -> None:
    start_session(board, console)
    wait_for(
        board, console, lambda: board.hardware.commands.fill_bits and board.hardware.commands.pump_permille
    )
    board.power_off()
    assert board.is_vented()
    board.run_until(lambda b: b.highest_mmhg() < FREE_MMHG, 10)
    board.power_on()
    assert "during a session" in console.expect("ready", 20)["why"]
    assert console.ask("status")["state"] == "idle"


def vents_before_it_writes(board: VirtualBoard, other: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    written_while_vented: list[bool] = []
    really_send = Device.send

    def send(self: Device, folder: str, files: Mapping[str, bytes], is_in_use: bool) -> int:
        written_while_vented.append(board.is_vented())
        return really_send(self, folder, files, is_in_use)

    monkeypatch.setattr(Device, "send", send)
    result = flash(other, board.port, Options(keep_micropython=True, ends_session=True))
    assert result.is_well
    assert written_while_vented
    assert all(written_while_vented)


def another_board(folder: Path) -> Board:
    """The same firmware with one line changed, so that there is something to write."""
    file = folder / "board.toml"
    board = load_board(DEVKIT)
    file.write_text(board.file.read_text().replace(str(board.table["title"]), "Another one"))
    return load_board(file)
