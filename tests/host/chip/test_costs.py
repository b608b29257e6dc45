"""From what a board says to the costs of a chip: costs that are put in come out, and nonsense is no cost."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools.bench.chip.board import Measured, take_results
from host_tools.bench.chip.costs import ADDRESS_BITS, BITS_A_BYTE, KB, costs_of
from host_tools.bench.chip.free_pins import FREE_PINS
from host_tools.bench.chip.pieces import LONG_FUNCTIONS, SAMPLES, SHORT_FUNCTIONS, Piece, pieces_for
from host_tools.bench.chip.sample import sample_module
from host_tools.bench.chip.save import with_measured, write_chip
from host_tools.board_check import CHIPS
from host_tools.catalogue.chips import COSTS, chip_names, load_chip
from host_tools.flash.board.device import About

CHIP = About("esp32", "1.28.0", "Generic ESP32 module with ESP32")
SIZES_KB = {
    count: len(sample_module(f"{SAMPLES[0]}{count}", count)) / KB
    for count in (SHORT_FUNCTIONS, LONG_FUNCTIONS)
}
COST = st.floats(1.0, 10_000.0)


def said_of(cost: dict[str, float]) -> dict[str, Any]:
    """What a board with these costs would say."""

    def i2c(bit_us: float) -> float:
        return cost["i2c_transaction_us"] + ADDRESS_BITS * bit_us

    def read(size_bytes: int) -> float:
        return cost["flash_read_us"] + size_bytes / KB * cost["flash_read_kb_us"]

    piece_us = cost["flash_page_us"] / 2 + read(32)
    erasing_us = piece_us + cost["flash_erase_us"]
    direct = (
        "instruction_ns",
        "heap_bytes",
        "adc_sample_us",
        "pwm_change_us",
        "pin_write_us",
        "console_byte_us",
    )
    soft_bit_us = cost["soft_i2c_bit_us"]
    return {
        **{name: cost[name] for name in direct},
        "is_adc_calibrated": True,
        "collect_us": 100 * cost["collect_kb_us"],
        "collect_used_bytes": 100 * KB,
        **{
            f"{tag}{count}.import_us": cost["import_module_us"] + size_kb * cost["import_kb_us"]
            for count, size_kb in SIZES_KB.items()
            for tag in SAMPLES
        },
        "flash_read_short_us": read(32),
        "flash_read_block_us": read(4096),
        "flash_read_bytes": (32, 4096),
        "flash_piece_bytes": 128,
        "flash_pieces_us": [erasing_us if number % 32 == 0 else piece_us for number in range(192)],
        "i2c_fast_us": i2c(cost["i2c_bit_us"]),
        "i2c_slow_us": i2c(4 * cost["i2c_bit_us"]),
        "soft_i2c_address_us": cost["soft_i2c_transaction_us"] + ADDRESS_BITS * soft_bit_us,
        "soft_i2c_1_us": 30 + BITS_A_BYTE * soft_bit_us,
        "soft_i2c_20_us": 30 + 20 * BITS_A_BYTE * soft_bit_us,
        "callback_count": 1000,
        "callback_seconds_us": (1_000_000, 1_000_000 + 1000 * cost["callback_us"]),
    }


@given(st.fixed_dictionaries(dict.fromkeys(COSTS, COST)), st.floats(1.3, 4.9))
def test_the_costs_that_a_board_has_are_the_costs_that_are_found(
    cost: dict[str, float], bit_us: float
) -> None:
    cost = {**cost, "i2c_bit_us": bit_us}
    cost["flash_erase_us"] += 3 * (cost["flash_page_us"] + cost["flash_read_us"] + cost["flash_read_kb_us"])
    measured = Measured(CHIP, said_of(cost), {})
    found = costs_of(measured)
    assert measured.failed == {}
    assert found == pytest.approx(cost, rel=1e-4)


USUAL = {name: cost.value for name, cost in load_chip("esp32").costs.items()}
WRONG = {
    "no calibration in the eFuse": ({"is_adc_calibrated": False}, "adc_sample_us", "eFuse"),
    "no callback": ({"callback_count": 0}, "callback_us", "no callback ran"),
    "a bus whose clock changes nothing": ({"i2c_slow_us": 330}, "i2c_bit_us", "a slower clock"),
    "no erase among the writes": ({"flash_pieces_us": [500] * 192}, "flash_erase_us", "no erase"),
    "a loop faster than nothing": ({"pin_write_us": -0.2}, "pin_write_us", "too small"),
}


@pytest.mark.parametrize("case", WRONG)
def test_nonsense_is_no_cost_and_says_why(case: str) -> None:
    change, name, why = WRONG[case]
    measured = Measured(CHIP, {**said_of(USUAL), **change}, {})
    assert name not in costs_of(measured)
    assert why in measured.failed[name]


@pytest.mark.parametrize(
    ("printed", "why"),
    [
        ("\r\n=failed 'ImportError: no such module'\r\n", "ImportError"),
        ("", "said nothing"),
        ("=adc_sample_us 12 34 (\n", "could not be read"),
    ],
)
def test_a_piece_that_failed_leaves_its_costs_to_the_chip_file(printed: str, why: str) -> None:
    measured = Measured(CHIP, {}, {})
    take_results(measured, Piece("", "adc", ("adc_sample_us",)), printed)
    assert why in measured.failed["adc_sample_us"]
    assert "adc_sample_us" not in costs_of(measured)


@pytest.mark.parametrize(("is_emulated", "seen"), [(False, "silicon"), (True, "emulated")])
def test_what_a_chip_measured_is_saved_with_where_and_when(
    is_emulated: bool, seen: str, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    old = load_chip("esp32")
    write_chip(with_measured(old, {"adc_sample_us": 71.234}, CHIP, True, is_emulated), file)
    new = load_chip(file)
    assert new["adc_sample_us"] == 71.2
    assert new.costs["adc_sample_us"].seen == seen
    assert new.costs["adc_sample_us"].source.startswith(f"MicroPython 1.28.0 on {CHIP.machine}, 2")
    assert {**new.costs, "adc_sample_us": 0} == {**old.costs, "adc_sample_us": 0}


@pytest.mark.parametrize("name", chip_names())
def test_a_chip_file_that_is_written_reads_as_the_same_chip(name: str, tmp_path: Path) -> None:
    old = load_chip(name)
    write_chip(old, tmp_path / "again.toml")
    new = load_chip(tmp_path / "again.toml")
    assert vars(new) == {**vars(old), "file": new.file}


@pytest.mark.parametrize("kind", FREE_PINS)
def test_no_pin_that_is_driven_can_harm_a_board(kind: str) -> None:
    chip, free = CHIPS[kind], FREE_PINS[kind]
    taken = chip.flash_pins | chip.repl_pins | set(chip.strap_level) | chip.restless_pins
    for pin in (free.scl, free.sda, free.out):
        assert pin in chip.pins - taken - chip.input_only_pins
    assert free.adc in set(chip.adc1_pins) - taken
    assert len({free.scl, free.sda, free.out, free.adc}) == 4


def test_every_cost_is_measured_by_a_piece_and_no_piece_is_too_long() -> None:
    pieces = pieces_for(load_chip("esp32"))
    assert {name for piece in pieces for name in piece.costs} | {"heap_bytes"} == set(COSTS)
    for piece in pieces:
        text = piece.text()
        compile(text, piece.file, "exec")
        # A bare board compiles it on its own heap.
        assert len(text) < 12_000, piece.words
