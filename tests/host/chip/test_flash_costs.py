"""The costs of a flash are found through littlefs, which writes in its own pieces and reads them back."""

import subprocess
import sys
from pathlib import Path

import pytest

from host_tools.bench.chip.board import Measured, take_results
from host_tools.bench.chip.costs import costs_of
from host_tools.bench.chip.pieces import pieces_for
from host_tools.catalogue.chips import load_chip
from host_tools.flash.board.device import About

FLASH = Path(__file__).with_name("flash_with_costs.py")
UNIX_PORT = "import sys, micropython_unix; sys.exit(micropython_unix.main())"
# As that file has them.
EXPECTED = {"flash_read_us": 40, "flash_read_kb_us": 100, "flash_page_us": 600, "flash_erase_us": 6000}


@pytest.mark.by_the_clock
def test_what_reads_pages_and_erases_cost_is_found_through_littlefs() -> None:
    measured = Measured(About("esp32", "", ""), {}, {})
    for piece in pieces_for(load_chip("esp32")):
        if piece.file in ("flash_read", "flash_write"):
            script = FLASH.read_text() + piece.text()
            command = [sys.executable, "-c", UNIX_PORT, "-c", script]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            take_results(measured, piece, done.stdout)
    found = costs_of(measured)
    assert {name: found[name] for name in EXPECTED} == pytest.approx(EXPECTED, rel=0.2)
    # The first looks for free blocks; on this small flash that is little.
    assert measured.results["first_write_us"] > EXPECTED["flash_erase_us"]
