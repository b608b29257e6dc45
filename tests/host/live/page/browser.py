"""One Chromium and a server for the tests of the page: as `soleus live` does it, in this process."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from host_tools.live.choices import choices_for
from host_tools.live.server import in_thread
from host_tools.live.server.in_thread import Served
from host_tools.live.source import Source
from tests.host.live.fake_source import BOARD
from tests.host.output.chromium import find_chromium

# A computer with other work to do takes its time.
PATIENCE_MS = 60_000
# What moves by itself costs a computer without a graphics card most of a test's time: it stands still, and
# the page draws ten times a second. `test_it_moves_with_the_screen` looks at it as people see it.
FEW_FRAMES = "window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 100);"
# Where a mouse meets a part of the picture; null if something else lies over all of it.
PLACE_OF = """(component) => {
  const part = document.querySelector(`[data-component="${component}"]`);
  const look = () => {
    for (const shape of part.querySelectorAll("path, circle, rect")) {
      const [box, matrix, length] = [shape.getBBox(), shape.getScreenCTM(), shape.getTotalLength()];
      const points = [new DOMPoint(box.x + box.width / 2, box.y + box.height / 2)];
      for (let k = 1; length && k < 12; k++) points.push(shape.getPointAtLength((length * k) / 12));
      for (const point of points) {
        const { x, y } = new DOMPoint(point.x, point.y).matrixTransform(matrix);
        if (part.contains(document.elementFromPoint(x, y))) return [x, y];
      }
    }
    return null;
  };
  const place = look();
  if (place) return place;
  part.scrollIntoView({ block: "center" });
  return look();
}"""


@contextmanager
def served(*sources: Source) -> Iterator[Served]:
    with in_thread.served(*sources, choices=choices_for(BOARD.boots)) as server:
        yield server


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


def opened(browser: Browser, url: str, **options: Any) -> Page:
    """A page that shows a machine; whatever goes wrong in its scripts fails the test."""
    size = {"width": 1280, "height": 900}
    page = browser.new_page(**{"viewport": size, "reduced_motion": "reduce", **options})
    page.add_init_script(FEW_FRAMES)
    page.set_default_timeout(PATIENCE_MS)
    page.errors = []  # type: ignore[attr-defined]  # read by `without_errors`
    errors: list[str] = page.errors  # type: ignore[attr-defined]  # just given to it
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: said.type == "error" and errors.append(said.text))
    page.goto(url)
    page.wait_for_selector("body[data-ready]")
    return page


def click_part(page: Page, component: str) -> None:
    """As a person does: there must be a place where the mouse meets it."""
    place = page.evaluate(PLACE_OF, component)
    assert place is not None, f"{component} can't be clicked"
    page.mouse.click(*place)
    page.wait_for_selector("dialog[open]")


def errors_of(page: Page) -> Sequence[str]:
    found: list[str] = page.errors  # type: ignore[attr-defined]  # set by `opened`
    return found


def state(page: Page) -> str:
    return page.inner_text(".state .word")


def wait_for_state(page: Page, *words: str) -> None:
    page.wait_for_function(
        "words => words.some((word) => document.querySelector('.state .word')?.textContent.startsWith(word))",
        arg=list(words),
    )
