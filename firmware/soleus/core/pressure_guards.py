"""Guards over the pressure on the leg: too much, for too long, or not gone when it should be."""

from . import faults
from .boots import Boots
from .faults import FaultLatch
from .gauges import Gauges
from .limits import (
    OVER_TARGET_MS,
    OVER_TARGET_PA,
    OVER_TRIP_MANIFOLD_SAMPLES,
    OVER_TRIP_PA,
    OVER_TRIP_SAMPLES,
    PRESSED_MOST_MS,
    PRESSED_PA,
    UNSEEN_EMPTY_MS,
    VENT_MOST_MS,
    VENTED_PA,
)


class Overpressure:
    """Two tiers: somewhat above what was wanted for a second, or far above everything on two samples."""

    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.over_target_ms = [0] * boots.count
        self.over_trip_count = [0] * boots.count
        self.over_trip_samples = (
            OVER_TRIP_MANIFOLD_SAMPLES if boots.has_manifold_sensor_only else OVER_TRIP_SAMPLES
        )

    def step(
        self, gauges: Gauges, keep_bits: int, target_pa: list, latch: FaultLatch, at_ms: int, dt_ms: int
    ) -> None:
        for index in range(self.boots.count):
            if gauges.age_ms[index] > 0:
                continue
            pressure_pa = gauges.pressure_pa[index]
            self._look_at_trip(index, pressure_pa, latch, at_ms)
            if not keep_bits & (1 << index) or pressure_pa <= target_pa[index] + OVER_TARGET_PA:
                self.over_target_ms[index] = 0
                continue
            self.over_target_ms[index] = min(self.over_target_ms[index] + dt_ms, OVER_TARGET_MS)
            if self.over_target_ms[index] >= OVER_TARGET_MS:
                latch.trip(faults.OVER_TARGET, index, pressure_pa, target_pa[index] + OVER_TARGET_PA, at_ms)

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
        self.pressed_ms = [0] * boots.count

    def step(
        self, gauges: Gauges, keep_bits: int, is_running: bool, latch: FaultLatch, at_ms: int, dt_ms: int
    ) -> None:
        for index in range(self.boots.count):
            bit = 1 << index
            is_low = gauges.age_ms[index] == 0 and gauges.smooth_pa(index) < PRESSED_PA
            if is_low or gauges.empty_bits & bit or self._is_aired(index, gauges, is_running):
                self.pressed_ms[index] = 0
                continue
            # A chamber that isn't seen counts on, once it has been kept, until it is seen empty.
            if keep_bits & bit or self.pressed_ms[index] > 0:
                self.pressed_ms[index] = min(self.pressed_ms[index] + dt_ms, 2 * PRESSED_MOST_MS)
            if self.pressed_ms[index] > PRESSED_MOST_MS:
                latch.trip(faults.PROLONGED, index, self.pressed_ms[index], PRESSED_MOST_MS, at_ms)

    def _is_aired(self, index: int, gauges: Gauges, is_running: bool) -> bool:
        """In a pause or a fault nobody looks through the manifold: there open vents and time have to do."""
        if is_running or not self.boots.has_manifold_sensor_only:
            return False
        return gauges.vented_ms[index] >= UNSEEN_EMPTY_MS


class VentFailure:
    """A leg that stays squeezed with the vent commanded open: a stuck valve or a kinked hose."""

    def __init__(self, boots: Boots) -> None:
        self.boots = boots

    def step(self, gauges: Gauges, latch: FaultLatch, at_ms: int) -> None:
        if not gauges.is_zeroed:
            return
        for index in range(self.boots.count):
            if gauges.vented_ms[index] <= VENT_MOST_MS or gauges.age_ms[index] > 0:
                continue
            if gauges.smooth_pa(index) >= VENTED_PA:
                latch.trip(faults.VENT_FAILURE, index, gauges.smooth_pa(index), VENTED_PA, at_ms)
