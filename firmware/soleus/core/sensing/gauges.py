"""What is known of each chamber's pressure: zeroed, smoothed, and how old it is.

With a sensor on each chamber every tick brings every pressure. Where one sensor sits on the manifold,
`ManifoldGauges` takes the place of `Gauges`.
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
from soleus.core.basics.signals import Commands, Readings
from soleus.core.sensing.emptying import AGE_MOST_MS, Emptying
from soleus.core.sensing.overview import Overview

# The smoothed value is three quarters of the last one and a quarter of the new; in sixteenths of a pascal.
SMOOTH_SHIFT = 2
SIXTEENTHS = 16
SIXTEENTHS_SHIFT = 4
# A zeroed reading below the one or above the other may come from a sensor outside its range.
ODD_LEAST_PA = READING_LEAST_PA + ZERO_MOST_PA
ODD_MOST_PA = READING_MOST_PA - ZERO_MOST_PA


class Gauges:
    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.all_bits = boots.all_bits
        self.overview = Overview(boots)
        self.emptying = Emptying(boots)
        self.pressure_pa = [0] * boots.count
        self.smooth_pa = [0] * boots.count
        self.smooth_pa_x16 = [0] * boots.count
        self.age_ms = [AGE_MOST_MS] * boots.count
        self.manifold_pa = 0
        # What its sensor showed when no chamber was joined to it.
        self.unjoined_pa = 0
        self.zero_pa = [0] * boots.count
        self.manifold_zero_pa = 0
        self.is_zeroed = False
        # Sensors whose last reading was the same as the one before it.
        self.same_bits = 0

    def is_fresh(self, index: int) -> bool:
        return self.age_ms[index] < READING_BAD_MS

    def step(self, readings: Readings, commands: Commands, keep_bits: int, dt_ms: int) -> None:
        """`commands` are those of the tick before: they made these readings."""
        overview = self.overview
        self.look(readings, commands.fill_bits, dt_ms)
        shown_bits = overview.shown_bits
        overview.unvented_bits = shown_bits & ~keep_bits
        emptying = self.emptying
        if keep_bits != emptying.kept_bits:
            emptying.keep(keep_bits)
        # A call of its own for these two lines would cost a chip a percent of the tick.
        if emptying.unchanged_ms < AGE_MOST_MS:
            emptying.unchanged_ms += dt_ms
        # A joined chamber may have its vent open, where it has one of its own.
        closed_bits = (commands.fill_bits if self.boots.is_three_way else commands.seal_bits) & ~keep_bits
        if closed_bits or emptying.still_bits:
            emptying.watch_still(closed_bits, overview.seen_bits & ~shown_bits, dt_ms)

    def look(self, readings: Readings, _joined_bits: int, dt_ms: int) -> None:  # noqa: C901 (saves a call)
        """All chambers in one loop, which is a good part of every tick."""
        overview = self.overview
        missing_bits = readings.missing_bits & self.all_bits
        if missing_bits or overview.read_bits != self.all_bits:
            self.note_missing(missing_bits, dt_ms)
        zero_pa = self.zero_pa
        pressure_pa = self.pressure_pa
        smooth_pa = self.smooth_pa
        all_smooth_pa_x16 = self.smooth_pa_x16
        # A chip reaches the first sixteen names of a function more quickly: these are used for each chamber.
        index = -1
        highest_pa = gauge_pa = moved_pa = smooth_pa_x16 = 0
        shown_bits = overview.shown_bits & missing_bits
        pressed_bits = overview.pressed_bits & missing_bits
        low_bits = overview.low_bits & missing_bits
        unmoved_bits = 0
        jumped_bits = 0
        is_strange = False
        for gauge_pa in readings.chamber_pa:
            index += 1
            if missing_bits and missing_bits & (1 << index):
                highest_pa = max(highest_pa, pressure_pa[index])
                continue
            gauge_pa -= zero_pa[index]
            if gauge_pa > highest_pa:
                highest_pa = gauge_pa
            elif gauge_pa < ODD_LEAST_PA:
                is_strange = True
            moved_pa = gauge_pa - pressure_pa[index]
            if moved_pa == 0:
                unmoved_bits |= 1 << index
            elif moved_pa < -JUMP_PA or moved_pa > JUMP_PA:
                jumped_bits |= 1 << index
                overview.jump_pa[index] = moved_pa
            pressure_pa[index] = gauge_pa
            smooth_pa_x16 = (gauge_pa * SIXTEENTHS + all_smooth_pa_x16[index] * 3) >> SMOOTH_SHIFT
            all_smooth_pa_x16[index] = smooth_pa_x16
            smooth_pa_x16 >>= SIXTEENTHS_SHIFT
            smooth_pa[index] = smooth_pa_x16
            if smooth_pa_x16 >= VENTED_PA:
                shown_bits |= 1 << index
                if smooth_pa_x16 >= PRESSED_PA:
                    pressed_bits |= 1 << index
            elif smooth_pa_x16 < -ZERO_DRIFT_MOST_PA:
                low_bits |= 1 << index
        overview.shown_bits = shown_bits
        overview.pressed_bits = pressed_bits
        overview.low_bits = low_bits
        overview.highest_pa = highest_pa
        overview.unmoved_bits = unmoved_bits
        overview.still_bits = unmoved_bits & self.same_bits
        self.same_bits = unmoved_bits | self.same_bits & missing_bits
        overview.jumped_bits = jumped_bits
        is_odd = is_strange or highest_pa > ODD_MOST_PA
        overview.is_odd = is_odd or missing_bits | jumped_bits | low_bits != 0

    def note_missing(self, missing_bits: int, dt_ms: int) -> None:
        self.overview.read_bits = self.overview.seen_bits = self.all_bits & ~missing_bits
        for index in range(self.boots.count):
            is_missing = missing_bits & (1 << index) != 0
            self.age_ms[index] = min(self.age_ms[index] + dt_ms, AGE_MOST_MS) if is_missing else 0
