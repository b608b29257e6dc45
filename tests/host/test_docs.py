"""What docs/ says straight from the code is what the code says now; and every link leads somewhere.

The measured tables aren't made again here: `make docs` does that, and `python -m host_tools.docs --check`.
"""

import re
from pathlib import Path

import pytest

from host_tools.basics.paths import CHECKOUT
from host_tools.catalogue.boards import board_names
from host_tools.catalogue.programs import program_names
from host_tools.docs import patterns_page, programs_page
from host_tools.output.page import outdated
from host_tools.verify.healthy.every_program import library_cases, refusal
from soleus.core.program.words import NEEDS_SEALED_CHAMBERS, PATTERNS

PAGES = ["README.md", *sorted(str(page.relative_to(CHECKOUT)) for page in CHECKOUT.glob("docs/**/*.md"))]
# Of a picture in a page of text.
BYTES_MOST = 60_000


def read(page: str) -> str:
    return (CHECKOUT / page).read_text(encoding="utf-8")


def test_the_program_table_and_the_refusals_are_those_of_the_files() -> None:
    assert read(programs_page.PAGE).startswith(programs_page.from_code()), "run `make docs`"


def test_every_program_is_measured_on_every_board_that_it_fits() -> None:
    """One line for each session, and one row for each program on each board."""
    lines = read(programs_page.DATA).splitlines()[1:]
    measured = [tuple(line.split(",")[:3]) for line in lines]
    assert measured == [(case.program, case.board, case.plant) for case in library_cases(program_names())]
    sections = re.split(r"^### On `", read(programs_page.PAGE), flags=re.MULTILINE)[1:]
    assert [section.partition("`")[0] for section in sections] == board_names()
    for board, section in zip(board_names(), sections, strict=True):
        rows = re.findall(r"^\| `([\w-]+)`", section, flags=re.MULTILINE)
        assert rows == [name for name in program_names() if not refusal(name, board)]


def test_the_patterns_page_is_that_of_the_code() -> None:
    assert outdated({patterns_page.PAGE: patterns_page.text().encode()}) == [], "run `make docs`"


def test_every_pattern_is_drawn_or_refused_on_every_layout() -> None:
    page = read(patterns_page.PAGE)
    assert set(patterns_page.ABOUT) == set(PATTERNS)
    for number, pattern in enumerate(PATTERNS):
        for valves, sensors in patterns_page.layouts():
            reason = patterns_page.refusal(pattern, (valves, sensors))
            assert bool(reason) == (valves == "three_way" and number in NEEDS_SEALED_CHAMBERS)
            picture = patterns_page.picture_name(pattern, valves, sensors)
            assert (CHECKOUT / picture).exists() == (not reason)
            assert (reason in page) if reason else (picture.removeprefix("docs/") in page)


def test_no_picture_is_left_over_and_each_is_small() -> None:
    drawn = re.findall(r"\]\((img/patterns/[\w.-]+)\)", read(patterns_page.PAGE))
    pictures = sorted((CHECKOUT / patterns_page.PICTURES).glob("*.png"))
    assert sorted(drawn) == [str(picture.relative_to(CHECKOUT / "docs")) for picture in pictures]
    for picture in [*pictures, CHECKOUT / "docs/img/session.png"]:
        assert picture.stat().st_size < BYTES_MOST, picture.name


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_leads_to_one(page: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", read(page)) if "://" not in link]
    missing = [link for link in links if not Path(CHECKOUT / page).parent.joinpath(link).exists()]
    assert missing == []


def test_an_outdated_or_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("host_tools.output.page.CHECKOUT", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/same.md").write_text("as it is")
    (tmp_path / "docs/other.md").write_text("as it was")
    files = {"docs/same.md": b"as it is", "docs/other.md": b"as it is", "docs/none.md": b"as it is"}
    assert outdated(files) == ["docs/other.md", "docs/none.md"]
