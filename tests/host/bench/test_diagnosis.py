"""What failed, in words: one cause for all lines that it explains, and what failed first comes first."""

import pytest

from host_tools.bench.measure.line import Line
from host_tools.bench.report.diagnosis import causes_of

NAMES = ("left.foot", "left.calf", "left.knee", "right.foot", "right.calf", "right.knee")


def measured(key: str, value: float, least: float | None = None, most: float | None = None) -> Line:
    line = Line(key, f"title of {key}", "mmHg", least, most, "a test")
    line.measure(value)
    return line


def hose(name: str, leads_to: str) -> Line:
    line = Line(f"hose.{name}", f"end of the hose of {name}", "", None, None, "a test")
    line.judge(False, f"leads to {leads_to}")
    return line


def unmeasured(key: str, why: str) -> Line:
    line = Line(key, f"title of {key}", "", None, None, "a test")
    line.fail(why)
    return line


@pytest.mark.parametrize(
    ("failed", "said"),
    [
        (
            [hose("left.foot", "left.knee"), hose("left.knee", "left.foot")],
            ["left.foot and left.knee are crossed"],
        ),
        ([hose("left.foot", "left.knee")], ["The hose of left.foot leads to left.knee"]),
        (
            [measured(f"pump.{mmhg}", 7.8 * share, 10 * share) for mmhg, share in ((20, 1), (50, 0.9))]
            + [measured("fill.left.calf", 12, 0.2, 9)],
            ["The pump gives 78 % of what its board asks for at least"],
        ),
        (
            [measured(f"accuracy.{at}.left.calf", 0.05 * at, -2.5, 2.5) for at in (60, 90, 110)],
            ["The sensor left.calf shows 5 % more than the gauge"],
        ),
        (
            [measured(f"accuracy.{at}.manifold", -4.0, -2.5, 2.5) for at in (30, 60, 90)],
            ["The sensor manifold shows 4.0 mmHg less than the gauge"],
        ),
        (
            [unmeasured(f"vent.{way}.left.calf", "no click: nothing") for way in ("opens", "closes")],
            ["The vent valve of left.calf doesn't move any air"],
        ),
        ([measured("fill.opens.left.calf", 60, 1, 45)], ["The fill valve of left.calf switches late"]),
        ([measured("leak.left.calf", 29.84, -2, 12)], ["left.calf leaks: 29.8 mmHg, wanted -2 to 12"]),
        ([measured(f"leak.{name}", 20, -2, 12) for name in NAMES], ["The chambers leak (6 chambers)"]),
        ([unmeasured("vent.left.foot", "still 12 mmHg")], ["left.foot empties slowly: still 12 mmHg"]),
        (
            [unmeasured(f"leak.{name}", "the board does not answer") for name in NAMES],
            ["6 lines could not be measured: the board does not answer"],
        ),
        ([unmeasured("something.new", "odd")], ["Title of something.new: odd"]),
    ],
)  # fmt: skip
def test_the_cause_of_what_failed(failed: list[Line], said: list[str]) -> None:
    causes = causes_of(failed)
    assert [cause.what for cause in causes] == said
    assert all(cause.to_do for cause in causes)
    assert [line.key for cause in causes for line in cause.lines] == [line.key for line in failed]


def test_what_failed_first_comes_first() -> None:
    failed = [measured("leak.left.calf", 20, -2, 12), hose("left.foot", "left.knee")]
    failed.append(measured("zero.left.calf", 12, -10, 10))
    assert [cause.lines[0] for cause in causes_of(failed)] == failed
