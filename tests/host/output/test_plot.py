"""Pictures are made, are the same every time, and are drawn from points that keep the curve."""

from pathlib import Path

import matplotlib as mpl
import matplotlib.image
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools.basics.errors import InputError
from host_tools.output.palette import chamber_colours
from host_tools.output.plot.plot import cycle_png, plot_cycle, plot_session, session_png
from host_tools.output.view import legs_of, one_cycle, peaks, spans, stretches, thinned
from host_tools.sim.figures.metrics import measure
from host_tools.sim.trace import Trace
from tests.host.output.synthetic import blank_trace, context, faulty_latch, session_trace


def picture_of(trace: Trace) -> bytes:
    latch = faulty_latch(trace) if trace.fault_code.any() else None
    return session_png(trace, measure(trace, context(trace, latch)), "Easy run $x_y$")


@pytest.mark.parametrize("legs", [1, 2])
@pytest.mark.parametrize("fault_at_s", [None, 70.0])
def test_a_session_gives_the_same_picture_every_time(legs: int, fault_at_s: float | None) -> None:
    first, second = (picture_of(session_trace(2, legs=legs, fault_at_s=fault_at_s)) for _ in range(2))
    assert first == second
    assert first.startswith(b"\x89PNG")
    assert b"Matplotlib" not in first


def test_a_persons_own_settings_change_nothing() -> None:
    trace = session_trace(1)
    plain = cycle_png(trace, "sequential")
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black"}):
        assert cycle_png(trace, "sequential") == plain
        assert mpl.rcParams["font.size"] == 30


def test_files_are_written_whole(tmp_path: Path) -> None:
    trace = session_trace(1)
    plot_session(trace, measure(trace, context(trace)), tmp_path / "session.png", "Easy run")
    plot_cycle(trace, tmp_path / "cycle.png", "sequential")
    assert matplotlib.image.imread(tmp_path / "session.png").shape[1] > 1500
    # Two legs that do the same are drawn once, so the picture is not wider than a page.
    assert matplotlib.image.imread(tmp_path / "cycle.png").shape[1] < 1200
    with pytest.raises(InputError):
        plot_cycle(trace, tmp_path / "nowhere" / "cycle.png", "sequential")


@pytest.mark.parametrize("ticks", [1, 2, 50])
def test_a_trace_that_ended_at_once_is_drawn_too(ticks: int) -> None:
    trace = blank_trace(["left.a", "left.b"], ticks)
    assert picture_of(trace)
    assert cycle_png(trace, "nothing")


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-5, 150), min_size=1, max_size=400).map(np.array),
    st.floats(0.05, 5),
)
def test_thinned_curves_stay_within_their_tolerance(values: np.ndarray, tolerance: float) -> None:
    kept = thinned(values, tolerance)
    drawn = np.interp(np.arange(len(values)), kept, values[kept])
    assert np.abs(drawn - values).max() <= tolerance
    assert values[kept].max() == values.max()
    assert values[kept].min() == values.min()


def test_a_straight_line_needs_hardly_a_point() -> None:
    assert len(thinned(np.linspace(0, 80, 100_000), 0.1)) < 120


def test_peaks_keep_what_is_one_tick_long() -> None:
    values = np.zeros(10_000)
    values[7_777] = 90.0
    low, high = peaks(values, 100)
    assert (high.max(), low.max(), len(high)) == (90.0, 0.0, 100)


@pytest.mark.parametrize(
    ("is_on", "expected"),
    [([], []), ([0, 0], []), ([1, 1], [(0, 2)]), ([0, 1, 1, 0, 1], [(1, 3), (4, 5)])],
)
def test_spans_are_where_a_condition_holds(is_on: list[int], expected: list[tuple[int, int]]) -> None:
    assert spans(np.array(is_on)) == expected


def test_stretches_are_where_a_value_stays() -> None:
    assert stretches(np.array([3, 3, 1, 1, 1, 3])) == [(3, 0, 2), (1, 2, 5), (3, 5, 6)]


def test_the_cycle_to_look_at_is_a_whole_one_from_the_middle() -> None:
    trace = session_trace(5)
    start, end = one_cycle(trace)
    assert len(set(trace.cycle[start:end])) == 1
    assert 0 < trace.cycle[start] < trace.cycle.max()


def test_after_a_fault_it_is_the_cycle_that_the_fault_ended() -> None:
    trace = session_trace(5, fault_at_s=130.0)
    start, end = one_cycle(trace)
    assert trace.time_s[start] < 130.0 < trace.time_s[end - 1]


def test_legs_keep_the_order_of_their_chambers() -> None:
    legs = legs_of(["left.foot", "left.calf", "right.foot", "right.calf"])
    assert [(leg.name, leg.indexes, leg.chambers) for leg in legs] == [
        ("left", [0, 1], ["foot", "calf"]),
        ("right", [2, 3], ["foot", "calf"]),
    ]


@pytest.mark.parametrize("count", range(1, 9))
def test_every_chamber_has_a_colour_of_its_own_lighter_than_the_one_below(count: int) -> None:
    colours = chamber_colours(count)
    assert len(set(colours)) == count
    lightness = [_luminance(colour) for colour in colours]
    assert lightness == sorted(lightness)
    # Seen on white and on a near-black page.
    assert all(0.05 < each < 0.5 for each in lightness)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
