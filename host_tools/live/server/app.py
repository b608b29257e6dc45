"""The server: the page's own files, and one line to it that carries frames out and acts in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from host_tools.live.acts import ACTS
from host_tools.live.frames.update import encoded
from host_tools.live.player import Player
from host_tools.live.server.gate import Gate
from host_tools.live.server.viewers import Viewer, Viewers

PAGE = Path(__file__).parents[1] / "page"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ACT_MOST_CHARACTERS = 2048
TOO_LONG = f"an act is a text of {ACT_MOST_CHARACTERS} characters at most"
# A hand at a page is slower than this; what is faster isn't one.
ACTS_MOST_PER_S = 40
SLIPS_MOST = 20
# A page that takes nothing for so long is gone.
SEND_MOST_S = 10.0
TRY_AGAIN_LATER, POLICY = 1013, 1008
LOCAL = frozenset(("127.0.0.1", "localhost", "[::1]"))


def live_app(
    player: Player, token: str, port: int, hosts: frozenset[str] = LOCAL, any_address: bool = False
) -> Starlette:
    viewers = Viewers()
    files = {file.name: (file.read_bytes(), KINDS[file.suffix]) for file in PAGE.rglob("*.*")}

    async def index(_: Request) -> Response:
        return _file(files, "index.html")

    async def page(request: Request) -> Response:
        return _file(files, request.path_params["name"])

    async def line(socket: WebSocket) -> None:
        viewer = viewers.enter()
        await socket.accept()
        if viewer is None:
            await socket.close(TRY_AGAIN_LATER, "too many pages are open: close one")
            return
        try:
            await _serve(socket, viewer, player)
        finally:
            viewers.leave(viewer)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        player.on_update = lambda update: _call(loop, viewers.offer, update)
        player.on_anew = lambda: _call(loop, viewers.begin_anew)
        player.start()
        yield

    routes = [Route("/", index), Route("/page/{name}", page), WebSocketRoute("/line", line)]
    gate = Middleware(Gate, token=token, port=port, hosts=hosts, any_address=any_address)
    app = Starlette(routes=routes, middleware=[gate], lifespan=lifespan)
    # What isn't there isn't looked for under another name.
    app.router.redirect_slashes = False
    app.state.viewers = viewers
    return app


def _file(files: dict[str, tuple[bytes, str]], name: str) -> Response:
    if name not in files:
        return PlainTextResponse("no such file of the page\n", 404)
    content, kind = files[name]
    return Response(content, media_type=kind)


async def _serve(socket: WebSocket, viewer: Viewer, player: Player) -> None:
    """Until one of the two ends: what goes out, and what comes in."""
    both = [
        asyncio.ensure_future(_send(socket, viewer, player)),
        asyncio.ensure_future(_receive(socket, player)),
    ]
    try:
        done, _ = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)
    for task in done:
        error = task.exception()
        if error and not isinstance(error, WebSocketDisconnect | TimeoutError | RuntimeError):
            raise error


async def _send(socket: WebSocket, viewer: Viewer, player: Player) -> None:
    while True:
        update = await viewer.next()
        text = update.text if update else await asyncio.to_thread(player.hello)
        await asyncio.wait_for(socket.send_text(text), SEND_MOST_S)


async def _receive(socket: WebSocket, player: Player) -> None:
    loop = asyncio.get_running_loop()
    slips, second, count = 0, 0.0, 0
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        second, count = (second, count + 1) if loop.time() < second + 1 else (loop.time(), 1)
        answer = await _answer(message.get("text"), player) if count <= ACTS_MOST_PER_S else None
        if answer is None or "slip" in answer:
            slips += 1
        if slips > SLIPS_MOST:
            await socket.close(POLICY, "too much that isn't an act of this page")
            return
        if answer is not None:
            await socket.send_text(encoded({"kind": "answer", **answer}))


async def _answer(text: str | None, player: Player) -> dict[str, object]:
    if text is None or len(text) > ACT_MOST_CHARACTERS:
        return {
            "re": 0,
            "error": TOO_LONG,
            "slip": True,
        }
    try:
        act = ACTS.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        return {"re": 0, "error": f"{where}: {first['msg']}".removeprefix(": "), "slip": True}
    return {"re": act.id, **await asyncio.to_thread(player.act, act)}


def _call(loop: asyncio.AbstractEventLoop, do: Callable[..., None], *arguments: object) -> None:
    """From the player's thread; while the server goes down its loop is closed already."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(do, *arguments)
