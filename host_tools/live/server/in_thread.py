"""The server in a thread of this process, beside other work: a bench, tests, pictures."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from host_tools.live.player import Player
from host_tools.live.server.app import live_app
from host_tools.live.server.serve import config_for, listener_at
from host_tools.live.source import Source

# Everybody in this process knows it; whom a person lets in gets one of its own.
TOKEN = "known-to-this-process"


class Served:
    """A server that can be killed, and come back at the same address."""

    def __init__(self, player: Player, token: str = TOKEN) -> None:
        self._player, self._token = player, token
        self._listener = listener_at("127.0.0.1", 0)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/?token={token}"

    def start(self) -> None:
        self._server = uvicorn.Server(config_for(live_app(self._player, self._token, self.port)))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]})
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    def come_back(self) -> None:
        self._listener = listener_at("127.0.0.1", self.port)
        self.start()


@contextmanager
def served(
    *sources: Source, choices: dict[str, object] | None = None, token: str = TOKEN
) -> Iterator[Served]:
    player = Player(sources, choices or {"programs": [], "plants": []})
    server = Served(player, token)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        player.close()
