"""Takes the place of the guards: a peer that presses too hard is measured, not stopped."""

from typing import Any

from soleus.core.basics.faults import Notices


class NobodyParted:
    def __init__(self) -> None:
        self.parted_bits = self.joined_bits = self.begun_bits = 0


class Unguarded:
    def __init__(self, count: int) -> None:
        self.notices = Notices(count)
        # No chamber is ever tried alone.
        self.fill_timeout = NobodyParted()

    def begin(self) -> None:
        pass

    def step(self, readings: Any, is_running: int, is_service: int, at_ms: int, dt_ms: int) -> None:
        pass
