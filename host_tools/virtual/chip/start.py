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
wire.connect(_config["descriptor"])

import select

import flash
import i2c_chips  # noqa: F401 (its chips answer from now on)
import machine
import utime

machine.config = _config
machine.RTC._memory = binascii.unhexlify(_config["memory"])

import asyncio
import asyncio.core  # with MicroPython's own `time`: its queue, in C, compares by that one's rules

_stand_still = utime.sleep_ms
if _config["has_own_time"]:
    # Every wait is by the board's time.
    import board_time

    sys.modules["time"] = board_time
    asyncio.core.ticks = board_time.ticks_for_asyncio
    select.now_ms, select.wait = wire.now_ms, wire.wait_for_beat
    _stand_still = wire.stand_still

import vfs

_flash = flash.Flash(_config["flash"], _config["flash_bytes"], _config["flash_write_ms"], _stand_still)
vfs.umount("/")
vfs.mount(_flash, "/")
os.chdir("/")
sys.path[:] = ["", ".frozen", "/lib"]
sys.argv[:] = []

_is_raw = _config["is_raw"]
for _name in ("json", "binascii", "gc"):
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


_run("boot.py")
if not _is_raw:
    _run("main.py")
