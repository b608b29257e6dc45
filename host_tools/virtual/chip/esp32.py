# mypy: ignore-errors
# ruff: noqa: ARG004 (MicroPython's own signatures)
"""The flash as a block device, as `esp32.Partition` is one: a file of the host, at the price of flash."""

import wire

BLOCK_BYTES = 4096
PAGE_BYTES = 256
READ_ALONE, COUNT, SIZE, ERASE = 3, 4, 5, 6


class Partition:
    TYPE_APP, TYPE_DATA = 0, 1
    # Set by start.py, while the host's files can still be opened.
    image = None

    def __init__(self) -> None:
        self.bytes = Partition.image.seek(0, 2)

    @staticmethod
    def find(kind: int = 0, subtype: int = 0xFF, label: "str | None" = None, block_size: int = 4096) -> list:
        return [Partition()] if kind == Partition.TYPE_DATA and label in (None, "vfs") else []

    def info(self) -> tuple:
        return 1, 0x81, 0x200000, self.bytes, "vfs", False

    def readblocks(self, block: int, buffer: bytearray, offset: int = 0) -> None:
        wire.without_interrupt(self._read, block * BLOCK_BYTES + offset, buffer)

    def writeblocks(self, block: int, buffer: bytes, offset: "int | None" = None) -> None:
        """Without an offset whole blocks are erased first."""
        if offset is None:
            for index in range(len(buffer) // BLOCK_BYTES):
                wire.without_interrupt(self._erase, block + index)
        wire.without_interrupt(self._write, block * BLOCK_BYTES + (offset or 0), buffer)

    def ioctl(self, what: int, argument: int) -> int:
        if what == COUNT:
            return self.bytes // BLOCK_BYTES
        if what == SIZE:
            return BLOCK_BYTES
        if what == ERASE:
            wire.without_interrupt(self._erase, argument)
        return 0

    def _read(self, place: int, buffer: bytearray) -> None:
        Partition.image.seek(place)
        Partition.image.readinto(buffer)
        wire.say(wire.FLASH, wire.FLASH_READ, 0, len(buffer))
        wire.spend(wire.cost_us("flash_read_us") + wire.cost_us("flash_read_kb_us") * len(buffer) / 1024)

    def _write(self, place: int, buffer: bytes) -> None:
        Partition.image.seek(place)
        Partition.image.write(buffer)
        wire.say(wire.FLASH, wire.FLASH_WRITE, 0, len(buffer))
        wire.spend(wire.cost_us("flash_page_us") * -(-len(buffer) // PAGE_BYTES))

    def _erase(self, block: int) -> None:
        Partition.image.seek(block * BLOCK_BYTES)
        Partition.image.write(ERASED)
        wire.say(wire.FLASH, wire.FLASH_ERASE, 0, block)
        wire.spend(wire.cost_us("flash_erase_us"))


ERASED = b"\xff" * BLOCK_BYTES
