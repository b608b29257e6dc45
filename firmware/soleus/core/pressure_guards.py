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
        pressures_pa = gauges.pressure_pa
        age_ms = gauges.age_ms
        over_target_ms = self.over_target_ms
        is_trip_near = max(pressures_pa) > OVER_TRIP_PA or max(self.over_trip_count) > 0
        for index in range(self.boots.count):
            if age_ms[index] > 0:
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
        self.pressed_ms = [0] * boots.count

    def step(
        self, gauges: Gauges, keep_bits: int, is_running: bool, latch: FaultLatch, at_ms: int, dt_ms: int
    ) -> None:
        age_ms = gauges.age_ms
        smooth_pa = gauges.smooth_pa
        pressed_ms = self.pressed_ms
        empty_bits = gauges.empty_bits
        for index in range(self.boots.count):
            bit = 1 << index
            is_low = age_ms[index] == 0 and smooth_pa[index] < PRESSED_PA
            if is_low or empty_bits & bit or (self.is_blind and self._is_aired(index, gauges, is_running)):
                pressed_ms[index] = 0
            # A chamber that isn't seen counts on, once it has been kept, until it is seen empty.
            elif keep_bits & bit or pressed_ms[index] > 0:
                pressed_ms[index] = min(pressed_ms[index] + dt_ms, 2 * PRESSED_MOST_MS)
                if pressed_ms[index] > PRESSED_MOST_MS:
                    latch.trip(faults.PROLONGED, index, pressed_ms[index], PRESSED_MOST_MS, at_ms)

    def _is_aired(self, index: int, gauges: Gauges, is_running: bool) -> bool:
        """In a pause or a fault nobody looks through the manifold: there open vents and time have to do."""
        return not is_running and gauges.vented_ms[index] >= UNSEEN_EMPTY_MS


class VentFailure:
    """A leg that stays squeezed with the vent commanded open: a stuck valve or a kinked hose."""

    def __init__(self, boots: Boots) -> None:
        self.boots = boots

    def step(self, gauges: Gauges, latch: FaultLatch, at_ms: int) -> None:
        if not gauges.is_zeroed or max(gauges.vented_ms) <= VENT_MOST_MS:
            return
        vented_ms = gauges.vented_ms
        smooth_pa = gauges.smooth_pa
        for index in range(self.boots.count):
            if smooth_pa[index] < VENTED_PA or vented_ms[index] <= VENT_MOST_MS:
                continue
            if gauges.age_ms[index] == 0:
                latch.trip(faults.VENT_FAILURE, index, gauges.smooth_pa[index], VENTED_PA, at_ms)
