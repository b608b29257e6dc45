"""What a chip's costs mean for a board: whatever falls short of its limit is named, and the status is 1."""

from dataclasses import replace

import pytest

from host_tools.bench.chip.board import Measured
from host_tools.bench.chip.estimate import needs_adc
from host_tools.bench.chip.verdict import Verdict, judge
from host_tools.catalogue.boards import load_board
from host_tools.catalogue.chips import Cost, load_chip
from host_tools.flash.board.device import About

ABOUT = About("esp32", "1.28.0", "Generic ESP32 module with ESP32")


def verdict_of(board: str, said: dict[str, object] | None = None, **costs: float) -> Verdict:
    its_board = load_board(board)
    old = load_chip(its_board.chip)
    new = replace(
        old, costs={**old.costs, **{name: Cost(value, "silicon", "test") for name, value in costs.items()}}
    )
    return judge("port", Measured(ABOUT, said or {}, {}), costs, old, new, [its_board])


@pytest.mark.parametrize("board", ["esp32-devkit", "esp32-c3-manifold"])
def test_a_board_of_four_chambers_fits_the_chip_as_its_file_has_it(board: str) -> None:
    assert verdict_of(board).falls_short == []


def test_ten_sensors_on_a_slow_bus_make_a_tick_too_long() -> None:
    slow, fast = (verdict_of("esp32-s3-duo", soft_i2c_bit_us=cost).falls_short for cost in (5.0, 2.2))
    assert any(line.startswith("esp32-s3-duo: tick") for line in slow)
    assert fast == []


SHORT = {
    "a slow interpreter": ({"instruction_ns": 20.0}, {}, "tick"),
    "a slow collection": ({"collect_kb_us": 400.0}, {}, "longest gap"),
    "slow imports": ({"import_kb_us": 40_000.0}, {}, "start"),
    "a small heap": ({"heap_bytes": 140_000.0}, {}, "heap left"),
    "a first write that the watchdog bites": (
        {},
        {"first_write_us": 1_857_000},
        "first write 1.86 s, limit 1.5",
    ),
    "no calibration in the eFuse": ({}, {"is_adc_calibrated": False}, "no ADC calibration"),
}


@pytest.mark.parametrize("case", SHORT)
def test_what_falls_short_is_named(case: str) -> None:
    costs, said, what = SHORT[case]
    lines = verdict_of("esp32-devkit", said=said, **costs).falls_short
    assert [what in line for line in lines] == [True], lines
    assert lines[0].startswith("esp32-devkit: ")


def test_without_analog_inputs_nobody_needs_the_calibration() -> None:
    board = load_board("esp32-s3-duo")
    without = replace(board, table={key: value for key, value in board.table.items() if key != "battery"})
    assert needs_adc(board)
    assert not needs_adc(without)
