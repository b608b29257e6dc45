"""Guards over the pressure on the leg: too much, for too long, or not gone when it should be."""

from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import FaultLatch
from soleus.core.basics.limits import (
    OVER_TARGET_MS,
    OVER_TARGET_PA,
    OVER_TRIP_MANIFOLD_SAMPLES,
    OVER_TRIP_PA,
    OVER_TRIP_SAMPLES,
    PRESSED_MOST_MS,
    UNSEEN_EMPTY_MS,
    VENT_MOST_MS,
    VENTED_PA,
)
from soleus.core.sensing.gauges import Gauges

# The clock of pressed chambers stops here: it begins anew whenever nobody is pressed, and 27 h without such a
# moment are far beyond the limit.
CLOCK_MOST_MS = 100_000_000


class Overpressure:
    """Two tiers: somewhat above what was wanted for a second, or far above everything on two samples."""

    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.over_target_ms = [0] * boots.count
        self.over_trip_count = [0] * boots.count
        self.over_trip_samples = (
            OVER_TRIP_MANIFOLD_SAMPLES if boots.has_manifold_sensor_only else OVER_TRIP_SAMPLES
        )
        self.is_counting = False

    def step(
        self,
        gauges: Gauges,
        keep_bits: int,
        target_pa: list,
        latch: FaultLatch,
        at_ms: int,
        dt_ms: int,
    ) -> None:
        pressures_pa = gauges.pressure_pa
        highest_pa = gauges.highest_pa
        is_trip_near = highest_pa > OVER_TRIP_PA or self.is_counting
        over_target_ms = self.over_target_ms
        for index in range(self.boots.count):
            if not gauges.seen_bits & (1 << index):
                continue
            pressure_pa = pressures_pa[index]
            if is_trip_near:
                self._look_at_trip(index, pressure_pa, latch, at_ms)
            if not keep_bits & (1 << index) or pressure_pa <= target_pa[index] + OVER_TARGET_PA:
                over_target_ms[index] = 0
                continue
            over_target_ms[index] = min(over_target_ms[index] + dt_ms, OVER_TARGET_MS)
            if over_target_ms[index] >= OVER_TARGET_MS:
                latch.trip(faults.OVER_TARGET, index, pressure_pa, target_pa[index] + OVER_TARGET_PA, at_ms)
        self.is_counting = max(over_target_ms) > 0 or max(self.over_trip_count) > 0

    def _look_at_trip(self, index: int, pressure_pa: int, latch: FaultLatch, at_ms: int) -> None:
        if pressure_pa <= OVER_TRIP_PA:
            self.over_trip_count[index] = 0
            return
        self.over_trip_count[index] = min(self.over_trip_count[index] + 1, self.over_trip_samples)
        if self.over_trip_count[index] >= self.over_trip_samples:
            latch.trip(faults.OVER_TRIP, index, pressure_pa, OVER_TRIP_PA, at_ms)


class ProlongedPressure:
    """Blood must come back: no chamber stays pressed for minutes, whatever a program says."""

    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.is_blind = boots.has_manifold_sensor_only
        # Who is pressed, for all that is known, and since when: on a clock of their own, which stands at zero
        # while nobody is.
        self.pressed_bits = 0
        self.since_ms = [0] * boots.count
        self.clock_ms = 0
        self.earliest_ms = 0

    def step(
        self, gauges: Gauges, keep_bits: int, is_running: bool, latch: FaultLatch, at_ms: int, dt_ms: int
    ) -> None:
        """A chamber that isn't seen counts on, once it has been kept, until it is seen empty."""
        low_bits = gauges.seen_bits & ~gauges.pressed_bits | gauges.empty_bits
        if self.is_blind and not is_running:
            low_bits |= self._aired_bits(gauges)
        pressed_bits = (self.pressed_bits | keep_bits) & ~low_bits
        if pressed_bits != self.pressed_bits:
            self._begin(pressed_bits)
        if not pressed_bits:
            return
        clock_ms = self.clock_ms + dt_ms
        if clock_ms > CLOCK_MOST_MS:
            clock_ms = CLOCK_MOST_MS
        self.clock_ms = clock_ms
        if clock_ms - self.earliest_ms > PRESSED_MOST_MS:
            self._trip(latch, at_ms)

    def _begin(self, pressed_bits: int) -> None:
        if not self.pressed_bits:
            self.clock_ms = 0
        self.earliest_ms = self.clock_ms
        for index in range(self.boots.count):
            bit = 1 << index
            if not pressed_bits & bit:
                continue
            if not self.pressed_bits & bit:
                self.since_ms[index] = self.clock_ms
            self.earliest_ms = min(self.earliest_ms, self.since_ms[index])
        self.pressed_bits = pressed_bits

    def _trip(self, latch: FaultLatch, at_ms: int) -> None:
        for index in range(self.boots.count):
            pressed_ms = self.clock_ms - self.since_ms[index]
            if self.pressed_bits & (1 << index) and pressed_ms > PRESSED_MOST_MS:
                latch.trip(faults.PROLONGED, index, pressed_ms, PRESSED_MOST_MS, at_ms)

    def _aired_bits(self, gauges: Gauges) -> int:
        """In a pause or a fault nobody looks through the manifold: there open vents and time have to do."""
        bits = 0
        for index in range(self.boots.count):
            if gauges.vented_for_ms(index) >= UNSEEN_EMPTY_MS:
                bits |= 1 << index
        return bits


class VentFailure:
    """A leg that stays squeezed with the vent commanded open: a stuck valve or a kinked hose."""

    def __init__(self, boots: Boots) -> None:
        self.boots = boots

    def step(self, gauges: Gauges, latch: FaultLatch, at_ms: int) -> None:
        unvented_bits = gauges.unvented_bits & gauges.seen_bits
        if not gauges.is_zeroed:
            return
        for index in range(self.boots.count):
            if unvented_bits & (1 << index) and gauges.vented_for_ms(index) > VENT_MOST_MS:
                latch.trip(faults.VENT_FAILURE, index, gauges.smooth_pa[index], VENTED_PA, at_ms)
