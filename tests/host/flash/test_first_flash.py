"""The first flash: the real esptool against a chip's ROM loader, and the file system that it leaves."""

import hashlib
import re
from pathlib import Path

import pytest

pytest.importorskip("micropython_unix", reason="the unix port is not built for this kind of machine")

from host_tools import flash as flash_module
from host_tools.catalogue.boards import load_board
from host_tools.flash import DeviceError, Options, flash
from host_tools.flash.board.chooser import files_on_board
from host_tools.flash.board.device import Device
from host_tools.flash.board.micropython import (
    Place,
    look_at_chip,
    write_everything,
    write_micropython,
)
from host_tools.flash.contents.application import Application
from host_tools.flash.contents.filesystem import (
    BLOCK_BYTES,
    SUPERBLOCKS,
    filesystem_image,
    used_pieces,
)
from host_tools.flash.contents.image_file import CheckedImage
from host_tools.flash.contents.images import IMAGES
from host_tools.flash.contents.partitions import Partition, files_partition
from host_tools.flash.prompt import raw_repl
from tests.host.flash.stand_ins.apps import an_app
from tests.host.flash.stand_ins.images import LISTED, UNLISTED, an_image
from tests.host.flash.stand_ins.mounted import files_seen_by_micropython
from tests.host.flash.stand_ins.rom_loader import NorFlash, RomLoader

FLASH_BYTES = 4 * 1024 * 1024
FILES_AT = 0x200000
FILES_BYTES = FLASH_BYTES - FILES_AT


PLACE = Partition("vfs", FILES_AT, FILES_BYTES)


