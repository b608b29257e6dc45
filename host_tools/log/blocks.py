"""Decodes a block of ticks, or of an overview's rows, that `soleus.log.tick_coder` has written."""

from dataclasses import dataclass

import numpy as np

from host_tools.log.state import number_at
from soleus.core.basics.limits import TICK_MS
from soleus.log.slog_format import (
    BLOCK_HEAD_BYTES,
    LAST_PIECE,
    OVERVIEW_EXTRAS,
    OVERVIEW_MS,
    RING_EXTRAS,
    STATE_IN_PIECES,
)
from soleus.log.tick_coder import (
    BUTTONS_BITS,
    ESCAPE_ZEROS,
    LOUDNESS_MOST,
    NOISE_MOST,
    NOISY_K,
    SHORT_JUMP_BITS,
)

# Columns of a tick before those of the channels: the chambers, then the extras.
COLUMNS = (
    "dt_ms",
    "buttons",
    "missing_bits",
    "fill_bits",
    "seal_bits",
    "pump_permille",
    "gate_on",
    "state",
    "fault_code",
)
CHANNELS = len(COLUMNS)


@dataclass(frozen=True)
class Block:
    number: int
    # The machine's time before the first tick.
    at_ms: int
    # The core's packed state before the first tick; empty where the block continues the one before.
    state: bytes
    # A row for each tick: `COLUMNS`, then the channels.
    ticks: np.ndarray


def decode_ring(payload: bytes, chamber_count: int) -> Block:
    return _decode(payload, chamber_count + RING_EXTRAS, TICK_MS)


def decode_overview(payload: bytes, chamber_count: int) -> Block:
    """The block's number is the count of rows for which there was no room."""
    return _decode(payload, chamber_count + OVERVIEW_EXTRAS, OVERVIEW_MS)


def _decode(payload: bytes, channel_count: int, usual_dt_ms: int) -> Block:
    number, at_ms = int.from_bytes(payload[:4], "little"), int.from_bytes(payload[8:12], "little")
    ticks_count = int.from_bytes(payload[4:6], "little")
    state_at, loudness, expected = BLOCK_HEAD_BYTES, [], []
    for _ in range(channel_count):
        loudness.append(payload[state_at])
        value, state_at = number_at(payload, state_at + 1)
        expected.append(value)
    about_state = int.from_bytes(payload[6:8], "little")
    is_in_pieces = about_state == STATE_IN_PIECES
    ticks_at = state_at + (0 if is_in_pieces else about_state)
    ticks = _Ticks(payload[ticks_at:], loudness, expected, usual_dt_ms, is_in_pieces)
    rows = [ticks.next() for _ in range(ticks_count)]
    table = np.array(rows, np.int64).reshape(ticks_count, CHANNELS + channel_count)
    state = ticks.whole_state() if is_in_pieces else payload[state_at:ticks_at]
    return Block(number, at_ms, state, table)


class _Ticks:
    def __init__(
        self,
        content: bytes,
        loudness: list[int],
        expected: list[int],
        usual_dt_ms: int,
        has_pieces_to_come: bool,
    ) -> None:
        # As text, because Python's own string methods then find the next 1 and read a number.
        self._bits = "".join(f"{byte:08b}" for byte in content)
        self._at = 0
        self._loudness = loudness
        self._loud = [index for index, one in enumerate(loudness) if one]
        self._quiet = [index for index, one in reversed(list(enumerate(loudness))) if not one]
        self._usual_dt_ms = usual_dt_ms
        self._has_pieces_to_come = has_pieces_to_come
        self._state = b""
        self._expected = expected
        # A quiet channel's first value may be the expected one.
        self._values = list(expected)
        self._missing_bits = self._fill_bits = self._seal_bits = self._pump_permille = self._state_word = 0

    def next(self) -> list[int]:
        row = self._row()
        if self._has_pieces_to_come:
            self._piece()
        return row

    def _row(self) -> list[int]:
        dt_ms, buttons = self._usual_dt_ms, 0
        order = self._loud
        is_ordinary = not self._take(1)
        if not is_ordinary and not self._take(1):
            self._pump_permille = self._take(10)
        elif not is_ordinary:
            flags = self._take(7)
            if flags & 64:
                order = self._loud + self._quiet
            if flags & 32:
                dt_ms = self._signed_32()
            if flags & 16:
                buttons = self._take(BUTTONS_BITS)
            if flags & 8:
                self._missing_bits = self._take(32)
            if flags & 4:
                self._fill_bits, self._seal_bits = self._take(16), self._take(16)
            if flags & 2:
                self._pump_permille = self._take(10)
            if flags & 1:
                self._state_word = self._take(16)
        word = self._state_word
        machine = [dt_ms, buttons, self._missing_bits, self._fill_bits, self._seal_bits, self._pump_permille]
        return [*machine, word & 1, word >> 1 & 15, word >> 5, *self._channels(order)]

    def whole_state(self) -> bytes:
        """After the last tick: what hadn't come until then is at the block's end."""
        while self._has_pieces_to_come:
            self._piece()
        return self._state

    def _piece(self) -> None:
        self._at += -self._at % 8
        length = self._take(8)
        self._has_pieces_to_come = not length & LAST_PIECE
        length &= ~LAST_PIECE
        if not length:
            # The block was too small for the rest.
            self._state = b""
        self._state += bytes(self._take(8) for _ in range(length))

    def _channels(self, order: list[int]) -> list[int]:
        # Ten of these a tick: in local names, because reading a log spends most of its time here.
        bits, at = self._bits, self._at
        values, expected, loudness = self._values, self._expected, self._loudness
        for index in order:
            k = loudness[index] >> 2
            zeros = bits.find("1", at, at + ESCAPE_ZEROS) - at
            if zeros < 0:
                zeros = ESCAPE_ZEROS
                self._at = at + ESCAPE_ZEROS
                step = (
                    _step(self._take(SHORT_JUMP_BITS)) if self._take(1) else self._jump_from(expected[index])
                )
                at = self._at
            else:
                rest = at + zeros + 1
                at = rest + k
                step = _step(zeros << k | int(bits[rest:at], 2) if k else zeros)
            values[index] = expected[index] + step
            is_noise = k >= NOISY_K and abs(step) <= NOISE_MOST
            expected[index] += step >> 1 if is_noise else step
            loudness[index] = min(max(loudness[index] + zeros - 1, 0), LOUDNESS_MOST)
        self._at = at
        return list(values)

    def _jump_from(self, expected: int) -> int:
        return self._signed_32() - expected

    def _signed_32(self) -> int:
        return _signed(self._take(32))

    def _take(self, count: int) -> int:
        at = self._at
        self._at += count
        return int(self._bits[at : self._at], 2) if count else 0


def _step(code: int) -> int:
    return -(code >> 1) - 1 if code & 1 else code >> 1


def _signed(word: int) -> int:
    return word - (1 << 32) if word & 1 << 31 else word
