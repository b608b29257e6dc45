"""The guards look at the readings before anything else does, and can only take energy away.

Each watches one hazard, names its requirement in `faults.TABLE`, and trips the latch with the
sensor, the value and the limit.
"""

from . import faults
from .boots import Boots
from .faults import MACHINE_INDEX, MANIFOLD_INDEX, FaultLatch
from .gauges import Gauges
from .limits import (
    FILL_MOST_MS,
    OVER_TARGET_MS,
    OVER_TARGET_PA,
    OVER_TRIP_MANIFOLD_SAMPLES,
    OVER_TRIP_PA,
    OVER_TRIP_SAMPLES,
    READING_BAD_MS,
    READING_LEAST_PA,
    READING_MOST_PA,
    SESSION_CAP_MS,
    STILL_TICKS_MOST,
    TICK_MOST_MS,
    TICK_VENTED_MOST_MS,
    VENT_MOST_MS,
    VENTED_PA,
)
from .signals import MANIFOLD_BIT, Commands, Readings


class LateTick:
    """A core that isn't called can't protect; with everything vented a flash write may take its time.

    Nor can one whose clock stands still: no debounce, no time limit would ever run out.
    """

    def __init__(self) -> None:
        self.still_count = 0

    def step(self, commands: Commands, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        is_vented = commands.fill_bits == 0 and commands.seal_bits == 0 and commands.pump_permille == 0
        limit_ms = TICK_VENTED_MOST_MS if is_vented else TICK_MOST_MS
        if dt_ms < 0 or dt_ms > limit_ms:
            latch.trip(faults.LATE_TICK, MACHINE_INDEX, dt_ms, limit_ms, at_ms)
        self.still_count = self.still_count + 1 if dt_ms == 0 else 0
        if self.still_count >= STILL_TICKS_MOST:
            latch.trip(faults.CLOCK_STOPPED, MACHINE_INDEX, self.still_count, STILL_TICKS_MOST, at_ms)
            self.still_count = 0


class SensorRange:
    """Raw readings outside of what a whole sensor can give, or none at all."""

    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.bad_ms = [0] * (boots.count + 1)
        self.silent_ms = [0] * (boots.count + 1)

    def step(self, readings: Readings, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        if self.boots.has_manifold_sensor_only:
            missing_bit = readings.missing_bits & MANIFOLD_BIT
            self._look(self.boots.count, MANIFOLD_INDEX, readings.manifold_pa, missing_bit, latch, at_ms, dt_ms)
            return
        for index in range(self.boots.count):
            missing_bit = readings.missing_bits & (1 << index)
            self._look(index, index, readings.chamber_pa[index], missing_bit, latch, at_ms, dt_ms)

    def _look(
        self, slot: int, chamber_index: int, pa: int, missing_bit: int, latch: FaultLatch, at_ms: int, dt_ms: int
    ) -> None:
        if missing_bit:
            self.silent_ms[slot] += dt_ms
            if self.silent_ms[slot] >= READING_BAD_MS:
                latch.trip(faults.SENSOR_SILENT, chamber_index, self.silent_ms[slot], READING_BAD_MS, at_ms)
            return
        self.silent_ms[slot] = 0
        if READING_LEAST_PA <= pa <= READING_MOST_PA:
            self.bad_ms[slot] = 0
            return
        self.bad_ms[slot] += dt_ms
        if self.bad_ms[slot] >= READING_BAD_MS:
            limit_pa = READING_LEAST_PA if pa < READING_LEAST_PA else READING_MOST_PA
            latch.trip(faults.SENSOR_RANGE, chamber_index, pa, limit_pa, at_ms)


class Overpressure:
    """Two tiers: somewhat above what was wanted for a second, or far above everything on two samples."""

    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.over_target_ms = [0] * boots.count
        self.over_trip_count = [0] * boots.count
        self.over_trip_samples = OVER_TRIP_MANIFOLD_SAMPLES if boots.has_manifold_sensor_only else OVER_TRIP_SAMPLES

    def step(self, gauges: Gauges, keep_bits: int, target_pa: list, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        for index in range(self.boots.count):
            if gauges.age_ms[index] > 0:
                continue
            pressure_pa = gauges.pressure_pa[index]
            self._look_at_trip(index, pressure_pa, latch, at_ms)
            if not keep_bits & (1 << index) or pressure_pa <= target_pa[index] + OVER_TARGET_PA:
                self.over_target_ms[index] = 0
                continue
            self.over_target_ms[index] += dt_ms
            if self.over_target_ms[index] >= OVER_TARGET_MS:
                latch.trip(faults.OVER_TARGET, index, pressure_pa, target_pa[index] + OVER_TARGET_PA, at_ms)

    def _look_at_trip(self, index: int, pressure_pa: int, latch: FaultLatch, at_ms: int) -> None:
        if pressure_pa <= OVER_TRIP_PA:
            self.over_trip_count[index] = 0
            return
        self.over_trip_count[index] += 1
        if self.over_trip_count[index] >= self.over_trip_samples:
            latch.trip(faults.OVER_TRIP, index, pressure_pa, OVER_TRIP_PA, at_ms)


class FillTimeout:
    """A chamber that takes air without end is off the leg, or its hose is off the chamber."""

    def __init__(self, boots: Boots) -> None:
        self.boots = boots

    def step(self, fill_share_us: list, gauges: Gauges, latch: FaultLatch, at_ms: int) -> None:
        worst_index = -1
        for index in range(self.boots.count):
            if fill_share_us[index] // 1000 <= FILL_MOST_MS:
                continue
            # Chambers that are filled as one body of air run out of time together; the lowest is to blame.
            if worst_index < 0 or gauges.pressure_pa[index] <= gauges.pressure_pa[worst_index]:
                worst_index = index
        if worst_index >= 0:
            fill_ms = fill_share_us[worst_index] // 1000
            latch.trip(faults.FILL_TIMEOUT, worst_index, fill_ms, FILL_MOST_MS, at_ms)


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


class SessionCap:
    """Counts on its own, so that a mistake in the session can't make it endless."""

    def __init__(self) -> None:
        self.energised_ms = 0

    def begin(self) -> None:
        self.energised_ms = 0

    def step(self, is_energised: bool, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        if not is_energised:
            return
        self.energised_ms += dt_ms
        if self.energised_ms > SESSION_CAP_MS:
            latch.trip(faults.SESSION_CAP, MACHINE_INDEX, self.energised_ms, SESSION_CAP_MS, at_ms)
