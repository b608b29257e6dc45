"""The page beside a virtual board: the real firmware, its screen, its light, and its buttons to hold."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from host_tools.basics.defaults import DEFAULT_BOARD
from host_tools.catalogue.boards import load_board
from host_tools.flash.contents.packages import package_sources
from host_tools.live.sources.virtual_board import VirtualSource
from host_tools.virtual.journal import PERSONS_MOMENTS
from tests.display_driver import packages_folder
from tests.host.live.page.browser import chromium, errors_of, opened, served, state, wait_for_state

# The panel takes no answer to a question that nobody can have read. That is in the board's own time, which
# waits for a computer that is busy.
READ_MS = 1100
# Something is written on the glass: a few hundred of its 8,192 dots are lit.
LIT_DOTS = """() => {
  const dots = document.querySelector(".glass canvas").getContext("2d").getImageData(0, 0, 512, 256).data;
  let lit = 0;
  for (let k = 0; k < dots.length; k += 4 * 16) lit += dots[k] > 100;
  return lit > 100;
}"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    board = load_board(DEFAULT_BOARD)
    packages = package_sources(board.table, packages_folder(tmp_path_factory.mktemp("packages")))
    source = VirtualSource(
        board,
        "nominal",
        program="easy-run",
        minutes=None,
        pressure=None,
        seed=0,
        is_fast=False,
        packages=packages,
    )
    with chromium() as browser, served(source) as server:
        page = opened(browser, server.url)
        yield page
        assert errors_of(page) == []
        page.close()
    # The session was led by the page: its end let the legs go.
    assert source.machine.highest_mmhg() < 10
    assert len(source.machine.journal.history) < 2 * PERSONS_MOMENTS


def hold(page: Page, name: str, ms: int) -> None:
    page.hover(f".contact.{name}")
    page.mouse.down()
    page.wait_for_timeout(ms)
    page.mouse.up()


def read(page: Page) -> None:
    begun_ms = page.evaluate("window.soleusPage.machines[0].frame.at_ms")
    page.wait_for_function("(ms) => window.soleusPage.machines[0].frame.at_ms >= ms", arg=begun_ms + READ_MS)


def tap(page: Page, *names: str) -> None:
    """One button after the other, each read first, as the panel asks a person to."""
    for name in names:
        read(page)
        hold(page, name, 200)


def test_the_board_s_own_buttons_screen_and_light(page: Page) -> None:
    """Started at the drawn buttons, paused by a hold, led on with the keyboard, broken, cleared, led on."""
    wait_for_state(page, "Idle")
    page.wait_for_selector(".light.green")
    page.wait_for_function(LIT_DOTS)
    # Go; as firmly as a person used to boots wants it; yes to that and to the four questions; start.
    tap(page, "start_stop", *["louder"] * 6, "start_stop")
    wait_for_state(page, "Checking", "Running")
    wait_for_state(page, "Running")
    page.wait_for_selector(".light.blue")
    page.focus(".contact.softer")
    page.keyboard.press("Enter", delay=300)
    page.wait_for_function("() => document.querySelector('.figures .level dd').textContent === '35 mmHg'")
    hold(page, "start_stop", 1600)
    wait_for_state(page, "Paused")
    page.wait_for_selector(".light.yellow")
    page.click('[data-press="resume"]')
    wait_for_state(page, "Running")
    page.locator('[data-component="sensor.left.calf"]').dispatch_event("click")
    page.click('[data-fault="sensor.left.calf:off"]')
    wait_for_state(page, "Fault E1")
    page.wait_for_selector(".light.red")
    assert "cable" in page.inner_text(".tripped")
    page.locator('[data-component="sensor.left.calf"]').dispatch_event("click")
    page.click('.mend[data-fault="sensor.left.calf:off"]')
    # Ten seconds of the board's own time, which waits for a computer that is busy.
    for _ in range(12):
        page.click('[data-press="clear"]')
        page.wait_for_timeout(4500)
        if state(page) == "Idle":
            break
    # Go on with what was left; the questions again; start.
    tap(page, "start_stop", *["louder"] * 4)
    read(page)
    page.click('[data-press="start"]')
    wait_for_state(page, "Running")


def test_the_page_says_which_guards_the_line_does_not_tell(page: Page) -> None:
    assert "10 of these show from outside. 10 more the machine counts inside" in page.inner_text(".told")
    page.click(".guards summary")
    near = dict(
        zip(
            page.locator(".guards dt").all_inner_texts(),
            page.locator("dl .far").all_inner_texts(),
            strict=True,
        )
    )
    assert near["E21 chamber does not fill"] == "the machine counts this inside; its line doesn't tell it"
    assert near["E41 control tick late"].endswith("of 60 ms between ticks")
    assert near["E16 sensors of joined chambers disagree"] == "these boots have nothing that it could watch"


def test_another_session_with_another_leg_begins_on_a_board_that_was_never_used(page: Page) -> None:
    """Chosen as for a simulation: program, plant, and the leg by slider. What doesn't fit changes nothing."""
    page.evaluate("window.soleusPage.ask({ do: 'anew', program: 'easy-run', plant: 'nominal', minutes: 59 })")
    page.wait_for_selector(".toast.shown")
    assert "15 to 20" in page.inner_text(".toast")
    assert page.evaluate("document.body.dataset.ready") == "1"
    page.select_option("select[name=program]", "plain-wave")
    page.evaluate("document.querySelector('input[name=size_percent]').value = 130")
    page.click("form button[type=submit]")
    page.wait_for_function("() => document.body.dataset.ready === '2'")
    assert "size130" in page.inner_text(".facts")
    assert page.evaluate("window.soleusPage.machines[0].about.program") == "plain-wave"
    assert page.locator(".again").is_hidden()
    wait_for_state(page, "Idle")
    # The board's own screen is that of the new one, and the parts are whole again.
    page.wait_for_function(LIT_DOTS)
    assert page.locator(".broken").count() == 0
    tap(page, "start_stop")
    assert state(page) == "Idle"
