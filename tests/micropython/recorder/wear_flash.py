# ruff: noqa: PTH102, PTH123 (MicroPython has no pathlib)
"""What a life of sessions does to a flash below littlefs: erases, and how long each piece takes a chip.

Runs on MicroPython, with the number of sessions and the chip's costs as arguments.
"""

import json
import os
import sys

from soleus.log import folder, writer
from soleus.log.slog_format import END, HEADER, OVERVIEW, RING
from soleus.store.files import encode, forget, write_whole

BLOCK_BYTES, BLOCKS, PAGE_BYTES = 4096, 500, 256
# Of the board with ten chambers: see docs/logs.md.
HEADER_BYTES, OVERVIEW_BYTES, RESTS, END_BYTES, RING_BYTES = 1340, 640, 19, 92, 2850
# The application: as many files, in as many folders, and as many bytes as a board has.
FOLDERS, FILES_A_FOLDER, FILE_BYTES = 12, 7, 1700

MOUNT = json.loads(sys.argv[3])
COSTS = json.loads(sys.argv[2])


class Flash:
    def __init__(self) -> None:
        self.content = bytearray(BLOCK_BYTES * BLOCKS)
        self.erases = [0] * BLOCKS
        self.us = 0.0

    def readblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        at = block * BLOCK_BYTES + offset
        buffer[:] = self.content[at : at + len(buffer)]
        self.us += COSTS["flash_read_us"] + COSTS["flash_read_kb_us"] * len(buffer) / 1024

    def writeblocks(self, block: int, buffer: bytes, offset: int = 0) -> None:
        at = block * BLOCK_BYTES + offset
        self.content[at : at + len(buffer)] = buffer
        self.us += COSTS["flash_page_us"] * -(-len(buffer) // PAGE_BYTES)

    def ioctl(self, what: int, block: int) -> int:
        if what == 6:
            self.erases[block] += 1
            self.us += COSTS["flash_erase_us"]
        return {4: BLOCKS, 5: BLOCK_BYTES}.get(what, 0)


flash = Flash()
longest_us = 0.0


def timed(do: object, *arguments: object) -> object:
    """One piece: between two of them the watchdog is fed."""
    global longest_us
    before_us = flash.us
    result = do(*arguments)
    longest_us = max(longest_us, flash.us - before_us)
    return result


def session(number: int, has_ring: bool) -> None:
    timed(write_whole, "data/state/session.json", encode({"program": "easy-run", "at_ms": number}))
    path = timed(folder.new_file, writer.SESSION_MOST_BYTES, "data/log")
    timed(writer.append_frame, path, HEADER, bytes(HEADER_BYTES))
    for rest in range(RESTS):
        timed(writer.append_frame, path, OVERVIEW, bytes(OVERVIEW_BYTES))
        meter = encode({"therapy_s": number * 900 + rest * 45, "sessions": number})
        timed(write_whole, "data/state/meter.json", meter)
    for _ in range(4 if has_ring else 0):
        timed(writer.append_frame, path, RING, bytes(RING_BYTES))
    timed(writer.append_frame, path, END, bytes(END_BYTES))
    timed(forget, "data/state/session.json")
    timed(write_whole, "data/state/learned.json", encode({"lead_pa": [number] * 60}))


def start_us() -> float:
    """What it takes to find and read every file of the application."""
    os.umount("/flash")
    mount()
    before_us = flash.us
    for number in range(FOLDERS * FILES_A_FOLDER):
        with open(application_file(number), "rb") as file:
            while file.read(256):
                pass
    return flash.us - before_us


def first_write_us() -> float:
    """After a start: littlefs looks for free blocks."""
    before_us = flash.us
    with open("data/state/first-write", "wb") as file:
        file.write(bytes(1024))
    return flash.us - before_us


def application_file(number: int) -> str:
    return f"app/{number // FILES_A_FOLDER}/{number}.mpy"


def mount() -> None:
    os.mount(os.VfsLfs2(flash, **MOUNT), "/flash")
    os.chdir("/flash")


def main() -> None:
    os.VfsLfs2.mkfs(flash)
    mount()
    for name in ("data", "app", "data/log", "data/state"):
        os.mkdir(name)
    for number in range(FOLDERS):
        os.mkdir(f"app/{number}")
    for number in range(FOLDERS * FILES_A_FOLDER):
        with open(application_file(number), "wb") as file:
            file.write(bytes(FILE_BYTES))
    first_us = start_us()
    counts = []
    for has_ring in (False, True):
        before = sum(flash.erases)
        for number in range(int(sys.argv[1]) // 2):
            session(number, has_ring)
        counts.append((sum(flash.erases) - before) / (int(sys.argv[1]) // 2))
    found = {"a_session": counts[0], "with_ring": counts[1]}
    found.update({"first_start_ms": first_us / 1000, "last_start_ms": start_us() / 1000})
    found.update({"first_write_ms": first_write_us() / 1000, "longest_ms": longest_us / 1000})
    found["most_erases_of_a_block"] = max(flash.erases)
    print(json.dumps(found))


main()
