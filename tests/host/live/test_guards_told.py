"""How near each guard is: by the core's counters, from outside where those aren't told, and said in words."""

from pathlib import Path
from typing import Any

import pytest

from host_tools.catalogue.boards import load_board
from host_tools.live.guards.outside import Outside
from host_tools.live.guards.shown import TOLD_ON_THE_LINE, guards_shown
from host_tools.live.sources.recording import Recording
from host_tools.safety.requirements import REQUIREMENTS
from tests.host.live.fake_source import BOARD, frame_at
from tests.soleus_command import soleus

CODES = [each.code for each in REQUIREMENTS]
COUNT = BOARD.boots.count


def near_after(*moments: dict[str, Any], gap_ms: int | None = None) -> dict[str, tuple[float, float] | None]:
    """What is known after these frames, each with its changes to a quiet one."""
    outside = Outside(BOARD.boots, TOLD_ON_THE_LINE)
    quiet = {"pressure_mmhg": [0.0] * COUNT, "target_mmhg": [0.0] * COUNT, "fill_bits": 0, "seal_bits": 0}
    for moment in moments:
        frame: Any = frame_at(0) | quiet | moment
        near = outside.near(frame, gap_ms)
    return dict(zip(CODES, near, strict=True))


PRESSED = {"pressure_mmhg": [40.0] + [0.0] * (COUNT - 1), "seal_bits": 1}
OPEN = PRESSED | {"seal_bits": 0}
COUNTED = [
    ("E01", [{"pressure_mmhg": [52.0] * COUNT, "target_mmhg": [40.0] * COUNT}], (12.0, 15.0)),
    ("E02", [PRESSED], (40.0, 135.0)),
    ("E03", [{"at_ms": 1000} | PRESSED, {"at_ms": 91_000} | PRESSED], (90.0, 180.0)),
    ("E03", [{"at_ms": 1000} | PRESSED, {"at_ms": 2000}, {"at_ms": 3000} | PRESSED], (0.0, 180.0)),
    ("E12", [{"at_ms": 1000, "missing_bits": 2}, {"at_ms": 1040, "missing_bits": 2}], (40.0, 50.0)),
    ("E13", [{"pressure_mmhg": [0.0, -2.5] + [0.0] * (COUNT - 2)}], (2.5, 6.0)),
    ("E31", [{"at_ms": 1000} | OPEN, {"at_ms": 4000} | OPEN], (3.0, 5.0)),
    ("E31", [{"at_ms": 1000} | OPEN, {"at_ms": 4000} | PRESSED], (0.0, 5.0)),
    ("E32", [{"at_ms": 1000}, {"at_ms": 2000} | OPEN, {"at_ms": 2100} | OPEN], (100.0, 200.0)),
    ("E32", [{"at_ms": 1000} | PRESSED, {"at_ms": 2000} | OPEN, {"at_ms": 2100} | OPEN], (0.0, 200.0)),
    ("E42", [{"run_ms": 600_000}], (10.0, 61.0)),
    ("E42", [{"run_ms": 0}], None),
]


@pytest.mark.parametrize(("code", "moments", "near"), COUNTED)
def test_what_shows_from_outside_is_counted_as_the_guard_does(
    code: str, moments: list[dict[str, Any]], near: tuple[float, float] | None
) -> None:
    found = near_after(*moments)[code]
    assert found == (near and pytest.approx(near, abs=0.01))


def test_the_longest_gap_between_two_ticks_is_shown_where_a_status_tells_it() -> None:
    assert near_after({}, gap_ms=17)["E41"] == (17, 60)
    assert near_after({})["E41"] is None


def test_what_a_line_does_not_tell_is_null_in_each_frame_and_said_in_words() -> None:
    untold = {guard["code"] for guard in guards_shown(BOARD.boots, "port") if guard["told"] != "here"}
    assert untold == set(CODES) - TOLD_ON_THE_LINE | {"E61"}
    near = near_after({"run_ms": 60_000, "supply_v": 12.0}, gap_ms=12)
    assert {code for code, value in near.items() if value is None} == untold
    assert all(guard["unknown"] for guard in guards_shown(BOARD.boots, "port"))


@pytest.mark.parametrize(
    ("board", "never"),
    [
        ("esp32-devkit", {"E16", "E61"}),
        ("esp32-s3-duo", {"E16"}),
        ("esp32-c3-manifold", {"E13", "E16", "E17", "E61"}),
    ],
)
def test_a_guard_that_these_boots_have_nothing_for_is_said_to_be_so(board: str, never: set[str]) -> None:
    shown = guards_shown(load_board(board).boots, "sim")
    assert {guard["code"] for guard in shown if guard["told"] == "never"} == never
    assert all(guard["told"] == "here" for guard in shown if guard["code"] not in never)


def test_a_recording_tells_every_counter_of_the_core_where_each_tick_was_recorded(tmp_path: Path) -> None:
    """The sensor's plug is pulled at 30 s: what led to the fault is shown by its own guard's counter."""
    file = tmp_path / "night.slog"
    words = ("sim", "easy-run", "--board", BOARD.name, "--fault", "sensor.left.calf:stuck@30s")
    soleus(*words, "--record", str(file))
    source = Recording(file)
    known = {guard["code"] for guard in source.about["guards"] if guard["told"] == "here"}
    (fault,) = [event for event in source.new_events() if event["kind"] == "fault"]
    before = [frame for frame in source.past() if frame["at_ms"] < fault["at_ms"]][-1]
    near = dict(zip(CODES, before["near"], strict=True))
    assert {code for code, value in near.items() if value is not None} == known
    assert fault["text"].startswith("E14")
    counted_ms, limit_ms = near["E14"] or (0, 0)
    assert 0.5 * limit_ms < counted_ms < limit_ms
