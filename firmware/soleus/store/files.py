"""Small tables that survive a power cut: each is written beside the old one, then renamed.

A file has two lines: a CRC-32 in hexadecimal, and the table as JSON; `state_load.py` reads them. littlefs,
which an ESP32 has for its flash, renames over an existing file in one step, so either the old or the new one
is there.
"""

import binascii
import json
import os

NEW_SUFFIX = ".new"
# What changes lies below a folder of its own. littlefs looks through all that was ever written into a folder
# to find a file in it, and a chip looks through the root a hundred times at its start: `/data` takes what
# littlefs notes when it moves a folder that is written often.
DATA_FOLDER = "/data"
STATE_FOLDER = DATA_FOLDER + "/state"
# There while a session is under way.
SESSION_FILE = STATE_FOLDER + "/session.json"


def encode(table: dict) -> bytes:
    line = json.dumps(table).encode()
    return b"%08x\n" % binascii.crc32(line) + line


def write_whole(name: str, content: bytes) -> None:
    """An `OSError`, such as a full disk's, leaves the old file."""
    try:
        with open(name + NEW_SUFFIX, "wb") as file:
            file.write(content)
        os.rename(name + NEW_SUFFIX, name)
    except OSError:
        forget(name + NEW_SUFFIX)
        raise


def forget(name: str) -> None:
    try:
        os.remove(name)
    except OSError:
        pass
