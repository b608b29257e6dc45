"""docs/img/live: the page of `soleus live` as a browser shows it, on a desktop and on a phone."""

import os
import shutil
import time
from collections.abc import Callable
from typing import Any

from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.basics.errors import InputError
from host_tools.catalogue.boards import load_board
from host_tools.live.choices import choices_for
from host_tools.live.server.in_thread import served
from host_tools.live.sources.simulated import Simulated
from host_tools.output.page import Files
from host_tools.output.small_png import small_png

FOLDER = "docs/img/live"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The second cycle, when it has come to the calf.
LOOK_AT_MS = 76_000
SETTLES_MS = 700
# As many as a PNG's palette holds: air shows in shades.
COLOURS = 256


def live_pictures() -> Files:
    """Needs Chromium, and Playwright, which comes with the packages for development."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise InputError("playwright", "", None, "a checkout that `make setup` has set up") from None
    files: Files = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])

        def take(
            name: str, width: int, height: int, scheme: Any, programs: list[str], do: Any = None
        ) -> None:
            sources = [_session(program) for program in programs]
            with served(*sources, choices=choices_for(load_board(DEFAULT_BOARD).boots)) as server:
                page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                page.goto(server.url)
                _wait(lambda: all(source.now_ms >= LOOK_AT_MS for source in sources))
                if do:
                    do(page)
                page.click('[data-speed="0"]')
                page.wait_for_timeout(SETTLES_MS)
                files[f"{FOLDER}/{name}.png"] = small_png(page.screenshot(), COLOURS)
                page.close()

        take("desktop", 1280, 1010, "light", ["easy-run"])
        take("fault", 1280, 1010, "dark", ["easy-run"], _pull_a_hose)
        take("wide", 1920, 1080, "light", ["easy-run"])
        take("versus", 1280, 1400, "light", ["plain-wave", "plain-sequential"])
        take("phone", 390, 844, "light", ["easy-run"])
        browser.close()
    return files


def _session(program: str) -> Simulated:
    return Simulated(program, DEFAULT_BOARD, DEFAULT_PLANT, speed="16")


def _pull_a_hose(page: Any) -> None:
    page.locator('[data-component="hose.left.calf"]').dispatch_event("click")
    page.click('[data-fault="hose.left.calf:kink"]')
    page.wait_for_selector(".tripped:not([hidden])")


def _wait(is_so: Callable[[], bool]) -> None:
    while not is_so():
        time.sleep(0.01)


def _chromium() -> str:
    named = os.environ.get("SOLEUS_CHROMIUM")
    found = named or next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise InputError("SOLEUS_CHROMIUM", "", None, "where a Chromium is; there is none on the path")
    return found
