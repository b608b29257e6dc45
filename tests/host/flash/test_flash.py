"""`soleus flash` on the laptop's side: images, packages, the application's files, ports, and the command."""

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from host_tools.basics.errors import InputError
from host_tools.board_check.chips import CHIPS
from host_tools.catalogue.boards import board_names, load_board
from host_tools.commands.machine.flash import flash as flash_command
from host_tools.flash import DeviceError, Flashed, Options, ports
from host_tools.flash import flash as flash_board
from host_tools.flash.board.device import About
from host_tools.flash.contents.application import MANIFEST, build_application
from host_tools.flash.contents.image_file import checked_image
from host_tools.flash.contents.images import IMAGES, MICROPYTHON_VERSION
from host_tools.flash.contents.packages import needed_packages, package_sources
from host_tools.flash.prompt.errors import NoPromptError
from host_tools.flash.report import report_lines
from tests.host.flash.stand_ins.images import an_image

app = typer.Typer()
app.command()(flash_command)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache for this test alone, and no net."""

    def no_net(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no net")

    monkeypatch.setenv("SOLEUS_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(urllib.request, "urlopen", no_net)
    return tmp_path / "cache"


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    home = tmp_path / "packages" / "ssd1306-0.1.0"
    home.mkdir(parents=True)
    (home / "ssd1306.py").write_text("class SSD1306_I2C:\n    pass\n")
    return tmp_path / "packages"


# --- MicroPython's image ---


def test_every_chip_has_its_image() -> None:
    assert set(IMAGES) == set(CHIPS)
    for image in IMAGES.values():
        assert image.file_name.endswith(f"-{MICROPYTHON_VERSION}.bin")
        assert len(bytes.fromhex(image.sha256)) == 32
        assert image.url.startswith("https://micropython.org/")


def test_a_persons_own_image_is_checked_for_its_chip(tmp_path: Path) -> None:
    own = an_image(tmp_path / "own.bin", "esp32-s3")
    assert checked_image("esp32-s3", own).version == "v1.27.0"
    with pytest.raises(InputError, match="an image for the esp32; this one is for the esp32-s3"):
        checked_image("esp32", own)
    (tmp_path / "text.bin").write_text("hello" * 30_000)
    with pytest.raises(InputError, match="an image of MicroPython for the esp32"):
        checked_image("esp32", tmp_path / "text.bin")
    with pytest.raises(InputError, match="a file that can be read"):
        checked_image("esp32", tmp_path / "missing.bin")


def test_a_wrong_checksum_stops_everything(cache: Path) -> None:
    cached = cache / "micropython" / IMAGES["esp32"].file_name
    cached.parent.mkdir(parents=True)
    cached.write_bytes(b"something else")
    with pytest.raises(InputError, match=r"SHA-256 cd7820d0.*nothing was written"):
        checked_image("esp32", None)


def test_without_a_net_the_refusal_says_how_to_get_the_image() -> None:
    with pytest.raises(InputError, match=r"could not be downloaded \(no net\).*--image FILE"):
        checked_image("esp32-c3", None)


# --- the application's files ---


@pytest.mark.parametrize("name", board_names())
def test_the_real_application_compiles_for_every_board(name: str, packages: Path) -> None:
    board = load_board(name)
    built = build_application(board, packages)
    assert {"boot.mpy", "main.mpy", "soleus/app.mpy", "board.json", "safe_pins.json"} <= set(built.files)
    assert not [name for name in built.files if name.endswith(".py")]
    assert all(content[:2] == b"M\x06" for name, content in built.files.items() if name.endswith(".mpy"))
    manifest = json.loads(built.files[MANIFEST])
    hashes = {name: hashlib.sha256(built.files[name]).hexdigest() for name in built.files if name != MANIFEST}
    assert manifest["files"] == hashes
    assert built.programs == sum(name.startswith("programs/") for name in built.files) >= 25
    assert build_application(board, packages) == built
    assert ("ssd1306.mpy" in built.files) is ("display" in board.table)


def test_packages_come_from_a_folder_or_say_how_to_get_them(packages: Path, tmp_path: Path) -> None:
    with_display = load_board("esp32-s3-duo").table
    assert needed_packages(with_display) == [("ssd1306", "0.1.0")]
    assert needed_packages(load_board("esp32-devkit").table) == []
    assert list(package_sources(with_display, packages)) == ["ssd1306.py"]
    with pytest.raises(InputError, match="--packages FOLDER"):
        package_sources(with_display, None)
    with pytest.raises(InputError, match=r"ssd1306-0.1.0: expected a folder of this name"):
        package_sources(with_display, tmp_path)


def test_a_package_is_downloaded_checked_and_kept(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = b"class SSD1306_I2C: pass\n"
    short = hashlib.sha256(source).hexdigest()[:8]
    served = {
        "https://micropython.org/pi/v2/package/py/ssd1306/0.1.0.json": json.dumps(
            {"hashes": [["ssd1306.py", short]]}
        ).encode(),
        f"https://micropython.org/pi/v2/file/{short[:2]}/{short}": source,
    }
    monkeypatch.setattr("host_tools.flash.contents.packages.fetch", lambda url, *_: served[url])
    table = load_board("esp32-s3-duo").table
    (file,) = package_sources(table, None).values()
    assert file == cache / "packages" / "ssd1306-0.1.0" / "ssd1306.py"
    served.clear()
    assert package_sources(table, None)["ssd1306.py"].read_bytes() == source


def test_a_package_with_a_wrong_hash_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    listing = json.dumps({"hashes": [["ssd1306.py", "00000000"]]}).encode()
    monkeypatch.setattr(
        "host_tools.flash.contents.packages.fetch", lambda url, *_: listing if ".json" in url else b"x"
    )
    with pytest.raises(InputError, match="SHA-256 begins with 00000000"):
        package_sources(load_board("esp32-s3-duo").table, None)


# --- ports ---


class FakePort:
    def __init__(self, device: str, vid: int | None) -> None:
        self.device, self.vid, self.description = device, vid, "USB"

    def __lt__(self, other: "FakePort") -> bool:
        return self.device < other.device


def test_the_only_board_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [FakePort("/dev/ttyS0", None), FakePort("/dev/ttyUSB0", 0x10C4)]
    monkeypatch.setattr(ports.list_ports, "comports", lambda: found)
    assert ports.find_port(None) == "/dev/ttyUSB0"
    assert ports.find_port("/dev/other") == "/dev/other"
    found.append(FakePort("/dev/ttyACM0", 0x303A))
    with pytest.raises(InputError, match=r"one of /dev/ttyACM0 .Espressif: USB., /dev/ttyUSB0"):
        ports.find_port(None)
    found.clear()
    with pytest.raises(InputError, match="no board found"):
        ports.find_port(None)


# --- what is decided before anything is written ---


class FakeDevice:
    """A board with this MicroPython; it answers nothing else."""

    about_: About | None = None
    opened = 0
    resets = 0
    restarts = 0

    @classmethod
    def restart(cls, _: str) -> None:
        cls.restarts += 1

    def __init__(self, port: str, *_: object) -> None:
        self.port = port
        FakeDevice.opened += 1
        if self.about_ is None:
            raise NoPromptError("no MicroPython")

    def about(self) -> About:
        assert self.about_ is not None
        return self.about_

    def read_whole(self, _: str) -> bytes:
        raise DeviceError("the flash is worn out")

    def reset(self) -> None:
        FakeDevice.resets += 1

    def close(self) -> None:
        pass


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> type[FakeDevice]:
    monkeypatch.setattr("host_tools.flash.Device", FakeDevice)
    monkeypatch.setattr("host_tools.flash.session_that_runs", lambda *_: "")
    monkeypatch.setattr("host_tools.flash.restart", FakeDevice.restart)
    for name, value in (("about_", None), ("opened", 0), ("resets", 0), ("restarts", 0)):
        monkeypatch.setattr(FakeDevice, name, value)
    return FakeDevice


@pytest.mark.usefixtures("device")
def test_a_dry_run_on_an_empty_chip_calls_no_esptool(tmp_path: Path) -> None:
    own = an_image(tmp_path / "own.bin", "esp32")
    result = flash_board(load_board("esp32-devkit"), "/dev/ttyX", Options(image=own, is_dry_run=True))
    lines = dict(report_lines(result))
    assert lines["MicroPython"] == f"none answered; would write {own}, of your own choice"
    assert lines["files"].startswith("would write all ")


@pytest.mark.parametrize("is_dry_run", [False, True], ids=["in earnest", "in a dry run"])
@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("esp32-devkit", {}, "could not be downloaded"),
        ("esp32-devkit", {"image": "missing.bin"}, "a file that can be read"),
        ("esp32-devkit", {"image": "s3.bin"}, "this one is for the esp32-s3"),
        ("esp32-s3-duo", {"image": "s3.bin"}, "ssd1306 0.1.0 could not be downloaded"),
    ],
    ids=["no net", "no such image", "an image for another chip", "no packages"],
)
def test_what_is_wrong_on_the_laptop_is_found_before_the_board_is_touched(
    device: type[FakeDevice], tmp_path: Path, name: str, options: dict[str, str], words: str, is_dry_run: bool
) -> None:
    an_image(tmp_path / "s3.bin", "esp32-s3")
    paths = {key: tmp_path / file for key, file in options.items()}
    with pytest.raises(InputError, match=words):
        flash_board(load_board(name), "/dev/ttyX", Options(is_dry_run=is_dry_run, **paths))
    assert device.opened == 0


def test_another_chip_than_the_boards_is_refused_and_runs_on(device: type[FakeDevice]) -> None:
    device.about_ = About("esp32", "v1.28.0", "Generic ESP32S3 module with ESP32S3")
    with pytest.raises(InputError, match=r"a board with an esp32, as .* this one is a Generic ESP32S3"):
        flash_board(load_board("esp32-devkit"), "/dev/ttyX", Options(keep_micropython=True))
    assert device.resets == 1


def test_a_board_that_fails_is_reset_so_that_it_runs_what_it_ran(device: type[FakeDevice]) -> None:
    device.about_ = About("esp32", "v1.28.0", "Generic ESP32 module with ESP32")
    with pytest.raises(DeviceError, match=r"worn out; the old application, if there is one, is as it was"):
        flash_board(load_board("esp32-devkit"), "/dev/ttyX", Options(keep_micropython=True))
    assert device.resets == 1


@pytest.mark.parametrize(("there", "erases"), [("v1.20.0", False), (None, True)])
def test_micropython_is_written_where_it_is_missing_or_old(
    device: type[FakeDevice], tmp_path: Path, there: str | None, erases: bool
) -> None:
    """An update leaves settings and calibration where they are; a foreign chip is erased first."""
    if there:
        device.about_ = About("esp32", there, "Generic ESP32 module with ESP32")
    asked: list[list[str]] = []

    def run_tool(arguments: list[str], _: Callable[[str], None]) -> str:
        asked.append(arguments)
        if "write-flash" in arguments:
            raise DeviceError("enough seen")
        if "read-flash" in arguments:
            Path(arguments[-1]).write_bytes(b"\xff" * 8192)
        return "Detected flash size: 4MB"

    own = an_image(tmp_path / "own.bin", "esp32")
    with pytest.raises(DeviceError, match=r"enough seen; .*until it is flashed again"):
        flash_board(load_board("esp32-devkit"), "/dev/ttyX", Options(image=own, run_tool=run_tool))
    assert asked[-1][:4] == ["--chip", "esp32", "--port", "/dev/ttyX"]
    assert asked[-1][-2:] == ["0x1000", str(own)]
    assert ("--erase-all" in asked[-1]) is erases
    # The application was stopped for it; what esptool has not touched yet is started again.
    assert device.restarts == (0 if erases else 1)


@pytest.mark.usefixtures("device")
def test_an_image_without_a_partition_table_is_refused_before_the_board_is_touched(tmp_path: Path) -> None:
    own = an_image(tmp_path / "own.bin", "esp32", table=[])
    with pytest.raises(InputError, match="an image with its partition table"):
        flash_board(load_board("esp32-devkit"), "/dev/ttyX", Options(image=own))
    assert FakeDevice.opened == 0


# --- the command ---


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_the_command_refuses_what_it_cannot_flash(tmp_path: Path) -> None:
    sketch = tmp_path / "board.toml"
    text = load_board("esp32-devkit").file.read_text()
    sketch.write_text(text[: text.index("[valves]")])
    for arguments, words in (
        (["--board", "zeppelin", "--port", "x"], "expected a board of"),
        (["--board", str(sketch), "--port", "x"], "a board with its wiring"),
    ):
        error = run(*arguments).exception
        assert isinstance(error, InputError)
        assert words in str(error)


def test_a_board_that_stops_answering_is_one_line_and_status_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Flashed:
        raise DeviceError("/dev/ttyX is gone")

    monkeypatch.setattr("host_tools.commands.machine.flash.flash_board", fail)
    result = run("--board", "esp32-devkit", "--port", "x")
    assert result.exit_code == 1
    assert result.stderr == "soleus: /dev/ttyX is gone\n"
