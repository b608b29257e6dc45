"""The page of a real board: one click stops it, nothing starts it, and its silence and loss show at once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from host_tools.link.console import Console
from host_tools.live.sources.port import Port
from tests.host.live.board_at_a_port import BoardAtAPort
from tests.host.live.fake_source import BOARD
from tests.host.live.page.browser import chromium, errors_of, opened, served, wait_for_state


@pytest.fixture
def board() -> Iterator[BoardAtAPort]:
    board = BoardAtAPort()
    yield board
    board.unplug()


@pytest.fixture
def page(board: BoardAtAPort) -> Iterator[Page]:
    source = Port(Console(board.port), BOARD, may_steer=True)
    with chromium() as browser, served(source) as server:
        page = opened(browser, server.url)
        yield page
        assert errors_of(page) == []
        page.close()


def test_stop_is_one_click_and_what_is_not_heard_is_not_live(page: Page, board: BoardAtAPort) -> None:
    wait_for_state(page, "Running")
    shown = page.locator("[data-press]:visible").all_inner_texts()
    assert shown == ["Pause", "Softer", "Firmer", "Stop"]
    assert page.locator("[data-label]").count() == 0
    board.is_silent = True
    page.wait_for_selector("body.stale .banner:not([hidden])")
    assert "Last heard" in page.inner_text(".banner")
    assert page.inner_text("#live-word") == "not live"
    board.is_silent = False
    page.wait_for_selector("body:not(.stale)")
    page.click('[data-press="stop"]')
    wait_for_state(page, "Done")
    assert board.asked.count("stop") == 1
    board.unplug()
    page.wait_for_function(
        "() => document.querySelector('.banner').textContent.includes('Nothing here is live')"
    )
    assert page.inner_text("#live-word") == "not live"
