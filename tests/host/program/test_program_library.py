"""The library beside a full copy of the table that it was made from: nothing is left out or changed."""

import json
import re
import tomllib
from typing import NamedTuple

import pytest

from host_tools.basics.errors import InputError
from host_tools.basics.paths import PROGRAMS
from host_tools.catalogue.boards import board_names, load_board
from host_tools.catalogue.programs import (
    NEEDS,
    compile_program,
    find_programs,
    load_program,
    load_program_table,
    program_file,
    program_names,
)
from host_tools.docs.program_table import program_table
from host_tools.output.cycle import one_cycle
from soleus.core.basics.errors import SettingError
from soleus.core.program.fit import refuse_unfit
from soleus.core.program.layout import lay_out
from soleus.core.program.program import Program
from soleus.core.program.table import read_program
from soleus.core.program.words import PATTERNS

VERY_LOW = (20, 30)
LOW = (30, 40)
LOW_MEDIUM = (35, 50)
LOW_MODERATE = (40, 55)
MODERATE = (40, 60)

BOTH = "sequential / wave"
TRIALS = "what trials used most: 20-30 min at about 80 mmHg"


class Row(NamedTuple):
    id: str
    sources: str
    when: str
    minutes: tuple[int, int]
    mmhg: tuple[int, int]
    mode: str


# "up to 45" leaves the least open (25 is ours); "about 80" gets the range of the trials.
# fmt: off
ROWS = [
    Row("easy-run", "B", "same day, on coming home (Z1-Z2)", (15, 20), (40, 70), "sequential"),
    Row("intervals", "B", "2-6 h after", (20, 25), (60, 90), "sequential, wave"),
    Row("long-run", "B", "that afternoon or evening", (25, 30), (60, 90), "sequential"),
    Row("race", "B", "after drinking and eating (10K to marathon)", (20, 30), (50, 80), "smooth sequential"),
    Row("first-time", "BDE", "first week", (20, 20), (30, 60), "sequential, lowest level first"),
    Row("standing-day", "B", "many hours standing, or travel", (10, 15), MODERATE, "moderate, gentle"),
    Row("doms-now", "B", "at once, and again at 24, 48, 72 h", (15, 15), MODERATE, "sequential"),
    Row("taper-easy", "A", "after an easy run, or heavy feet", (15, 25), LOW_MEDIUM, "sequential"),
    Row("taper-brisk", "A", "after the last brisk workout", (15, 20), LOW_MEDIUM, "sequential"),
    Row("travel", "A", "on arrival", (20, 30), LOW_MEDIUM, "sequential"),
    Row("eve-of-race", "A", "the day before, if it feels good", (10, 15), VERY_LOW, "gentle sequential"),
    Row("race-day", "A", "6-12 h after the finish", (15, 20), LOW, "smooth sequential"),
    Row("post-race", "A", "days 1-3", (20, 30), LOW_MEDIUM, "sequential"),
    Row("normalise", "A", "days 4-7, 2-4 sessions", (15, 30), LOW_MEDIUM, "sequential"),
    Row("hamstring-recovery", "C", "within 2-6 h, or in the evening", (20, 30), LOW_MODERATE, BOTH),
    Row("hamstring-doms", "C", "next day and/or 48 h", (25, 40), MODERATE, "gentle sequential with pause"),
    Row("reset", "C", "rest day, before mobility or a walk", (15, 25), LOW, "relaxation / flow"),
    Row("pre-mobility", "C", "before stretching", (10, 15), VERY_LOW, "gentle"),
    Row("office", "C", "after a day of sitting", (20, 30), LOW, "comfortable sequential"),
    Row("bedtime", "D", "after stretching, before bed", (10, 20), (30, 50), "foot to calf sequence"),
    Row("beginner", "E", "under 25 miles a week, after the longest run", (20, 20), (30, 40), "sequential"),
    Row("intermediate", "E", "25-50 miles, within 30-60 min", (25, 30), (40, 60), "sequential"),
    Row("advanced", "E", "50+ miles, near daily", (35, 40), (50, 65), "sequential"),
    Row("morning-after", "E", "the next morning", (20, 30), (40, 60), "sequential"),
    Row("downhill", "E", "at once after long descents", (25, 30), (40, 60), "sequential"),
    Row("marathon-long", "E", "races, back-to-back long runs", (25, 45), (40, 60), "sequential"),
    Row("pre-run", "E", "before a run", (15, 15), (35, 45), "sequential"),
    Row("drainage", "E", "swelling, lymph", (20, 30), (50, 60), "wave"),
    Row("research-80", "BC", TRIALS, (20, 30), (70, 100), "sequential"),
]
# fmt: on
# The row of post-race says "20-30 (day 3: 15-25)": day 3 has a program of its own.
DAY_3 = Row("post-race-day-3", "A", "day 3, as it feels", (15, 25), LOW_MEDIUM, "sequential")
PLAIN = [f"plain-{pattern}" for pattern in PATTERNS]
SESSIONS = [row.id for row in [*ROWS, DAY_3]]

