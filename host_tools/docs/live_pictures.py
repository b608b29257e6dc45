"""docs/img/live: the page of `soleus live` as a browser shows it, on a desktop and on a phone."""

import io
import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PIL import Image

from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.basics.errors import InputError
from host_tools.bench.run import Watching, run_suite
from host_tools.bench.targets.sim_target import SimTarget
from host_tools.catalogue.boards import load_board
from host_tools.live.choices import choices_for
from host_tools.live.load import READING_S, TO_START
from host_tools.live.server.in_thread import served
from host_tools.live.source import Source
from host_tools.live.sources.on_bench import OnBench
from host_tools.live.sources.simulated import Simulated
from host_tools.live.sources.virtual_board import VirtualSource
from host_tools.output.page import Files
from host_tools.plant.files.spec import load_plant

FOLDER = "docs/img/live"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LOOK_AT_MS = 76_000
SETTLES_MS = 700
# A bench: so much of it has passed, and it waits so long after each piece of tape.
LINES_LEAST, BREATH_S = 14, 0.05
# As many as a PNG's palette holds.
COLOURS = 256


@dataclass(frozen=True)
class Shot:
    name: str
    width: int
    height: int
    scheme: str
    sources: Callable[[], list[Source]]
    do: Callable[[Any], None]


def live_pictures() -> Files:
    """Needs Chromium, and Playwright, which comes with the packages for development."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise InputError("playwright", "", None, "a checkout that `make setup` has set up") from None
    files: Files = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])
        for shot in SHOTS:
            files[f"{FOLDER}/{shot.name}.png"] = _smaller(_taken(browser, shot))
        browser.close()
    return files


def _taken(browser: Any, shot: Shot) -> bytes:
    sources = shot.sources()
    with served(*sources, choices=choices_for(load_board(DEFAULT_BOARD).boots)) as server:
        size = {"width": shot.width, "height": shot.height}
        page = browser.new_page(viewport=size, color_scheme=shot.scheme)
        page.goto(server.url)
        page.wait_for_selector("body[data-ready]")
        shot.do(page)
        page.wait_for_timeout(SETTLES_MS)
        png: bytes = page.screenshot()
        page.close()
        return png


def _smaller(png: bytes) -> bytes:
    """A third as large, with every colour of the page in it, however small its place."""
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    content = io.BytesIO()
    few.save(content, format="png", optimize=True)
    return content.getvalue()


def _sessions(*programs: str) -> Callable[[], list[Source]]:
    return lambda: [Simulated(program, DEFAULT_BOARD, DEFAULT_PLANT, speed="16") for program in programs]


def _a_board() -> list[Source]:
    """With the display's driver as the packages for development carry it."""
    found = find_spec("ocks")
    places = found.submodule_search_locations if found else None
    if not places:
        raise InputError("ocks", "", None, "a checkout that `make setup` has set up")
    return [
        VirtualSource(
            load_board(DEFAULT_BOARD),
            DEFAULT_PLANT,
            program="easy-run",
            minutes=None,
            pressure=None,
            seed=0,
            is_fast=False,
            packages={"ssd1306.py": Path(places[0]) / "ssd1306.py"},
        )
    ]


def _a_bench() -> list[Source]:
    """An acceptance test at work: as fast as a simulated one can, but for a breath after each piece."""
    board = load_board(DEFAULT_BOARD)
    source = OnBench(board, "acceptance", "sim")
    target = SimTarget(board, load_plant(DEFAULT_PLANT), 0, False)
    watching = source.beside(Watching(on_tape=lambda _: time.sleep(BREATH_S)))
    run = threading.Thread(
        target=run_suite, args=(target, "acceptance"), kwargs={"watching": watching}, daemon=True
    )
    run.start()
    return [source]


def _wait_for_lines(page: Any) -> None:
    page.wait_for_function(
        f"() => document.querySelectorAll('.checklist .passed').length >= {LINES_LEAST}"
        " && Math.max(...window.soleusPage.machines[0].frame.pressure_mmhg) > 25",
        timeout=120_000,
    )


def _wait(page: Any) -> None:
    """Until the second cycle has come to the calf; then time stands still."""
    page.wait_for_function(
        f"() => window.soleusPage.machines.every((each) => each.frame.at_ms > {LOOK_AT_MS})"
    )
    page.click('[data-speed="0"]')


def _start_at_the_board(page: Any) -> None:
    """Through the panel's questions, each of which is on the glass for a second of the board's time first."""
    for button in TO_START:
        at_ms = page.evaluate("window.soleusPage.machines[0].frame.at_ms")
        page.wait_for_function(
            "(ms) => window.soleusPage.machines[0].frame.at_ms >= ms", arg=at_ms + READING_S * 1000
        )
        page.evaluate("(button) => window.soleusPage.ask({ do: 'press', button })", button)
    page.wait_for_function("() => window.soleusPage.machines[0].frame.pressure_mmhg[2] > 12", timeout=120_000)


def _pull_a_hose(page: Any) -> None:
    page.wait_for_function(f"() => window.soleusPage.machines[0].frame.at_ms > {LOOK_AT_MS}")
    page.locator('[data-component="hose.left.calf"]').dispatch_event("click")
    page.click('[data-fault="hose.left.calf:kink"]')
    page.wait_for_selector(".tripped:not([hidden])")
    page.click('[data-speed="0"]')


def _chromium() -> str:
    named = os.environ.get("SOLEUS_CHROMIUM")
    found = named or next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise InputError("SOLEUS_CHROMIUM", "", None, "where a Chromium is; there is none on the path")
    return found


SHOTS = (
    Shot("desktop", 1280, 1010, "light", _sessions("easy-run"), _wait),
    Shot("fault", 1280, 1010, "dark", _sessions("easy-run"), _pull_a_hose),
    Shot("wide", 1920, 1080, "light", _sessions("easy-run"), _wait),
    Shot("versus", 1280, 1400, "light", _sessions("plain-wave", "plain-sequential"), _wait),
    Shot("phone", 390, 844, "light", _sessions("easy-run"), _wait),
    Shot("board", 1280, 900, "light", _a_board, _start_at_the_board),
    Shot("bench", 1280, 1010, "light", _a_bench, _wait_for_lines),
    Shot("phone-dark", 390, 844, "dark", _sessions("easy-run"), _pull_a_hose),
)
