"""The page in a real browser: what a person sees and does there, with mouse and keyboard."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from host_tools.live.server.app import PAGE
from host_tools.live.sources.recording import Recording
from host_tools.live.sources.simulated import Simulated
from tests.host.live.page.browser import (
    chromium,
    click_part,
    errors_of,
    opened,
    served,
    state,
    wait_for_state,
)
from tests.soleus_command import soleus

BOARD = "esp32-devkit"
PAGE_MOST_BYTES = 300_000
# What names a control: what it does, or what it is for.
FOCUSED = """(() => {
  const { dataset, name, className } = document.activeElement;
  return dataset.press || dataset.component || dataset.speed || name || className;
})()"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A session of its own, sixteen times as fast as the clock."""
    with served(Simulated("easy-run", BOARD, "nominal", speed="16")) as server:
        page = opened(browser, server.url)
        yield page
        errors = errors_of(page)
        page.close()
    assert errors == []


def click(page: Page, name: str) -> None:
    page.click(f'[data-press="{name}"]:not([disabled])')


def break_by_click(page: Page, component: str, mode: str) -> None:
    click_part(page, component)
    page.click(f'[data-fault="{component}:{mode}"]')


def test_a_session_from_start_to_done_and_once_more(page: Page) -> None:
    wait_for_state(page, "Running")
    until(page, "document.querySelector('.story').textContent.includes('pump fills')")
    page.click('[data-speed="max"]')
    wait_for_state(page, "Done")
    assert page.inner_text(".figures .left dd") == "0:00"
    assert "legs are free" in page.inner_text(".story")
    page.click('[data-speed="16"]')
    click(page, "start")
    wait_for_state(page, "Checking", "Running")


def test_pause_softer_and_stop_are_one_click_each(page: Page) -> None:
    wait_for_state(page, "Running")
    click(page, "softer")
    until(page, "document.querySelector('.figures .level dd').textContent === '35 mmHg'")
    click(page, "pause")
    wait_for_state(page, "Paused")
    click(page, "resume")
    wait_for_state(page, "Running")
    click(page, "stop")
    wait_for_state(page, "Venting", "Done")
    happened = page.inner_text(".events")
    assert all(f"you: {act}" in happened for act in ("softer", "pause", "resume", "stop"))


def test_what_was_broken_is_mended_cleared_and_begun_again(page: Page) -> None:
    """The reaction to every fault is shown by `test_break_by_click.py`."""
    wait_for_state(page, "Running")
    break_by_click(page, "hose.left.calf", "kink")
    wait_for_state(page, "Fault E")
    page.wait_for_selector(".tripped:not([hidden])")
    assert "hose" in page.inner_text(".tripped")
    click_part(page, "hose.left.calf")
    page.click('.mend[data-fault="hose.left.calf:kink"]')
    page.wait_for_selector('[data-component="hose.left.calf"]:not(.broken)')
    # A fault is cleared once the pressure is gone, after ten seconds.
    until(
        page,
        "[document.querySelector('[data-press=clear]').click(), "
        "document.querySelector('.state .word').textContent === 'Idle'][1]",
    )
    click(page, "start")
    wait_for_state(page, "Running")
    assert page.locator(".tripped").is_hidden()


def test_a_fault_that_does_not_fit_is_told_in_words_and_the_session_goes_on(page: Page) -> None:
    wait_for_state(page, "Running")
    page.evaluate("window.soleusPage.ask({ do: 'break', fault: 'pump:kink' })")
    page.wait_for_selector(".toast.shown")
    assert "one of off, stuck" in page.inner_text(".toast")
    assert state(page) == "Running"


def test_the_command_and_a_new_session_with_another_leg(page: Page) -> None:
    wait_for_state(page, "Running")
    break_by_click(page, "pump", "slow")
    page.click(".copy")
    until(page, "document.querySelector('.command').textContent.includes('--fault pump:slow@')")
    with page.expect_download() as saved:
        page.click(".save")
    assert saved.value.suggested_filename == "test_live_session.py"
    assert "pump:slow@" in saved.value.path().read_text(encoding="utf-8")
    page.select_option("select[name=program]", "plain-wave")
    page.fill("input[name=seed]", "5")
    page.evaluate("document.querySelector('input[name=softness_percent]').value = 150")
    page.click("form button[type=submit]")
    until(page, "document.body.dataset.ready === '2'")
    assert "seed 5" in page.inner_text(".facts")
    page.click(".copy")
    until(page, "document.querySelector('.command').textContent.includes('soft150')")
    assert "--fault" not in page.inner_text(".command")


