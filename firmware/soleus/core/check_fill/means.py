"""Looks at closed chambers: the mean over a while, and how much of it may be the sensors' noise."""

from soleus.core.basics.boots import Boots
from soleus.core.sensing.gauges import Gauges

# So little pressure no noise explains: this, and a share of what the readings do from tick to tick.
LEAST_PA = 6


class Means:
    def __init__(self, boots: Boots) -> None:
        self.mean_pa = [0] * boots.count
        self.sum_pa = [0] * boots.count
        self.last_pa = [0] * boots.count
        # How far the readings went from tick to tick, and what the mean may be off by.
        self.moved_pa = 0
        self.moved_count = 0
        self.noise_pa = 0
        self.ticks_count = 0

    def take(self, gauges: Gauges, bits: int, is_last: bool) -> None:
        """Bound: 200 ticks * 40_000 Pa."""
        self.ticks_count += 1
        for index in range(len(self.sum_pa)):
            if not bits & (1 << index):
                continue
            pa = gauges.pressure_pa[index]
            moved_pa = abs(pa - self.last_pa[index])
            self.last_pa[index] = pa
            self.sum_pa[index] += pa
            if self.ticks_count > 1 and moved_pa:
                self.moved_pa += moved_pa
                self.moved_count += 1
            if is_last:
                self.mean_pa[index] = self.sum_pa[index] // self.ticks_count
                self.sum_pa[index] = 0
        if is_last:
            # Four times what a mean is usually off by, zeroing included: noise goes from tick to tick by 1.13
            # of its own size, and a mean over 60 has an eighth of that.
            self.noise_pa = LEAST_PA + self.moved_pa * 7 // (max(self.moved_count, 1) * 10)
            self.moved_pa = 0
            self.moved_count = 0
            self.ticks_count = 0
