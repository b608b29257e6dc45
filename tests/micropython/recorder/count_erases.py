# ruff: noqa: PTH102 (MicroPython has no pathlib)
"""Counts the erases that a session's log costs, in a flash below littlefs. Runs on MicroPython."""

import json
import os

from soleus.log import folder, writer
from soleus.log.slog_format import END, HEADER, OVERVIEW, RING
from soleus.store.files import encode, write_whole

BLOCK_BYTES, BLOCKS = 4096, 500
SESSIONS = 120
# Of the board with ten chambers: see docs/logs.md.
HEADER_BYTES, OVERVIEW_BYTES, RESTS, END_BYTES, RING_BYTES = 1340, 640, 19, 92, 2850


class Flash:
    def __init__(self) -> None:
        self.content = bytearray(BLOCK_BYTES * BLOCKS)
        self.erases = [0] * BLOCKS

    def readblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        at = block * BLOCK_BYTES + offset
        buffer[:] = self.content[at : at + len(buffer)]

    def writeblocks(self, block: int, buffer: bytes, offset: int = 0) -> None:
        at = block * BLOCK_BYTES + offset
        self.content[at : at + len(buffer)] = buffer

    def ioctl(self, what: int, block: int) -> int:
        if what == 6:
            self.erases[block] += 1
        return {4: BLOCKS, 5: BLOCK_BYTES}.get(what, 0)


def session(number: int, has_ring: bool) -> None:
    path = folder.new_file(writer.SESSION_MOST_BYTES, "log")
    writer.append_frame(path, HEADER, bytes(HEADER_BYTES))
    for rest in range(RESTS):
        writer.append_frame(path, OVERVIEW, bytes(OVERVIEW_BYTES))
        write_whole("meter.json", encode({"therapy_s": number * 900 + rest * 45, "sessions": number}))
    for _ in range(4 if has_ring else 0):
        writer.append_frame(path, RING, bytes(RING_BYTES))
    writer.append_frame(path, END, bytes(END_BYTES))


def main() -> None:
    flash = Flash()
    os.VfsLfs2.mkfs(flash, readsize=32, progsize=32, lookahead=32)
    os.mount(os.VfsLfs2(flash, readsize=32, progsize=32, lookahead=32), "/flash")
    os.chdir("/flash")
    os.mkdir("log")
    counts = []
    for has_ring in (False, True):
        before = sum(flash.erases)
        for number in range(SESSIONS):
            session(number, has_ring)
        counts.append((sum(flash.erases) - before) / SESSIONS)
    print(json.dumps({"a_session": counts[0], "with_ring": counts[1]}))


main()
