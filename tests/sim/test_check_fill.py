"""The check fill on the plant: what is wrong is named, on every board, gently and in time."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools.basics.errors import FELL_SHORT
from host_tools.catalogue.boards import board_names, load_board
from host_tools.plant.faults import parse_fault
from host_tools.plant.files.on_board import on_board
from host_tools.plant.files.spec import load_plant, plant_names
from host_tools.plant.parts.units import SAFE_MMHG
from host_tools.sim.check_fill import Check, run_check
from host_tools.verify.fit.draws import Outcome, draws_of, kinds_of, outcome_of
from soleus.core.basics.limits import CHECK_FILL_MOST_MS
from tests.soleus_command import soleus

TRUE_MOST_MMHG = 25
# Where one sensor sees one chamber at a time: 10 s each.
ONE_BY_ONE_MOST_S = 40
DEVKIT, DUO, ONE_SENSOR = "esp32-devkit", "esp32-s3-duo", "esp32-c3-manifold"
KINDS = [(board, kind) for board in board_names() for kind in kinds_of(board)]


@cache
def outcomes(board: str, kind: str) -> list[Outcome]:
    """One draw of each plant file."""
    return [outcome_of(draw) for draw in draws_of(board, kind, len(plant_names()), first=3)]


@pytest.mark.parametrize(("board", "kind"), KINDS)
def test_what_is_wrong_is_named_and_nothing_else(board: str, kind: str) -> None:
    wrong = [(outcome.draw.plant, outcome.texts) for outcome in outcomes(board, kind) if not outcome.is_right]
    # A weak pump fills so little that an open chamber may look like one without its hose.
    assert [each for each in wrong if kind != "open" or each[0] != "tired"] == []


@pytest.mark.parametrize(("board", "kind"), KINDS)
def test_it_is_gentle_short_and_ends_vented(board: str, kind: str) -> None:
    most_s = ONE_BY_ONE_MOST_S if board == ONE_SENSOR else CHECK_FILL_MOST_MS / 1000
    for outcome in outcomes(board, kind):
        assert outcome.max_mmhg <= TRUE_MOST_MMHG
        assert outcome.fill_s <= most_s
        assert outcome.end_mmhg < SAFE_MMHG
        assert not outcome.fault_code
        assert not outcome.refused_count


def test_the_texts_name_the_chamber_and_what_to_do() -> None:
    assert check(DUO, "hose.right.knee:off@0s").texts == ["right.knee: no air stays. Push its hose on."]
    assert check(DUO, "hose.left.calf:swapped@0s").texts == [
        "left.calf: its hose is swapped with that of right.calf.",
        "right.calf: its hose is swapped with that of left.calf.",
    ]
    assert check(DUO, "leg.right:away@0s").texts == ["right: no leg felt. Is the boot on?"]
    assert check(DUO).texts == ["legs: average, average"]


WRONG = {
    "hose.left.foot:off@0s": "left.foot: no air stays. Push its hose on.",
    "garment.left.calf:off@0s": "left.calf: open. Close its zip, look at its seam.",
    "hose.left.knee:kink@0s": "left.knee: the hose is kinked. Lay it straight.",
    "leg.left:away@0s": "left: no leg felt. Is the boot on?",
}


@pytest.mark.parametrize("fault", WRONG)
def test_the_command_says_what_is_wrong_and_begins_no_session(
    fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _sim(DEVKIT, tmp_path, "--fault", fault) == FELL_SHORT
    said = capsys.readouterr()
    assert [line.partition(" s: ")[2] for line in said.err.splitlines()] == [WRONG[fault]]
    assert not said.out
    assert not (tmp_path / "numbers.json").exists()


def test_the_command_names_both_hoses_that_are_swapped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _sim(DUO, tmp_path, "--fault", "hose.left.calf:swapped@0s") == FELL_SHORT
    said = capsys.readouterr().err.splitlines()
    assert [line.split(" s: ")[1].split(":")[0] for line in said] == ["left.calf", "right.calf"]


def test_boots_that_fit_are_said_to_and_the_session_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What breaks later isn't broken yet."""
    _sim(DEVKIT, tmp_path, "--fault", "hose.left.foot:off@3s", "--until", "5s")
    assert " s: legs: " in capsys.readouterr().err
    assert (tmp_path / "numbers.json").exists()


def _sim(board: str, folder: Path, *words: str) -> int:
    return soleus(
        "sim", "easy-run", "--board", board, "--check-fill", "--json", folder / "numbers.json", *words
    )


def test_several_things_wrong_are_all_named() -> None:
    found = check(DUO, "hose.left.foot:off@0s", "hose.right.thigh:kink@0s").findings
    assert found.found == [1, 0, 0, 0, 0, 0, 0, 0, 0, 3]


@pytest.mark.parametrize(("plant", "word"), [("large-leg", "large"), ("small-leg", "small")])
def test_a_leg_that_fills_its_boot_is_told_from_one_that_does_not(plant: str, word: str) -> None:
    board = load_board(DUO)
    assert run_check(board, on_board(load_plant(plant), board.table)).texts == [f"legs: {word}, {word}"]


BREAKS = st.sampled_from(
    [
        *(
            f"hose.left.{chamber}:{mode}"
            for chamber in ("foot", "knee")
            for mode in ("off", "kink", "narrow")
        ),
        *("garment.left.calf:off", "garment.left.thigh:leak", "leg.left:away", "leg.left:move", "pump:slow"),
        *("pump:stuck", "sensor.left.calf:off", "valve.left.knee.fill:stuck", "valve.left.foot.vent:off"),
    ]
)


@given(
    breaks=st.lists(st.tuples(BREAKS, st.integers(0, 16)), max_size=3),
    plant=st.sampled_from(plant_names()),
    seed=st.integers(0, 10_000),
)
@settings(max_examples=40, deadline=None)
def test_never_too_firm_never_too_long_and_vented_in_the_end(
    breaks: list[tuple[str, int]], plant: str, seed: int
) -> None:
    """Whatever breaks, and whenever. A pump that can't be stopped is another guard's: it ends in a fault."""
    faults = [f"{text}@{at_s}s" for text, at_s in breaks]
    seen = check(DEVKIT, *faults, plant=plant, seed=seed)
    assert seen.fill_s <= CHECK_FILL_MOST_MS / 1000 + 0.05
    if not any(text.startswith(("pump:stuck", "sensor", "valve")) for text in faults):
        assert seen.max_mmhg <= TRUE_MOST_MMHG
        assert seen.end_mmhg < SAFE_MMHG


def check(board: str, *faults: str, plant: str = "nominal", seed: int = 0) -> Check:
    the_board = load_board(board)
    spec = on_board(load_plant(plant), the_board.table)
    return run_check(the_board, spec, [parse_fault(text, the_board.boots) for text in faults], seed)
