# mypy: ignore-errors
# ruff: noqa: PTH123, E402
# ... because MicroPython has no pathlib, and the chip's modules talk over the wire, which comes first.
"""Power-on: builds the virtual chip, then runs boot.py and main.py as MicroPython does."""

import binascii
import json
import os
import sys

import wire

with open(sys.argv[1]) as _file:
    _config = json.load(_file)
wire.connect(_config["descriptor"], _config["has_own_time"])

import select

import esp32
import i2c_chips  # noqa: F401 (its chips answer from now on)
import long_calls
import machine
import names

machine.config = _config
machine.RTC._memory = binascii.unhexlify(_config["memory"])

import asyncio
import asyncio.core  # with MicroPython's own `time`: its queue, in C, compares by that one's rules

if _config["has_own_time"]:
    # Every wait is by the board's time.
    import board_time

    sys.modules["time"] = board_time
    asyncio.core.ticks = board_time.ticks_for_asyncio
    select.now_ms, select.wait = wire.now_ms, wire.wait_for_beat

import vfs

esp32.Partition.image = open(_config["image"], "r+b")  # noqa: SIM115 (open for the chip's whole life)
import flashbdev

vfs.umount("/")
wire.costs = dict(_config["costs"])
machine.set_clock(_config["default_clock_hz"])
# From here on as a stock image does it: mount what is there, or make an empty file system.
try:
    vfs.mount(flashbdev.bdev, "/")
except OSError:
    vfs.VfsLfs2.mkfs(flashbdev.bdev)
    vfs.mount(flashbdev.bdev, "/")
if _config["outside"]:
    vfs.mount(vfs.VfsPosix(_config["outside"]), "/outside")
os.chdir("/")
sys.path[:] = ["", ".frozen", "/lib"]
sys.argv[:] = []
long_calls.put_in_place()
names.fill_tables()

_is_raw = _config["is_raw"]
for _name in ("json", "binascii", "gc", "names"):
    if _name in globals():
        del globals()[_name]


def _run(name: str) -> None:
    try:
        with open(name) as file:
            program = file.read()
    except OSError:
        return
    try:
        exec(compile(program, name, "exec"), globals())
    except SystemExit:
        raise
    except BaseException as error:
        sys.print_exception(error)


try:
    _run("boot.py")
    if not _is_raw:
        _run("main.py")
finally:
    wire.come_to_prompt()
