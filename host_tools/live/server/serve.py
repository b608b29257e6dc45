"""Runs the server in this process, until Ctrl-C."""

import errno
import secrets
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.applications import Starlette

from host_tools.basics.errors import InputError
from host_tools.live.player import Player
from host_tools.live.server.app import LOCAL, live_app

LOOPBACK = ("127.0.0.1", "::1", "localhost")
CONNECTIONS_MOST = 128
ACT_MOST_BYTES = 8192
GOODBYE_S = 2


def serve(
    player: Player, listener: socket.socket, host: str, opens: bool, say: Callable[[str], None]
) -> None:
    """Returns after Ctrl-C; the player isn't closed."""
    port = listener.getsockname()[1]
    token = secrets.token_urlsafe(18)
    is_local = host in LOOPBACK
    shown = host if host not in ("0.0.0.0", "::") else socket.gethostname()
    hosts = LOCAL if is_local else LOCAL | {shown, host}
    server = uvicorn.Server(config_for(live_app(player, token, port, hosts, any_address=not is_local)))
    url = f"http://{shown}:{port}/?token={token}"
    if not is_local:
        say(f"{host} isn't loopback: who has the address below, in this network, can watch and steer")
    say(url)
    if opens:
        threading.Timer(0.3, webbrowser.open, (url,)).start()
    # Whoever ends this process otherwise wants the legs free, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


def config_for(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=ACT_MOST_BYTES,
        ws_per_message_deflate=False,
        limit_concurrency=CONNECTIONS_MOST,
        timeout_graceful_shutdown=GOODBYE_S,
    )


def listener_at(host: str, port: int) -> socket.socket:
    """Before anything else is begun: a port that is taken is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Who comes before the server does waits for it.
        listener.listen()
    except OSError as error:
        listener.close()
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            expected = f"an address of this computer ({error.strerror})"
            raise InputError("--host", "", host, expected) from None
        raise InputError("--port", "", port, f"a port that is free ({error.strerror})") from None
    return listener
