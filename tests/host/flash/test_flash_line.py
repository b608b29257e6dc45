"""Flashing over a line like a chip's: slow, late, narrow, loose, in use, or with another thing at its end."""

import contextlib
import os
import random
import threading
import time
import tty
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import serial

pytest.importorskip("micropython_unix", reason="the unix port is not built for this kind of machine")

from host_tools import flash as flash_module
from host_tools.basics.errors import InputError
from host_tools.catalogue.boards import load_board
from host_tools.flash import DeviceError, Options, flash
from host_tools.flash.board.device import WINDOW_BYTES, Device
from host_tools.flash.contents.application import Application
from host_tools.flash.contents.archive import archive_blocks
from host_tools.flash.prompt import line, raw_repl
from tests.host.flash.stand_ins.apps import an_app
from tests.host.flash.stand_ins.images import an_image
from tests.host.flash.stand_ins.pty_board import PtyBoard, boot_once
from tests.host.flash.stand_ins.wire import CHIP_ROOM_BYTES, UART_BYTES_PER_S, Wire

BOARD = load_board("esp32-devkit")
OPTIONS = Options(keep_micropython=True, self_test=None, ends_session=True)
# The first attempt to enter gives up early, so that a late line shows what the next ones do.
FIRST_ATTEMPT_S = 0.05
# Enough that a good part of the time is the archive's, and nothing that could be compressed.
EXTRA = {"extra.bin": random.Random(16).randbytes(3000) + b"\x03\x04\x01\x02" * 50}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw_repl, "COME_BACK_TIMEOUT_S", 0.3)
    monkeypatch.setattr(raw_repl, "FIRST_ATTEMPT_S", FIRST_ATTEMPT_S)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> list[Application]:
    apps = [an_app("one", extra=EXTRA)]
    monkeypatch.setattr(flash_module, "build_application", lambda *_: apps[-1])
    return apps


@pytest.fixture
def boards() -> Iterator[list[PtyBoard]]:
    boards: list[PtyBoard] = []
    yield boards
    for board in boards:
        board.close()


def runs(flash_folder: Path) -> str:
    return boot_once(flash_folder).replace("\r", "").strip()


@pytest.mark.parametrize(
    ("wire", "stalls"),
    [
        (Wire(UART_BYTES_PER_S, late_s=0.005, room_bytes=CHIP_ROOM_BYTES), (0.002, 0.008)),
        (Wire(late_s=0.03), None),
    ],
    ids=[
        "a UART without flow control to a chip that mostly stands still",
        "answers later than the first attempt",
    ],
)
def test_a_slow_line_that_works_is_flashed(
    tmp_path: Path,
    app: list[Application],
    boards: list[PtyBoard],
    wire: Wire,
    stalls: tuple[float, float] | None,
) -> None:
    if wire.bytes_per_s > UART_BYTES_PER_S:
        app[0] = an_app("one")
    boards.append(PtyBoard(tmp_path / "flash", wire, stalls))
    said: list[str] = []
    result = flash(BOARD, boards[0].port, OPTIONS, said.append)
    assert result.plan
    assert wire.lost == 0
    assert runs(tmp_path / "flash") == "runs one one one"
    assert any("waiting for MicroPython's prompt" in words for words in said)


