# mypy: ignore-errors
"""`select` that lets timers run: the unix port's own waits in the kernel, where no callback can run."""

import utime
import wire
from uselect import *  # noqa: F403 (all of MicroPython's own, but for `poll`)
from uselect import poll as _poll

_SLICE_US = 250


def wait() -> None:
    """Wait until something may have changed. start.py replaces these two by the board's own time."""
    utime.sleep_us(_SLICE_US)


now_ms = utime.ticks_ms


class poll:  # noqa: N801 (MicroPython's own name)
    def __init__(self) -> None:
        self.inner = _poll()
        self.register = self.inner.register
        self.unregister = self.inner.unregister
        self.modify = self.inner.modify

    def poll(self, timeout_ms: int = -1) -> list:
        return list(self.ipoll(timeout_ms))

    def ipoll(self, timeout_ms: int = -1, _flags: int = 0) -> list:
        wire.spend(wire.cost_us("service_us"))
        started_ms = now_ms()
        while True:
            ready = self.inner.poll(0)
            if ready or 0 <= timeout_ms <= utime.ticks_diff(now_ms(), started_ms):
                return ready
            wait()
