"""Every part of the picture is broken by a click, in each way that it can; the machine's answer shows."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from host_tools.catalogue.boards import load_board
from host_tools.live.about import breakable
from host_tools.live.framer import Columns
from host_tools.live.sources.simulated import Simulated
from host_tools.plant.vocabulary import MODES
from soleus.core.basics.limits import TICK_MS
from tests.host.live.page.browser import chromium, click_part, errors_of, opened, served

BROKEN_AT_MS = 30_000
TICKS_AT_ONCE = 1000
# The picture as on a desktop, and little else to be drawn.
SMALL = {"width": 660, "height": 900}
# A board with a converter on a bus and two legs, and the least that is worth building.
ON_A_BUS, PLAIN = "esp32-s3-duo", "esp32-devkit"


class Led(Simulated):
    """Plays as fast as it can up to the moment that the test sets, and waits there."""

    until_ms = 0

    def _ticks(self, passed_s: float) -> Columns | None:  # noqa: ARG002 (the test leads it)
        parts = []
        while (left := (self.until_ms - self.now_ms) // TICK_MS) > 0 and not self._stepping.has_ended:
            parts.append(self._stepping.advance(min(left, TICKS_AT_ONCE)))
            if parts[-1]["fault_code"].any():
                # Seen as it trips, and not a minute later.
                self.until_ms = self.now_ms
        if not parts:
            return None
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


@dataclass
class Bench:
    """One page, and the session behind it."""

    page: Page
    source: Led

    def begin(self, program: str = "easy-run") -> None:
        """A session that nothing has happened to yet, at the moment at which a part will break."""
        self.source.until_ms = 0
        before = self.page.evaluate("Number(document.body.dataset.ready)")
        self.page.evaluate(
            "(program) => window.soleusPage.ask({ do: 'anew', program, plant: 'nominal', seed: 0 })", program
        )
        self.page.wait_for_function("(before) => Number(document.body.dataset.ready) > before", arg=before)
        self.play_until(BROKEN_AT_MS)

    def play_until(self, at_ms: int) -> None:
        """On the page, too."""
        self.source.until_ms = at_ms
        self.page.wait_for_function(
            "(at) => { const { frame } = window.soleusPage.machines[0];"
            " return frame && (frame.at_ms >= at || frame.fault); }",
            arg=at_ms,
        )

    def repeated(self) -> tuple[str, str]:
        """What two buttons hand out: the command, and the file for pytest. `test_page.py` presses them."""
        answer = self.page.evaluate("window.soleusPage.workshop.repeat()")
        return answer["command"], answer["files"]["test_live_session.py"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


class Benches:
    """One at a time, kept for all that breaks on its board: each open page costs processor time."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._board = ""
        self._at_end = ExitStack()

    def at(self, board: str) -> Bench:
        if board != self._board:
            self.close()
            source = Led("easy-run", board, "nominal")
            server = self._at_end.enter_context(served(source))
            self._bench = Bench(opened(self._browser, server.url, viewport=SMALL), source)
            self._at_end.callback(self._bench.page.close)
            self._board = board
        return self._bench

    def close(self) -> None:
        if self._board:
            assert errors_of(self._bench.page) == []
        self._at_end.close()


@pytest.fixture(scope="module")
def benches(browser: Browser) -> Iterator[Benches]:
    benches = Benches(browser)
    yield benches
    benches.close()


@pytest.mark.parametrize("board", [PLAIN, ON_A_BUS, "esp32-c3-manifold"])
def test_each_part_of_the_picture_answers_to_a_mouse_with_all_that_can_break_there(
    browser: Browser, board: str
) -> None:
    source = Led("easy-run", board, "nominal")
    source.until_ms = 1000
    with served(source) as server:
        page = opened(browser, server.url, viewport=SMALL)
        # The cushions are drawn with the first frame.
        page.wait_for_selector(".cushion[d]")
        offered = {}
        for component in breakable(load_board(board)):
            click_part(page, component)
            rows = "(rows) => rows.map((row) => [row.dataset.fault, row.querySelector('span').textContent])"
            offered[component] = page.eval_on_selector_all("dialog .mode", rows)
            page.keyboard.press("Escape")
        assert offered == {
            component: [[f"{component}:{mode}", does] for mode, does in modes.items()]
            for component, modes in breakable(load_board(board)).items()
        }
        page.close()


