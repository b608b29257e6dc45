"""A block of ticks or of an overview's rows, decoded; what `soleus.services.tick_coder` has written."""

from dataclasses import dataclass

import numpy as np

from soleus.core.limits import TICK_MS
from soleus.services.log_format import BLOCK_HEAD_BYTES, OVERVIEW_EXTRAS, OVERVIEW_MS, RING_EXTRAS
from soleus.services.tick_coder import ESCAPE_ZEROS

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
    # The core's state before the first tick, packed; empty where the block goes on from the one before.
    state: bytes
    # A row for each tick: `COLUMNS`, then the channels.
    ticks: np.ndarray


def decode_ring(payload: bytes, chamber_count: int) -> Block:
    return _decode(payload, chamber_count + RING_EXTRAS, TICK_MS)


def decode_overview(payload: bytes, chamber_count: int) -> Block:
    """Its number is that of the rows for which there was no room."""
    return _decode(payload, chamber_count + OVERVIEW_EXTRAS, OVERVIEW_MS)


def _decode(payload: bytes, channel_count: int, usual_dt_ms: int) -> Block:
    number, at_ms = int.from_bytes(payload[:4], "little"), int.from_bytes(payload[8:12], "little")
    ticks_count = int.from_bytes(payload[4:6], "little")
    state_at = BLOCK_HEAD_BYTES + channel_count
    state_end = state_at + int.from_bytes(payload[6:8], "little")
    ticks = _Ticks(payload[state_end:], list(payload[BLOCK_HEAD_BYTES:state_at]), usual_dt_ms)
    rows = [ticks.next() for _ in range(ticks_count)]
    table = np.array(rows, np.int64).reshape(ticks_count, CHANNELS + channel_count)
    return Block(number, at_ms, payload[state_at:state_end], table)


class _Ticks:
    def __init__(self, content: bytes, k: list[int], usual_dt_ms: int) -> None:
        # As text: finding the next one and reading a number are then the interpreter's own work.
        self._bits = "".join(f"{byte:08b}" for byte in content)
        self._at = 0
        self._k = k
        self._usual_dt_ms = usual_dt_ms
        self._before = [0] * len(k)
        self._missing_bits = self._fill_bits = self._seal_bits = self._pump_permille = self._state_word = 0

    def next(self) -> list[int]:
        dt_ms, buttons = self._usual_dt_ms, 0
        if self._take(1):
            flags = self._take(6)
            if flags & 32:
                dt_ms = _signed(self._take(32))
            if flags & 16:
                buttons = self._take(8)
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
        return [*machine, word & 1, word >> 1 & 15, word >> 5, *self._channels()]

    def _channels(self) -> list[int]:
        for index, k in enumerate(self._k):
            zeros = self._bits.index("1", self._at) - self._at if not self._is_escape() else ESCAPE_ZEROS
            if zeros == ESCAPE_ZEROS:
                self._at += ESCAPE_ZEROS
                self._before[index] = _signed(self._take(32))
                continue
            self._at += zeros + 1
            step = zeros << k | self._take(k)
            self._before[index] += -(step >> 1) - 1 if step & 1 else step >> 1
        return list(self._before)

    def _is_escape(self) -> bool:
        return self._bits.startswith("0" * ESCAPE_ZEROS, self._at)

    def _take(self, count: int) -> int:
        at = self._at
        self._at += count
        return int(self._bits[at : self._at], 2) if count else 0


def _signed(word: int) -> int:
    return word - (1 << 32) if word & 1 << 31 else word
