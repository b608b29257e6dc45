"""Nobody else: whoever isn't the page that was opened with its token is told so, and nothing else happens."""

import json
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient, WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from host_tools.live.server.app import live_app
from host_tools.live.server.viewers import VIEWERS_MOST
from tests.host.live.fake_source import FakeSource, fake_player

PORT, TOKEN = 8765, "a-token"
HOST = f"127.0.0.1:{PORT}"
LINE = f"/line?token={TOKEN}"
OURS = {"host": HOST, "origin": f"http://{HOST}"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    player = fake_player()
    with TestClient(live_app(player, TOKEN, PORT), base_url=f"http://{HOST}") as client:
        yield client
    player.close()


@contextmanager
def opened(client: TestClient) -> Iterator[WebSocketTestSession]:
    # At the end the test may be quicker than the server, which is then cancelled.
    with suppress(CancelledError), client.websocket_connect(LINE, headers=OURS) as line:
        yield line


def alive(client: TestClient) -> None:
    with opened(client) as line:
        assert line.receive_json()["kind"] == "hello"


REFUSED = [
    ("the name of another site, pointed here", "/", {"host": f"evil.example:{PORT}"}, 421),
    ("another port", "/", {"host": "127.0.0.1:80"}, 421),
    ("no host", "/", {"host": ""}, 421),
    ("a page of another site", f"/?token={TOKEN}", {"origin": "http://evil.example"}, 403),
    ("a page on another port here", f"/?token={TOKEN}", {"origin": "http://127.0.0.1:9999"}, 403),
    ("a page without an origin of its own", f"/?token={TOKEN}", {"origin": "null"}, 403),
    ("a picture in another site's page", "/page/icon.svg", {"sec-fetch-site": "cross-site"}, 403),
    ("no token", "/", {}, 403),
    ("a wrong token", "/?token=wrong", {}, 403),
    ("a token in another script", "/?token=%C3%A9", {}, 403),
    ("a body", f"/?token={TOKEN}", {"content-length": "5"}, 413),
    ("an address without an end", f"/?token={TOKEN}&x={'x' * 600}", {}, 414),
]


@pytest.mark.parametrize(("who", "path", "headers", "status"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_stranger_is_refused_with_a_reason(
    client: TestClient, who: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = client.get(path, headers=headers)
    assert (answer.status_code, bool(answer.text.strip())) == (status, True), who


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_nothing_is_sent_here_but_over_the_line(client: TestClient, method: str) -> None:
    assert client.request(method, f"/?token={TOKEN}").status_code == 405


NOT_OUR_LINE = [
    ("no token", "/line", OURS),
    ("a wrong token", "/line?token=wrong", OURS),
    ("another site", LINE, {"host": HOST, "origin": "http://evil.example"}),
    ("no origin", LINE, {"host": HOST}),
    ("another name", LINE, {"host": f"evil.example:{PORT}", "origin": f"http://evil.example:{PORT}"}),
]


@pytest.mark.parametrize(("who", "path", "headers"), NOT_OUR_LINE, ids=[case[0] for case in NOT_OUR_LINE])
def test_a_line_from_elsewhere_is_not_laid(
    client: TestClient, who: str, path: str, headers: dict[str, str]
) -> None:
    with pytest.raises(WebSocketDenialResponse) as refused, client.websocket_connect(path, headers=headers):
        pytest.fail(who)
    assert refused.value.status_code in (403, 421)


def test_the_page_comes_from_here_alone(client: TestClient) -> None:
    page = client.get(f"/?token={TOKEN}")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("name", ["../acts.py", "..%2facts.py", "no.js", "live.css/", "%00"])
def test_only_the_page_s_own_files_are_there(client: TestClient, name: str) -> None:
    assert client.get(f"/page/{name}").status_code == 404 or "token" in client.get(f"/page/{name}").text


METHODS = st.sampled_from(["GET", "HEAD", "POST", "X"])


@given(path=st.text(max_size=60), method=METHODS, value=st.text(max_size=40))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_for_the_server_answers_and_lives(
    client: TestClient, path: str, method: str, value: str
) -> None:
    answer = client.request(method, "/" + quote(path), headers={"x-y": quote(value), "cookie": quote(value)})
    assert answer.status_code < 500


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
DO = st.sampled_from(["press", "hold", "break", "mend", "speed", "seek", "anew", "repeat", "past", "", "x"])
NEARLY = st.fixed_dictionaries(
    {"do": DO},
    optional=dict.fromkeys(("button", "fault", "speed", "at_ms", "lane", "id", "from_ms"), JSON),
)
MESSAGES = st.lists(NEARLY.map(json.dumps) | JSON.map(json.dumps) | st.text(max_size=80), max_size=15)


def test_garbage_on_the_line_is_answered_with_what_is_wrong() -> None:
    source = FakeSource()
    player = fake_player(source)
    with TestClient(live_app(player, TOKEN, PORT), base_url=f"http://{HOST}") as its_client:

        @given(messages=MESSAGES)
        @settings(max_examples=25, deadline=None)
        def throw(messages: list[str]) -> None:
            with opened(its_client) as line:
                for message in messages:
                    line.send_text(message)
                for _ in messages:
                    answer = next_answer(line)
                    assert "error" in answer or "done" in answer or "lines" in answer

        throw()
        alive(its_client)
    player.close()
    assert source.is_closed


def test_who_goes_on_with_garbage_is_shown_the_door(client: TestClient) -> None:
    with opened(client) as line:
        for _ in range(40):
            line.send_bytes(b"\x00\xff")
        with pytest.raises(WebSocketDisconnect):
            read_to_the_end(line)
    alive(client)


def test_a_page_too_many_is_told_so(client: TestClient) -> None:
    with ExitStack() as stack:
        lines = [stack.enter_context(opened(client)) for _ in range(VIEWERS_MOST + 1)]
        with pytest.raises(WebSocketDisconnect) as refused:
            lines[-1].receive_json()
        assert "too many" in refused.value.reason
        assert lines[0].receive_json()["kind"] == "hello"
    alive(client)


def test_by_another_address_only_when_it_was_asked_for() -> None:
    player = fake_player()
    app = live_app(player, TOKEN, PORT, frozenset(("localhost", "kitchen")), any_address=True)
    with TestClient(app, base_url=f"http://{HOST}") as client:
        for host, status in (("192.168.1.7", 200), ("kitchen", 200), ("evil.example", 421)):
            assert client.get(f"/?token={TOKEN}", headers={"host": f"{host}:{PORT}"}).status_code == status
        assert client.get("/", headers={"host": f"192.168.1.7:{PORT}"}).status_code == 403
    player.close()


def read_to_the_end(line: WebSocketTestSession) -> None:
    while True:
        line.receive_json()


def next_answer(line: WebSocketTestSession) -> dict[str, object]:
    while True:
        message: dict[str, object] = line.receive_json()
        if message["kind"] == "answer":
            return message