@pytest.mark.usefixtures("app")
def test_a_board_whose_watchdog_bites_again_and_again_is_still_reached(
    tmp_path: Path, boards: list[PtyBoard], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It listens only for a moment in each of its lives; so a broken application can always be replaced."""
    monkeypatch.setattr(raw_repl, "FIRST_ATTEMPT_S", 1.0)
    monkeypatch.setattr(raw_repl, "KEY_EVERY_S", 0.02)
    (tmp_path / "flash").mkdir()
    (tmp_path / "flash/main.py").write_text("while True: pass\n")
    boards.append(PtyBoard(tmp_path / "flash", bites_after_s=0.3))
    time.sleep(0.5)
    flash(BOARD, boards[0].port, OPTIONS)
    assert boards[0].bites
    assert runs(tmp_path / "flash") == "runs one one one"


def test_ctrl_c_never_crosses_the_line_inside_an_archive(tmp_path: Path, boards: list[PtyBoard]) -> None:
    every_byte = bytes(range(256)) * 40 + b"\x03" * 100 + b"\x04\x01\x04\x02\x03\x04"
    boards.append(PtyBoard(tmp_path / "flash"))
    device = Device(boards[0].port)
    sizes = device.send("/there", {"every": every_byte, "none": b"", "deep/er": b"x"}, is_in_use=False)
    device.close()
    assert sizes > WINDOW_BYTES
    assert (tmp_path / "flash/there/every").read_bytes() == every_byte
    assert (tmp_path / "flash/there/none").read_bytes() == b""
    assert (tmp_path / "flash/there/deep/er").read_bytes() == b"x"


def test_what_does_not_arrive_as_it_was_sent_is_refused_by_the_board(
    tmp_path: Path, boards: list[PtyBoard], monkeypatch: pytest.MonkeyPatch
) -> None:
    def bent(files: Mapping[str, bytes]) -> list[bytes]:
        (block,) = archive_blocks(files)
        return [block[:-100] + bytes([block[-100] ^ 0x40]) + block[-99:]]

    monkeypatch.setattr("host_tools.flash.board.device.archive_blocks", bent)
    boards.append(PtyBoard(tmp_path / "flash"))
    device = Device(boards[0].port)
    with pytest.raises(DeviceError, match="/there/noise did not arrive as it was sent"):
        device.send("/there", {"noise": random.Random(1).randbytes(3000)}, is_in_use=True)
    assert not (tmp_path / "flash/there/noise").exists()
    assert device.run("print('still there')") == "still there"
    device.close()


def test_a_board_that_resets_itself_meanwhile_is_told_at_once(tmp_path: Path, boards: list[PtyBoard]) -> None:
    boards.append(PtyBoard(tmp_path / "flash"))
    device = Device(boards[0].port)
    with pytest.raises(DeviceError, match="but the board reset itself"):
        device.run("import machine; machine.reset()")
    device.close()


@pytest.mark.parametrize("error", [DeviceError("no room for helpers"), KeyboardInterrupt()])
def test_an_application_that_was_stopped_in_vain_is_started_again(
    tmp_path: Path, boards: list[PtyBoard], monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*_: object) -> str:
        raise error

    monkeypatch.setattr(Device, "run", fail)
    board = PtyBoard(tmp_path / "flash")
    boards.append(board)
    with pytest.raises(type(error)):
        Device(board.port)
    until_s = time.monotonic() + 10
    while not board.resets and time.monotonic() < until_s:
        time.sleep(0.05)
    assert board.resets == 1


@pytest.mark.parametrize("loses_power", [True, False], ids=["with its power", "alone"])
def test_with_the_cable_pulled_at_any_byte_the_old_or_the_new_application_starts(
    tmp_path: Path, app: list[Application], boards: list[PtyBoard], loses_power: bool
) -> None:
    flash_folder = tmp_path / "flash"
    boards.append(PtyBoard(flash_folder))
    flash(BOARD, boards[0].port, OPTIONS)
    chance = random.Random(int(loses_power))
    for number in range(6):
        old = runs(flash_folder)
        app.append(an_app(f"v{number}", extra={"extra.bin": chance.randbytes(3000)}))
        new = f"runs v{number} v{number} v{number}"
        whole = 12_000
        board = boards[-1]
        board.wire.unplugged_at = board.wire.passed + chance.randrange(whole)
        with pytest.raises(DeviceError, match="is the cable loose"):
            flash(BOARD, board.port, OPTIONS)
        if loses_power:
            board.lose_power()
        assert runs(flash_folder) in (old, new)
        if loses_power:
            boards.append(PtyBoard(flash_folder))
        else:
            # Whatever it was waiting for, it can still be interrupted.
            board.plug_in()
        flash(BOARD, boards[-1].port, OPTIONS)
        assert runs(flash_folder) == new


# --- what isn't a board, or not ours alone ---


def test_a_port_that_is_in_use_is_named_in_one_line(tmp_path: Path, boards: list[PtyBoard]) -> None:
    boards.append(PtyBoard(tmp_path / "flash"))
    with (
        serial.Serial(boards[0].port, exclusive=True),
        pytest.raises(InputError, match="no other program has open"),
    ):
        flash(BOARD, boards[0].port, OPTIONS)


def test_a_port_that_is_not_there_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "REOPEN_TIMEOUT_S", 0.1)
    with pytest.raises(
        InputError, match=r"/dev/nothing.: expected a serial port that can be opened \(No such file"
    ):
        flash(BOARD, "/dev/nothing", OPTIONS)


@contextlib.contextmanager
def something_that_says(says: bytes) -> Iterator[str]:
    """A port with something at its end that answers so, whatever it hears."""
    master, slave = os.openpty()
    tty.setraw(slave)
    # What came before the port was opened is thrown away.
    answers = threading.Thread(target=lambda: (os.read(master, 1), os.write(master, says)))
    answers.start()
    yield os.ttyname(slave)
    answers.join()
    os.close(master)
    os.close(slave)


@pytest.fixture
def half_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flash_module, "Device", lambda port, *_: Device(port, False, timeout_s=0.5))
    monkeypatch.setattr(raw_repl, "ANSWER_TIMEOUT_S", 0.5)
    monkeypatch.setattr(raw_repl, "FIRST_ATTEMPT_S", 0.2)
    # It answers only once.
    monkeypatch.setattr(flash_module, "session_that_runs", lambda *_: "")


@pytest.mark.parametrize(
    ("says", "words"),
    [
        (b"", r"waited 0.5 s for MicroPython's prompt; heard nothing"),
        (b"\xff\xfe garbage\r\n" * 100, r"heard \d+ bytes, the last of them .*garbage"),
        (b"rst:0x10\r\ninvalid header: 0xffffffff\r\n", "has nothing to start"),
        (b"raw REPL; CTRL-B to exit\r\n>OKgarbage", r"heard 9 bytes, the last of them b'OKgarbage'"),
    ],
    ids=["silence", "garbage", "an empty chip", "garbage after a prompt"],
)
@pytest.mark.usefixtures("app", "half_a_second")
def test_a_board_that_does_not_answer_as_one_is_told_in_one_line(says: bytes, words: str) -> None:
    with something_that_says(says) as port, pytest.raises(DeviceError, match=words) as caught:
        flash(BOARD, port, OPTIONS)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "says", [b"Traceback (most recent call last):\r\n", b'{"seq": 7, "event": "ready"}*1f2e\n']
)
@pytest.mark.usefixtures("app", "half_a_second")
def test_a_board_with_micropython_that_does_not_come_to_its_prompt_is_never_erased(
    tmp_path: Path, says: bytes
) -> None:
    asked: list[list[str]] = []
    options = Options(
        image=an_image(tmp_path / "own.bin", "esp32"),
        ends_session=True,
        run_tool=lambda arguments, _: asked.append(arguments) or "",
    )
    with something_that_says(says) as port, pytest.raises(DeviceError, match="press its RESET button"):
        flash(BOARD, port, options)
    assert not asked
