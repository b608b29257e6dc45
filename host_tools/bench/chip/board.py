"""The board at the port: which one it is, whether it may be measured, and the pieces run on it."""

import ast
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import serial

from host_tools.basics.errors import InputError
from host_tools.bench.chip.pieces import FRESH_HEAP, Piece
from host_tools.catalogue.chips import Chip, chip_names, load_chip
from host_tools.flash import ESP32_PLATFORM
from host_tools.flash.board.device import About, Device, DeviceError
from host_tools.flash.board.session import refuse_in_session
from host_tools.flash.contents.images import IMAGES
from host_tools.flash.prompt import raw_repl

UNIX_PLATFORMS = ("linux", "darwin")
"""A virtual board: MicroPython's unix port."""

# Above this, a heap is in PSRAM.
PSRAM_HEAP_BYTES = 1_000_000
_RESULT = re.compile(r"^=(\w+) (.*)$", re.MULTILINE)
# A flashed board, and a virtual one, have one of these in the root.
_APPLICATION = ("current-app", "board.json")

Results = dict[str, Any]
"""What the pieces said, by name; `failed` of a piece is kept apart."""


@dataclass
class Measured:
    about: About
    results: Results
    failed: dict[str, str]
    """Why a cost was not measured."""

    @property
    def is_chip(self) -> bool:
        """An interpreter on a laptop says so itself, whatever stands behind it."""
        return self.about.platform == ESP32_PLATFORM


@contextmanager
def bare_board(port: str, is_any_welcome: bool) -> Iterator[Device]:
    """A board at its prompt. It is reset afterwards: pins, clock and timers are as after power-on then."""
    _refuse_unusable_port(port)
    refuse_in_session(port)
    with _or_no_micropython(port):
        device = Device(port, timeout_s=raw_repl.ENTER_TIMEOUT_S)
    try:
        if not is_any_welcome:
            _refuse_application(device)
        yield device
    finally:
        device.reset()


def first_look(device: Device) -> Measured:
    """Who answers, and its heap before anything else is on it."""
    with _or_no_micropython(device.port):
        about = device.about()
    _refuse_stranger(about, device.port)
    measured = Measured(about, {}, {})
    take_results(measured, FRESH_HEAP, device.run(FRESH_HEAP.text()))
    return measured


def find_chip(measured: Measured, wanted: str | None, board_chip: str | None) -> Chip:
    """The chip file that was asked for, or the one of what the board says it is."""
    about = measured.about
    kind = _kind(about)
    if wanted:
        chip = load_chip(wanted)
        if kind and chip.kind != kind:
            expected = f"a chip file for an {kind}: the board is a {about.machine}"
            raise InputError("--chip", "", wanted, expected)
        return chip
    kind = kind or board_chip
    if kind is None:
        expected = f"one of {', '.join(chip_names())}: the board calls itself {about.platform!r}, no chip"
        raise InputError("--chip", "", None, expected)
    has_psram = measured.results.get("heap_bytes", 0) > PSRAM_HEAP_BYTES
    chips = [chip for chip in map(load_chip, chip_names()) if chip.kind == kind]
    return next((chip for chip in chips if chip.has_psram == has_psram), chips[0])


def run_pieces(
    device: Device, pieces: list[Piece], measured: Measured, say: Callable[[int, Piece], None]
) -> None:
    for number, piece in enumerate(pieces):
        say(number, piece)
        take_results(measured, piece, device.run(piece.text()))


def take_results(measured: Measured, piece: Piece, printed: str) -> None:
    try:
        results = {name: ast.literal_eval(text) for name, text in _RESULT.findall(printed.replace("\r", ""))}
    except (ValueError, SyntaxError):
        results = {"failed": "the board's answer could not be read"}
    why = results.pop("failed", None)
    if why is not None or not results:
        measured.failed.update(dict.fromkeys(piece.costs, why or "the board said nothing"))
    if piece.keeps_result:
        results = {f"{piece.keeps_result}.{name}": value for name, value in results.items()}
    measured.results.update(results)


def _refuse_unusable_port(port: str) -> None:
    """Whatever is wrong with the port itself is found at once, without waiting for a board."""
    try:
        serial.Serial(port, exclusive=True).close()
    except (OSError, serial.SerialException) as error:
        why = "another program has it open" if "lock" in str(error) else "it can't be opened"
        raise InputError("--port", "", port, f"a serial port that is free: {why}") from None


@contextmanager
def _or_no_micropython(port: str) -> Iterator[None]:
    """Whoever fails at the first questions has never been a board with MicroPython."""
    try:
        yield
    except (DeviceError, ValueError, SyntaxError) as error:
        expected = f"a board with MicroPython at its prompt ({error}); `soleus flash` writes MicroPython"
        raise InputError("--port", "", port, expected) from None


def _refuse_application(device: Device) -> None:
    with _or_no_micropython(device.port):
        said = device.run(f"print([name for name in os.listdir('/') if name in {_APPLICATION!r}])")
        found = ast.literal_eval(said)
    if found:
        expected = (
            "a bare board: this one has an application, and pins that are tested could move a valve; "
            "--anyway if nothing hangs on it"
        )
        raise InputError("--port", "", device.port, expected)


def _refuse_stranger(about: About, port: str) -> None:
    """The pins that are driven are free on these chips only."""
    if about.platform in UNIX_PLATFORMS or _kind(about):
        return
    expected = f"a board with an {' or '.join(IMAGES)}; this one is a {about.machine or about.platform}"
    raise InputError("--port", "", port, expected)


def _kind(about: About) -> str | None:
    if about.platform != ESP32_PLATFORM:
        return None
    last = about.machine.split()[-1:]
    return next((kind for kind, image in IMAGES.items() if [image.machine_word] == last), None)
