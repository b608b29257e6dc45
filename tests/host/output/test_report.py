"""The report is complete, the same every time, harmless whatever its files say; a real browser shows it."""

import base64
import html.parser
import json
import re
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import matplotlib.image
import numpy as np
import pytest

from host_tools.output.report.report import ReportContext, report_html, write_report
from host_tools.output.words import explanation
from host_tools.sim.figures.metrics import measure
from host_tools.sim.trace import Note, Trace
from soleus.core.basics import faults
from soleus.core.basics.faults import Notices
from soleus.core.regulate.regulation import HOLD
from tests.host.output.chromium import dump_dom, screenshot
from tests.host.output.synthetic import blank_trace, context, faulty_latch, pa, session_trace

NASTY = "</script><script>document.title='broken'</script>&\"'<img src=x onerror=alert(1)>"
CONTEXT = ReportContext(
    title="Easy run on esp32-s3-duo",
    about="After an easy run.",
    facts={"program": "easy-run", "plant": "nominal", "seed": "7"},
    command="soleus sim easy-run --seed 7",
)


def healthy() -> Trace:
    return session_trace(minutes=3)


def report_of(trace: Trace, the_context: ReportContext = CONTEXT) -> str:
    latch = faulty_latch(trace) if trace.fault_code.any() else None
    return report_html(trace, measure(trace, context(trace, latch)), the_context)


