"""What is known of each chamber's pressure: zeroed, smoothed, and how old it is.

With a sensor on each chamber every tick brings every pressure. Where one sensor sits on the manifold,
`ManifoldGauges` takes the place of `Gauges`.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import (
    READING_BAD_MS,
    READING_LEAST_PA,
    READING_MOST_PA,
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
        # A sensor on the manifold beside the others is the last.
        self.zero_pa = [0] * max(boots.count, boots.sensors_count)
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

    def look(self, _readings: Readings, _joined_bits: int, _dt_ms: int) -> None:
        """What the sensors show in this tick: each kind of boots has its own gauges for it."""
