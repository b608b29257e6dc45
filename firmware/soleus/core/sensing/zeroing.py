"""Finds the zero of every sensor at open vents, before any pressure is made."""

from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import MANIFOLD_INDEX, FaultLatch
from soleus.core.basics.limits import ZERO_MOST_PA
from soleus.core.basics.signals import Readings
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.sensing.gauges import Gauges

AVERAGED_TICKS = 100
# A sensor's noise goes to and fro from tick to tick, a leg doesn't: so far from its smoothed value a reading
# that a leg moves never is.
NOISE_PA = pa_from_mmhg(1) + pa_from_mmhg(1) // 2
# A leg being settled into its boot moves the air; the average starts again until it lies still.
STEADY_SPREAD_PA = pa_from_mmhg(6)
STEADY_WAIT_MS = 20_000


class Zeroing:
    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.sensors_count = boots.sensors_count
        # A sensor on the manifold is the last, or the only one.
        self.manifold_index = boots.count if not boots.has_manifold_sensor_only else 0
        self.sum_pa = [0] * self.sensors_count
        self.least_pa = [0] * self.sensors_count
        self.most_pa = [0] * self.sensors_count
        self.ticks_count = 0
        self.waited_ms = 0
        # Which sensor made the average start again, how far it moved, and whether by noise.
        self.restless_index = 0
        self.restless_pa = 0
        self.is_noisy = False

    def begin(self) -> None:
        self.waited_ms = 0
        self.restless_index = 0
        self.restless_pa = 0
        self.is_noisy = False
        self._start_average()

    def step(self, readings: Readings, gauges: Gauges, latch: FaultLatch, at_ms: int, dt_ms: int) -> bool:
        """True once the zeros are set."""
        self.waited_ms += dt_ms
        if readings.missing_bits:
            self._start_average()
        else:
            self._take(readings, gauges)
        if self.waited_ms > STEADY_WAIT_MS:
            index = self._sensor_index(self.restless_index)
            code = faults.SENSOR_ERRATIC if self.is_noisy else faults.SENSOR_ZERO
            latch.trip(code, index, self.restless_pa, STEADY_SPREAD_PA, at_ms)
        if self.ticks_count < AVERAGED_TICKS:
            return False
        return self._set_zeros(gauges, latch, at_ms)

    def _take(self, readings: Readings, gauges: Gauges) -> None:
        for index in range(self.sensors_count):
            pa = readings.manifold_pa if index == self.manifold_index else readings.chamber_pa[index]
            if self.ticks_count == 0:
                self.least_pa[index] = pa
                self.most_pa[index] = pa
            # Bound: 100 ticks * 40_000 Pa.
            self.sum_pa[index] += pa
            self.least_pa[index] = min(self.least_pa[index], pa)
            self.most_pa[index] = max(self.most_pa[index], pa)
        self.ticks_count += 1
        widest_index = self._least_steady_index()
        spread_pa = self.most_pa[widest_index] - self.least_pa[widest_index]
        if spread_pa > STEADY_SPREAD_PA:
            if widest_index < self.boots.count:
                off_pa = gauges.pressure_pa[widest_index] - gauges.smooth_pa[widest_index]
                self.is_noisy = self.is_noisy or abs(off_pa) > NOISE_PA
            self.restless_index = widest_index
            self.restless_pa = spread_pa
            self._start_average()

    def _set_zeros(self, gauges: Gauges, latch: FaultLatch, at_ms: int) -> bool:
        for index in range(self.sensors_count):
            zero_pa = self.sum_pa[index] // self.ticks_count
            if abs(zero_pa) > ZERO_MOST_PA:
                latch.trip(faults.SENSOR_ZERO, self._sensor_index(index), zero_pa, ZERO_MOST_PA, at_ms)
                return False
            if self.boots.has_manifold_sensor_only:
                gauges.manifold_zero_pa = zero_pa
            else:
                gauges.zero_pa[index] = zero_pa
        gauges.is_zeroed = True
        return True

    def _start_average(self) -> None:
        self.ticks_count = 0
        for index in range(self.sensors_count):
            self.sum_pa[index] = 0

    def _least_steady_index(self) -> int:
        widest_index = 0
        for index in range(self.sensors_count):
            spread_pa = self.most_pa[index] - self.least_pa[index]
            if spread_pa > self.most_pa[widest_index] - self.least_pa[widest_index]:
                widest_index = index
        return widest_index

    def _sensor_index(self, index: int) -> int:
        return MANIFOLD_INDEX if index == self.manifold_index else index
