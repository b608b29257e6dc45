"""The last ticks at full rate, in memory: blocks that each begin with the core's whole state.

So the oldest block can be dropped whole, and a replay can begin at any of them. After a fault the ring
goes on to the end of its running block and then stands still, until what led to the fault is kept.
"""

from soleus.annotations import Any

from .core_state import CoreState
from .log_format import BLOCK_HEAD_BYTES
from .tick_coder import TickCoder

BLOCKS_COUNT = 5


class Ring:
    def __init__(self, controller: Any, block_bytes: int) -> None:
        self.controller = controller
        self.state = CoreState(controller)
        self.coder = TickCoder(controller.boots.count)
        self.blocks = [bytearray(block_bytes) for _ in range(BLOCKS_COUNT)]
        self.block_bytes = block_bytes
        # Number of the block that is being written, and of the oldest that is there; block n lies at n % 5.
        self.number = 0
        self.oldest = 0
        self.used_bytes = [0] * BLOCKS_COUNT
        self.ticks = [0] * BLOCKS_COUNT
        self.is_open = False
        self.is_still = False
        self.must_restart = True
        self.fault_code = 0

    def record(self, dt_ms: int) -> None:
        """After each tick, inside it: allocates nothing."""
        if self.must_restart:
            self._restart()
            return
        if self.is_still:
            return
        controller, coder = self.controller, self.coder
        self.fault_code = controller.latch.code
        coder.code(controller.readings, controller.commands, controller.session.state, self.fault_code, dt_ms)
        if coder.at + coder.tick_most_bytes > self.block_bytes:
            self._close_block()
            if self.fault_code:
                self.is_still = True
            else:
                self._open_block(self.number + 1)

    def restart(self) -> None:
        """From the next tick on: what is there no longer fits what comes, or has been kept."""
        self.must_restart = True

    def freeze(self) -> None:
        """Whole blocks from here on, for whoever reads them. Not while a tick may come in between."""
        self.is_still = True
        self._close_block()

    def numbers(self) -> range:
        """Of the closed blocks, the oldest first."""
        return range(self.oldest, self.number + (0 if self.is_open or not self.ticks_in(self.number) else 1))

    def ticks_in(self, number: int) -> int:
        return self.ticks[number % BLOCKS_COUNT]

    def block(self, number: int) -> memoryview:
        slot = number % BLOCKS_COUNT
        return memoryview(self.blocks[slot])[: self.used_bytes[slot]]

    def _restart(self) -> None:
        self.must_restart = False
        self.is_still = False
        self.oldest = self.number + 1
        self._open_block(self.number + 1)

    def _open_block(self, number: int) -> None:
        slot = number % BLOCKS_COUNT
        buffer = self.blocks[slot]
        self.number = number
        self.oldest = max(self.oldest, number - BLOCKS_COUNT + 1)
        self.used_bytes[slot] = 0
        self.ticks[slot] = 0
        _put_32(buffer, 0, number)
        _put_32(buffer, 8, self.controller.at_ms)
        at = self.coder.begin(buffer, BLOCK_HEAD_BYTES)
        end = self.state.pack(buffer, at, self.block_bytes - 2 * self.coder.tick_most_bytes)
        _put_16(buffer, 6, end - at if end else 0)
        self.coder.at = end or at
        self.is_open = True

    def _close_block(self) -> None:
        if not self.is_open:
            return
        self.is_open = False
        slot = self.number % BLOCKS_COUNT
        _put_16(self.blocks[slot], 4, self.coder.ticks_count)
        self.ticks[slot] = self.coder.ticks_count
        self.used_bytes[slot] = self.coder.end()


def _put_16(buffer: bytearray, at: int, value: int) -> None:
    buffer[at] = value & 0xFF
    buffer[at + 1] = value >> 8 & 0xFF


def _put_32(buffer: bytearray, at: int, value: int) -> None:
    _put_16(buffer, at, value & 0xFFFF)
    _put_16(buffer, at + 2, value >> 16)
