"""The virtual SSD1306 shows what micropython-lib's driver drew, unmodified, in real MicroPython."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops

from host_tools.virtual.display import Ssd1306
from tests.display_driver import driver_file
from tests.micropython.interpreters.run import HAS_UNIX, run_unix, run_wasm
from tests.virtual.rig import DUO, running, start_session, wait_for

SCRIPT = Path(__file__).with_name("show_display.py")
ADDRESS = 0x3C
MACHINE = b"class SoftI2C:\n    pass\n"
TURNED = [0xA1, 0xC8]
AWAKE = [0x8D, 0x14, 0xAF, *TURNED]


@pytest.mark.parametrize("way", ["as the driver does", "at once", "page by page"])
@pytest.mark.parametrize(("width", "height"), [(128, 64), (128, 32), (64, 48)])
def test_what_the_driver_drew_is_what_is_seen(width: int, height: int, way: str) -> None:
    run = run_unix if HAS_UNIX else run_wasm
    files = {"ssd1306.py": driver_file().read_bytes(), "machine.py": MACHINE}
    said = run(SCRIPT, str(width), str(height), way, files=files)
    lines = [line.split(" ", 1) for line in said.splitlines()]
    dots = [rest for kind, rest in lines if kind == "dots"]
    display = Ssd1306(width, height)
    for kind, rest in lines:
        if kind == "transfer":
            address, content = rest.split()
            assert int(address) == ADDRESS
            display.write(bytes.fromhex(content))
    assert seen(display) == dots
    # One of the commands is newer than the package that the tests have: it doesn't change what is seen.
    command(display, 0xAD, 0x30)
    assert seen(display) == dots


# What is sent after a dot was drawn in the top left corner, and where the dot is seen then, if at all.
SETTINGS = {
    "as modules are mounted": ([], (0, 0)),
    "asleep": ([0xAE], None),
    "without its charge pump": ([0x8D, 0x10], None),
    "columns as they are": ([0xA0], (127, 0)),
    "rows as they are": ([0xC0], (0, 63)),
    "moved up by its first row": ([0x40 | 60], (0, 4)),
    "moved up by an offset": ([0xD3, 60], (0, 4)),
    "fewer rows": ([0xA8, 31, 0xC0], (0, 31)),
    "a command with arguments that look like commands": ([0x81, 0xAE], (0, 0)),
    "scrolling, which it leaves out": ([0x26, 0, 0, 7, 0xAE, 0, 0xFF], (0, 0)),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_are_obeyed(name: str) -> None:
    sent, expected = SETTINGS[name]
    display = Ssd1306(128, 64)
    command(display, *AWAKE, 0xB0, 0x00, 0x10)
    display.write(b"\x40\x01")
    command(display, *sent)
    lit = [(x, y) for y in range(64) for x in range(128) if display.is_lit(x, y)]
    assert lit == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("sent", "share"), [([0xA7], 1.0), ([0xA5], 1.0), ([0xA7, 0xA6], 0.0), ([0xA5, 0xA4], 0.0)]
)
def test_a_whole_picture_is_turned_over_or_lit(sent: list[int], share: float) -> None:
    display = Ssd1306(128, 64)
    command(display, *AWAKE, *sent)
    lit = sum(display.is_lit(x, y) for y in range(64) for x in range(128))
    assert lit == share * 128 * 64


# Two columns and two pages as the window; the bytes that follow, and where each lands as (column, page).
ORDERS = {
    "along the row": ([0x20, 0x00], [(5, 2), (6, 2), (5, 3), (6, 3), (5, 2)]),
    "down the column": ([0x20, 0x01], [(5, 2), (5, 3), (6, 2), (6, 3), (5, 2)]),
}


@pytest.mark.parametrize("name", ORDERS)
def test_bytes_fill_the_window_in_order(name: str) -> None:
    mode, places = ORDERS[name]
    display = Ssd1306(128, 64)
    command(display, *mode, 0x21, 5, 6, 0x22, 2, 3)
    for number, (column, page) in enumerate(places, start=1):
        display.write(bytes([0x40, number]))
        assert display.memory[page * 128 + column] == number


def test_one_transfer_may_mix_commands_and_data() -> None:
    display = Ssd1306(128, 64)
    display.write(bytes([0x80, 0xB3, 0x80, 0x07, 0x80, 0x11, 0x40, 0xAA, 0xBB]))
    assert display.memory[3 * 128 + 0x17 : 3 * 128 + 0x19] == b"\xaa\xbb"
    display.write(bytes([0x00, 0xB0, 0x00, 0x10]))
    display.write(b"\x40\x55")
    assert display.memory[0] == 0x55


def test_the_board_shows_its_state_its_legs_and_a_fault(tmp_path: Path) -> None:
    with running(DUO, tmp_path) as (board, console):
        assert board.hardware.display
        assert not console.ask("status")["warnings"]
        wait_for(board, console, lambda: picture(board.hardware.display).getbbox() is not None)
        idle = picture(board.hardware.display)
        start_session(board, console)
        wait_for(board, console, lambda: picture(board.hardware.display) != idle)
        legs = (84, 0, 128, 64)
        assert ImageChops.difference(picture(board.hardware.display), idle).crop(legs).getbbox()
        board.break_part("sensor.right.calf:off")
        # The heading of a fault is a bright bar along the top.
        wait_for(board, console, lambda: "0" not in seen(board.hardware.display)[0])
        board.save_display(tmp_path / "fault.png")
        assert Image.open(tmp_path / "fault.png").size == (512, 256)
        board.power_off()
        assert picture(board.hardware.display).getbbox() is None


def picture(display: Ssd1306 | None) -> Image.Image:
    assert display
    return display.picture()


def seen(display: Ssd1306 | None) -> list[str]:
    assert display
    return [
        "".join("1" if display.is_lit(column, row) else "0" for column in range(display.width))
        for row in range(display.height)
    ]


def command(display: Ssd1306, *bytes_sent: int) -> None:
    for byte in bytes_sent:
        display.write(bytes([0x80, byte]))
