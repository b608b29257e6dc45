"""The chambers' sensors and the one on the manifold, which is the last of the driver's."""

from micropython import const

from soleus.basics.annotations import Callable
from soleus.core.basics.signals import MANIFOLD_BIT, Readings

# The manifold follows each stroke of the pump, and would fill the log: its reading is the mean over 40 ms.
_TICKS = const(4)


def reads_both(read_into: Callable, chamber_count: int) -> Callable:
    all_pa = [0] * (chamber_count + 1)
    # Sum and ticks. A function that keeps five values of another one would take memory in each tick.
    mean = [0, 0]

    def read_chambers(readings: Readings) -> None:
        missing_bits = read_into(all_pa)
        chamber_pa = readings.chamber_pa
        for index in range(chamber_count):
            chamber_pa[index] = all_pa[index]
        if missing_bits >> chamber_count:
            readings.missing_bits = missing_bits & (1 << chamber_count) - 1 | MANIFOLD_BIT
            return
        readings.missing_bits = missing_bits
        mean[0] += all_pa[chamber_count]
        mean[1] += 1
        if mean[1] == _TICKS:
            readings.manifold_pa = mean[0] >> 2
            mean[0] = mean[1] = 0

    return read_chambers
