"""A bench on the page: its lines as they fill in, and its questions as a field and a button."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from host_tools.bench.measure.line import PASSED, Line
from host_tools.bench.run import Watching, run_suite
from host_tools.bench.targets.sim_target import SimTarget
from host_tools.live.acts import Answer, Press
from host_tools.live.source import RefusedError
from host_tools.live.sources.on_bench import OnBench
from host_tools.plant.files.spec import load_plant
from tests.host.live.fake_source import BOARD
from tests.host.live.page.browser import chromium, errors_of, opened, served
from tests.host.live.page.test_page import no_violations, until


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def test_a_bench_fills_in_its_lines_and_asks_on_the_page(browser: Browser) -> None:
    source = OnBench(BOARD, "quick", "sim")
    heard: list[str] = []
    with served(source) as server:
        page = opened(browser, server.url)
        said: list[str] = []
        asks = threading.Thread(target=lambda: said.append(source.ask("Is every boot empty?")))
        asks.start()
        page.wait_for_selector(".question:not([hidden])")
        assert "Is every boot empty?" in page.inner_text(".question")
        assert no_violations(page) == []
        page.fill(".question input", "yes")
        page.keyboard.press("Enter")
        asks.join(timeout=30)
        assert said == ["yes"]
        target = SimTarget(BOARD, load_plant("nominal"), 0, False)
        watching = source.beside(Watching(on_step=lambda step, _: heard.append(step)))
        run = run_suite(target, "zero", watching=watching)
        target.close()
        source.end()
        until(page, "document.querySelector('.checklist .step').textContent.includes('is over')")
        passed = len([line for line in run.lines if line.status == PASSED])
        assert page.locator(".checklist .passed").count() == passed > 0
        assert page.evaluate("window.soleusPage.machines[0].frame.at_ms") > 0
        assert errors_of(page) == []
        page.close()
    assert heard == ["zero", ""]


def test_the_page_does_not_lead_the_bench() -> None:
    source = OnBench(BOARD, "quick", "sim")
    with pytest.raises(RefusedError, match="the bench leads"):
        source.act(Press(do="press", button="stop"))
    with pytest.raises(RefusedError, match="nothing was asked"):
        source.act(Answer(do="answer", text="yes"))


def test_a_line_is_shown_with_its_unit_and_limit() -> None:
    source = OnBench(BOARD, "quick", "sim")
    line = Line("leak.left.foot", "leak", "mmHg/min", None, 3.0, "")
    line.measure(1.25)
    source.beside(Watching()).on_step("leak", [line])  # type: ignore[misc]  # it is there
    shown = source.checklist()
    assert shown is not None
    assert shown["lines"][0]["value"] == "1.25 mmHg/min"
    assert shown["lines"][0]["limit"] == "at most 3"
