"""A crowd at the door: who is in is still served, and can still stop; afterwards all is as before."""

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from host_tools.live.server.in_thread import TOKEN, Served, served
from tests.host.live.fake_source import FakeSource

CROWD = 500


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served(FakeSource()) as server:
        yield server


def line_to(server: Served) -> ClientConnection:
    place = f"127.0.0.1:{server.port}"
    return connect(f"ws://{place}/line?token={TOKEN}", origin=Origin(f"http://{place}"))


def stops(line: ClientConnection) -> None:
    line.send(json.dumps({"id": 7, "do": "press", "button": "stop"}))
    for message in line:
        answer = json.loads(message)
        if answer["kind"] == "answer":
            assert answer == {"kind": "answer", "re": 7, "done": "stop"}
            return


def test_five_hundred_connections_shut_nobody_out_who_is_in(server: Served) -> None:
    with line_to(server) as line, ExitStack() as crowd:
        for _ in range(CROWD):
            with suppress(OSError):
                crowd.enter_context(closing(socket.create_connection(("127.0.0.1", server.port), timeout=2)))
        stops(line)
    with line_to(server) as again:
        stops(again)


def test_a_message_of_a_megabyte_ends_its_own_line_alone(server: Served) -> None:
    with line_to(server) as good, line_to(server) as bad:
        bad.send("x" * 1_000_000)
        with pytest.raises(ConnectionClosed) as closed:
            read_to_the_end(bad)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
        stops(good)


def test_a_page_that_never_reads_holds_nobody_up(server: Served) -> None:
    """What is sent to it fills its own buffers, and then waits merged."""
    place = f"127.0.0.1:{server.port}"
    with closing(socket.create_connection(("127.0.0.1", server.port))) as deaf:
        ask = (
            *(f"GET /line?token={TOKEN} HTTP/1.1", f"Host: {place}", f"Origin: http://{place}"),
            *("Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"),
            *("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", ""),
        )
        deaf.sendall("\r\n".join(ask).encode())
        with line_to(server) as line:
            stops(line)
            moments = [json.loads(line.recv())["kind"] for _ in range(20)]
    assert "update" in moments


def read_to_the_end(line: ClientConnection) -> None:
    while True:
        line.recv(timeout=20)
