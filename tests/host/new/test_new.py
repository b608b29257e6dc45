"""`soleus new`: what it writes passes its own check, says what each key may be, and replaces nothing."""

import tomllib
from pathlib import Path

import pytest

from host_tools.catalogue.boards import load_board
from host_tools.catalogue.programs import load_program
from host_tools.new_files.board import chips
from host_tools.new_files.program import program_text
from soleus.core.program import block_table, head_table, table
from tests.soleus_command import soleus


@pytest.fixture(autouse=True)
def in_an_empty_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_new_program_passes_its_check_and_is_written_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert soleus("new", "program", "my-evening") == 0
    assert soleus("program", "check", "my-evening.toml") == 0
    assert load_program("my-evening.toml").id == "my-evening"
    capsys.readouterr()
    Path("my-evening.toml").write_text("mine")
    assert soleus("new", "program", "my-evening") == 2
    assert Path("my-evening.toml").read_text() == "mine"
    assert capsys.readouterr().err.count("\n") == 1


def test_it_has_every_key_that_the_check_knows_and_each_may_be_woken() -> None:
    woken = [
        text.removeprefix("# ") if " = " in text else text for text in program_text("x").splitlines()[2:]
    ]
    found = tomllib.loads("\n".join(woken))
    assert set(found) == set(head_table._KEYS)
    assert set(found["blocks"][0]) == set(block_table._BLOCK_KEYS)
    table.read_program(found)


def test_its_comments_are_the_checks_own_words() -> None:
    text = program_text("x")
    assert "minutes = { min = 10, start = 10, max = 20 }  # a whole number from 5 to 60" in text
    assert "# boost_mmhg = { foot = 5 }  # a whole number from 0 to 20" in text
    numbers = [line for line in text.splitlines() if " = " in line and not line.startswith("#")]
    assert all("  # " in line for line in numbers if '= "' not in line or "pattern" in line)


@pytest.mark.parametrize("chip", chips())
def test_a_new_board_passes_its_check(chip: str) -> None:
    assert soleus("new", "board", "mine", "--chip", chip) == 0
    assert soleus("board", "check", "mine/board.toml") == 0
    assert load_board("mine/board.toml").chip == chip
    assert "# one of gpio, shift_register" in Path("mine/board.toml").read_text()
    assert soleus("new", "board", "mine", "--chip", chip) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("program", "Bad_Name"), "small letters"),
        (("program", "easy-run"), "the library has a program of this one"),
        (("program", "../x"), "small letters"),
        (("board", "../x"), "small letters"),
        (("board", "esp32-devkit"), "the library has a board of this one"),
        (("board", "mine", "--chip", "z80"), "one of esp32"),
    ],
)
def test_a_name_that_cannot_be_is_one_line(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert soleus("new", *words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert list(Path().iterdir()) == []
