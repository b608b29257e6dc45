"""Flashing what is there already."""

import time

from host_tools.catalogue.boards import Board as BoardFile
from host_tools.flash import Options, flash
from host_tools.flash.report import report_lines
from tests.hardware.conftest import Note
from tests.hardware.rig import Board


def test_a_second_flash_has_nothing_to_do(board: Board, board_file: BoardFile, note: Note) -> None:
    """Needs a board whose application may be replaced by this checkout's; its settings stay. Nothing on its
    pins: what the self-test says of sensors doesn't count here."""
    with board.lent() as port:
        flash(board_file, port, Options(keep_micropython=True))
        began_s = time.monotonic()
        again = flash(board_file, port, Options(keep_micropython=True))
        note(time.monotonic() - began_s, "s for the second, self-test included")
    assert dict(report_lines(again))["files"].startswith("nothing to do")
    assert not again.is_rolled_back
