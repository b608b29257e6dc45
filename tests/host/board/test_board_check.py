"""Wrong boards are refused, each with its line; Soleus's own boards are right."""

import tomllib
from pathlib import Path

import pytest

from host_tools.basics.errors import InputError
from host_tools.basics.paths import BOARDS
from host_tools.board_check.chips import CHIPS
from host_tools.catalogue.boards import board_names, compile_board, hardware_errors, load_board, read_board
from soleus.core.basics.boots_table import read_boots
from soleus.drivers.outputs.safe_pins import safe_pins

WRONG = tomllib.loads((Path(__file__).parent / "wrong_boards.toml").read_text(encoding="utf-8"))["wrong"]


@pytest.mark.parametrize("wrong", WRONG, ids=[wrong["line"].split(":")[0] for wrong in WRONG])
def test_a_wrong_board_is_refused_with_its_line(tmp_path: Path, wrong: dict[str, str]) -> None:
    file = changed(tmp_path, wrong["board"], wrong["old"], wrong["new"])
    lines = complaints(file)
    assert any(found.startswith(f"{file}: ") and wrong["line"] in found for found in lines), lines
    assert all("\n" not in found for found in lines)
    with pytest.raises(InputError):
        load_board(file)


def test_a_chip_with_few_pwm_channels_cannot_hold_many_valves(tmp_path: Path) -> None:
    file = changed(tmp_path, "c3", 'valves = "three_way"', 'valves = "fill_vent"')
    text = file.read_text().replace("fill = [4, 5, 6, 7]", "fill = [4, 5]\nvent = [6, 7]")
    text = text.replace('["foot", "calf", "knee", "thigh"]', '["foot", "calf", "knee"]')
    text = text.replace('["foot", "calf", "calf", "thigh"]', '["foot", "calf", "calf"]')
    file.write_text(text.replace("fill = [4, 5]\nvent = [6, 7]", "fill = [4, 5, 6]\nvent = [7, 2, 8]"))
    assert any("holding 6 valves by PWM takes 8 channels" in line for line in complaints(file))


def test_every_mistake_is_found_in_one_check(tmp_path: Path) -> None:
    file = changed(tmp_path, "devkit", "fill = [16, 17, 18, 19]", "fill = [34, 6, 20, 15]")
    assert len(complaints(file)) == 4


@pytest.mark.parametrize("name", board_names())
def test_the_boards_of_soleus_are_right(name: str) -> None:
    board = read_board(name)
    assert hardware_errors(board) == []
    assert not board.is_sketch
    assert read_boots(board.table["boots"]).count == board.boots.count
    assert compile_board(board) == compile_board(load_board(name))


@pytest.mark.parametrize("name", board_names())
def test_everything_that_moves_air_is_among_the_safe_pins(name: str) -> None:
    """`boot.py` switches the safe pins off; one that was missing would stay energised after a soft reset."""
    table = load_board(name).table
    safe = safe_pins(table)
    valves = table["valves"]
    moving = [table["pump"]["pin"], *valves.get("fill", []), *valves.get("vent", [])]
    moving += [table["gate"]["pin"]] if "gate" in table else []
    assert set(moving) <= set(safe["low"])
    assert set(safe["high"]) == ({valves["output_enable"]} if "output_enable" in valves else set())


def test_boots_alone_are_enough_to_simulate(tmp_path: Path) -> None:
    text = (BOARDS / "esp32-devkit" / "board.toml").read_text()
    file = tmp_path / "board.toml"
    file.write_text(text[: text.index("[valves]")])
    assert load_board(file).is_sketch
    assert load_board(file).boots.count == 4


def test_the_chips_tables_agree_with_themselves() -> None:
    for chip in CHIPS.values():
        special = chip.flash_pins | chip.repl_pins | set(chip.strap_level) | chip.restless_pins
        assert special <= chip.pins
        assert chip.boot_button_pin in chip.strap_level
        assert not set(chip.adc1_pins) & set(chip.adc2_pins)
        assert chip.adc_least_mv < chip.adc_most_mv


def changed(folder: Path, board: str, old: str, new: str) -> Path:
    name = next(name for name in board_names() if board in name)
    text = (BOARDS / name / "board.toml").read_text()
    assert old in text
    file = folder / "board.toml"
    file.write_text(text.replace(old, new, 1))
    return file


def complaints(file: Path) -> list[str]:
    try:
        return [str(error) for error in hardware_errors(read_board(file))]
    except InputError as error:
        return [str(error)]
