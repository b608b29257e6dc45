"""`soleus live --steer` as a person meets it: two questions at a terminal, a real port, and a page."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.host.live.board_at_a_port import BoardAtAPort

PATIENCE_S = 60.0


class Terminal:
    """`soleus live` in a terminal of its own."""

    def __init__(self, *words: str) -> None:
        self._master, slave = pty.openpty()
        command = [sys.executable, "-c", "from host_tools.cli import main; main()", "live", *words]
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, text=True)
        os.close(slave)
        self.shown = ""
        # What was waited for ends here; more may have come with it.
        self._read_to = 0

    def wait_for(self, text: str) -> str:
        """Gives what was shown from the end of the last wait to the end of this text."""
        until_s, begun = time.monotonic() + PATIENCE_S, self._read_to
        while text not in self.shown[begun:]:
            assert time.monotonic() < until_s, self.shown
            if not select.select([self._master], [], [], 0.2)[0]:
                assert self.process.poll() is None, self.shown
                continue
            self.shown += os.read(self._master, 4096).decode()
        self._read_to = self.shown.index(text, begun) + len(text)
        return self.shown[begun : self._read_to]

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)


@pytest.fixture
def board() -> Iterator[BoardAtAPort]:
    board = BoardAtAPort()
    yield board
    board.unplug()


@contextmanager
def live(board: BoardAtAPort) -> Iterator[Terminal]:
    with ExitStack() as at_end:
        terminal = Terminal("--target", board.port, "--steer", "--no-open", "--port", "0")
        at_end.callback(terminal.close)
        yield terminal


def line_to(address: str) -> ClientConnection:
    place = urlsplit(address)
    origin = Origin(f"http://{place.netloc}")
    return connect(f"ws://{place.netloc}/line?{place.query}", origin=origin, max_size=None)


def answer_to(line: ClientConnection, button: str) -> dict[str, Any]:
    line.send(json.dumps({"id": 5, "do": "press", "button": button}))
    for message in line:
        answer: dict[str, Any] = json.loads(message)
        if answer["kind"] == "answer":
            return answer
    raise AssertionError("the line was closed")


def until_heard(line: ClientConnection, is_so: Any) -> None:
    for message in line:
        said = json.loads(message)
        if said["kind"] == "update" and is_so(said["lanes"][0]):
            return


def test_two_questions_then_stop_is_one_press_and_start_is_the_machine_s_own(board: BoardAtAPort) -> None:
    with live(board) as terminal:
        assert "stop button" in terminal.wait_for("[y/N]")
        # Nothing is asked of the board, and no page opens, before a person has said yes to both.
        assert board.asked == []
        terminal.type("y\n")
        assert "agreed" in terminal.wait_for("[y/N]")
        terminal.type("y\n")
        terminal.wait_for("http://")
        terminal.wait_for("\n")
        address = next(word for word in terminal.shown.split() if word.startswith("http://"))
        with line_to(address) as line:
            hello = json.loads(line.recv())
            assert hello["lanes"][0]["about"]["presses"] == ["stop", "pause", "softer", "resume", "louder"]
            assert "at the machine" in answer_to(line, "start")["error"]
            assert "start" not in board.asked
            assert answer_to(line, "stop")["done"] == "stop"
            assert board.asked.count("stop") == 1
            until_heard(line, lambda lane: lane["frames"] and lane["frames"][-1]["state"] == "done")
            board.unplug()
            until_heard(line, lambda lane: "Nothing here is live" in lane["trouble"])
            assert "stop button at the machine" in answer_to(line, "stop")["error"]
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.process.wait(timeout=PATIENCE_S) == 0


@pytest.mark.parametrize("answers", ["n\n", "y\nn\n"])
def test_a_no_to_either_question_ends_it_with_one_line(board: BoardAtAPort, answers: str) -> None:
    with live(board) as terminal:
        for answer in answers.splitlines():
            terminal.wait_for("[y/N]")
            terminal.type(f"{answer}\n")
        terminal.wait_for("two times yes; without it the page only watches")
        assert terminal.process.wait(timeout=PATIENCE_S) == 2
        assert "Traceback" not in terminal.shown
    assert board.asked == []
