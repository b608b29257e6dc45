# mypy: ignore-errors
"""littlefs on a flash whose reads, pages and erases take their time. Runs on MicroPython's unix port.

As on a stock ESP32: blocks of 4 KB, and the file system's own sizes of reads and writes.
"""

import sys
import time

import vfs

BLOCK_BYTES = 4096
BLOCKS = 64
READ_US, READ_KB_US = 40, 100
PAGE_US, PAGE_BYTES = 600, 256
ERASE_US = 6000


class Flash:
    def __init__(self) -> None:
        self.content = bytearray(b"\xff" * (BLOCK_BYTES * BLOCKS))

    def readblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        spend_us(READ_US + len(buffer) * READ_KB_US // 1024)
        begin = block * BLOCK_BYTES + offset
        buffer[:] = self.content[begin : begin + len(buffer)]

    def writeblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        spend_us(len(buffer) * PAGE_US // PAGE_BYTES)
        begin = block * BLOCK_BYTES + offset
        self.content[begin : begin + len(buffer)] = buffer

    def ioctl(self, what: int, argument: int) -> int:
        if what == 6:
            spend_us(ERASE_US)
            begin = argument * BLOCK_BYTES
            self.content[begin : begin + BLOCK_BYTES] = b"\xff" * BLOCK_BYTES
        return {4: BLOCKS, 5: BLOCK_BYTES}.get(what, 0)


def spend_us(us: int) -> None:
    until_us = time.ticks_add(time.ticks_us(), us)
    while time.ticks_diff(until_us, time.ticks_us()) > 0:
        pass


class Module:
    bdev = Flash()


sys.modules["flashbdev"] = Module
vfs.VfsLfs2.mkfs(Module.bdev)
vfs.umount("/")
vfs.mount(vfs.VfsLfs2(Module.bdev), "/")
