# mypy: ignore-errors
# ruff: noqa: PTH123, E402
# ... because MicroPython has no pathlib, and the chip's modules talk over the wire, which comes first.
"""Power-on: puts the virtual chip together, then does what MicroPython does: boot.py, main.py."""

import binascii
import json
import os
import sys

import wire

with open(sys.argv[1]) as _file:
    _config = json.load(_file)
wire.connect(_config["descriptor"])

import select  # noqa: F401 (in place of MicroPython's own, for all who import it later)

import flash
import i2c_chips  # noqa: F401 (its chips answer from now on)
import machine

machine.config = _config
machine.RTC._memory = binascii.unhexlify(_config["memory"])

# The services keep the wall's time; the control tick follows the board's, when it has a pace of its own.
import asyncio
import asyncio.core  # noqa: F401 (loaded while `time` is still the wall's)

if _config["has_own_time"]:
    import board_time

    sys.modules["time"] = board_time

import vfs

_flash = flash.Flash(_config["flash"], _config["flash_bytes"], _config["flash_write_ms"])
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
