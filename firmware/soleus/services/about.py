"""Versions and hashes: what exactly runs on this board."""

import binascii
import hashlib
import os
import sys

import machine
from micropython import const

from soleus.basics.version import VERSION

_IS_FOLDER = const(0x4000)


def about(board: dict) -> dict:
    return {
        "soleus": VERSION,
        "board": board["name"],
        "micropython": ".".join([str(number) for number in sys.implementation.version[:3]]),
        "port": sys.platform,
        "mpy": sys.implementation._mpy & 0xFF,
        "unique_id": binascii.hexlify(machine.unique_id()).decode(),
    }


def file_hashes(folder: str) -> dict:
    """The first 12 digits of the SHA-256 of each file in `folder`, not below it."""
    hashes = {}
    try:
        entries = list(os.ilistdir(folder))
    except OSError:
        return hashes
    for entry in entries:
        if not entry[1] & _IS_FOLDER:
            hashes[entry[0]] = _sha256(folder + "/" + entry[0])[:12]
    return hashes


def _sha256(name: str) -> str:
    digest = hashlib.sha256()
    buffer = bytearray(256)
    with open(name, "rb") as file:
        while True:
            count = file.readinto(buffer)
            if not count:
                return binascii.hexlify(digest.digest()).decode()
            digest.update(memoryview(buffer)[:count])
