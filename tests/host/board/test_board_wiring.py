"""The committed wiring pages are what the board files give, and show every pin."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from host_tools.basics.paths import BOARDS
from host_tools.board_check.pins import pin_uses
from host_tools.catalogue.boards import board_names, load_board
from host_tools.commands import board as board_command
from host_tools.wiring import wiring_files
from host_tools.wiring.schematic.nets import nets, register_outputs

app = typer.Typer()
app.add_typer(board_command.app, name="board")


@pytest.mark.parametrize("name", board_names())
def test_the_committed_pages_are_those_that_the_generator_makes(name: str) -> None:
    for file_name, content in wiring_files(load_board(name)).items():
        there = (BOARDS / name / file_name).read_bytes()
        assert there == content, f"{name}/{file_name} is old: run `python -m host_tools.wiring`"


@pytest.mark.parametrize("name", board_names())
def test_every_pin_of_the_board_file_is_drawn_and_listed(name: str) -> None:
    board = load_board(name)
    files = {file_name: content.decode() for file_name, content in wiring_files(board).items()}
    used = {use.pin for use in pin_uses(board.table)}
    assert used == {net.pin for net in nets(board)}
    drawn = "".join(ET.fromstring(files["schematic.svg"]).itertext())
    assert used == {int(pin) for pin in re.findall(r"GPIO(\d+)", drawn)}
    assert used == {int(pin) for pin in re.findall(r"^\| GPIO(\d+) \|", files["wiring.md"], re.MULTILINE)}


@pytest.mark.parametrize("name", board_names())
def test_the_parts_that_keep_a_leg_safe_are_in_the_list(name: str) -> None:
    page = wiring_files(load_board(name))["wiring.md"].decode()
    for words in ("flyback diode", "mechanical relief valve", "fuse", "10 kΩ", "Power cut"):
        assert words in page


def test_every_coil_has_its_output() -> None:
    outputs = register_outputs(load_board("esp32-s3-duo"))
    assert len({(register, drain) for register, drain, _ in outputs}) == 20
    assert (2, 2, "VENT left.foot") in outputs


def test_the_command_writes_both_files_where_it_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["board", "wiring", "esp32-devkit", "-o", str(tmp_path)])
    assert result.exit_code == 0, result.exception
    assert sorted(path.name for path in tmp_path.iterdir()) == ["schematic.svg", "wiring.md"]
