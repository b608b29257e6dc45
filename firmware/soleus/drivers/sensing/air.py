"""The pressure of the air, for sensors that measure against vacuum.

It is measured after the start, while the vents are still open. Until then there are no readings.
"""

from micropython import const

# 2 s for the vents, then as many readings of the air.
_AIR_WAIT_TICKS = const(200)
_AIR_TICKS = const(50)
# From the Dead Sea to 5,000 m.
_AIR_LEAST_PA = const(53_000)
_AIR_MOST_PA = const(110_000)


class Air:
    """The mean of each sensor, once the vents have been open for long enough."""

    def __init__(self, sensor_count: int) -> None:
        self.ticks = 0
        self.sum_pa = [0] * sensor_count
        self.samples = [0] * sensor_count
        self.zero_pa = [0] * sensor_count

    def gauge_pa(self, index: int, pa: int) -> "int | None":
        if self.zero_pa[index]:
            return pa - self.zero_pa[index]
        if self.ticks >= _AIR_WAIT_TICKS and _AIR_LEAST_PA <= pa <= _AIR_MOST_PA:
            # Bound: 50 ticks * 110_000 Pa.
            self.sum_pa[index] += pa
            self.samples[index] += 1
            if self.samples[index] == _AIR_TICKS:
                self.zero_pa[index] = self.sum_pa[index] // _AIR_TICKS
        return None

    def end_tick(self) -> None:
        if self.ticks < _AIR_WAIT_TICKS:
            self.ticks += 1