# What the words of a row's mode allow; each word must show in its program.
PATTERNS_OF_MODE = {
    "sequential": ["sequential"],
    "smooth sequential": ["sequential"],
    "sequential, lowest level first": ["sequential"],
    "gentle sequential": ["sequential"],
    "gentle sequential with pause": ["sequential"],
    "comfortable sequential": ["sequential"],
    "foot to calf sequence": ["sequential"],
    "moderate, gentle": ["sequential"],
    "gentle": ["sequential"],
    "sequential, wave": ["sequential", "wave"],
    BOTH: ["sequential", "wave"],
    "wave": ["wave"],
    "relaxation / flow": ["flow"],
}


def test_the_library_is_the_table_and_one_plain_program_for_each_pattern() -> None:
    assert len(ROWS) == 29
    assert sorted(program_names()) == sorted(SESSIONS + PLAIN)


@pytest.mark.parametrize("row", [*ROWS, DAY_3], ids=lambda row: row.id)
def test_a_program_agrees_with_its_row(row: Row) -> None:
    program = load_program(row.id)
    assert (program.minutes.least, program.minutes.most) == row.minutes
    assert (program.pressure_mmhg.least, program.pressure_mmhg.most) == row.mmhg
    assert program.mode == row.mode
    assert [PATTERNS[block.pattern] for block in program.blocks] == PATTERNS_OF_MODE[row.mode]
    assert row.when in program.when
    assert set(row.sources) <= set(re.findall(r"\b[A-E]\b", program.source))


@pytest.mark.parametrize("name", SESSIONS + PLAIN)
def test_a_program_begins_at_its_lowest(name: str) -> None:
    program = load_program(name)
    assert program.minutes.start == program.minutes.least
    # The one exception: the trials used 80 mmHg, and the range lies around it.
    least_mmhg = 80 if name == "research-80" else program.pressure_mmhg.least
    assert program.pressure_mmhg.start == least_mmhg


@pytest.mark.parametrize("name", SESSIONS)
def test_a_cycle_has_the_beat_of_the_source(name: str) -> None:
    for block in load_program(name).blocks:
        assert (block.cycle_ms.least, block.cycle_ms.most) == (20_000, 60_000)
        assert 40_000 <= block.cycle_ms.start <= 60_000


@pytest.mark.parametrize("name", SESSIONS)
def test_every_board_keeps_the_beat_at_the_start_value(name: str) -> None:
    """As estimated; docs/programs.md has what the simulator measures."""
    for board in boards_for(load_program(name)):
        for number in range(len(load_program(name).blocks)):
            assert 20 <= one_cycle(load_program(name), load_board(board).boots, number).duration_s <= 60.5


@pytest.mark.parametrize("name", SESSIONS)
def test_every_word_of_a_rows_mode_shows_in_its_program(name: str) -> None:
    program = load_program(name)
    for word in ("smooth", "gentle", "comfortable", "lowest", "flow", "foot to calf"):
        if word in program.mode:
            assert all(block.ramp_ms.start >= 2000 for block in program.blocks), word
    pauses_ms = [block.rest_ms.start for block in program.blocks]
    assert (min(pauses_ms) >= 10_000) == ("pause" in program.mode)
    foot_and_calf_bits = 0b011
    zone_bits = {block.zone_bits for block in program.blocks}
    assert zone_bits == ({foot_and_calf_bits} if "foot to calf" in program.mode else {0b111})


@pytest.mark.parametrize("name", SESSIONS + PLAIN)
def test_every_number_has_its_source_beside_it(name: str) -> None:
    for line in program_file(name).read_text().splitlines():
        setting, _, comment = line.partition("  #")
        if re.fullmatch(r"\w+\s*=\s*[\d{].*", setting):
            assert re.search(r"\b[A-E]\b|\bours\b", comment), line


