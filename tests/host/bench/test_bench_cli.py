"""`soleus bench` and its files: exit status, JSON, CSV, HTML, and a history over months."""

import csv
import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from host_tools.bench.measure.line import Curve, Line
from host_tools.bench.report.history import History, first_drift
from host_tools.bench.report.record import from_json, to_json
from host_tools.bench.report.report import report_html
from host_tools.bench.run import BenchRun
from host_tools.bench.targets.target import Identity
from tests.host.output.chromium import dump_dom
from tests.soleus_command import soleus


def test_a_run_writes_all_its_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suffixes = {"--json": "json", "--csv": "csv", "--report": "html", "--history": "sqlite"}
    papers = {option: tmp_path / f"run.{suffix}" for option, suffix in suffixes.items()}
    options = [part for option, file in papers.items() for part in (option, file)]
    assert soleus("bench", "quick", "--chamber", "left.foot", *options) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert re.search(r"passed: \d+ of \d+ lines within their limits", said)
    assert "failed" not in said
    table = json.loads(papers["--json"].read_text())
    rows = list(csv.DictReader(papers["--csv"].open()))
    assert [line["key"] for line in table["lines"]] == [row["key"] for row in rows]
    assert all(line["source"] for line in table["lines"])
    page = papers["--report"].read_text()
    for line in table["lines"]:
        assert line["title"] in page
    assert table["identity"]["firmware"] in page
    assert not re.search(r"(src|href)=.http", page)
    assert len(History(papers["--history"]).runs()) == 1


def test_a_line_outside_its_limits_is_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant = tmp_path / "slow.toml"
    plant.write_text('extends = "nominal"\nabout = "slow"\n[at."left.foot"]\nvent_conductance = 9\n')
    assert soleus("bench", "vent", "--chamber", "left.foot", "--plant", plant) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "FAILED: 1 failed, 0 of 1 lines within their limits 1. left.foot empties slowly: " in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "a suite (quick, acceptance"),
        (["leak", "--chamber", "left.nose"], "--chamber = 'left.nose': expected one of left.foot"),
        (["quick", "--target", "/dev/no-such-port"], "sim, virtual, or a port"),
        (["quick", "--report", "run.pdf"], "a file that ends in .html"),
        (["quick", "--json", "/no/such/folder/run.json"], "a folder that exists"),
        (["history", "--history", "no-such.sqlite"], "no run yet"),
    ],
)
def test_unusable_input_is_one_line_and_status_2(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert soleus("bench", *arguments) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def run_of(serial: str, day: int, leak: float, flow: float) -> BenchRun:
    lines = [
        Line("leak.left.calf", "leak at 80 mmHg of left.calf", "mmHg/min", -2.0, 12.0, "test"),
        Line("pump.50", "flow into 50 mmHg", "L/min", 8.0, None, "test"),
    ]
    for line, value in zip(lines, (leak, flow), strict=True):
        line.measure(value)
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=day)
    identity = Identity(serial, "esp32-devkit", "0123456789ab")
    return BenchRun("acceptance", "port", identity, at.isoformat(), lines)


def history_of(tmp_path: Path) -> History:
    """One unit whose leak leaves its limit within the year, one whose pump will later, one that never
    was well, and one as new."""
    history = History(tmp_path / "history.sqlite")
    for month in range(12):
        history.add(run_of("leaking", 30 * month, 3.0 + month, 10.0))
        history.add(run_of("weakening", 30 * month, 3.0, 10.0 - 0.1 * month))
        history.add(run_of("never well", 30 * month, 22.2, 1234.0))
        history.add(run_of("steady", 30 * month, 3.0 + 0.01 * (month % 2), 10.0 + 0.01 * (month % 3)))
    return history