def test_all_of_it_goes_by_keyboard(page: Page) -> None:
    wait_for_state(page, "Running")
    page.focus('[data-press="softer"]')
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.figures .level dd').textContent === '35 mmHg'")
    page.focus('[data-component="leg.left"]')
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="hidden")
    assert page.evaluate("document.activeElement.dataset.component") == "leg.left"
    assert state(page) == "Running"
    page.keyboard.press(" ")
    page.focus('[data-fault="leg.left:move"]')
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-component="leg.left"].broken')
    page.focus('[data-component="leg.left"]')
    page.keyboard.press("Enter")
    page.focus('.mend[data-fault="leg.left:move"]')
    page.keyboard.press("Enter")
    page.wait_for_selector('[data-component="leg.left"]:not(.broken)')
    for speed in ("0", "16"):
        page.focus(f'[data-speed="{speed}"]')
        page.keyboard.press(" ")
        page.wait_for_selector(f'[data-speed="{speed}"][aria-pressed="true"]')
    page.focus(".events li:last-child button")
    page.keyboard.press("Enter")
    page.focus(".copy")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.command').textContent.includes('--fault leg.left:move@')")
    page.focus(".strip canvas")
    page.keyboard.press("Home")
    page.wait_for_selector(".now:not([hidden])")
    page.keyboard.press("End")
    page.wait_for_selector(".now", state="hidden")
    # From the top every control is reached by Tab alone.
    reached = set()
    page.evaluate("document.activeElement.blur()")
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(FOCUSED))
    assert {"stop", "pump", "supply", "valve.left.calf.vent", "max", "program", "seed"} <= reached
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")
    wait_for_state(page, "Venting", "Done")
    # Another session, with a larger leg, and to its end.
    page.focus("input[name=size_percent]")
    page.keyboard.press("ArrowRight")
    page.focus("input[name=seed]")
    page.keyboard.press("Enter")
    until(page, "document.body.dataset.ready === '2'")
    assert "size101" in page.inner_text(".facts")
    page.focus('[data-speed="max"]')
    page.keyboard.press("Enter")
    wait_for_state(page, "Done")


def test_it_moves_with_the_screen_unless_a_person_wants_less_of_that(browser: Browser) -> None:
    with served(Simulated("easy-run", BOARD, "nominal", speed="16")) as server:
        page = opened(browser, server.url, reduced_motion="no-preference")
        until(page, "document.querySelector('.flow.on')?.getAnimations().length")
        page.emulate_media(reduced_motion="reduce")
        until(page, "document.querySelector('.flow.on')?.getAnimations().length === 0")
        page.close()


def test_an_event_takes_the_trace_to_its_moment(page: Page) -> None:
    wait_for_state(page, "Running")
    page.click('[data-speed="max"]')
    until(page, "window.soleusPage.machines[0].frame.at_ms > 140000")
    page.locator(".events li", has_text="running").last.locator("button").click()
    page.wait_for_selector(".now:not([hidden])")
    # How many rows there are depends on how fast the laptop plays.
    until(page, "window.soleusPage.machines[0].trace.heldRows.length > 1")
    rows = page.evaluate("window.soleusPage.machines[0].trace.heldRows.map((row) => row.at_ms)")
    assert rows[0] < 5000 < 100_000 < rows[-1]
    page.click(".now")


def test_a_killed_server_shows_at_once_and_the_page_finds_it_again(browser: Browser) -> None:
    with served(Simulated("easy-run", BOARD, "nominal", speed="4")) as server:
        page, second = opened(browser, server.url), opened(browser, server.url)
        wait_for_state(page, "Running")
        server.stop()
        page.wait_for_selector("body.stale .banner:not([hidden])")
        assert "nothing here is live" in page.inner_text(".banner")
        assert page.inner_text("#live-word") == "not live"
        server.come_back()
        page.wait_for_selector("body:not(.stale)")
        # A line that drops, too; what was seen before is still there.
        page.evaluate("window.soleusPage.line.socket.close()")
        until(page, "Number(document.body.dataset.ready) >= 3")
        page.wait_for_selector("body:not(.stale)")
        assert page.evaluate("window.soleusPage.machines[0].trace.rows[0].at_ms") < 1000
        click(page, "softer")
        until(second, "document.querySelector('.figures .level dd').textContent === '35 mmHg'")
        page.close()
        second.close()


