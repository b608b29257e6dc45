"""What docs/ says straight from the code is what the code says now; every link and path leads somewhere.

The measured tables aren't made again here: `make docs` does that, and `python -m host_tools.docs --check`.
"""

import functools
import re
from pathlib import Path

import pytest

from host_tools.basics.paths import CHECKOUT
from host_tools.catalogue.boards import board_names
from host_tools.catalogue.programs import program_names
from host_tools.docs import patterns_page, programs_page
from host_tools.docs.manual import manual_page
from host_tools.output.page import outdated
from host_tools.verify.healthy.every_program import library_cases, refusal
from soleus.core.program.words import NEEDS_SEALED_CHAMBERS, PATTERNS

PAGES = ["README.md", *sorted(str(page.relative_to(CHECKOUT)) for page in CHECKOUT.glob("docs/**/*.md"))]
# A picture in a page of text is at most this big.
BYTES_MOST = 60_000
# As a page quotes a file, a folder or a test: `fills.py`, `manifold/`, `tests/x.py::test_y`.
QUOTED_PATH = re.compile(r"`((?:[\w.-]*/)*[\w.-]*(?:/[\w.-]*|\.(?:py|md|toml|csv|json))(?:::\w+)?)`")
# On a board's flash, in a wheel, or with a part to be filled in: no file of a checkout.
NOT_HERE = {
    "/",
    "/current-app",
    "/current-app.new",
    "/data",
    "/data/state",
    "/data/log",
    "board.json",
    "host_tools/data/",
    "meter.json",
    "plain-NAME.toml",
    "safe_pins.json",
    "test_NAME.py",
}


def read(page: str) -> str:
    return (CHECKOUT / page).read_text(encoding="utf-8")


@functools.cache
def all_paths() -> list[str]:
    """Every file and folder of the checkout that a page may quote, from its root."""
    tops = [CHECKOUT / name for name in ("boards", "docs", "firmware", "host_tools", "tests")]
    below = [path for top in tops for path in top.rglob("*") if "node_modules" not in path.parts]
    return [f"/{path.relative_to(CHECKOUT).as_posix()}" for path in (*tops, *below)]


def is_there(quoted: str) -> bool:
    """A page may leave out where a path begins: `core/program/layout.py`, or the name of a file alone."""
    path, _, test = quoted.partition("::")
    found = [whole for whole in all_paths() if whole.endswith(f"/{path.rstrip('/')}")]
    return bool(found) if not test else any(f"def {test}(" in read(whole[1:]) for whole in found)


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


def test_the_manual_has_the_panels_own_table_and_questions() -> None:
    assert outdated({manual_page.PAGE: manual_page.text().encode()}) == [], "run `make docs`"


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


@pytest.mark.parametrize("page", PAGES)
def test_every_quoted_path_is_there(page: str) -> None:
    quoted = set(QUOTED_PATH.findall(read(page))) - NOT_HERE
    assert sorted(path for path in quoted if not is_there(path)) == []


@pytest.mark.parametrize(
    ("quoted", "is_found"),
    [
        ("core/program/layout.py", True),
        ("program_layout.py", False),
        ("tests/virtual", True),
        ("tests/virtuals/", False),
        ("tests/host/test_docs.py::test_every_quoted_path_is_there", True),
        ("tests/host/test_docs.py::test_no_such_promise", False),
    ],
)
def test_a_path_or_a_test_that_is_gone_is_seen(quoted: str, is_found: bool) -> None:
    assert QUOTED_PATH.findall(f"see `{quoted}`") == [quoted]
    assert is_there(quoted) == is_found


def test_the_plan_of_the_house_shows_every_room() -> None:
    """The folders of the first level everywhere, and all rooms of the core."""
    plan = read("docs/architecture.md").split("```")[1]
    packages = ["firmware", "firmware/soleus", "firmware/soleus/core", "host_tools", "tests"]
    folders = [path for package in packages for path in (CHECKOUT / package).iterdir() if path.is_dir()]
    rooms = {path.name for path in folders if not path.name.startswith(("_", "."))}
    assert sorted(room for room in rooms if f"{room}/" not in plan) == []
    drawn = set(re.findall(r"(?<![\w./])([\w/]+)/(?![\w/])", plan))
    assert sorted(room for room in drawn if not is_there(room)) == []


def test_an_outdated_or_missing_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("host_tools.output.page.CHECKOUT", tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/same.md").write_text("as it is")
    (tmp_path / "docs/other.md").write_text("as it was")
    files = {"docs/same.md": b"as it is", "docs/other.md": b"as it is", "docs/none.md": b"as it is"}
    assert outdated(files) == ["docs/other.md", "docs/none.md"]
