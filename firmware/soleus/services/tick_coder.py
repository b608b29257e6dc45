"""Ticks as few bits: what changed, and each sensor's step from the tick before.

A tick begins with one bit: is anything out of the ordinary? If so, six bits say what (`FLAGS`), each
followed by its value. Then every channel (the chambers, the manifold, the supply) has its step from the
tick before as a Rice code: zigzag, the upper part as that many zeros and a one, the lower `k` bits
plain. `k` is chosen anew for every block by what the last one was like, and stands at its beginning.
Eight zeros mean that the value itself follows in 32 bits.
"""

from soleus.annotations import Any

FLAGS = ("dt_ms", "buttons", "missing_bits", "valves", "pump", "state")
USUAL_DT_MS = 10
K_FIRST = 6
K_MOST = 12
ESCAPE_ZEROS = 8


class TickCoder:
    def __init__(self, chamber_count: int) -> None:
        self.chamber_count = chamber_count
        self.channel_count = chamber_count + 2
        self.k = [K_FIRST] * self.channel_count
        self.sum = [0] * self.channel_count
        self.before = [0] * self.channel_count
        # The longest that a tick can become.
        self.tick_most_bytes = 20 + 5 * self.channel_count
        self.buffer = bytearray(0)
        self.at = 0
        self.ticks_count = 0
        self.bits = 0
        self.bits_count = 0
        self._forget()

    def begin(self, buffer: bytearray, at: int) -> int:
        """A new block: writes a byte for each channel, and says where the next one goes."""
        for index in range(self.channel_count):
            if self.ticks_count:
                self.k[index] = self._k_for(self.sum[index])
            buffer[at] = self.k[index]
            self.sum[index] = 0
            self.before[index] = 0
            at += 1
        self.buffer = buffer
        self.ticks_count = 0
        self._forget()
        return at

    def code(self, readings: Any, commands: Any, state: int, fault_code: int, dt_ms: int) -> None:
        self._code_flagged(readings, commands, fault_code << 4 | state << 1 | commands.gate_on, dt_ms)
        chamber_pa = readings.chamber_pa
        chambers, before, sums = self.chamber_count, self.before, self.sum
        buffer, at, bits, count = self.buffer, self.at, self.bits, self.bits_count
        for index in range(self.channel_count):
            if index < chambers:
                value = chamber_pa[index]
            elif index == chambers:
                value = readings.manifold_pa
            else:
                value = readings.supply_mv
            step = value - before[index]
            before[index] = value
            # Bound: readings stay within 2**28, so a step doubled stays below 2**30.
            step = step << 1 if step >= 0 else -step * 2 - 1
            k = self.k[index]
            zeros = step >> k
            if zeros < ESCAPE_ZEROS:
                sums[index] += step
                # The one that ends the zeros, and the lower bits. Bound: 7 + 8 + 12 bits.
                bits = bits << zeros + 1 + k | step + (1 - zeros << k)
                count += zeros + 1 + k
            else:
                bits = bits << ESCAPE_ZEROS
                count += ESCAPE_ZEROS
                for shift in (24, 16, 8, 0):
                    while count >= 8:
                        count -= 8
                        buffer[at] = bits >> count & 0xFF
                        at += 1
                        bits &= (1 << count) - 1
                    bits = bits << 8 | value >> shift & 0xFF
                    count += 8
            while count >= 8:
                count -= 8
                buffer[at] = bits >> count & 0xFF
                at += 1
                bits &= (1 << count) - 1
        self.at, self.bits, self.bits_count = at, bits, count
        self.ticks_count += 1

    def end(self) -> int:
        """Where the block ends; the last byte is filled up with zeros."""
        if self.bits_count:
            self._put(0, 8 - self.bits_count)
        return self.at

    def _code_flagged(self, readings: Any, commands: Any, state_word: int, dt_ms: int) -> None:
        has_valves = commands.fill_bits != self.fill_bits or commands.seal_bits != self.seal_bits
        has_missing = readings.missing_bits != self.missing_bits
        has_pump = commands.pump_permille != self.pump_permille
        has_state = state_word != self.state_word
        is_usual = dt_ms == USUAL_DT_MS and readings.buttons == 0
        if is_usual and not (has_valves or has_missing or has_pump or has_state):
            self._put(0, 1)
            return
        flags = 0x40 | (dt_ms != USUAL_DT_MS) << 5 | (readings.buttons != 0) << 4 | has_missing << 3
        self._put(flags | has_valves << 2 | has_pump << 1 | has_state, 7)
        if dt_ms != USUAL_DT_MS:
            self._put_32(dt_ms)
        if readings.buttons:
            self._put(readings.buttons, 8)
        if has_missing:
            self.missing_bits = readings.missing_bits
            self._put_32(self.missing_bits)
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

    def _forget(self) -> None:
        """Every block stands for itself."""
        self.missing_bits = self.fill_bits = self.seal_bits = self.pump_permille = self.state_word = 0
        self.bits = self.bits_count = 0

    def _k_for(self, step_sum: int) -> int:
        """About two thirds of the mean: there a Rice code is shortest."""
        k = 0
        while k < K_MOST and (self.ticks_count << k) * 3 < step_sum * 2:
            k += 1
        return k
