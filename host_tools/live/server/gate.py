"""Who may come in: this computer's own page, with the token of the address that was printed.

A page of another site can send a browser here, and a name of another site can be made to point here. So
host, origin and token are checked on every way in, before anything else is looked at.
"""

import hmac
import ipaddress
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The page has nothing to read here that the token doesn't guard: its own files are those of Soleus.
WITHOUT_TOKEN = "/page/"
QUERY_MOST_BYTES = 512
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Refusal:
    status: int
    why: str


class Gate:
    def __init__(self, app: ASGIApp, token: str, port: int, hosts: frozenset[str], any_address: bool) -> None:
        """`any_address`: also reached by whatever address this computer has, but by no other name."""
        self._app = app
        self._token = token
        self._port = port
        self._hosts = hosts
        self._any_address = any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, _with_headers(send) if scope["type"] == "http" else send)
            return
        response = PlainTextResponse(refusal.why + "\n", refusal.status, dict(HEADERS))
        await response(scope, receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        headers = Headers(scope=scope)
        if not self._is_known(headers.get("host", "")):
            return Refusal(421, "use the address that `soleus live` printed, and no other name for it")
        origin = headers.get("origin")
        is_ours = origin is not None and self._is_known(origin.removeprefix("http://"))
        if (origin is not None or scope["type"] == "websocket") and not is_ours:
            return Refusal(403, "asked for by a page that isn't this one")
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return Refusal(403, "asked for by a page of another site")
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            return Refusal(405, "nothing is sent here this way")
        if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            return Refusal(413, "nothing here takes a body")
        if len(scope["query_string"]) > QUERY_MOST_BYTES:
            return Refusal(414, "an address that long is none of ours")
        if not scope["path"].startswith(WITHOUT_TOKEN) and not self._has_token(scope):
            return Refusal(403, "open the whole address that `soleus live` printed, with its token")
        return None

    def _is_known(self, host: str) -> bool:
        name, _, port = host.rpartition(":")
        if port != str(self._port):
            return False
        return name in self._hosts or (self._any_address and _is_address(name.strip("[]")))

    def _has_token(self, scope: Scope) -> bool:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._token.encode())


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return send_with_headers


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
