"""Gauges of boots with one sensor, on the manifold.

It shows only the chambers that have been joined to the manifold for a moment. Of the others the last pressure
is kept, with its age: an old value must not be taken for a new one.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import JUMP_PA, PRESSED_PA, VENTED_PA
from soleus.core.basics.signals import MANIFOLD_BIT, Readings
from soleus.core.sensing.emptying import AGE_MOST_MS
from soleus.core.sensing.gauges import (
    ODD_LEAST_PA,
    ODD_MOST_PA,
    SIXTEENTHS,
    SIXTEENTHS_SHIFT,
    SMOOTH_SHIFT,
    Gauges,
)

# A joined chamber shows on the manifold's sensor once the valve has opened and the air between has moved.
JOINED_MS = 60


class ManifoldGauges(Gauges):
    def __init__(self, boots: Boots) -> None:
        super().__init__(boots)
        # How long each chamber has been joined to the manifold.
        self.joined_ms = [0] * boots.count

    def look(self, readings: Readings, joined_bits: int, dt_ms: int) -> None:
        missing_bit = readings.missing_bits & MANIFOLD_BIT
        overview = self.overview
        before_pa = self.manifold_pa
        if not missing_bit:
            self.manifold_pa = readings.manifold_pa - self.manifold_zero_pa
            if not joined_bits:
                self.unjoined_pa = self.manifold_pa
        overview.seen_bits = 0
        for index in range(self.boots.count):
            self._see_through_manifold(index, joined_bits & (1 << index), missing_bit, dt_ms)
        overview.highest_pa = max(0, max(self.pressure_pa))
        moved_pa = self.manifold_pa - before_pa
        overview.read_bits = 0 if missing_bit else self.all_bits
        overview.unmoved_bits = overview.still_bits = overview.read_bits if moved_pa == 0 else 0
        overview.jumped_bits = 0 if -JUMP_PA <= moved_pa <= JUMP_PA else 1
        overview.jump_pa[0] = moved_pa
        is_strange = self.manifold_pa < ODD_LEAST_PA or self.manifold_pa > ODD_MOST_PA
        overview.is_odd = is_strange or missing_bit | overview.jumped_bits != 0

    def _see_through_manifold(self, index: int, joined_bit: int, missing_bit: int, dt_ms: int) -> None:
        self.age_ms[index] = min(self.age_ms[index] + dt_ms, AGE_MOST_MS)
        if not joined_bit:
            self.joined_ms[index] = 0
            return
        was_joined = self.joined_ms[index] >= JOINED_MS
        self.joined_ms[index] = min(self.joined_ms[index] + dt_ms, AGE_MOST_MS)
        if self.joined_ms[index] < JOINED_MS or missing_bit:
            return
        if not was_joined:
            self.smooth_pa_x16[index] = self.manifold_pa * SIXTEENTHS
        self._see(index, self.manifold_pa)

    def _see(self, index: int, pressure_pa: int) -> None:
        bit = 1 << index
        self.pressure_pa[index] = pressure_pa
        self.age_ms[index] = 0
        # Bound: 40_000 Pa * 16 * 4.
        smooth_pa_x16 = (pressure_pa * SIXTEENTHS + self.smooth_pa_x16[index] * 3) >> SMOOTH_SHIFT
        smooth_pa = smooth_pa_x16 >> SIXTEENTHS_SHIFT
        self.smooth_pa_x16[index] = smooth_pa_x16
        self.smooth_pa[index] = smooth_pa
        overview = self.overview
        overview.seen_bits |= bit
        others_bits = overview.shown_bits & ~bit
        overview.shown_bits = others_bits | bit if smooth_pa >= VENTED_PA else others_bits
        others_bits = overview.pressed_bits & ~bit
        overview.pressed_bits = others_bits | bit if smooth_pa >= PRESSED_PA else others_bits