def test_a_recording_plays_and_jumps(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "night.slog"
    assert soleus("sim", "easy-run", "--board", BOARD, "--event", "stop@40s", "--record", str(file)) == 0
    with served(Recording(file)) as server:
        page = opened(browser, server.url)
        assert page.inner_text("#live-word") == "recorded"
        page.locator(".events li", has_text="venting").locator("button").click()
        wait_for_state(page, "Venting", "Done")
        page.focus(".strip canvas")
        page.keyboard.press("Home")
        wait_for_state(page, "Checking")
        assert page.locator("[data-press]").count() == 0
        # The core's own counters, which the replay makes again.
        page.click(".guards summary")
        until(page, "document.querySelectorAll('.guards dl .far')[5].textContent.startsWith('now ')")
        assert page.locator(".told").inner_text() == ""
        assert errors_of(page) == []
        page.close()
    file.write_bytes(file.read_bytes()[:-300])
    with served(Recording(file)) as server:
        page = opened(browser, server.url)
        page.wait_for_selector(".banner:not([hidden])")
        assert "the file is torn" in page.inner_text(".banner")
        page.close()


def test_two_machines_stand_side_by_side_on_one_time_axis(browser: Browser) -> None:
    wave = Simulated("plain-wave", BOARD, "nominal", speed="16")
    with served(Simulated("plain-sequential", BOARD, "nominal", speed="16"), wave) as server:
        page = opened(browser, server.url)
        until(page, "window.soleusPage.machines.every((each) => each.frame?.at_ms > 20000)")
        moments = page.evaluate("window.soleusPage.machines.map((each) => each.frame.at_ms)")
        assert abs(moments[0] - moments[1]) < 2000
        click(page, "stop")
        until(
            page,
            "[...document.querySelectorAll('.state .word')]"
            ".every((each) => ['Venting', 'Done'].includes(each.textContent))",
        )
        assert no_violations(page) == []
        page.close()


@pytest.mark.parametrize(("width", "theme"), [(390, "light"), (1280, "dark"), (1920, "light")])
def test_nothing_sticks_out_and_axe_finds_nothing(browser: Browser, width: int, theme: str) -> None:
    """In a session that runs, and after a fault; with the dialog open, and the tables."""
    with served(Simulated("easy-run", BOARD, "nominal", speed="16")) as server:
        options = {
            "viewport": {"width": width, "height": 844},
            "color_scheme": theme,
            "reduced_motion": "reduce",
        }
        page = opened(browser, server.url, **options)
        wait_for_state(page, "Running")
        # The widest shows what the others do, with more room.
        look = no_violations if width < 1900 else lambda _: []
        page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
        assert look(page) == []
        page.locator('[data-component="sensor.left.calf"]').dispatch_event("click")
        assert look(page) == []
        page.click('[data-fault="sensor.left.calf:off"]')
        wait_for_state(page, "Fault")
        page.wait_for_selector(".tripped:not([hidden])")
        assert look(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert errors_of(page) == []
        page.close()


def test_the_page_is_small_and_asks_nobody_else(browser: Browser) -> None:
    with served(Simulated("easy-run", BOARD, "nominal", speed="1")) as server:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(server.url)
        page.wait_for_selector("body[data-ready]")
        here = f"127.0.0.1:{server.port}"
        assert {url.split("/")[2] for url in asked} == {here}
        assert sum(file.stat().st_size for file in PAGE.rglob("*.*")) <= PAGE_MOST_BYTES
        page.close()


def until(page: Page, is_so: str) -> None:
    """As a function, because the page allows no text to be run as a script."""
    page.wait_for_function(f"() => {is_so}")


def no_violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {json.dumps(each['nodes'][:3])[:900]}" for each in found]
