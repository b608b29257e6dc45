"""Every tick of the last half second for a bench, in a ring that the tick fills without allocating.

A row holds 16-bit numbers: dt in ms, state and fault code, fill, seal, pump, two that are spare, the
chambers' zeroed pressures and the manifold's in units of 2 Pa; -32768 where a sensor gave nothing.
"""

import array
import binascii

from micropython import const

from soleus.core.basics.signals import MANIFOLD_BIT
from soleus.core.basics.units import clamp
from soleus.core.controller import Controller

_ROWS = const(40)
_ROWS_AT_ONCE = const(20)
_HEAD = const(7)
_MISSING = const(-32768)
_UNIT_PA = const(2)
_MOST = const(32767)


class BenchTape:
    def __init__(self, controller: Controller) -> None:
        self.controller = controller
        self.width = _HEAD + controller.boots.count + 1
        self.rows = array.array("h", bytes(2 * _ROWS * self.width))
        self.next_row = 0
        self.sent_row = 0
        # Ticks that were overwritten before they were sent.
        self.lost_count = 0
        self.row_at_ms = array.array("i", bytes(4 * _ROWS))

    def note(self, dt_ms: int) -> None:
        """Called in the tick, after the core's step."""
        controller = self.controller
        rows = self.rows
        commands = controller.commands
        gauges = controller.gauges
        missing_bits = controller.readings.missing_bits
        at = self.next_row * self.width
        rows[at] = clamp(dt_ms, -_MOST, _MOST)
        rows[at + 1] = controller.session.state | controller.latch.code << 8
        rows[at + 2] = _signed(commands.fill_bits)
        rows[at + 3] = _signed(commands.seal_bits)
        rows[at + 4] = commands.pump_permille
        at += _HEAD
        for index in range(controller.boots.count):
            is_missing = missing_bits & 1 << index
            rows[at + index] = _MISSING if is_missing else _units(gauges.pressure_pa[index])
        is_missing = missing_bits & MANIFOLD_BIT
        rows[at + controller.boots.count] = _MISSING if is_missing else _units(gauges.manifold_pa)
        self.row_at_ms[self.next_row] = controller.at_ms
        self.next_row = (self.next_row + 1) % _ROWS
        if self.next_row == self.sent_row:
            self.sent_row = (self.sent_row + 1) % _ROWS
            self.lost_count += 1

    def waiting_count(self) -> int:
        return (self.next_row - self.sent_row) % _ROWS

    def event(self) -> dict:
        """The rows since the last event, up to the end of the ring."""
        first = self.sent_row
        last = self.next_row
        if last < first:
            last = _ROWS
        last = min(last, first + _ROWS_AT_ONCE)
        part = bytes(memoryview(self.rows)[first * self.width : last * self.width])
        text = binascii.b2a_base64(part)
        at_ms = self.row_at_ms[last - 1]
        # Unless a tick has meanwhile overwritten a row that was not sent, and moved `sent_row` on.
        if self.sent_row == first:
            self.sent_row = last % _ROWS
        return {"event": "tape", "at_ms": at_ms, "lost": self.lost_count, "rows": text.strip().decode()}


def _units(pa: int) -> int:
    return clamp(pa // _UNIT_PA, _MISSING + 1, _MOST)


def _signed(bits: int) -> int:
    return bits - 65536 if bits > _MOST else bits