def test_the_first_line_that_drifts_out_is_named(tmp_path: Path) -> None:
    history = history_of(tmp_path)
    leaking, weakening = first_drift(history, "leaking"), first_drift(history, "weakening")
    assert leaking
    assert (leaking.key, leaking.is_out, f"{leaking.at:%Y-%m-%d}") == ("leak.left.calf", True, "2026-10-28")
    assert weakening
    assert (weakening.key, weakening.is_out) == ("pump.50", False)
    assert f"{weakening.at:%Y-%m}" == "2027-08"
    assert first_drift(history, "steady") is None


def test_units_side_by_side_and_their_chart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    history, chart = history_of(tmp_path), tmp_path / "leak.png"
    arguments = ["--history", history.file, "--line", "leak", "--plot", chart]
    assert soleus("bench", "history", *arguments) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert all(unit in said for unit in ("leaking", "weakening", "steady"))
    assert "left its limits first, on 2026-10-28" in said
    assert "never well: leak at 80 mmHg of left.calf is out of its limits: 22.2 mmHg/min, -2 to 12" in said
    assert "22.2 mmHg/min (from 22.2) FAILED, -2 to 12" in said
    assert "steady: every line within its limits, and none drifts out of them" in said
    assert chart.read_bytes().startswith(b"\x89PNG")


def test_no_figure_is_a_power_of_ten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert soleus("bench", "history", "--history", history_of(tmp_path).file, "--line", "pump") == 0
    assert "1234 L/min" in capsys.readouterr().out


def test_a_run_comes_back_from_its_json() -> None:
    run = run_of("a", 0, 3.0, 9.0)
    again = from_json(to_json(run))
    assert replace(again, lines=[], curves=[]) == replace(run, lines=[], curves=[])
    assert [vars(line) for line in again.lines] == [vars(line) for line in run.lines]


def test_a_twin_needs_a_run_with_its_curves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "run.json"
    file.write_text(to_json(run_of("a", 0, 3.0, 9.0)))
    assert soleus("twin", "fit", file) == 2
    assert "a run of `soleus bench acceptance`, with its curves" in capsys.readouterr().err
    file.write_text("{}")
    assert soleus("twin", "fit", file) == 2


def test_a_browser_shows_the_report_whole(tmp_path: Path) -> None:
    """Folded at first; every line and curve is drawn, nothing is fetched, and nothing sticks out."""
    run = run_of("a", 0, 30.0, 9.0)
    time_s = np.arange(0.0, 60.0, 0.5)
    run.curves.append(Curve("leak.left.calf", "leak", "left.calf", time_s, 80 - time_s / 6))
    page = tmp_path / "bench.html"
    # The page forbids scripts; the test takes that off and adds one.
    html = re.sub(r"<meta http-equiv=[^>]*>", "", report_html(run))
    page.write_text(html.replace("</body>", f"<script>{MEASURE}</script></body>"), encoding="utf-8")
    dom = dump_dom(page, "--window-size=1100,1600")
    measured = re.search(r'<pre id="measured">(.*?)</pre>', dom)
    assert measured
    nothing = {"sticksOut": False, "fetched": 0, "unfolded": 0}
    assert json.loads(measured[1]) == {"rows": 2, "failed": 1, "figures": 1, "causes": 1, **nothing}


MEASURE = """
const measured = document.createElement("pre");
measured.id = "measured";
const unfolded = document.querySelectorAll("details[open]").length;
for (const part of document.querySelectorAll("details")) part.open = true;
measured.textContent = JSON.stringify({
  rows: document.querySelectorAll("tbody tr").length,
  failed: [...document.querySelectorAll("tr.failed .status")].filter(
    (cell) => cell.offsetHeight > 0).length,
  figures: [...document.querySelectorAll("svg")].filter(
    (svg) => svg.getBoundingClientRect().height > 100).length,
  sticksOut: [...document.querySelectorAll("main *")].some(
    (part) => !part.closest("svg") && part.getBoundingClientRect().right > innerWidth),
  unfolded: unfolded,
  causes: document.querySelectorAll(".causes > li").length,
  fetched: performance.getEntriesByType("resource").filter((one) => !one.name.startsWith("data:")).length,
});
document.body.append(measured);
"""
