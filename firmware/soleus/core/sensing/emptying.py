"""Which chambers have been given up to the air, for how long, and which of them were seen empty."""

from soleus.core.basics.boots import Boots

# Beside an open vent a sensor shows less than the chamber has, and behind a kinked hose nothing at all:
# a chamber is seen empty only when its air has stood still for so long, closed or joined to the others.
STILL_MS = 120
# Times stop counting here, far beyond every limit that looks at them.
AGE_MOST_MS = 1_000_000


class Emptying:
    def __init__(self, boots: Boots) -> None:
        self.count = boots.count
        # The chambers under pressure, and how long ago they last changed.
        self.kept_bits = 0
        self.unchanged_ms = 0
        # How long each of the other chambers had been open to the air at that change.
        self.vented_ms = [0] * boots.count
        # The chambers that are cut off from the air, to be looked at, and for how long each has been.
        self.still_bits = 0
        self.still_ms = [0] * boots.count
        # The chambers that were seen empty since they were last kept.
        self.empty_bits = 0

    def keep(self, keep_bits: int) -> None:
        """Other chambers than before are under pressure."""
        for index in range(self.count):
            is_kept = keep_bits & (1 << index) != 0
            self.vented_ms[index] = 0 if is_kept else self.vented_for_ms(index)
            if is_kept:
                self.still_ms[index] = 0
        self.unchanged_ms = 0
        self.kept_bits = keep_bits
        self.empty_bits &= ~keep_bits
        self.still_bits &= ~keep_bits

    def watch_still(self, closed_bits: int, low_bits: int, dt_ms: int) -> None:
        """`closed_bits`: cut off from the air. `low_bits`: seen in this tick, without pressure."""
        still_ms = self.still_ms
        self.still_bits = closed_bits
        for index in range(self.count):
            bit = 1 << index
            if not closed_bits & bit:
                still_ms[index] = 0
                continue
            still_ms[index] = min(still_ms[index] + dt_ms, AGE_MOST_MS)
            if still_ms[index] >= STILL_MS and low_bits & bit:
                self.empty_bits |= bit

    def vented_for_ms(self, index: int) -> int:
        """How long ago a chamber was given up to the air; 0 while it is kept."""
        if self.kept_bits & (1 << index):
            return 0
        return min(self.vented_ms[index] + self.unchanged_ms, AGE_MOST_MS)

    def shortest_vent_ms(self) -> int:
        """How long even the last of the chambers not yet seen empty has been open to the air."""
        shortest_ms = AGE_MOST_MS
        for index in range(self.count):
            if not self.empty_bits & (1 << index):
                shortest_ms = min(shortest_ms, self.vented_for_ms(index))
        return shortest_ms

    def forget_empty(self) -> None:
        """Every chamber is to be seen empty anew."""
        self.empty_bits = 0
