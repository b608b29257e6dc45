"""What can't be shown is told in one line, before a browser opens."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from host_tools.live.server.serve import listener_at
from host_tools.live.sources import choose
from host_tools.live.sources.choose import Asked, beside
from tests.soleus_command import soleus

WRONG = [
    ("a program that isn't there", ("no-such-program",), "soleus program list"),
    ("a target that isn't there", ("--target", "/dev/no-such-port"), "--target"),
    ("a recording that isn't there", ("--target", "gone.slog"), "gone.slog"),
    ("a board that isn't there", ("--board", "no-such-board"), "no-such-board"),
    ("a plant that isn't there", ("--plant", "no-such-plant"), "--plant"),
    ("a speed that isn't one", ("--speed", "3"), "1, 4, 16, max"),
    ("a speed that a virtual board hasn't", ("--target", "virtual", "--speed", "4"), "1 or max"),
    ("minutes that the program hasn't", ("--minutes", "60"), "15 to 20"),
    ("another one that is neither", ("--versus", "nonsense"), "--versus"),
    ("steering without a person", ("--target", "/dev/null", "--steer"), "a person at a terminal"),
    ("an address of another computer", ("--host", "203.0.113.9"), "--host"),
]


@pytest.mark.parametrize(("what", "words", "told"), WRONG, ids=[case[0] for case in WRONG])
def test_bad_input_is_one_line_and_status_2(
    what: str, words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert soleus("live", "--no-open", "--port", "0", *words) == 2, what
    lines = capsys.readouterr().err.strip().splitlines()
    assert len([line for line in lines if line.startswith("soleus: ")]) == len(lines)
    assert told in lines[-1]


def test_a_port_in_use_is_told_before_anything_begins(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert soleus("live", "--no-open", "--port", str(port)) == 2
    assert f"--port = {port}: expected a port that is free" in capsys.readouterr().err


def test_a_port_at_which_nobody_answers_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose, "HELLO_MOST_S", 0.3)
    master, slave = pty.openpty()
    try:
        assert soleus("live", "--no-open", "--port", "0", "--target", os.ttyname(slave)) == 2
    finally:
        os.close(slave)
        os.close(master)
    (line,) = capsys.readouterr().err.strip().splitlines()
    assert "no answer from the board" in line
    assert "soleus doctor" in line


def test_only_this_computer_hears_unless_it_was_told_otherwise() -> None:
    with listener_at("127.0.0.1", 0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize(
    ("versus", "key", "value"),
    [
        ("plain-wave", "program", "plain-wave"),
        ("tired", "plant", "tired"),
        ("before.slog", "target", "before.slog"),
    ],
)
def test_the_other_machine_differs_in_one_thing(versus: str, key: str, value: str) -> None:
    asked = Asked("easy-run", "sim", "esp32-devkit", "nominal", None, None, 0, "1", False)
    other = beside(asked, versus)
    changed = {name for name, was in vars(asked).items() if vars(other)[name] != was}
    assert changed == {key}
    assert vars(other)[key] == value


def test_a_plant_file_is_told_from_a_program_file(tmp_path: Path) -> None:
    asked = Asked("easy-run", "sim", "esp32-devkit", "nominal", None, None, 0, "1", False)
    plant = tmp_path / "mine.toml"
    plant.write_text('extends = "nominal"\nabout = "mine"\n', encoding="utf-8")
    assert beside(asked, str(plant)).plant == str(plant)


def test_ctrl_c_ends_it_with_a_page_open(tmp_path: Path) -> None:
    file = tmp_path / "night.slog"
    assert soleus("sim", "easy-run", "--board", "esp32-devkit", "--until", "20s", "--record", str(file)) == 0
    words = ["live", "--target", str(file), "--no-open", "--port", "0"]
    command = [sys.executable, "-c", "from host_tools.cli import main; main()", *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        url = urlsplit(process.stderr.readline().strip())
        origin = Origin(f"http://{url.netloc}")
        with connect(f"ws://{url.netloc}/line?{url.query}", origin=origin, max_size=None) as line:
            assert json.loads(line.recv())["kind"] == "hello"
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=30) == 0
        assert "ending" in process.stderr.read()
