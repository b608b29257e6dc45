"""`soleus program compare`: what its numbers are, and one line for what it can't compare."""

import json
from pathlib import Path

import numpy as np
import pytest

from host_tools.basics.paths import CHECKOUT
from host_tools.compare import figures as compare_figures
from host_tools.compare.figures import Figures, compare, figures, program_for
from host_tools.compare.picture import comparison_png
from host_tools.compare.rows import rows_of
from host_tools.docs.patterns_page import DATA
from host_tools.sim.simulate import Session, simulate
from tests.soleus_command import soleus

BOARD = "esp32-devkit"


@pytest.fixture(scope="module")
def sessions() -> dict[str, Session]:
    return {name: simulate(program_for(name), BOARD, pressure=50) for name in ("sequential", "uniform")}


@pytest.fixture(scope="module")
def found(sessions: dict[str, Session]) -> dict[str, Figures]:
    return {name: figures(session) for name, session in sessions.items()}


def test_a_patterns_name_stands_for_its_plain_program() -> None:
    assert [program_for(name) for name in ("wave", "easy-run", "my.toml")] == [
        "plain-wave",
        "easy-run",
        "my.toml",
    ]


def test_air_clicks_and_energy_are_those_of_the_whole_session(
    sessions: dict[str, Session], found: dict[str, Figures]
) -> None:
    for name, session in sessions.items():
        one, trace = found[name], session.trace
        # What the pump moved has filled each chamber in each cycle.
        filled_l = np.maximum(np.diff(trace.air_ml, axis=0), 0).sum() / 1000
        assert one.air_l == pytest.approx(filled_l, rel=0.25)
        # Every coil that goes on goes off before the end.
        assert one.clicks % 2 == 0
        assert one.clicks > 2 * one.cycles * 2
        assert one.energy_wh == pytest.approx(session.plant.supply.used_wh, abs=0.001)
        assert one.pump_min == pytest.approx((trace.pump_permille > 0).mean() * one.minutes, rel=0.01)
        assert one.outcome == "completed"


def test_pressed_and_mean_are_those_of_each_zone(found: dict[str, Figures]) -> None:
    sequential, uniform = found["sequential"], found["uniform"]
    foot, calf, thigh = sequential.pressed_min.values()
    assert 15 > foot > calf > thigh > 0, "foot first, and all let go together"
    assert list(sequential.pressed_min) == ["foot", "calf", "thigh"]
    low, high = min(uniform.mean_mmhg.values()), max(uniform.mean_mmhg.values())
    assert high - low < 2, "all rise together"
    assert all(0 < value < 50 for one in found.values() for value in one.mean_mmhg.values())


def test_the_picture_and_the_table_show_every_program(found: dict[str, Figures]) -> None:
    both = list(found.values())
    png = comparison_png(both, "two patterns")
    assert png.startswith(b"\x89PNG")
    assert comparison_png(both, "two patterns") == png
    assert [row.heading for row in rows_of(both)][:3] == ["cycles", "air moved, l", "foot pressed, min"]


def test_the_page_shows_figures_of_every_pattern_and_none_ended_in_a_fault() -> None:
    measured = json.loads((CHECKOUT / DATA).read_text(encoding="utf-8"))
    programs = [Figures(**one) for one in measured["programs"]]
    assert [one.program for one in programs] == [
        f"plain-{name}" for name in ("sequential", "wave", "pulse", "gradient", "uniform", "flow")
    ]
    assert {one.outcome for one in programs} == {"completed"}


def test_the_command_prints_a_table_or_json_and_draws(
    found: dict[str, Figures],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(compare_figures, "compare", lambda *_: list(found.values()))
    picture = tmp_path / "a.png"
    assert soleus("program", "compare", "sequential", "uniform", "--plot", picture) == 0
    said = capsys.readouterr().out
    assert "plain-sequential" in said
    assert "energy, Wh" in said
    assert picture.exists()
    assert soleus("program", "compare", "sequential", "uniform", "--json", "-") == 0
    assert [one["program"] for one in json.loads(capsys.readouterr().out)["programs"]] == [
        "plain-sequential",
        "plain-uniform",
    ]


WRONG = [
    (("wave",), "A B... = 'wave': expected two programs or more"),
    (("wave", "waves"), "program = 'waves': expected a program of"),
    (("wave", "flow", "--plot", "a.jpg"), "--plot = 'a.jpg': expected a file that ends in .png"),
    (("wave", "flow", "--pressure", "300"), "pressure_mmhg = 300: expected a whole number from"),
    (("wave", "flow", "--board", "nosuch"), "expected a board of"),
]


@pytest.mark.parametrize(("words", "line"), WRONG, ids=[line for _, line in WRONG])
def test_what_cannot_be_compared_is_one_line(
    words: tuple[str, ...], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert soleus("program", "compare", *words) == 2
    error = capsys.readouterr().err
    assert line in error
    assert error.count("\n") == 1


def test_nothing_runs_before_all_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(compare_figures.simulate, "run", lambda *_, **__: started.append(1))
    with pytest.raises(Exception, match="nosuch"):
        compare(["wave", "nosuch"], BOARD, "nominal")
    assert started == []
