"""The pages that are open: each gets the newest, as fast as it takes it."""

import asyncio

from host_tools.live.frames.update import Update

VIEWERS_MOST = 32


class Viewer:
    """What waits for one page. It never grows: what a slow page misses is merged."""

    def __init__(self) -> None:
        self._waiting: Update | None = None
        self._needs_hello = True
        self._has_news = asyncio.Event()
        self._has_news.set()

    def offer(self, update: Update) -> None:
        if not self._needs_hello:
            self._waiting = self._waiting.then(update) if self._waiting else update
            self._has_news.set()

    def begin_anew(self) -> None:
        self._needs_hello, self._waiting = True, None
        self._has_news.set()

    async def next(self) -> Update | None:
        """The next update, or None: everything is to be said anew."""
        await self._has_news.wait()
        self._has_news.clear()
        update, self._waiting = self._waiting, None
        if self._needs_hello:
            self._needs_hello = False
            return None
        return update


class Viewers:
    """Everything here happens in the server's own thread."""

    def __init__(self) -> None:
        self._viewers: set[Viewer] = set()

    def enter(self) -> Viewer | None:
        """None when as many are here as one laptop should serve."""
        if len(self._viewers) >= VIEWERS_MOST:
            return None
        viewer = Viewer()
        self._viewers.add(viewer)
        return viewer

    def leave(self, viewer: Viewer) -> None:
        self._viewers.discard(viewer)

    def offer(self, update: Update) -> None:
        for viewer in self._viewers:
            viewer.offer(update)

    def begin_anew(self) -> None:
        for viewer in self._viewers:
            viewer.begin_anew()

    def __len__(self) -> int:
        return len(self._viewers)
