"""One Chromium and a server for the tests of the page: as `soleus live` does it, in this process."""

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from host_tools.live.choices import choices_for
from host_tools.live.player import Player
from host_tools.live.server.app import live_app
from host_tools.live.server.serve import config_for, listener_at
from host_tools.live.source import Source
from tests.host.live.fake_source import BOARD
from tests.host.output.chromium import find_chromium

TOKEN = "token-of-a-test"
# A computer with other work to do takes its time.
PATIENCE_MS = 60_000


class Served:
    """A server that can be killed, and come back at the same address."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._listener = listener_at("127.0.0.1", 0)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/?token={TOKEN}"

    def start(self) -> None:
        app = live_app(self._player, TOKEN, self.port)
        self._server = uvicorn.Server(config_for(app))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]})
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def come_back(self) -> None:
        self._listener = _listener_again(self.port)
        self.start()


def _listener_again(port: int) -> socket.socket:
    return listener_at("127.0.0.1", port)


@contextmanager
def served(*sources: Source) -> Iterator[Served]:
    player = Player(sources, choices_for(BOARD.boots))
    server = Served(player)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        player.close()


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
    page = browser.new_page(**{"viewport": {"width": 1280, "height": 900}, **options})
    page.set_default_timeout(PATIENCE_MS)
    page.errors = []  # type: ignore[attr-defined]  # read by `without_errors`
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    page.on("console", lambda said: said.type == "error" and page.errors.append(said.text))  # type: ignore[attr-defined]
    page.goto(url)
    page.wait_for_selector("body[data-ready]")
    return page


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
