"""Packs ticks into few bits: what changed, and each channel's step from what it was expected to be.

A tick begins with one bit: is anything out of the ordinary? If so, a second one: more than the pump? If so,
seven bits say what: quiet channels, time, buttons, sensors without a reading, valves, pump, state; and their
values follow. Then every loud channel has its step as a Rice code: in zigzag, its upper part as that many
zeros and a one, its lower `k` bits plain. Eight zeros mean a jump: a bit and the step in 12 bits, or the
value itself in 32.

`k` is a quarter of the channel's `loudness`, which goes up and down with every step; it stands at the
block's beginning, and so does what is expected first. A channel whose loudness is nothing there is quiet for
the whole block: it has its code only in ticks in which a quiet one changes. After a small step
of a noisy channel, its expectation moves only half the way, so that noise is coded once and not twice.

In a block with the core's state, each of the first ticks is filled up to a whole byte, and a piece of the
state follows: a byte with the piece's length, whose highest bit marks the last one, and so many bytes. What
is left when the block ends comes at its end, piece after piece.
"""

from soleus.basics.annotations import Any
from soleus.log.core_state import PIECE_MOST_BYTES, put_number
from soleus.log.slog_format import BLOCK_HEAD_BYTES, LAST_PIECE, STATE_IN_PIECES

LOUDNESS_FIRST = 20
# `k` is 12 at most.
LOUDNESS_MOST = 48
ESCAPE_ZEROS = 8
# The last one asks for service.
BUTTONS_BITS = 9
SHORT_JUMP_MOST, SHORT_JUMP_BITS = 4095, 12
NOISE_MOST, NOISY_K = 16, 2


