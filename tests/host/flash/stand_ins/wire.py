"""A serial line as slow, late and narrow as one to a chip, and with a loose cable."""

import collections
import time
from dataclasses import dataclass, field

UART_BYTES_PER_S = 11_520
# MicroPython keeps so much of what is typed and not yet read; the rest is lost without a word.
CHIP_ROOM_BYTES = 259


@dataclass
class Wire:
    bytes_per_s: float = float("inf")
    late_s: float = 0.0
    room_bytes: int | None = None
    unplugged_at: int | None = None
    """The cable is pulled when so many bytes have gone to the board."""
    passed: int = 0
    lost: int = 0
    _waiting: collections.deque[tuple[float, bytes]] = field(default_factory=collections.deque)
    _free_at_s: float = 0.0

    def put(self, data: bytes) -> None:
        now_s = time.monotonic()
        step = len(data) if self.bytes_per_s == float("inf") else 16
        for at in range(0, len(data), step):
            piece = data[at : at + step]
            self._free_at_s = max(self._free_at_s, now_s) + len(piece) / self.bytes_per_s
            self._waiting.append((self._free_at_s + self.late_s, piece))

    def take(self, unread: int = 0) -> bytes:
        """What has arrived by now; `unread` of what came before is still in the board's buffer."""
        arrived = b""
        while self._waiting and self._waiting[0][0] <= time.monotonic():
            arrived += self._waiting.popleft()[1]
        if self.room_bytes is not None and unread + len(arrived) > self.room_bytes:
            kept = arrived[: max(0, self.room_bytes - unread)]
            self.lost += len(arrived) - len(kept)
            arrived = kept
        if self.is_cut_within(len(arrived)):
            assert self.unplugged_at is not None
            arrived = arrived[: self.unplugged_at - self.passed]
        self.passed += len(arrived)
        return arrived

    def is_cut_within(self, count: int) -> bool:
        return self.unplugged_at is not None and self.passed + count >= self.unplugged_at
