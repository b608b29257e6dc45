"""What is known of each chamber's pressure: zeroed, smoothed, and how old it is.

With a sensor on each chamber every tick brings every pressure. With one sensor on the manifold only
a chamber that has been joined to it for a moment is seen; of the others the last value and its age
are kept, and nobody may take an old value for a new one.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import (
    JUMP_PA,
    PRESSED_PA,
    READING_BAD_MS,
    READING_LEAST_PA,
    READING_MOST_PA,
    VENTED_PA,
    ZERO_DRIFT_MOST_PA,
    ZERO_MOST_PA,
)
from soleus.core.basics.signals import MANIFOLD_BIT, Commands, Readings

# The smoothed value moves a quarter of the way at each tick; kept in sixteenths of a pascal.
_SMOOTH_SHIFT = 2
_SIXTEENTHS = 16
_SIXTEENTHS_SHIFT = 4
# A joined chamber shows on the manifold's sensor once the valve has opened and the air between has moved.
JOINED_MS = 60
# Beside an open vent a sensor shows less than the chamber has, and behind a kinked hose nothing at all:
# a chamber is seen empty only when its air has stood still for so long, closed or joined to the others.
STILL_MS = 120
# Ages stop counting here, far beyond every limit that looks at them.
AGE_MOST_MS = 1_000_000
# Zeroed, what no whole sensor gives is below the one or above the other.
ODD_LEAST_PA = READING_LEAST_PA + ZERO_MOST_PA
ODD_MOST_PA = READING_MOST_PA - ZERO_MOST_PA


class Gauges:
    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.all_bits = boots.all_bits
        self.is_blind = boots.has_manifold_sensor_only
        self.pressure_pa = [0] * boots.count
        self.smooth_pa = [0] * boots.count
        self.smooth_pa_x16 = [0] * boots.count
        self.age_ms = [AGE_MOST_MS] * boots.count
        # Guards look at these before they look at each chamber. Who is seen in this tick; who shows more than
        # a vented chamber may; who presses its leg; who was given up to the air but still shows pressure; who
        # shows less than open air has; and the highest pressure of all, or 0.
        self.seen_bits = 0
        self.shown_bits = 0
        self.pressed_bits = 0
        self.unvented_bits = 0
        self.low_bits = 0
        self.highest_pa = 0
        # Of the sensors, and a manifold's only one speaks for every chamber: who gave a reading; who the same
        # as before; whose jumped, and how far.
        self.read_bits = 0
        self.unmoved_bits = 0
        self.jumped_bits = 0
        self.jump_pa = [0] * boots.count
        # One gave no reading, jumped, is too low, or may have given what no whole sensor gives.
        self.is_odd = False
        # How long each chamber that isn't kept had been given up to the air when the kept ones last changed,
        # and for how long it has been since; how long it has now been cut off from the air to be looked at,
        # and which were since seen empty.
        self.vented_ms = [0] * boots.count
        self.unchanged_ms = 0
        self.still_ms = [0] * boots.count
        self.kept_bits = 0
        self.still_bits = 0
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
        if self.is_blind:
            self._see_manifold(readings, commands.fill_bits, dt_ms)
        else:
            missing_bits = readings.missing_bits & self.all_bits
            if missing_bits or self.read_bits != self.all_bits:
                self._age(missing_bits, dt_ms)
            self._see_each(readings)
        if keep_bits != self.kept_bits:
            self._keep(keep_bits)
        if self.unchanged_ms < AGE_MOST_MS:
            self.unchanged_ms += dt_ms
        closed_bits = (commands.seal_bits | commands.fill_bits) & ~keep_bits
        if closed_bits or self.still_bits:
            self._watch_still(closed_bits, dt_ms)
        self.unvented_bits = self.shown_bits & ~keep_bits

    def _see_manifold(self, readings: Readings, joined_bits: int, dt_ms: int) -> None:
        missing_bit = readings.missing_bits & MANIFOLD_BIT
        before_pa = self.manifold_pa
        if not missing_bit:
            self.manifold_pa = readings.manifold_pa - self.manifold_zero_pa
        self.seen_bits = 0
        for index in range(self.boots.count):
            self._see_through_manifold(index, joined_bits & (1 << index), missing_bit, dt_ms)
        self.highest_pa = max(0, max(self.pressure_pa))
        moved_pa = self.manifold_pa - before_pa
        self.read_bits = 0 if missing_bit else self.all_bits
        self.unmoved_bits = self.read_bits if moved_pa == 0 else 0
        self.jumped_bits = 0 if -JUMP_PA <= moved_pa <= JUMP_PA else 1
        self.jump_pa[0] = moved_pa
        is_strange = self.manifold_pa < ODD_LEAST_PA or self.manifold_pa > ODD_MOST_PA
        self.is_odd = is_strange or missing_bit | self.jumped_bits != 0

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
            self.smooth_pa_x16[index] = self.manifold_pa * _SIXTEENTHS
        self._see(index, self.manifold_pa)

    def _see(self, index: int, pressure_pa: int) -> None:
        bit = 1 << index
        self.pressure_pa[index] = pressure_pa
        self.age_ms[index] = 0
        # Bound: 40_000 Pa * 16.
        smooth_pa_x16 = self.smooth_pa_x16[index]
        smooth_pa_x16 += (pressure_pa * _SIXTEENTHS - smooth_pa_x16) >> _SMOOTH_SHIFT
        smooth_pa = smooth_pa_x16 >> _SIXTEENTHS_SHIFT
        self.smooth_pa_x16[index] = smooth_pa_x16
        self.smooth_pa[index] = smooth_pa
        self.seen_bits |= bit
        self.shown_bits = self.shown_bits | bit if smooth_pa >= VENTED_PA else self.shown_bits & ~bit
        self.pressed_bits = self.pressed_bits | bit if smooth_pa >= PRESSED_PA else self.pressed_bits & ~bit

    def _see_each(self, readings: Readings) -> None:
        """`_see`, written out for all chambers: this loop is a good part of every tick."""
        missing_bits = self.all_bits & ~self.read_bits
        zero_pa = self.zero_pa
        pressure_pa = self.pressure_pa
        smooth_pa = self.smooth_pa
        all_smooth_pa_x16 = self.smooth_pa_x16
        shown_bits = self.shown_bits & missing_bits
        pressed_bits = self.pressed_bits & missing_bits
        low_bits = self.low_bits & missing_bits
        unmoved_bits = 0
        jumped_bits = 0
        is_strange = False
        highest_pa = 0
        index = -1
        for reading_pa in readings.chamber_pa:
            index += 1
            if missing_bits and missing_bits & (1 << index):
                highest_pa = max(highest_pa, pressure_pa[index])
                continue
            gauge_pa = reading_pa - zero_pa[index]
            if gauge_pa > highest_pa:
                highest_pa = gauge_pa
            elif gauge_pa < ODD_LEAST_PA:
                is_strange = True
            moved_pa = gauge_pa - pressure_pa[index]
            if moved_pa == 0:
                unmoved_bits |= 1 << index
            elif moved_pa < -JUMP_PA or moved_pa > JUMP_PA:
                jumped_bits |= 1 << index
                self.jump_pa[index] = moved_pa
            pressure_pa[index] = gauge_pa
            smooth_pa_x16 = all_smooth_pa_x16[index]
            smooth_pa_x16 += (gauge_pa * _SIXTEENTHS - smooth_pa_x16) >> _SMOOTH_SHIFT
            all_smooth_pa_x16[index] = smooth_pa_x16
            smooth_pa_x16 >>= _SIXTEENTHS_SHIFT
            smooth_pa[index] = smooth_pa_x16
            if smooth_pa_x16 >= VENTED_PA:
                shown_bits |= 1 << index
                if smooth_pa_x16 >= PRESSED_PA:
                    pressed_bits |= 1 << index
            elif smooth_pa_x16 < -ZERO_DRIFT_MOST_PA:
                low_bits |= 1 << index
        self.shown_bits = shown_bits
        self.pressed_bits = pressed_bits
        self.low_bits = low_bits
        self.highest_pa = highest_pa
        self.unmoved_bits = unmoved_bits
        self.jumped_bits = jumped_bits
        is_odd = is_strange or highest_pa > ODD_MOST_PA
        self.is_odd = is_odd or missing_bits | jumped_bits | low_bits != 0

    def _age(self, missing_bits: int, dt_ms: int) -> None:
        self.read_bits = self.seen_bits = self.all_bits & ~missing_bits
        for index in range(self.boots.count):
            is_missing = missing_bits & (1 << index) != 0
            self.age_ms[index] = min(self.age_ms[index] + dt_ms, AGE_MOST_MS) if is_missing else 0

    def _keep(self, keep_bits: int) -> None:
        for index in range(self.boots.count):
            is_kept = keep_bits & (1 << index) != 0
            self.vented_ms[index] = 0 if is_kept else self.vented_for_ms(index)
            if is_kept:
                self.still_ms[index] = 0
        self.unchanged_ms = 0
        self.kept_bits = keep_bits
        self.empty_bits &= ~keep_bits
        self.still_bits &= ~keep_bits

    def vented_for_ms(self, index: int) -> int:
        """How long ago a chamber was given up to the air; 0 while it is kept."""
        if self.kept_bits & (1 << index):
            return 0
        return min(self.vented_ms[index] + self.unchanged_ms, AGE_MOST_MS)

    def _watch_still(self, closed_bits: int, dt_ms: int) -> None:
        """Who is cut off from the open air, to be looked at."""
        still_ms = self.still_ms
        self.still_bits = closed_bits
        for index in range(self.boots.count):
            bit = 1 << index
            if not closed_bits & bit:
                still_ms[index] = 0
                continue
            still_ms[index] = min(still_ms[index] + dt_ms, AGE_MOST_MS)
            if still_ms[index] >= STILL_MS and self.seen_bits & bit and not self.shown_bits & bit:
                self.empty_bits |= bit

    def shortest_vent_ms(self) -> int:
        """How long even the last of the chambers not yet seen empty has been open to the air."""
        shortest_ms = AGE_MOST_MS
        for index in range(self.boots.count):
            if not self.empty_bits & (1 << index):
                shortest_ms = min(shortest_ms, self.vented_for_ms(index))
        return shortest_ms

    def forget_empty(self) -> None:
        """Ask for every chamber to be seen empty anew."""
        self.empty_bits = 0
