"""`soleus bench chip` on a real MicroPython, over mpremote's transport, and on what is no such board."""

import json
import tomllib
from pathlib import Path

import pytest
import serial

from host_tools.catalogue.chips import COSTS, load_chip
from host_tools.flash.board import device
from host_tools.flash.prompt import raw_repl
from host_tools.virtual.flash_image import FlashImage
from tests.host.chip.board_at_port import DEVKIT, bare_virtual_board, port_that_says
from tests.soleus_command import soleus

# These are no small differences of two times, so a busy computer has them, too.
MEASURED_EVERYWHERE = {"instruction_ns", "heap_bytes", "collect_kb_us", "console_byte_us"}
SAID_EVERYWHERE = {
    "adc_sample_us",
    "bench_a1.import_us",
    "bench_c9.import_us",
    "callback_count",
    "first_write_us",
    "flash_import_us",
    "i2c_fast_us",
    "pin_write_us",
    "pwm_change_us",
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A virtual board answers at once; whoever doesn't never will."""
    monkeypatch.setattr(raw_repl, "ENTER_TIMEOUT_S", 1.0)
    monkeypatch.setattr(raw_repl, "FIRST_ATTEMPT_S", 0.5)


def test_a_bare_board_is_measured_and_left_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, report = tmp_path / "mine.toml", tmp_path / "run.json"
    with bare_virtual_board(tmp_path) as port:
        words = ["--target", port, "--board", DEVKIT, "--save", saved, "--json", report]
        assert soleus("bench", "chip", *words) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "GPIO26 as an output" in said
    assert "every board fits" in said
    assert FlashImage(tmp_path / "flash.img").names() == []
    table = json.loads(report.read_text())
    found = {name for name, cost in table["costs"].items() if cost["measured"] is not None}
    assert found >= MEASURED_EVERYWHERE, table["costs"]
    assert table["results"].keys() >= SAID_EVERYWHERE
    assert all(bool(cost["why_not"]) == (name not in found) for name, cost in table["costs"].items())
    assert is_taken_but_claims_no_chip(saved, found)


def is_taken_but_claims_no_chip(saved: Path, found: set[str]) -> bool:
    """What a laptop measured can't be published as a chip's; what it couldn't stays as it was."""
    new, old = load_chip(saved), load_chip("esp32")
    for name in COSTS:
        if name not in found:
            assert new.costs[name] == old.costs[name]
            continue
        assert new.costs[name].seen == "guess"
        assert "no chip" in new.costs[name].source
        assert "soleus bench chip" in new.costs[name].source
    return "silicon" not in str(tomllib.loads(saved.read_text())["costs"])


def test_a_board_with_an_application_is_refused_because_of_its_valves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with bare_virtual_board(tmp_path, {"/current-app": b"app-123456789abc"}) as port:
        assert soleus("bench", "chip", "--port", port, "--chip", "esp32") == 2
    error = capsys.readouterr().err
    assert "could move a valve" in error
    assert "--anyway" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "--chip: expected one of esp32, esp32-c3"),
        (["--chip", "esp33"], "chip = 'esp33': expected one of"),
        (["--chip", "no.toml"], "no.toml"),
        (["--chip", "esp32", "--board", "esp32-s3-duo"], "this one has an esp32-s3"),
        (["--chip", "esp32", "--save", "chip.json"], "a file that ends in .toml"),
        (["--chip", "esp32", "--save", "/no/such/chip.toml"], "a folder that exists"),
        (["--chip", "esp32", "--json", "/no/such/run.json"], "a folder that exists"),
    ],
)
def test_unusable_input_is_one_line_and_status_2(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with bare_virtual_board(tmp_path) as port:
        assert soleus("bench", "chip", "--port", port, *words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


RAW = b"raw REPL; CTRL-B to exit\r\n>"
ANSWERS = {
    "nothing": b"",
    "garbage": b"\xff\x00\x17garbage\r\n",
    "another prompt": b"login: ",
    "a prompt that says the same to everything": RAW + b"OK\x04\x04>soft reboot\r\n" + RAW,
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_is_no_micropython_is_one_line_and_status_2(
    answer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with port_that_says(ANSWERS[answer]) as port:
        assert soleus("bench", "chip", "--port", port, "--chip", "esp32") == 2
    error = capsys.readouterr().err
    assert f"--port = '{port}': expected a board with MicroPython" in error
    assert error.count("\n") == 1


def test_a_port_that_is_busy_or_not_there_is_said_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with port_that_says(b"") as port, serial.Serial(port, exclusive=True):
        assert soleus("bench", "chip", "--port", port) == 2
    assert soleus("bench", "chip", "--port", "/dev/no-such-port") == 2
    busy, missing = capsys.readouterr().err.splitlines()
    assert "another program has it open" in busy
    assert "it can't be opened" in missing


def test_a_cable_that_is_pulled_is_one_line_and_nothing_is_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = tmp_path / "mine.toml"
    asked: list[str] = []
    really_run = device.Device.run

    def run(self: device.Device, code: str) -> str:
        asked.append(code)
        if len(asked) > 4:
            self.close()
        return really_run(self, code)

    monkeypatch.setattr(device.Device, "run", run)
    with bare_virtual_board(tmp_path) as port:
        assert soleus("bench", "chip", "--port", port, "--chip", "esp32", "--save", saved) == 1
    error = capsys.readouterr().err.splitlines()
    assert [line for line in error if "the board failed while it was measured" in line] == error[-1:]
    assert not saved.exists()


def test_chip_comes_first_because_its_options_are_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert soleus("bench", "--target", "/dev/ttyUSB0", "chip") == 2
    assert "soleus bench chip --port" in capsys.readouterr().err