def figure_in(page: str) -> Any:
    found = re.search(r'<script id="session-data" type="text/plain">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(zlib.decompress(base64.b64decode(found[1], validate=True)))


def curves_in(figure: Any) -> list[Any]:
    return [curve for panel in figure["panels"] for curve in panel.get("curves", ())]


class _Page(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(page: str) -> _Page:
    reader = _Page()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def test_the_same_session_gives_the_same_bytes() -> None:
    assert report_of(healthy()) == report_of(healthy())


def test_it_fetches_nothing_from_a_network() -> None:
    page = parsed(report_of(healthy()))
    for _, attributes in page.tags:
        for name in ("src", "href", "action", "data", "poster", "srcset"):
            value = attributes.get(name)
            assert value is None or value == "data:,", f"{name}={value}"
    rest = report_of(healthy())
    assert not re.search(r"https?://", rest)
    assert "@import" not in rest
    policies = [each for tag, each in page.tags if tag == "meta" and "http-equiv" in each]
    assert "default-src 'none'" in str(policies[0]["content"])


def test_tables_are_tables_and_parts_have_names() -> None:
    page = parsed(report_of(healthy()))
    headings = [attributes for tag, attributes in page.tags if tag == "th"]
    assert headings
    assert all(attributes.get("scope") for attributes in headings)
    sections = [attributes for tag, attributes in page.tags if tag == "section"]
    assert all("aria-label" in attributes or "aria-labelledby" in attributes for attributes in sections)
    assert ("html", {"lang": "en"}) in page.tags
    assert any(
        attributes.get("role") == "img" and attributes.get("aria-label") for _, attributes in page.tags
    )


def test_everything_from_files_is_escaped() -> None:
    trace = blank_trace(
        [f"left.{NASTY}", "left.b"],
        300,
        target_pa=pa(40),
        setpoint_pa=pa(40),
        pressure_mmhg=40.0,
        phase=HOLD,
        notes=[Note(1.0, "event", NASTY), Note(1.5, "injected", NASTY)],
    )
    page = report_of(trace, ReportContext(NASTY, NASTY, {NASTY: NASTY}, NASTY))
    assert page.count("<script") == 3
    assert "<img" not in page


def test_a_fault_is_shown_with_sensor_value_and_limit() -> None:
    trace = session_trace(minutes=3, fault_at_s=100)
    page = report_of(trace)
    assert "sensor left.calf read 93.4 mmHg, limit 85.0 mmHg" in page
    assert "Detected after" in page
    assert '<p class="outcome fault"' in page
    figure = figure_in(page)
    assert [view["name"] for view in figure["views"]] == ["Whole session", "The fault"]
    fault = next(mark for mark in figure["marks"] if not mark["dots"])
    for view in figure["views"]:
        assert view["range_s"][0] <= fault["at_s"] <= view["range_s"][1]


def test_a_rested_chamber_is_named_at_its_time_and_in_the_table_of_fills() -> None:
    trace = healthy()
    notices = Notices(len(trace.chamber_names))
    notices.rest(faults.FILL_TIMEOUT, 2, 45_010, 45_000, 61_200)
    page = report_html(trace, measure(trace, replace(context(trace), notices=notices)), CONTEXT)
    row = re.search(r'<tr class="rested">.*?</tr>', page, re.DOTALL)
    assert row
    assert "61.20 s" in row[0]
    assert "left.calf rested, the others went on; E21, chamber does not fill" in row[0]
    assert "left.calf filling for 45,010 ms, limit 45,000 ms" in row[0]
    assert explanation("E21") in row[0]
    assert page.index("louder@60s") < page.index('<tr class="rested">'), "in the order of time"
    assert page.count("then rested") == 1
    assert "rested" not in report_of(healthy()).replace(".rested .kind", "")


@pytest.mark.parametrize("legs", [1, 2])
def test_every_chamber_has_its_curve_its_wanted_one_and_its_valves(legs: int) -> None:
    figure = figure_in(report_of(session_trace(minutes=2, legs=legs)))
    bars = [bar for panel in figure["panels"] for bar in panel.get("bars", ())]
    names = [line["name"] for line in curves_in(figure) + bars]
    for chamber in ("foot", "ankle", "calf", "knee", "thigh"):
        for suffix in ("", " wanted", " closed", " joined"):
            assert names.count(chamber + suffix) == legs
    assert len(figure["panels"]) == 2 + 2 * legs


def test_a_drawn_curve_is_as_near_as_the_page_says() -> None:
    trace = healthy()
    figure = figure_in(report_of(trace))
    curves = [curve for curve in curves_in(figure) if curve["name"] in ("foot", "thigh")]
    for curve, index in zip(curves, (0, 4, 5, 9), strict=True):
        ((at, values),) = curve["pieces"]
        drawn = np.interp(trace.time_s, np.cumsum(at) / 100, np.cumsum(values) / 20)
        rounding_mmhg = 1 / 20
        assert np.abs(drawn - trace.pressure_mmhg[:, index]).max() <= (
            figure["tolerance_mmhg"] + rounding_mmhg
        )


def test_thirty_noisy_minutes_stay_small(tmp_path: Path) -> None:
    trace = session_trace(minutes=2)
    ticks = 180_000
    random = np.random.default_rng(5)
    columns = {
        name: np.resize(column, (ticks, *column.shape[1:]))
        for name, column in vars(trace).items()
        if isinstance(column, np.ndarray)
    }
    columns["time_s"] = np.arange(1, ticks + 1) * 0.01
    columns["pressure_mmhg"] = columns["pressure_mmhg"] + random.normal(0, 0.5, (ticks, 10))
    noisy = Trace(chamber_names=trace.chamber_names, **columns)
    path = tmp_path / "report.html"
    write_report(noisy, measure(noisy, context(noisy)), path, CONTEXT)
    assert path.stat().st_size < 1e6


def test_a_browser_shows_the_report(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(_with_witness(report_of(healthy())), encoding="utf-8")
    dom = dump_dom(path)
    assert 'data-ready="yes"' in dom
    assert re.search(r'<pre id="witness"[^>]*></pre>', dom), re.findall(
        r'<pre id="witness"[^>]*>.*?</pre>', dom
    )
    figure = figure_in(report_of(healthy()))
    bars = [bar for panel in figure["panels"] for bar in panel.get("bars", ())]
    assert f'data-drawn="{len(curves_in(figure)) + len(bars)}"' in dom
    assert re.findall(r'data-range="([^"]*)" aria-pressed="true"', dom) == ["[0,180]"], "the whole session"
    assert dom.count("data-chamber=") == 5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_browser_draws_the_report_in_light_and_dark(scheme: str, tmp_path: Path) -> None:
    path, png = tmp_path / "report.html", tmp_path / "report.png"
    path.write_text(report_of(healthy()), encoding="utf-8")
    dark = ["--blink-settings=preferredColorScheme=0"] if scheme == "dark" else []
    screenshot(path, png, "--window-size=1200,1600", *dark)
    pixels = matplotlib.image.imread(png)[..., :3]
    assert (pixels.mean() > 0.8) == (scheme == "light")
    # Colours of chambers are there: something is drawn, not only text.
    saturation = pixels.max(axis=2) - pixels.min(axis=2)
    assert (saturation > 0.3).mean() > 0.005


def _with_witness(page: str) -> str:
    """Writes down every error and everything that the page loads from elsewhere."""
    script = """
<pre id="witness" hidden></pre><script>
(function () {
  const witness = document.getElementById("witness");
  function tell(text) { witness.textContent += text + "\\n"; }
  window.addEventListener("error", function (event) { tell("error: " + event.message); }, true);
  window.addEventListener("unhandledrejection", (event) => tell("rejected: " + event.reason));
  document.addEventListener("securitypolicyviolation", (event) => tell("blocked: " + event.blockedURI));
  for (const name of ["error", "warn"]) {
    console[name] = function () { tell(name + ": " + Array.from(arguments).join(" ")); };
  }
  new PerformanceObserver(function (list) {
    for (const entry of list.getEntries()) {
      if (!/^(data|blob):/.test(entry.name)) tell("loaded: " + entry.name);
    }
  }).observe({ type: "resource", buffered: true });
})();
</script>"""
    return page.replace("<body>", f"<body>{script}", 1)


_PHONE = """<!DOCTYPE html><iframe src="{}" style="width:390px;height:3000px"></iframe>
<script>
onload = function () {{
  const page = document.querySelector("iframe").contentDocument;
  const top = (name) => page.querySelector(name).getBoundingClientRect().top;
  const parts = ["#session-figure", ".tiles", ".facts"];
  document.body.dataset.order = parts.sort((a, b) => top(a) - top(b)).join(" ");
  document.body.dataset.wide = page.documentElement.scrollWidth;
}};
</script>"""


def test_on_a_phone_the_curves_come_before_the_tiles(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(report_of(healthy()), encoding="utf-8")
    phone = tmp_path / "phone.html"
    phone.write_text(_PHONE.format("report.html"), encoding="utf-8")
    dom = dump_dom(phone, "--allow-file-access-from-files")
    assert 'data-order="#session-figure .tiles .facts"' in dom
    assert 'data-wide="390"' in dom, "nothing sticks out"
