"""Guards over the pressure on the leg: too much, for too long, or not gone when it should be."""

from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import FaultLatch
from soleus.core.basics.limits import (
    OVER_TARGET_DIP_MS,
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
from soleus.core.session.sequencer import Sequencer

# The clock of pressed chambers stops here. It starts at zero again whenever no chamber is pressed, and 27 h
# without such a moment are far beyond the limit.
CLOCK_MOST_MS = 100_000_000


class Overpressure:
    """More than 15 mmHg above the target for a second, or above the trip limit on two samples."""

    def __init__(self, boots: Boots, latch: FaultLatch, gauges: Gauges, sequencer: Sequencer) -> None:
        self.boots = boots
        self.latch = latch
        self.gauges = gauges
        self.sequencer = sequencer
        # How long each chamber has been too high, dips included, and for how long it has dipped now.
        self.over_target_ms = [0] * boots.count
        self.dip_ms = [0] * boots.count
        # One sensor on the manifold reads high whenever a chamber is joined to it, and low a moment later:
        # the time of many such moments must not add up.
        self.dip_most_ms = 0 if boots.has_manifold_sensor_only else OVER_TARGET_DIP_MS
        self.over_trip_count = [0] * boots.count
        self.over_trip_samples = (
            OVER_TRIP_MANIFOLD_SAMPLES if boots.has_manifold_sensor_only else OVER_TRIP_SAMPLES
        )
        self.is_counting = False

    def step(self, at_ms: int, dt_ms: int) -> None:
        gauges = self.gauges
        keep_bits = self.sequencer.keep_bits
        target_pa = self.sequencer.target_pa
        pressures_pa = gauges.pressure_pa
        seen_bits = gauges.overview.seen_bits
        highest_pa = gauges.overview.highest_pa
        is_trip_near = highest_pa > OVER_TRIP_PA or self.is_counting
        over_target_ms = self.over_target_ms
        for index in range(self.boots.count):
            if not seen_bits & (1 << index):
                continue
            pressure_pa = pressures_pa[index]
            if is_trip_near:
                self._check_trip(index, pressure_pa, at_ms)
            limit_pa = target_pa[index] + OVER_TARGET_PA
            is_over = pressure_pa > limit_pa
            dip_ms = 0 if is_over else self.dip_ms[index] + dt_ms
            if not keep_bits & (1 << index) or dip_ms > self.dip_most_ms:
                over_target_ms[index] = 0
                continue
            self.dip_ms[index] = dip_ms
            if not is_over and not over_target_ms[index]:
                continue
            over_target_ms[index] = min(over_target_ms[index] + dt_ms, OVER_TARGET_MS)
            if is_over and over_target_ms[index] >= OVER_TARGET_MS:
                self.latch.trip(faults.OVER_TARGET, index, pressure_pa, limit_pa, at_ms)
        self.is_counting = max(over_target_ms) > 0 or max(self.over_trip_count) > 0

    def _check_trip(self, index: int, pressure_pa: int, at_ms: int) -> None:
        if pressure_pa <= OVER_TRIP_PA:
            self.over_trip_count[index] = 0
            return
        # Where sensors are read in turns, each sample is shown twice. The same value in a third tick counts.
        samples = self.over_trip_samples + (self.gauges.overview.unmoved_bits >> index & 1)
        self.over_trip_count[index] = min(self.over_trip_count[index] + 1, samples)
        if self.over_trip_count[index] >= samples:
            self.latch.trip(faults.OVER_TRIP, index, pressure_pa, OVER_TRIP_PA, at_ms)


class ProlongedPressure:
    """No chamber stays pressed for minutes, whatever a program says: blood must flow back."""

    def __init__(self, boots: Boots, latch: FaultLatch, gauges: Gauges) -> None:
        self.boots = boots
        self.latch = latch
        self.overview = gauges.overview
        self.emptying = gauges.emptying
        self.is_manifold_seen = boots.has_manifold_sensor_only
        # The chambers that are pressed, as far as is known, and since when. The time is that of a clock which
        # runs only while there are any.
        self.pressed_bits = 0
        self.since_ms = [0] * boots.count
        self.clock_ms = 0
        self.earliest_ms = 0

    def step(self, keep_bits: int, is_active: bool, at_ms: int, dt_ms: int) -> None:
        """Once a chamber has been kept, it counts as pressed until a reading shows that it isn't."""
        overview = self.overview
        low_bits = overview.seen_bits & ~overview.pressed_bits | self.emptying.empty_bits
        if self.is_manifold_seen and not is_active:
            low_bits |= self._aired_bits()
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
            self._trip(at_ms)

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

    def _trip(self, at_ms: int) -> None:
        for index in range(self.boots.count):
            pressed_ms = self.clock_ms - self.since_ms[index]
            if self.pressed_bits & (1 << index) and pressed_ms > PRESSED_MOST_MS:
                self.latch.trip(faults.PROLONGED, index, pressed_ms, PRESSED_MOST_MS, at_ms)

    def _aired_bits(self) -> int:
        """Chambers that have been open for so long that they must be empty.

        In a pause or a fault no chamber is joined to the manifold, so its sensor can't show it.
        """
        bits = 0
        for index in range(self.boots.count):
            if self.emptying.vented_for_ms(index) >= UNSEEN_EMPTY_MS:
                bits |= 1 << index
        return bits


class VentFailure:
    """A leg that stays squeezed with the vent commanded open: a stuck valve or a kinked hose."""

    def __init__(self, boots: Boots, latch: FaultLatch, gauges: Gauges) -> None:
        self.boots = boots
        self.latch = latch
        self.gauges = gauges

    def step(self, at_ms: int) -> None:
        gauges = self.gauges
        overview = gauges.overview
        unvented_bits = overview.unvented_bits & overview.seen_bits
        if not gauges.is_zeroed:
            return
        for index in range(self.boots.count):
            if unvented_bits & (1 << index) and gauges.emptying.vented_for_ms(index) > VENT_MOST_MS:
                self.latch.trip(faults.VENT_FAILURE, index, gauges.smooth_pa[index], VENTED_PA, at_ms)