# What breaks at 30 s of an easy run, until when it plays, and what the page then shows: the guard that ends
# the session, one that leaves a chamber out, or nothing, because the machine goes on as it should.
CALF = "left.calf"
REACTIONS = [
    (f"sensor.{CALF}:off", 40, "E11"),
    (f"sensor.{CALF}:stuck", 40, "E14"),
    (f"sensor.{CALF}:garbage", 40, "E15"),
    (f"sensor.{CALF}:wrong", 60, "E17"),
    (f"sensor.{CALF}:slow", 60, ""),
    (f"sensor.{CALF}:delayed", 60, ""),
    (f"sensor.{CALF}:intermittent", 40, "E11"),
    (f"sensor.{CALF}:dead", 60, "E31"),
    (f"sensor.{CALF}:half", 60, "E17"),
    (f"sensor.{CALF}:float", 50, "E17"),
    (f"sensor.{CALF}:tube-off", 60, "E17"),
    (f"sensor.{CALF}:tube-pinched", 60, "E17"),
    ("sensor.manifold:off", 40, "E11"),
    ("sensor.manifold:half", 70, "E17"),
    (f"valve.{CALF}.fill:off", 70, "left out: E21"),
    (f"valve.{CALF}.fill:slow", 60, ""),
    (f"valve.{CALF}.fill:leak", 60, ""),
    (f"valve.{CALF}.fill:intermittent", 70, "E17"),
    (f"valve.{CALF}.vent:stuck", 60, "E31"),
    ("pump:off", 200, "left out: E21"),
    ("pump:stuck", 70, "E51"),
    ("pump:slow", 60, ""),
    ("pump:intermittent", 70, "E17"),
    (f"hose.{CALF}:off", 60, "left out: E21"),
    (f"hose.{CALF}:leak", 200, "left out: E23"),
    (f"hose.{CALF}:kink", 60, "E31"),
    (f"hose.{CALF}:narrow", 70, "E22"),
    (f"garment.{CALF}:off", 60, "left out: E21"),
    (f"garment.{CALF}:leak", 200, "left out: E23"),
    ("leg.left:move", 60, ""),
    ("clock:slow", 40, "E41"),
    ("clock:delayed", 40, "E41"),
    ("clock:intermittent", 40, "E41"),
    ("clock:stuck", 40, "E43"),
    ("clock:wrong", 40, "E41"),
    ("supply:off", 90, "left out: E21"),
    ("supply:wrong", 60, ""),
    ("supply:intermittent", 60, "E17"),
    ("manifold:leak", 60, ""),
    ("relief:stuck", 60, ""),
    ("bus:hang", 40, "E12"),
    ("bus:slow", 120, "E17"),
]


def test_the_table_holds_the_whole_vocabulary() -> None:
    broken = {(fault.partition(".")[0].partition(":")[0], fault.partition(":")[2]) for fault, *_ in REACTIONS}
    assert broken == {(kind, mode) for kind, modes in MODES.items() for mode in modes}


@pytest.mark.parametrize(("fault", "until_s", "shown"), REACTIONS, ids=[row[0] for row in REACTIONS])
def test_a_click_breaks_it_the_machine_answers_and_another_click_mends_it(
    benches: Benches, fault: str, until_s: int, shown: str
) -> None:
    component = fault.partition(":")[0]
    bench = benches.at(ON_A_BUS if component == "bus" else PLAIN)
    page = bench.page
    bench.begin()
    click_part(page, component)
    page.click(f'[data-fault="{fault}"]')
    page.wait_for_selector(f'[data-component="{component}"].broken')
    bench.play_until(until_s * 1000)
    told = page.locator(".tripped")
    state = page.inner_text(".state .word")
    if not shown:
        assert (told.is_hidden(), state) == (True, "Running")
    elif shown.startswith("left out"):
        assert f" is {shown}" in told.inner_text()
        assert state == "Running"
    else:
        assert told.inner_text().startswith(shown)
        assert state == f"Fault {shown}"
        assert "all vents open, pump off" in page.inner_text(".story")
    assert f"broken: {fault}" in page.inner_text(".events")
    command, saved = bench.repeated()
    assert f"--fault {fault}@30s" in command
    assert_it_passes(saved)
    click_part(page, component)
    page.click(f'.mend[data-fault="{fault}"]')
    page.wait_for_selector(f'[data-component="{component}"]:not(.broken)')
    assert f"mended: {fault}" in page.inner_text(".events")


def assert_it_passes(saved: str) -> None:
    """It repeats the session, and holds how it stands."""
    space: dict[str, object] = {}
    exec(compile(saved, "test_live_session.py", "exec"), space)
    test = space["test_the_session_ends_as_it_did_on_the_page"]
    assert callable(test)
    test()
