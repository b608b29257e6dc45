"""What is known of each chamber's pressure: zeroed, smoothed, and how old it is.

With a sensor on each chamber every tick brings every pressure. With one sensor on the manifold only
a chamber that has been joined to it for a moment is seen; of the others the last value and its age
are kept, and nobody may take an old value for a new one.
"""

from .boots import Boots
from .limits import READING_BAD_MS, VENTED_PA
from .signals import MANIFOLD_BIT, Commands, Readings

# The smoothed value moves a quarter of the way at each tick; kept in sixteenths of a pascal.
_SMOOTH_SHIFT = 2
_SIXTEENTHS = 16
# A joined chamber shows on the manifold's sensor once the valve has opened and the air between has moved.
JOINED_MS = 60
# Beside an open vent a sensor shows less than the chamber has, and behind a kinked hose nothing at all:
# a chamber is seen empty only when its air has stood still for so long, closed or joined to the others.
STILL_MS = 120
# Ages stop counting here, far beyond every limit that looks at them.
AGE_MOST_MS = 1_000_000


class Gauges:
    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.pressure_pa = [0] * boots.count
        self.smooth_pa = [0] * boots.count
        self.smooth_pa_x16 = [0] * boots.count
        self.age_ms = [AGE_MOST_MS] * boots.count
        # How long ago each chamber was given up to the air, for how long it has now been cut off from it
        # to be looked at, and which were since seen empty.
        self.vented_ms = [0] * boots.count
        self.still_ms = [0] * boots.count
        self.empty_bits = 0
        self.joined_ms = [0] * boots.count
        self.manifold_pa = 0
        self.zero_pa = [0] * boots.count
        self.manifold_zero_pa = 0
        self.is_zeroed = False

    def is_fresh(self, index: int) -> bool:
        return self.age_ms[index] < READING_BAD_MS

    def step(self, readings: Readings, commands: Commands, keep_bits: int, dt_ms: int) -> None:
        """`commands` are those of the tick before: they made these readings."""
        if not readings.missing_bits & MANIFOLD_BIT:
            self.manifold_pa = readings.manifold_pa - self.manifold_zero_pa
        if self.boots.has_manifold_sensor_only:
            for index in range(self.boots.count):
                joined_bit = commands.fill_bits & (1 << index)
                self._see_through_manifold(index, joined_bit, readings.missing_bits, dt_ms)
        else:
            self._see_each(readings, dt_ms)
        self._watch_vents(keep_bits, commands.seal_bits | commands.fill_bits, dt_ms)

    def _see_through_manifold(self, index: int, joined_bit: int, missing_bits: int, dt_ms: int) -> None:
        self.age_ms[index] = min(self.age_ms[index] + dt_ms, AGE_MOST_MS)
        if not joined_bit:
            self.joined_ms[index] = 0
            return
        was_joined = self.joined_ms[index] >= JOINED_MS
        self.joined_ms[index] = min(self.joined_ms[index] + dt_ms, AGE_MOST_MS)
        if self.joined_ms[index] < JOINED_MS or missing_bits & MANIFOLD_BIT:
            return
        if not was_joined:
            self.smooth_pa_x16[index] = self.manifold_pa * _SIXTEENTHS
        self._see(index, self.manifold_pa)

    def _see(self, index: int, pressure_pa: int) -> None:
        self.pressure_pa[index] = pressure_pa
        self.age_ms[index] = 0
        # Bound: 40_000 Pa * 16.
        smooth_pa_x16 = self.smooth_pa_x16[index]
        smooth_pa_x16 += (pressure_pa * _SIXTEENTHS - smooth_pa_x16) >> _SMOOTH_SHIFT
        self.smooth_pa_x16[index] = smooth_pa_x16
        self.smooth_pa[index] = smooth_pa_x16 // _SIXTEENTHS

    def _see_each(self, readings: Readings, dt_ms: int) -> None:
        """`_see`, written out for all chambers: this loop is a good part of every tick."""
        missing_bits = readings.missing_bits
        chamber_pa = readings.chamber_pa
        zero_pa = self.zero_pa
        pressure_pa = self.pressure_pa
        age_ms = self.age_ms
        smooth_pa = self.smooth_pa
        all_smooth_pa_x16 = self.smooth_pa_x16
        for index in range(self.boots.count):
            if missing_bits & (1 << index):
                age_ms[index] = min(age_ms[index] + dt_ms, AGE_MOST_MS)
                continue
            gauge_pa = chamber_pa[index] - zero_pa[index]
            pressure_pa[index] = gauge_pa
            age_ms[index] = 0
            smooth_pa_x16 = all_smooth_pa_x16[index]
            smooth_pa_x16 += (gauge_pa * _SIXTEENTHS - smooth_pa_x16) >> _SMOOTH_SHIFT
            all_smooth_pa_x16[index] = smooth_pa_x16
            smooth_pa[index] = smooth_pa_x16 // _SIXTEENTHS

    def _watch_vents(self, keep_bits: int, closed_bits: int, dt_ms: int) -> None:
        vented_ms = self.vented_ms
        still_ms = self.still_ms
        self.empty_bits &= ~keep_bits
        for index in range(self.boots.count):
            bit = 1 << index
            if keep_bits & bit:
                vented_ms[index] = 0
                still_ms[index] = 0
                continue
            vented_ms[index] = min(vented_ms[index] + dt_ms, AGE_MOST_MS)
            if not closed_bits & bit:
                still_ms[index] = 0
                continue
            still_ms[index] = min(still_ms[index] + dt_ms, AGE_MOST_MS)
            if still_ms[index] >= STILL_MS and self.age_ms[index] == 0 and self.smooth_pa[index] < VENTED_PA:
                self.empty_bits |= bit

    def shortest_vent_ms(self) -> int:
        """How long even the last of the chambers not yet seen empty has been open to the air."""
        shortest_ms = AGE_MOST_MS
        for index in range(self.boots.count):
            if not self.empty_bits & (1 << index):
                shortest_ms = min(shortest_ms, self.vented_ms[index])
        return shortest_ms

    def forget_empty(self) -> None:
        """Ask for every chamber to be seen empty anew."""
        self.empty_bits = 0
