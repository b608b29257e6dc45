"""A session at 2 Hz, from one write to the next: pressures to half a mmHg, and whatever else changed.

A row: a byte of flags, what they announce, a bit for each chamber whose pressure changed, and for each
of those its step in zigzag (255: the value itself follows in 16 bits).
"""

from soleus.annotations import Any

from .log_format import CHUNK_HEAD_BYTES, OVERVIEW_MS

TIME = 1  # milliseconds since the row before, 16 bits; else OVERVIEW_MS
STATE = 2  # state and gate, fault
BUTTONS = 4  # all that were pressed since the row before
VALVES = 8  # fill and seal, 16 bits each
PUMP = 16  # permille / 4
PLACE = 32  # stage, block, level in steps of pressure; cycle, 16 bits
SUPPLY = 64  # mV / 64, 16 bits
REST = 128  # rested chambers, 16 bits; sensors without a reading, 24 bits

# Pressures are kept in steps of 64 Pa.
PRESSURE_SHIFT = 6
SMOOTH_SHIFT = PRESSURE_SHIFT + 4
VALUE_FOLLOWS = 255
# A cycle that takes longer than the room lasts for gets fewer rows towards its end.
SPARING_FACTOR = 4


class Overview:
    def __init__(self, controller: Any, size_bytes: int) -> None:
        self.controller = controller
        self.buffer = bytearray(size_bytes)
        self.row_most_bytes = 27 + 3 * controller.boots.count
        self.pressure = [0] * controller.boots.count
        self.is_on = False
        self.clear()

    def clear(self) -> None:
        """A new chunk: its first row says everything."""
        self.at = CHUNK_HEAD_BYTES
        self.rows_count = 0
        self.lost_count = 0
        self.since_ms = OVERVIEW_MS
        self.buttons = 0
        self.state_word = self.valves_word = self.seal_bits = self.pump = self.supply = -1
        self.stage = self.block = self.level = self.cycle = self.rested_bits = self.missing_bits = -1
        for index in range(len(self.pressure)):
            self.pressure[index] = 0

    def record(self, dt_ms: int) -> None:
        """After each tick, inside it: allocates nothing."""
        if not self.is_on:
            return
        self.since_ms += max(dt_ms, 0)
        self.buttons |= self.controller.readings.buttons
        is_short = self.at > len(self.buffer) * 3 // 4
        if self.since_ms < (OVERVIEW_MS * SPARING_FACTOR if is_short else OVERVIEW_MS):
            return
        if self.at + self.row_most_bytes > len(self.buffer):
            self.lost_count = min(self.lost_count + 1, 0xFFFF)
        else:
            self._row()
        self.since_ms = 0
        self.buttons = 0

    def chunk(self) -> memoryview:
        """Ready to be written."""
        _put_16(self.buffer, 4, self.rows_count)
        _put_16(self.buffer, 6, self.lost_count)
        return memoryview(self.buffer)[: self.at]

    def _row(self) -> None:
        buffer = self.buffer
        if self.rows_count == 0:
            at_ms = self.controller.at_ms
            _put_16(buffer, 0, at_ms & 0xFFFF)
            _put_16(buffer, 2, at_ms >> 16)
            self.since_ms = OVERVIEW_MS
        flags_at = self.at
        self.at += 1
        flags = 0
        if self.since_ms != OVERVIEW_MS:
            flags = TIME
            self._put_2(min(self.since_ms, 0xFFFF))
        flags |= self._machine() | self._place()
        buffer[flags_at] = flags
        self._pressures()
        self.rows_count += 1

    def _machine(self) -> int:
        controller = self.controller
        commands = controller.commands
        flags = 0
        state_word = controller.latch.code << 8 | commands.gate_on << 7 | controller.session.state
        if state_word != self.state_word:
            self.state_word = state_word
            flags |= STATE
            self._put_2(state_word)
        if self.buttons:
            flags |= BUTTONS
            self._put_1(self.buttons)
        if commands.fill_bits != self.valves_word or commands.seal_bits != self.seal_bits:
            self.valves_word, self.seal_bits = commands.fill_bits, commands.seal_bits
            flags |= VALVES
            self._put_2(commands.fill_bits)
            self._put_2(commands.seal_bits)
        if commands.pump_permille >> 2 != self.pump:
            self.pump = commands.pump_permille >> 2
            flags |= PUMP
            self._put_1(self.pump)
        return flags

    def _place(self) -> int:
        sequencer = self.controller.sequencer
        flags = 0
        level = sequencer.level_pa >> PRESSURE_SHIFT
        is_same = sequencer.stage_index == self.stage and sequencer.block_index == self.block
        if not is_same or level != self.level or sequencer.cycles_count != self.cycle:
            self.stage, self.block = sequencer.stage_index, sequencer.block_index
            self.level, self.cycle = level, sequencer.cycles_count
            flags |= PLACE
            self._put_1(self.stage)
            self._put_1(self.block)
            self._put_2(level)
            self._put_2(min(self.cycle, 0xFFFF))
        readings = self.controller.readings
        if readings.supply_mv >> 6 != self.supply:
            self.supply = readings.supply_mv >> 6
            flags |= SUPPLY
            self._put_2(self.supply)
        missing_bits = readings.missing_bits
        if sequencer.rested_bits != self.rested_bits or missing_bits != self.missing_bits:
            self.rested_bits, self.missing_bits = sequencer.rested_bits, missing_bits
            flags |= REST
            self._put_2(self.rested_bits)
            self._put_2(missing_bits)
            self._put_1(missing_bits >> 16)
        return flags

    def _pressures(self) -> None:
        smooth_pa_x16 = self.controller.gauges.smooth_pa_x16
        bits_at = self.at
        self.at += 1 if len(self.pressure) <= 8 else 2
        changed_bits = 0
        for index in range(len(self.pressure)):
            value = smooth_pa_x16[index] >> SMOOTH_SHIFT
            step = value - self.pressure[index]
            if step == 0:
                continue
            changed_bits |= 1 << index
            self.pressure[index] = value
            step = step << 1 if step > 0 else -step * 2 - 1
            if step < VALUE_FOLLOWS:
                self._put_1(step)
            else:
                self._put_1(VALUE_FOLLOWS)
                self._put_2(value)
        self.buffer[bits_at] = changed_bits & 0xFF
        if len(self.pressure) > 8:
            self.buffer[bits_at + 1] = changed_bits >> 8

    def _put_1(self, value: int) -> None:
        self.buffer[self.at] = value & 0xFF
        self.at += 1

    def _put_2(self, value: int) -> None:
        self.buffer[self.at] = value & 0xFF
        self.buffer[self.at + 1] = value >> 8 & 0xFF
        self.at += 2


def _put_16(buffer: bytearray, at: int, value: int) -> None:
    buffer[at] = value & 0xFF
    buffer[at + 1] = value >> 8 & 0xFF
