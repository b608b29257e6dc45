"""Ticks as few bits: what changed, and each channel's step from the tick before.

A tick begins with one bit: is anything out of the ordinary? If so, six bits say what: time, buttons,
sensors without a reading, valves, pump, state; and their values follow. Then every channel has its step
from the tick before as a Rice code: in zigzag, its upper part as that many zeros and a one, its lower
`k` bits plain. `k` is chosen for each block by what the last one was like, and stands at its beginning.
Eight zeros mean that the value itself follows in 32 bits.
"""

from soleus.annotations import Any

from .log_format import BLOCK_HEAD_BYTES

K_FIRST = 6
K_MOST = 12
ESCAPE_ZEROS = 8
STEP_COUNTED_MOST = 1023


class TickCoder:
    def __init__(self, chamber_count: int, extra_count: int, usual_dt_ms: int) -> None:
        self.usual_dt_ms = usual_dt_ms
        self.chamber_count = chamber_count
        self.count = chamber_count + extra_count
        self.k = [K_FIRST] * self.count
        self.sum = [0] * self.count
        self.before = [0] * self.count
        # The longest that a tick can become.
        self.tick_most_bytes = 20 + 5 * self.count
        self.buffer = bytearray(0)
        self.ticks = self.at = 0
        self._forget()

    def begin(self, buffer: bytearray, number: int, at_ms: int) -> None:
        """A new block, which stands for itself; the core's state may be put at `at` before the first tick."""
        self.buffer = buffer
        self._put_16(0, number & 0xFFFF)
        self._put_16(2, number >> 16)
        self._put_16(6, 0)
        self._put_16(8, at_ms & 0xFFFF)
        self._put_16(10, at_ms >> 16)
        at = BLOCK_HEAD_BYTES
        for index in range(self.count):
            if self.ticks:
                self.k[index] = self._k_for(self.sum[index])
            buffer[at] = self.k[index]
            self.sum[index] = 0
            self.before[index] = 0
            at += 1
        self.at = at
        self.ticks = 0
        self._forget()

    def add_state(self, state: Any, end: int) -> None:
        at = state.pack(self.buffer, self.at, end)
        if at:
            self._put_16(6, at - self.at)
            self.at = at

    def is_full(self) -> bool:
        return self.at + self.tick_most_bytes > len(self.buffer)

    def code(
        self, dt_ms: int, buttons: int, missing_bits: int, core: Any, chambers: list, extras: list
    ) -> None:
        """Bound: readings stay within 2**28, so that a step doubled stays below 2**30."""
        state_word = core.latch.code << 5 | core.session.state << 1 | core.commands.gate_on
        self._code_flagged(dt_ms, buttons, missing_bits, core.commands, state_word)
        chamber_count, before, sums = self.chamber_count, self.before, self.sum
        # Not all in one line: four values would make a tuple.
        buffer, at = self.buffer, self.at
        bits, count = self.bits, self.bits_count
        for index in range(self.count):
            value = chambers[index] if index < chamber_count else extras[index - chamber_count]
            step = value - before[index]
            before[index] = value
            step = step << 1 if step >= 0 else -step * 2 - 1
            k = self.k[index]
            zeros = step >> k
            # A jump now and then shouldn't make every other step longer.
            sums[index] += step if step < STEP_COUNTED_MOST else STEP_COUNTED_MOST
            if zeros < ESCAPE_ZEROS:
                # The one that ends the zeros, and the lower bits. Bound: 7 + 8 + 12 bits.
                bits = bits << zeros + 1 + k | step + (1 - zeros << k)
                count += zeros + 1 + k
            else:
                self.at, self.bits, self.bits_count = at, bits, count
                self._put(0, ESCAPE_ZEROS)
                self._put_32(value)
                at, bits, count = self.at, self.bits, self.bits_count
            while count >= 8:
                count -= 8
                buffer[at] = bits >> count & 0xFF
                at += 1
                bits &= (1 << count) - 1
        self.at, self.bits, self.bits_count = at, bits, count
        self.ticks += 1

    def end(self) -> int:
        """How long the block has become; its last byte is filled up with zeros."""
        if self.bits_count:
            self._put(0, 8 - self.bits_count)
        self._put_16(4, self.ticks)
        return self.at

    def _code_flagged(
        self, dt_ms: int, buttons: int, missing_bits: int, commands: Any, state_word: int
    ) -> None:
        has_valves = commands.fill_bits != self.fill_bits or commands.seal_bits != self.seal_bits
        has_missing = missing_bits != self.missing_bits
        has_pump = commands.pump_permille != self.pump_permille
        has_state = state_word != self.state_word
        has_time = dt_ms != self.usual_dt_ms
        if not (has_valves or has_missing or has_pump or has_state or has_time or buttons):
            self._put(0, 1)
            return
        flags = 0x40 | has_time << 5 | (buttons != 0) << 4 | has_missing << 3
        self._put(flags | has_valves << 2 | has_pump << 1 | has_state, 7)
        if has_time:
            self._put_32(dt_ms)
        if buttons:
            self._put(buttons, 8)
        if has_missing:
            self.missing_bits = missing_bits
            self._put_32(missing_bits)
        if has_valves:
            self.fill_bits, self.seal_bits = commands.fill_bits, commands.seal_bits
            self._put(self.fill_bits, 16)
            self._put(self.seal_bits, 16)
        if has_pump:
            self.pump_permille = commands.pump_permille
            self._put(self.pump_permille, 10)
        if has_state:
            self.state_word = state_word
            self._put(state_word, 16)

    def _forget(self) -> None:
        self.missing_bits = self.fill_bits = self.seal_bits = self.pump_permille = self.state_word = 0
        self.bits = self.bits_count = 0

    def _put_32(self, value: int) -> None:
        self._put(value >> 16 & 0xFFFF, 16)
        self._put(value & 0xFFFF, 16)

    def _put(self, value: int, count: int) -> None:
        bits = self.bits << count | value
        count += self.bits_count
        while count >= 8:
            count -= 8
            self.buffer[self.at] = bits >> count & 0xFF
            self.at += 1
            bits &= (1 << count) - 1
        self.bits, self.bits_count = bits, count

    def _put_16(self, at: int, value: int) -> None:
        self.buffer[at] = value & 0xFF
        self.buffer[at + 1] = value >> 8 & 0xFF

    def _k_for(self, step_sum: int) -> int:
        """About two thirds of the mean: there a Rice code is shortest."""
        k = 0
        while k < K_MOST and (self.ticks << k) * 3 < step_sum * 2:
            k += 1
        return k
