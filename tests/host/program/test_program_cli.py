"""`soleus program` and `soleus board` as a person uses them."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from host_tools.basics.errors import InputError
from host_tools.basics.paths import BOARDS, PROGRAMS
from host_tools.catalogue.boards import board_names, load_board
from host_tools.catalogue.programs import program_names
from host_tools.commands import board, program
from soleus.core.program.table import read_program

app = typer.Typer()
app.add_typer(program.app, name="program")
app.add_typer(board.app, name="board")


@pytest.fixture(autouse=True)
def narrow_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def good(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 0, result.exception
    return result.stdout


def complaint(*arguments: str) -> str:
    """The one line that `main` prints to stderr."""
    (line,) = complaints(*arguments)
    return line


def complaints(*arguments: str) -> list[str]:
    result = run(*arguments)
    error = result.exception
    assert isinstance(error, InputError), error
    assert "\n" not in str(error)
    return [line.removeprefix("soleus: ") for line in result.stderr.splitlines()] + [str(error)]


# --- program list ---


def test_list_names_every_program_within_80_columns() -> None:
    lines = good("program", "list").splitlines()
    assert {line.split()[0] for line in lines[1:] if line[0] != " "} == set(program_names())
    assert max(len(line) for line in lines) <= 80


@pytest.mark.parametrize(
    ("need", "first"), [("cramps", "bedtime"), ("intervals", "intervals"), ("doms", "doms-now")]
)
def test_list_finds_programs_by_a_need(need: str, first: str) -> None:
    assert good("program", "list", need).splitlines()[1].startswith(first)


def test_list_finds_programs_by_several_words() -> None:
    assert "standing-day" in good("program", "list", "legs", "heavy")


def test_list_says_what_a_program_it_found_is_no_remedy_for() -> None:
    assert "bedtime: It is no remedy for cramps." in good("program", "list", "cramps")
    assert ": " not in good("program", "list", "night").replace("Taper: ", "")


def test_list_says_that_nothing_was_found() -> None:
    assert "'zeppelin'" in complaint("program", "list", "zeppelin")


# --- program show ---


@pytest.mark.parametrize("name", program_names())
def test_show_draws_a_cycle_of_every_program(name: str) -> None:
    shown = good("program", "show", name)
    lines = shown.splitlines()
    assert max(len(line) for line in lines) <= 80
    bars = {line.split()[0]: line for line in lines if "█" in line or re.match(r"\w+ +\d+ mmHg", line)}
    assert "foot" in bars
    assert bars["foot"].index("mmHg") > 0
    assert "Fills are estimated" in shown


def test_show_says_after_how_long_a_program_asks_for_a_sign_of_life() -> None:
    shown = " ".join(good("program", "show", "bedtime").split())
    assert "ends by itself after 8 min without a press" in shown, "before its own 10 minutes are over"
    assert "after 15 min without a press" in " ".join(good("program", "show", "long-run").split())
    assert "without a press" not in good("program", "show", "plain-sequential")


def test_show_begins_with_the_foot() -> None:
    lines = good("program", "show", "plain-sequential").splitlines()
    chambers = [line.split() for line in lines if line.endswith(" s") and "mmHg" in line]
    begins = {words[0]: int(words[-2].split("-")[0]) for words in chambers}
    assert begins["foot"] < begins["ankle"] < begins["calf"] < begins["knee"] < begins["thigh"]


def test_show_leaves_out_zones_at_rest_and_draws_alternating_legs_apart(tmp_path: Path) -> None:
    assert not re.search(r"^thigh", good("program", "show", "bedtime"), re.MULTILINE)
    file = a_program(tmp_path, legs='legs = "alternating"')
    shown = good("program", "show", str(file))
    assert "right.foot" in shown
    assert "left.thigh" in shown


def test_show_draws_a_picture(tmp_path: Path) -> None:
    good("program", "show", "intervals", "--board", "esp32-devkit", "--plot", "cycle.png")
    assert (tmp_path / "cycle.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["cycle.png"]


def test_show_refuses_a_board_that_cannot() -> None:
    line = complaint("program", "show", "reset", "--board", "esp32-c3-manifold")
    assert "reset.toml: blocks[0].pattern = 'flow'" in line
    assert "three-way" in line
    assert "expected a board of `soleus board list`; perhaps esp32-s3-duo" in complaint(
        "program", "show", "reset", "--board", "s3-duo"
    )


# --- program check ---


def test_check_says_where_a_program_runs(tmp_path: Path) -> None:
    file = a_program(tmp_path)
    mine, reset = good("program", "check", str(file), "reset").splitlines()
    assert mine == f"{file}: fine; runs on {', '.join(board_names())}"
    assert reset.startswith("reset: fine; runs on esp32-devkit, esp32-s3-duo; not on esp32-c3-manifold (")
    assert "three-way valves give all filled chambers one pressure" in reset


def test_check_passes_the_whole_library() -> None:
    files = sorted(str(path) for path in PROGRAMS.glob("*.toml"))
    assert len(good("program", "check", *files).splitlines()) == len(program_names())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("max = 60", "max = 130"), "pressure_mmhg.max = 130: expected a whole number from 40 to 120"),
        (("max = 60", "max = 60.5"), "pressure_mmhg.max = 60.5: expected a whole number from 40 to 120"),
        (('"wave"', '"swirl"'), "blocks[0].pattern = 'swirl': expected one of sequential, wave"),
        (
            ('pattern = "wave"', 'pattern = "wave"\nzones = ["calf", "foot"]'),
            "blocks[0].zones = ['calf', 'foot']",
        ),
        (("minutes = 20", "minuets = 20"), "minuets = 20: expected one of the keys id"),
        (("minutes = 20", "minutes = = 20"), "line 2: expected valid TOML (Invalid value)"),
        (
            ("minutes = 20", "minutes = 20\nminutes = 20"),
            "line 3: expected valid TOML (Cannot overwrite",
        ),
        (("[[blocks]]", "[[blocks"), "line 4: expected valid TOML"),
        (("minutes = 20", "minutes = " + "9" * 5000), "valid TOML"),
        (("minutes = 20", "minutes = " + "[" * 5000), "fewer brackets"),
        (
            ("minutes = 20", "minutes = 2024-01-01"),
            "datetime.date(2024, 1, 1): expected a whole number",
        ),
    ],
)
def test_check_names_what_is_wrong(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    file = a_program(tmp_path)
    file.write_text(file.read_text().replace(*change))
    line = complaint("program", "check", str(file))
    assert line.startswith(f"{file}: ")
    assert expected in line


def test_check_names_every_mistake_of_every_file(tmp_path: Path) -> None:
    wrong = (
        ("max = 60", "max = 130"), ("minutes = 20", "minuets = 20\ntitel = 3"),
        ('pattern = "wave"', 'pattern = "swirl"\nhold_s = 99'),
    )  # fmt: skip
    first, second = a_program(tmp_path), tmp_path / "second.toml"
    for change in wrong:
        first.write_text(first.read_text().replace(*change))
    second.write_text("minutes = = 3")
    lines = complaints("program", "check", str(first), "zeppelin", str(second))
    keys = [line.split(" = ")[0] for line in lines[:-1]]
    of_first = ("minuets", "titel", "pressure_mmhg.max", "blocks[0].pattern", "blocks[0].hold_s")
    assert keys == [*(f"{first}: {key}" for key in of_first), "program"]
    assert lines[-1].startswith(f"{second}: line 1: expected valid TOML")


@pytest.mark.parametrize(
    "table",
    [
        "", "blocks = 3", "blocks = [3, 4]\nminutes = {}",
        "minutes = {}\npressure_mmhg = { min = 1, mix = 2 }",
        '[[blocks]]\nshare_percent = 10\npattern = "gradient"', "blocks = [{}, {}, {}, {}, {}]",
    ],
)  # fmt: skip
def test_check_comes_to_an_end_whatever_is_wrong(table: str, tmp_path: Path) -> None:
    file = tmp_path / "odd.toml"
    file.write_text(table)
    lines = complaints("program", "check", str(file))
    assert len(set(lines)) == len(lines)


def test_check_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "picture.toml").write_bytes(b"\x89PNG\xff")
    assert "a text file in UTF-8" in complaint("program", "check", str(tmp_path / "picture.toml"))
    assert "No such file" in complaint("program", "check", "missing.toml")
    assert "Is a directory" in complaint("program", "check", f"{tmp_path}/../{tmp_path.name}")


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = a_program(tmp_path)
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    good("program", "check", str(file))


# --- program compile ---


def test_compile_writes_what_the_device_reads(tmp_path: Path) -> None:
    assert good("program", "compile", "easy-run").startswith("easy-run.json: ")
    compiled = (tmp_path / "easy-run.json").read_bytes()
    assert read_program(json.loads(compiled)).level_pa.start
    assert good("program", "compile", "easy-run", "-o", "-").encode() == compiled
    good("program", "compile", "easy-run", "-o", "other.json")
    assert (tmp_path / "other.json").read_bytes() == compiled
    assert sorted(path.name for path in tmp_path.iterdir()) == ["easy-run.json", "other.json"]


def test_compile_leaves_an_older_file_whole(tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text("before")
    bad = a_program(tmp_path)
    bad.write_text(bad.read_text().replace("wave", "swirl"))
    assert "swirl" in complaint("program", "compile", str(bad), "-o", "mine.json")
    assert (tmp_path / "mine.json").read_text() == "before"
    assert "can be written" in complaint("program", "compile", "race", "-o", "nowhere/race.json")


def test_compile_follows_a_link_and_spares_devices(tmp_path: Path) -> None:
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    good("program", "compile", "race", "-o", "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").is_file()
    good("program", "compile", "race", "-o", "/dev/null")
    assert Path("/dev/null").is_char_device()


def test_compile_does_not_take_an_id_for_a_path(tmp_path: Path) -> None:
    file = a_program(tmp_path)
    file.write_text(file.read_text().replace('"mine"', '"../mine"'))
    assert "id = '../mine'" in complaint("program", "compile", str(file))


# --- board ---


def test_boards_are_listed_and_shown_with_their_programs() -> None:
    listed = good("board", "list")
    assert all(name in listed for name in board_names())
    assert max(len(line) for line in listed.splitlines()) <= 80
    shown = good("board", "show", "esp32-c3-manifold")
    assert "reset, plain-flow, plain-gradient, plain-pulse" in shown
    assert "three_way" in shown
    assert "on both legs" in good("board", "show", "esp32-s3-duo")


def test_board_check_takes_names_files_and_folders() -> None:
    folder = BOARDS / "esp32-devkit"
    for name in ("esp32-devkit", str(folder), str(folder / "board.toml")):
        assert good("board", "check", name).endswith(
            ": fine; 1 x 4 chambers, fill_vent, per_chamber_and_manifold, no gate\n"
        )


def test_every_board_is_called_as_its_folder() -> None:
    assert len(board_names()) >= 3
    assert [load_board(name).name for name in board_names()] == board_names()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("legs = 1", "legs = 3"), "boots.legs = 3: expected 1 or 2"),
        (
            ("[boots]", "[supplies]\nbattery = 3\n[boots]"),
            "supplies = {'battery': 3}: expected one of the keys name, title",
        ),
        (('"esp32"', '"avr"'), "chip = 'avr': expected one of esp32, esp32-s3, esp32-c3"),
        (('name = "esp32-devkit"', 'name = "My Board"'), "name = 'My Board': expected small letters"),
        (('name = "esp32-devkit"', ""), "name: expected text"),
        (("[boots]", "boots = 3\n[foots]"), "foots = "),
        (("[boots]", "[boots]\nleg = 3"), "boots.leg = 3: expected one of the keys"),
        (('"foot", "calf", "calf", "thigh"', '"calf", "foot", "calf", "thigh"'), "zones in the order"),
        (("legs = 1", "legs = 1 1"), "line 8: expected valid TOML"),
    ],
)
def test_board_check_names_what_is_wrong(tmp_path: Path, change: tuple[str, str], expected: str) -> None:
    file = tmp_path / "board.toml"
    file.write_text((BOARDS / "esp32-devkit" / "board.toml").read_text().replace(*change))
    lines = complaints("board", "check", str(file))
    assert all(line.startswith(f"{file}: ") for line in lines)
    assert expected in "\n".join(lines)


def test_board_check_names_every_mistake_of_every_file(tmp_path: Path) -> None:
    """A chip that nobody knows stops neither its own file nor the next one."""
    text = (BOARDS / "esp32-devkit" / "board.toml").read_text()
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    first.write_text(
        text.replace('"esp32"', '"avr"').replace("fill = [16, 17, 18, 19]", "fill = [16, 17, 18]")
    )
    second.write_text(text.replace("fill = [16,", "fill = [34,"))
    lines = complaints("board", "check", str(first), "zeppelin", str(second))
    assert [line.split(" = ")[0] for line in lines] == [
        f"{first}: chip", f"{first}: valves.fill", "board", f"{second}: valves.fill[0]"
    ]  # fmt: skip


def test_a_board_without_boots_is_refused(tmp_path: Path) -> None:
    (tmp_path / "board.toml").write_text('name = "b"\ntitle = "B"\nchip = "esp32"\n')
    assert "boots: expected a table [boots]" in complaint("board", "check", str(tmp_path))
    assert "expected a board of `soleus board list`" in complaint("board", "check", "zeppelin")


@pytest.mark.parametrize("words", ["board check", "board show", "program check", "program show"])
def test_no_title_sends_escape_codes_to_a_terminal(tmp_path: Path, words: str) -> None:
    file = a_program(tmp_path)
    file.write_text('title = "\\u001b[2Jgone"\n' + file.read_text())
    said = complaint(*words.split(), str(file))
    assert "title = '\\x1b[2Jgone': expected text without control characters" in said
    assert "\x1b" not in said


def a_program(folder: Path, legs: str = "") -> Path:
    file = folder / "mine.toml"
    file.write_text(
        'id = "mine"\nminutes = 20\npressure_mmhg = { min = 40, max = 60 }\n'
        f'[[blocks]]\npattern = "wave"\n{legs}\n'
    )
    return file


# --- the command itself ---


def test_unusable_input_is_one_line_on_stderr_and_status_2(tmp_path: Path) -> None:
    soleus = [sys.executable, "-c", "from host_tools.cli import main; main()"]
    bad = subprocess.run(
        [*soleus, "program", "show", "easyrun"], capture_output=True, text=True, cwd=tmp_path
    )
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.count("\n") == 1
    assert "perhaps easy-run" in bad.stderr
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
    shown = subprocess.run(
        [*soleus, "program", "show", "reset"], capture_output=True, env=ascii_only, cwd=tmp_path
    )
    assert shown.returncode == 0
    assert shown.stdout.isascii()