@pytest.mark.parametrize("name", SESSIONS + PLAIN)
def test_a_file_is_called_as_its_program_and_says_everything(name: str) -> None:
    program = load_program(name)
    assert program.id == name
    assert all([program.title, program.purpose, program.when, program.mode, program.source])
    assert program.need in NEEDS
    assert len(program.words) >= 4
    assert re.search(r"\b[A-E]\b", program.source)
    # Its purpose includes when not to use it.
    assert re.search(r"\b(not|never|no)\b", program.purpose, re.IGNORECASE)
    table = tomllib.loads((PROGRAMS / f"{name}.toml").read_text())
    assert sum(block.get("share_percent", 100) for block in table["blocks"]) == 100


@pytest.mark.parametrize("name", SESSIONS + PLAIN)
def test_no_program_promises_an_effect(name: str) -> None:
    program = load_program(name)
    promises = r"\b(cures?|treats?|heals?|prevents?|guarantees?|flush(es)?|detox\w*|proven)\b"
    assert not re.search(promises, f"{program.title} {program.purpose}", re.IGNORECASE)


@pytest.mark.parametrize("name", SESSIONS + PLAIN)
def test_what_the_device_stores_is_the_same_program(name: str) -> None:
    compiled = compile_program(load_program_table(name))
    assert compiled == compile_program(json.loads(compiled))
    assert b"\n" not in compiled
    boots = load_board("esp32-s3-duo").boots
    stored, loaded = read_program(json.loads(compiled)), load_program(name)
    for minutes in (loaded.minutes.least, loaded.minutes.most):
        assert vars(lay_out(stored, boots, minutes)) == vars(lay_out(loaded, boots, minutes))
    assert vars(stored.level_pa) == vars(loaded.level_pa)


def test_compiling_refuses_what_the_device_would_refuse() -> None:
    with pytest.raises(SettingError, match="minutes"):
        compile_program({**load_program_table("easy-run"), "minutes": 0.5})


def test_only_what_needs_sealed_chambers_is_refused_on_three_way_valves() -> None:
    refused = [name for name in program_names() if "esp32-c3-manifold" not in boards_for(load_program(name))]
    assert refused == ["reset", "plain-flow", "plain-gradient", "plain-pulse"]
    for board in ("esp32-devkit", "esp32-s3-duo"):
        assert all(board in boards_for(load_program(name)) for name in program_names())


@pytest.mark.parametrize(
    ("need", "best"),
    [
        ("cramps", "bedtime"),
        ("intervals", "intervals"),
        ("doms", "doms-now"),
        ("swelling", "drainage"),
        ("travel", "travel"),
        ("Tight Hamstrings", "hamstring-recovery"),
        ("office", "office"),
        ("first time", "first-time"),
        ("50 miles", "advanced"),
    ],
)
def test_every_need_finds_its_program(need: str, best: str) -> None:
    assert find_programs(need)[0] == best


def test_heavy_legs_find_several_programs_and_nonsense_finds_none() -> None:
    assert len(find_programs("legs heavy")) >= 5
    assert find_programs("legs heavy") == find_programs("LEGS, heavy!")
    assert find_programs("zeppelin") == []


def test_a_warning_is_not_taken_for_a_use() -> None:
    """Several purposes say `not for one hot, red or swollen leg`, which must not be found as a use."""
    assert find_programs("hot red leg") == find_programs("legs")
    assert "post-race" not in find_programs("swollen")


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(InputError) as caught:
        load_program("easyrun")
    assert str(caught.value) == (
        "program = 'easyrun': expected a program of `soleus program list`; perhaps easy-run or pre-run"
    )


def test_the_table_for_the_docs_has_every_program_and_takes_columns() -> None:
    lines = program_table({"cycle": {"easy-run": "50 s"}}).splitlines()
    assert len(lines) == 2 + len(program_names())
    assert len({line.count("|") for line in lines}) == 1
    easy_run = next(line for line in lines if line.startswith("| `easy-run` "))
    assert "15-20 | 40-70 | sequential" in easy_run
    assert easy_run.endswith("| 50 s |")
    assert "70-100, from 80" in next(line for line in lines if "`research-80`" in line)


def boards_for(program: Program) -> list[str]:
    return [board for board in board_names() if runs_on(program, board)]


def runs_on(program: Program, board: str) -> bool:
    try:
        refuse_unfit(program, load_board(board).boots)
    except SettingError:
        return False
    return True
