"""The firmware's clock: when its ticks really come, and what it believes about them."""

from host_tools.plant.parts.modes import DELAYED, INTERMITTENT, OK, SLOW, STUCK, WRONG
from host_tools.plant.parts.noise import Noise
from host_tools.plant.parts.units import BEAT_MS

SLOW_TICK_MS = 120
# A held-up bus, with sensors that answer in the end: longer than a beat, and not yet a late tick.
SLOW_BUS_TICK_MS = 40
GAP_MS = 300
LATEST_BEATS = 20
# A counter with a flipped bit: `ticks_diff` jumps by this, once forwards and once back.
GLITCH_MS = 65536


class Clock:
    """`dt_ms` is what the firmware measures; `tick_ms` is the time that truly passed."""

    def __init__(self) -> None:
        self.mode = OK
        self.is_bus_slow = 0
        self.dt_ms = BEAT_MS
        self.tick_ms = BEAT_MS
        self.broken_since_ms = -1
        self.gap_is_over = 0
        self.glitch_sign = 1

    def heal(self) -> None:
        self.mode = OK
        self.is_bus_slow = 0

    def break_as(self, mode: int, since_ms: int) -> None:
        if since_ms != self.broken_since_ms:
            self.broken_since_ms = since_ms
            self.gap_is_over = 0
        self.mode = mode

    def next_beats(self, noise: Noise) -> int:
        """How many beats of 10 ms truly pass until the next tick."""
        beats = 1
        glitch_ms = 0
        if self.mode == SLOW:
            beats = SLOW_TICK_MS // BEAT_MS
        elif self.mode == DELAYED and not self.gap_is_over:
            self.gap_is_over = 1
            beats = GAP_MS // BEAT_MS
        elif self.mode == INTERMITTENT and noise.uniform() < 0.25:
            beats = 2 + noise.bits() % (LATEST_BEATS - 1)
        elif self.mode == WRONG and noise.uniform() < 0.1:
            glitch_ms = self.glitch_sign * GLITCH_MS
            self.glitch_sign = -self.glitch_sign
        if self.is_bus_slow:
            beats = max(beats, SLOW_BUS_TICK_MS // BEAT_MS)
        self.tick_ms = beats * BEAT_MS
        self.dt_ms = 0 if self.mode == STUCK else self.tick_ms + glitch_ms
        return beats