class TickCoder:
    def __init__(self, chamber_count: int, extra_count: int, usual_dt_ms: int) -> None:
        self.usual_dt_ms = usual_dt_ms
        self.chamber_count = chamber_count
        self.count = chamber_count + extra_count
        self.loudness = [LOUDNESS_FIRST] * self.count
        self.expected = [0] * self.count
        # The channels' indexes, the loud ones first.
        self.order = [0] * self.count
        self.loud_count = 0
        # The longest that a tick can become: every channel jumps, and takes 41 bits.
        self.tick_most_bytes = 20 + (41 * self.count + 7 >> 3)
        self.buffer = bytearray(0)
        # The core's state, while pieces of it are still to come.
        self.state: Any = None
        self.ticks = self.at = self.full_at = 0
        self._forget()

    def begin(self, buffer: bytearray, number: int, at_ms: int, state: Any = None) -> None:
        """A new block, which needs none before it. A state that has been taken follows in pieces."""
        self.buffer = buffer
        self.state = state
        # Two bytes are for what fills the last tick up, and for a piece without any room.
        self.full_at = len(buffer) - self.tick_most_bytes - 2
        self._put_16(0, number & 0xFFFF)
        self._put_16(2, number >> 16)
        self._put_16(6, STATE_IN_PIECES if state else 0)
        self._put_16(8, at_ms & 0xFFFF)
        self._put_16(10, at_ms >> 16)
        at = BLOCK_HEAD_BYTES
        loud = 0
        quiet = self.count
        for index in range(self.count):
            buffer[at] = self.loudness[index]
            at = put_number(buffer, at + 1, self.expected[index])
            if self.loudness[index]:
                self.order[loud] = index
                loud += 1
            else:
                quiet -= 1
                self.order[quiet] = index
        self.loud_count = loud
        self.at = at
        self.ticks = 0
        self._forget()

    def is_full(self) -> bool:
        return self.at > self.full_at

    def code(
        self, dt_ms: int, buttons: int, missing_bits: int, core: Any, chambers: list, extras: list
    ) -> None:
        """Bound: readings stay within 2**28, so that a step doubled stays below 2**30."""
        count = self.loud_count
        if count < self.count and self._has_quiet(chambers, extras):
            count = self.count
        commands = core.commands
        state_word = core.latch.code << 5 | core.session.state << 1 | commands.gate_on
        if (
            buttons
            or count > self.loud_count
            or state_word != self.state_word
            or commands.fill_bits != self.fill_bits
            or commands.seal_bits != self.seal_bits
            or missing_bits != self.missing_bits
            or dt_ms != self.usual_dt_ms
        ):
            self._code_flagged(count > self.loud_count, dt_ms, buttons, missing_bits, commands, state_word)
        elif commands.pump_permille != self.pump_permille:
            self.pump_permille = commands.pump_permille
            self._put(0x800 | self.pump_permille, 12)
        elif count:
            # One zero, as nearly always; the first channel sees to full bytes.
            self.bits <<= 1
            self.bits_count += 1
        else:
            self._put(0, 1)
        self._code_channels(chambers, extras, count)
        self.ticks += 1
        if self.state:
            self._put_piece()

    def _has_quiet(self, chambers: list, extras: list) -> bool:
        """Has a quiet channel changed?"""
        chamber_count, expected, order = self.chamber_count, self.expected, self.order
        for n in range(self.loud_count, self.count):
            index = order[n]
            value = chambers[index] if index < chamber_count else extras[index - chamber_count]
            if value != expected[index]:
                return True
        return False

    def _code_channels(self, chambers: list, extras: list, count: int) -> None:
        chamber_count, expected, order = self.chamber_count, self.expected, self.order
        # Not all in one line: four values would make a tuple.
        buffer, at, all_loudness = self.buffer, self.at, self.loudness
        bits, bits_count = self.bits, self.bits_count
        for n in range(count):
            index = order[n]
            value = chambers[index] if index < chamber_count else extras[index - chamber_count]
            loudness = all_loudness[index]
            k = loudness >> 2
            # In zigzag, twice as much.
            step = value - expected[index] << 1
            if step < 0:
                step = ~step
            if k >= NOISY_K and step <= 2 * NOISE_MOST:
                expected[index] = value + expected[index] >> 1
            else:
                expected[index] = value
            zeros = step >> k
            if zeros == 0:
                # The most common code: a one and the lower bits.
                bits = (bits << 1 | 1) << k | step
                bits_count += k + 1
                if loudness:
                    all_loudness[index] = loudness - 1
            else:
                if zeros < ESCAPE_ZEROS:
                    # The one that ends the zeros, and the lower bits. Bound: 8 + 8 + 12 bits.
                    width = zeros + 1 + k
                    bits = bits << width | step + (1 - zeros << k)
                    bits_count += width
                else:
                    self.at, self.bits, self.bits_count = at, bits, bits_count
                    self._put_jump(step, value)
                    at, bits, bits_count = self.at, self.bits, self.bits_count
                    zeros = ESCAPE_ZEROS
                if zeros > 1:
                    loudness += zeros - 1
                    all_loudness[index] = loudness if loudness < LOUDNESS_MOST else LOUDNESS_MOST
            while bits_count >= 8:
                bits_count -= 8
                buffer[at] = bits >> bits_count
                at += 1
                bits &= (1 << bits_count) - 1
        self.at, self.bits, self.bits_count = at, bits, bits_count

    def _put_jump(self, step: int, value: int) -> None:
        self._put(0, ESCAPE_ZEROS)
        if step <= SHORT_JUMP_MOST:
            self._put(1 << SHORT_JUMP_BITS | step, 1 + SHORT_JUMP_BITS)
        else:
            self._put(0, 1)
            self._put_32(value)

    def end(self) -> int:
        """Returns the length of the block; its last byte is filled up with zeros."""
        self._fill_up()
        while self.state:
            self._put_piece()
        self._put_16(4, self.ticks)
        return self.at

    def _fill_up(self) -> None:
        if self.bits_count:
            self._put(0, 8 - self.bits_count)

    def _put_piece(self) -> None:
        self._fill_up()
        buffer, at, state = self.buffer, self.at, self.state
        if at + PIECE_MOST_BYTES >= len(buffer):
            # A block this small has no state.
            self.state = None
            buffer[at] = LAST_PIECE
            self.at = at + 1
            return
        end = state.pack_piece(buffer, at + 1)
        buffer[at] = end - at - 1
        if not state.has_more():
            self.state = None
            buffer[at] |= LAST_PIECE
        self.at = end

    def _code_flagged(
        self, has_quiet: bool, dt_ms: int, buttons: int, missing_bits: int, commands: Any, state_word: int
    ) -> None:
        has_valves = commands.fill_bits != self.fill_bits or commands.seal_bits != self.seal_bits
        has_missing = missing_bits != self.missing_bits
        has_pump = commands.pump_permille != self.pump_permille
        has_state = state_word != self.state_word
        has_time = dt_ms != self.usual_dt_ms
        flags = 0x180 | has_quiet << 6 | has_time << 5 | (buttons != 0) << 4 | has_missing << 3
        self._put(flags | has_valves << 2 | has_pump << 1 | has_state, 9)
        if has_time:
            self._put_32(dt_ms)
        if buttons:
            self._put(buttons, BUTTONS_BITS)
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
