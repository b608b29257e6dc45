"""What is kept in memory: the last ticks at full rate, and a row every half second since the last write.

Each of the ring's blocks begins with the core's whole state, so the oldest can be dropped, and a replay can
begin at any of them. After a fault the ring goes on to the end of its running block. Then it stands still
until what led to the fault is written.
"""

from soleus.basics.annotations import Any
from soleus.core.basics.limits import TICK_MS
from soleus.log.core_state import CoreState
from soleus.log.slog_format import OVERVIEW_EXTRAS, OVERVIEW_MS, OVERVIEW_SHIFT, RING_EXTRAS
from soleus.log.tick_coder import TickCoder

BLOCKS_COUNT = 4
# When most of the buffer is full, rows come so many times less often: a long cycle may be running.
_SPARING_FACTOR = 4


class Ring:
    def __init__(self, controller: Any, block_bytes: int) -> None:
        self.controller = controller
        self.state = CoreState(controller)
        self.coder = TickCoder(controller.boots.count, RING_EXTRAS, TICK_MS)
        self.extras = [0] * RING_EXTRAS
        self.blocks = [bytearray(block_bytes) for _ in range(BLOCKS_COUNT)]
        # Number of the block that is being written, and of the oldest that is there; block n lies at n % 4.
        self.number = 0
        self.oldest = 1
        self.used_bytes = [0] * BLOCKS_COUNT
        self.is_open = False
        self.is_still = False
        self.must_restart = True
        # A bench's requests reach the core from outside, so each begins a new block.
        self.act_count = 0
        # A fault that has been written, but not yet cleared by a person.
        self.kept_code = 0

    def record(self, dt_ms: int) -> None:
        """Called at the end of each tick: allocates nothing."""
        if self.must_restart:
            self.must_restart = self.is_still = False
            self.oldest = self.number + 1
            self.kept_code = self.controller.latch.code
            self._open_block()
            return
        if self.is_still:
            return
        controller, coder, extras = self.controller, self.coder, self.extras
        service = controller.service
        if service and self.act_count != service.handled_count:
            self.act_count = service.handled_count
            self._close_block()
            self._open_block()
            return
        readings = controller.readings
        extras[0] = readings.manifold_pa
        extras[1] = readings.supply_mv
        coder.code(dt_ms, readings.buttons, readings.missing_bits, controller, readings.chamber_pa, extras)
        if self.kept_code and controller.latch.code == 0:
            self.kept_code = 0
        if coder.at > coder.full_at:
            code = controller.latch.code
            self._close_block()
            self.is_still = code != 0 and code != self.kept_code
            if not self.is_still:
                self._open_block()

    def look_anew(self) -> None:
        """The controller has new parts."""
        self.state = CoreState(self.controller)
        self.restart()

    def restart(self) -> None:
        """Begins anew at the next tick: what is there no longer fits what comes, or has been written."""
        self.must_restart = True

    def freeze(self) -> None:
        """Closes the running block and stands still. Only where no tick can come in between."""
        self.is_still = True
        self._close_block()

    def numbers(self) -> range:
        """The numbers of the whole blocks, the oldest first."""
        return range(self.oldest, self.number + (0 if self.is_open else 1))

    def block(self, number: int) -> memoryview:
        slot = number % BLOCKS_COUNT
        return memoryview(self.blocks[slot])[: self.used_bytes[slot]]

    def _open_block(self) -> None:
        self.number += 1
        self.oldest = max(self.oldest, self.number - BLOCKS_COUNT + 1)
        buffer = self.blocks[self.number % BLOCKS_COUNT]
        self.state.take()
        self.coder.begin(buffer, self.number, self.controller.at_ms, self.state)
        self.is_open = True

    def _close_block(self) -> None:
        if self.is_open:
            self.is_open = False
            self.used_bytes[self.number % BLOCKS_COUNT] = self.coder.end()


class Overview:
    def __init__(self, controller: Any, size_bytes: int) -> None:
        self.controller = controller
        self.coder = TickCoder(controller.boots.count, OVERVIEW_EXTRAS, OVERVIEW_MS)
        self.buffer = bytearray(size_bytes)
        # Smoothed pressures hardly move in half a second.
        self.coder.loudness = [4] * self.coder.count
        self.pressure = [0] * controller.boots.count
        self.extras = [0] * OVERVIEW_EXTRAS
        self.is_on = False
        self.since_ms = self.buttons = self.lost = 0
        self.clear()

    def clear(self) -> None:
        """Only where no tick can come in between."""
        self.lost = 0
        self.coder.begin(self.buffer, 0, self.controller.at_ms)
        self.since_ms = 0

    def record(self, dt_ms: int, may_begin: bool) -> None:
        """Called at the end of each tick: allocates nothing. `may_begin`: a row, if it is due."""
        if not self.is_on:
            return
        if dt_ms > 0:
            self.since_ms += dt_ms
        self.buttons |= self.controller.readings.buttons
        if self.since_ms < OVERVIEW_MS or not may_begin:
            return
        is_short = self.coder.at > len(self.buffer) * 3 // 4
        if is_short and self.since_ms < OVERVIEW_MS * _SPARING_FACTOR:
            return
        if self.coder.is_full():
            # Its time is added to that of the next row, which comes after the next write.
            self.lost += 1
            return
        self._row()
        self.since_ms = self.buttons = 0

    def _row(self) -> None:
        controller, extras, pressure = self.controller, self.extras, self.pressure
        sequencer, readings = controller.sequencer, controller.readings
        smooth_pa = controller.gauges.smooth_pa
        for index in range(len(pressure)):
            pressure[index] = smooth_pa[index] >> OVERVIEW_SHIFT
        extras[0] = readings.supply_mv >> OVERVIEW_SHIFT
        extras[1] = sequencer.stage_index
        extras[2] = sequencer.block_index
        extras[3] = sequencer.level_pa >> OVERVIEW_SHIFT
        extras[4] = sequencer.cycles_count
        extras[5] = sequencer.rested_bits
        self.coder.code(self.since_ms, self.buttons, readings.missing_bits, controller, pressure, extras)

    def chunk(self) -> memoryview:
        """The rows, ready to be written. In place of the block's number stands how many rows had no room."""
        used_bytes = self.coder.end()
        self.buffer[0] = min(self.lost, 0xFF)
        return memoryview(self.buffer)[:used_bytes]
