"""How fast a virtual board's time runs: by the clock, or as fast as this computer can.

A board with its own time goes on as soon as its program has done its work for a beat. But it must not run
ahead of the people and programs at its line: when it has heard nothing for half a second of its time, it
goes by the clock, so that a host that is slow for a moment does not look like one that is gone. A caller
that does not need that says so with `run_freely`, or sets the limit exactly with `hurry_until_ms`.

In real time it is never faster than the clock, but slower where the computer is: a beat waits for the work of
the one before it. A chip is never late because a laptop has other things to do.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from host_tools.plant.parts.units import BEAT_MS
from host_tools.virtual.hardware import Hardware
from host_tools.virtual.processor.processor import Life

AHEAD_MOST_MS = 500
# For so long the board's time waits for a process to start.
START_MOST_S = 5.0
# After so long without a byte the other end counts as gone, for the firmware, too.
GONE_AFTER_S = 5.0
# A board that is further behind, because the laptop was asleep, doesn't catch up.
BEHIND_MOST_S = 0.1


class Pace:
    def __init__(self, has_own_time: bool, patience_s: float, is_real_time: bool = False) -> None:
        """`patience_s`: how long the board waits for a program that does not come to the end of a beat."""
        self.has_own_time = has_own_time
        self.is_real_time = is_real_time
        # How long its time has stood still for a computer that was late.
        self.waited_s = 0.0
        # With its own time: from this moment on the board goes by the clock.
        self.hurry_until_ms: int | None = None
        self._patience_s = patience_s
        self._free_runs = 0
        self._heard_ms = 0
        self._heard_s = -GONE_AFTER_S
        self._next_beat_s = 0.0
        self._waits_for_program = False

    @contextmanager
    def run_freely(self) -> Iterator[None]:
        """Inside this context the board's time runs on, although nothing talks to it."""
        self._free_runs += 1
        try:
            yield
        finally:
            self._free_runs -= 1

    def note_heard(self, now_ms: int) -> None:
        self._heard_ms = now_ms
        self._heard_s = time.monotonic()

    def start(self) -> None:
        """Begin a new life of the processor; the first beat is due now."""
        self._next_beat_s = time.monotonic()

    def note_beat(self) -> None:
        now_s, beat_s = time.monotonic(), BEAT_MS / 1000
        if self.has_own_time and not self.is_real_time:
            self._next_beat_s = now_s + beat_s
            return
        lost_s = now_s - BEHIND_MOST_S - (self._next_beat_s + beat_s)
        self.waited_s += max(lost_s, 0.0)
        self._next_beat_s += beat_s + max(lost_s, 0.0)

    def wait_s(self) -> float:
        """Until the next beat; a program that is still at work is heard when it has done it."""
        if self._waits_for_program:
            return BEAT_MS / 1000
        return max(self._next_beat_s - time.monotonic(), 0.0)

    def is_beat_due(self, life: Life | None, hardware: Hardware) -> bool:
        now_s = time.monotonic()
        is_due_by_clock = now_s >= self._next_beat_s
        self._waits_for_program = False
        if life and not life.has_begun and now_s <= life.done_at_s + START_MOST_S:
            self._next_beat_s = now_s + BEAT_MS / 1000
            return False
        if life is None or not (self.is_real_time or self._may_hurry(hardware.now_ms, now_s)):
            return is_due_by_clock
        if life.done_beat == hardware.beat:
            return is_due_by_clock or not self.is_real_time
        is_patient = life.may_be_waited_for and now_s <= life.done_at_s + self._patience_s
        self._waits_for_program = is_due_by_clock and is_patient
        return is_due_by_clock and not is_patient

    def _may_hurry(self, now_ms: int, now_s: float) -> bool:
        if not self.has_own_time:
            return False
        if self.hurry_until_ms is not None:
            return now_ms < self.hurry_until_ms
        is_anyone_there = now_s - self._heard_s < GONE_AFTER_S
        return not is_anyone_there or bool(self._free_runs) or now_ms - self._heard_ms < AHEAD_MOST_MS