@pytest.fixture(autouse=True)
def esptool_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By itself esptool looks for a lost chip for ten seconds."""
    file = tmp_path / "esptool.cfg"
    file.write_text("[esptool]\nconnect_attempts = 1\nwrite_block_attempts = 1\ntimeout = 1\n")
    monkeypatch.setenv("ESPTOOL_CFGFILE", str(file))


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Application:
    app = an_app("one", extra={"deep/er/large.bin": bytes(range(256)) * 80, "empty": b""})
    monkeypatch.setattr(flash_module, "build_application", lambda *_: app)
    return app


def checked(tmp_path: Path, chip: str = "esp32") -> CheckedImage:
    return CheckedImage(an_image(tmp_path / "own.bin", chip), "v1.27.0", "own")


def seen(image: bytes, tmp_path: Path) -> dict[str, str]:
    return files_seen_by_micropython(image, BLOCK_BYTES, tmp_path)


def hex_of(files: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


# --- the image ---


def test_micropython_mounts_the_image_and_finds_every_file(tmp_path: Path, app: Application) -> None:
    image = filesystem_image(files_on_board(app), FILES_BYTES)
    assert seen(image, tmp_path) == hex_of(files_on_board(app))
    assert filesystem_image(files_on_board(app), FILES_BYTES) == image


def test_the_used_pieces_are_the_image_and_end_with_what_makes_it_one(app: Application) -> None:
    image = filesystem_image(files_on_board(app), FILES_BYTES)
    pieces = used_pieces(image)
    there = bytearray(b"\xff" * len(image))
    for at, content in pieces:
        assert len(content) % BLOCK_BYTES == at % BLOCK_BYTES == 0
        there[at : at + len(content)] = content
    assert bytes(there) == image
    assert pieces[-1] == (0, image[: SUPERBLOCKS * BLOCK_BYTES])
    assert len(pieces) <= 4
    assert sum(len(content) for _, content in pieces) < len(image) / 8


def test_the_place_for_files_is_read_from_the_partition_table_or_is_the_rest(tmp_path: Path) -> None:
    for table, flash_bytes, expected in (
        (LISTED, FLASH_BYTES, Partition("vfs", FILES_AT, 0x200000)),
        (LISTED, 2 * FLASH_BYTES, Partition("vfs", FILES_AT, 0x200000)),
        (UNLISTED, FLASH_BYTES, Partition("vfs", FILES_AT, 0x200000)),
        (UNLISTED, 4 * FLASH_BYTES, Partition("vfs", FILES_AT, 0xE00000)),
    ):
        file = an_image(tmp_path / "own.bin", "esp32", table=table)
        assert files_partition(file, file.read_bytes(), IMAGES["esp32"], flash_bytes) == expected


# --- esptool ---


@pytest.mark.parametrize("chip", ["esp32", "esp32-s3", "esp32-c3"])
def test_one_call_writes_application_and_micropython_and_reads_both_back(
    tmp_path: Path, app: Application, chip: str
) -> None:
    said: list[str] = []
    image = checked(tmp_path, chip)
    with RomLoader(IMAGES[chip].esptool_chip) as loader:
        write_everything(chip, loader.port, image, app, PLACE, said.append)
    flash = loader.flash
    pieces = used_pieces(filesystem_image(files_on_board(app), FILES_BYTES))
    assert flash.erased_whole == 1
    assert flash.order == [*(FILES_AT + at for at, _ in pieces), IMAGES[chip].offset]
    assert [at for at, _ in flash.checked] == flash.order, "each is read back before the next is written"
    whole = image.file.read_bytes()
    assert flash.read(IMAGES[chip].offset, len(whole)) == whole
    assert seen(flash.read(FILES_AT, FILES_BYTES), tmp_path) == hex_of(files_on_board(app))
    assert "reading back what was written" in said
    assert any(re.fullmatch(r"writing at \d+ %", words) for words in said)


def test_micropython_alone_leaves_the_files_on_the_board(tmp_path: Path) -> None:
    flash = NorFlash()
    flash.data[FILES_AT:] = b"\xa5" * FILES_BYTES
    image = checked(tmp_path)
    with RomLoader("esp32", flash) as loader:
        write_micropython("esp32", loader.port, image, lambda _: None)
    assert flash.erased_whole == 0
    assert flash.order == [IMAGES["esp32"].offset]
    assert flash.read(FILES_AT, FILES_BYTES) == b"\xa5" * FILES_BYTES


@pytest.mark.parametrize("part", [0.0, 0.2, 0.999])
def test_with_the_cable_pulled_at_any_byte_nothing_half_written_can_start(
    tmp_path: Path, app: Application, part: float
) -> None:
    """The loader in the ROM starts an image only if its checksum is right: so, only if all of it is there."""
    image = checked(tmp_path)
    content = image.file.read_bytes()
    pieces = used_pieces(filesystem_image(files_on_board(app), FILES_BYTES))
    whole = len(content) + sum(len(piece) for _, piece in pieces)
    flash = NorFlash(unplugged_at=int(part * whole))
    with RomLoader("esp32", flash) as loader, pytest.raises(DeviceError) as caught:
        write_everything("esp32", loader.port, image, app, PLACE, lambda _: None)
    assert "\n" not in str(caught.value)
    assert "nothing starts on this chip until it is flashed again" in str(caught.value)
    assert flash.read(IMAGES["esp32"].offset, len(content)) != content


def test_a_chip_that_falls_silent_is_told_in_one_line(tmp_path: Path, app: Application) -> None:
    flash = NorFlash(silent_at=100_000)
    with RomLoader("esp32", flash) as loader, pytest.raises(DeviceError, match="esptool: ") as caught:
        write_everything("esp32", loader.port, checked(tmp_path), app, PLACE, lambda _: None)
    assert "\n" not in str(caught.value)


def test_what_was_not_read_back_as_it_was_written_is_told_before_micropython_is_there(
    tmp_path: Path, app: Application
) -> None:
    flash = NorFlash(rots_at=FILES_AT + 16)
    with RomLoader("esp32", flash) as loader, pytest.raises(DeviceError, match="MD5 of file does not match"):
        write_everything("esp32", loader.port, checked(tmp_path), app, PLACE, lambda _: None)
    assert IMAGES["esp32"].offset not in flash.order


def test_an_image_for_another_chip_is_refused_before_anything_is_erased(tmp_path: Path) -> None:
    with RomLoader("esp32s3") as loader, pytest.raises(DeviceError, match="This chip is ESP32-S3, not ESP32"):
        look_at_chip("esp32", loader.port, checked(tmp_path), lambda _: None)
    assert not loader.flash.erased_whole
    assert not loader.flash.order


def test_a_chip_that_does_not_answer_esptool_is_told_in_one_line(tmp_path: Path) -> None:
    loader = RomLoader("esp32")
    with pytest.raises(DeviceError, match=r"Failed to connect to ESP32.*hold BOOT") as caught:
        look_at_chip("esp32", loader.port, checked(tmp_path), lambda _: None)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("block", "has_files"), [(0, True), (1, True), (None, False)])
def test_a_file_system_is_found_by_either_of_its_superblocks(
    tmp_path: Path, app: Application, block: int | None, has_files: bool
) -> None:
    flash = NorFlash()
    if block is not None:
        superblocks = filesystem_image(files_on_board(app), FILES_BYTES)[: SUPERBLOCKS * BLOCK_BYTES]
        at = block * BLOCK_BYTES
        flash.data[FILES_AT + at : FILES_AT + at + BLOCK_BYTES] = superblocks[at : at + BLOCK_BYTES]
    with RomLoader("esp32", flash) as loader:
        place = look_at_chip("esp32", loader.port, checked(tmp_path), lambda _: None)
    assert place == Place(PLACE, has_files)


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Options:
    monkeypatch.setattr(raw_repl, "FIRST_ATTEMPT_S", 0.1)
    monkeypatch.setattr(flash_module, "Device", lambda port, *_: Device(port, timeout_s=0.2))
    return Options(image=an_image(tmp_path / "own.bin", "esp32"), self_test=None, ends_session=True)


def test_flash_finds_an_empty_chip_and_writes_everything(
    tmp_path: Path, app: Application, options: Options
) -> None:
    with RomLoader("esp32") as loader:
        result = flash(load_board("esp32-devkit"), loader.port, options)
    assert result.plan is None
    assert result.found is None
    there = seen(loader.flash.read(FILES_AT, FILES_BYTES), tmp_path)
    assert there == hex_of(files_on_board(app))


def test_a_chip_whose_micropython_was_cut_off_keeps_its_files(app: Application, options: Options) -> None:
    """Its settings and calibration are among them."""
    flash_memory = NorFlash()
    files = filesystem_image(files_on_board(app), FILES_BYTES)
    flash_memory.data[FILES_AT:] = files
    with (
        RomLoader("esp32", flash_memory) as loader,
        pytest.raises(DeviceError, match=r"MicroPython was written and the files were kept; .* erase-flash"),
    ):
        flash(load_board("esp32-devkit"), loader.port, options)
    assert flash_memory.erased_whole == 0
    assert flash_memory.order == [IMAGES["esp32"].offset]
    assert flash_memory.read(FILES_AT, FILES_BYTES) == files
