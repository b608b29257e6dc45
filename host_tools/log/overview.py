"""Rows at 2 Hz, decoded; what `soleus.services.overview` has written."""

from dataclasses import dataclass

from soleus.services.log_format import CHUNK_HEAD_BYTES, OVERVIEW_MS
from soleus.services.overview import (
    BUTTONS,
    PLACE,
    PRESSURE_SHIFT,
    PUMP,
    REST,
    STATE,
    SUPPLY,
    TIME,
    VALUE_FOLLOWS,
    VALVES,
)


@dataclass
class Row:
    at_ms: int = 0
    state: int = 0
    gate_on: int = 0
    fault_code: int = 0
    buttons: int = 0
    fill_bits: int = 0
    seal_bits: int = 0
    pump_permille: int = 0
    stage: int = 0
    block: int = 0
    level_pa: int = 0
    cycle: int = 0
    supply_mv: int = 0
    rested_bits: int = 0
    missing_bits: int = 0
    pressure_pa: tuple[int, ...] = ()


@dataclass(frozen=True)
class Chunk:
    rows: list[Row]
    # Rows for which there was no more room.
    lost_count: int


def decode_chunk(payload: bytes, chamber_count: int) -> Chunk:
    reader = _Reader(payload)
    at_ms, rows_count, lost_count = reader.take(4), reader.take(2), reader.take(2)
    assert reader.at == CHUNK_HEAD_BYTES
    row = Row(at_ms=at_ms - OVERVIEW_MS, pressure_pa=(0,) * chamber_count)
    rows = []
    for _ in range(rows_count):
        row = _next_row(reader, row, chamber_count)
        rows.append(row)
    return Chunk(rows, lost_count)


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def take(self, count: int) -> int:
        self.at += count
        return int.from_bytes(self.content[self.at - count : self.at], "little")


def _next_row(reader: _Reader, before: Row, chamber_count: int) -> Row:
    flags = reader.take(1)
    row = Row(**vars(before))
    row.at_ms += reader.take(2) if flags & TIME else OVERVIEW_MS
    if flags & STATE:
        word = reader.take(2)
        row.state, row.gate_on, row.fault_code = word & 0x7F, word >> 7 & 1, word >> 8
    row.buttons = reader.take(1) if flags & BUTTONS else 0
    if flags & VALVES:
        row.fill_bits, row.seal_bits = reader.take(2), reader.take(2)
    if flags & PUMP:
        row.pump_permille = reader.take(1) << 2
    if flags & PLACE:
        row.stage, row.block = reader.take(1), reader.take(1)
        row.level_pa, row.cycle = reader.take(2) << PRESSURE_SHIFT, reader.take(2)
    if flags & SUPPLY:
        row.supply_mv = reader.take(2) << 6
    if flags & REST:
        row.rested_bits, row.missing_bits = reader.take(2), reader.take(3)
    row.pressure_pa = _pressures(reader, before.pressure_pa, chamber_count)
    return row


def _pressures(reader: _Reader, before_pa: tuple[int, ...], chamber_count: int) -> tuple[int, ...]:
    changed_bits = reader.take(1 if chamber_count <= 8 else 2)
    pressure_pa = list(before_pa)
    for index in range(chamber_count):
        if not changed_bits >> index & 1:
            continue
        step = reader.take(1)
        if step == VALUE_FOLLOWS:
            value = reader.take(2)
            pressure_pa[index] = (value - 0x10000 if value & 0x8000 else value) << PRESSURE_SHIFT
        else:
            pressure_pa[index] += (-(step >> 1) - 1 if step & 1 else step >> 1) << PRESSURE_SHIFT
    return tuple(pressure_pa)
