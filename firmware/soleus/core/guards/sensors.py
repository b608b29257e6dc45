"""Guards over the sensors: readings that can't be true end the session."""

from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import MANIFOLD_INDEX, FaultLatch
from soleus.core.basics.limits import (
    JUMP_COUNT,
    JUMP_PA,
    JUMP_WINDOW_MS,
    READING_BAD_MS,
    READING_LEAST_PA,
    READING_MOST_PA,
    STUCK_MS,
    VENTED_PA,
    ZERO_DRIFT_MOST_PA,
    ZERO_DRIFT_MS,
)
from soleus.core.basics.signals import MANIFOLD_BIT, Commands, Readings
from soleus.core.regulate.ledger import Ledger
from soleus.core.regulate.regulation import DOSE, FILL, OFF
from soleus.core.sensing.gauges import Gauges

# Counters stop here, beyond the limits that look at them.
BAD_MOST_MS = 1_000_000
# Vents move the air for so long that a sensor has to show it.
VENT_MOVES_MS = 1000
ZERO_AFTER_VENT_MS = 3000


class SensorRange:
    """Raw readings outside of what a working sensor can give, or none at all."""

    def __init__(self, boots: Boots, latch: FaultLatch) -> None:
        self.boots = boots
        self.latch = latch
        self.bad_ms = [0] * (boots.count + 1)
        self.silent_ms = [0] * (boots.count + 1)
        self.is_alert = False

    def step(self, readings: Readings, at_ms: int, dt_ms: int) -> None:
        missing_bits = readings.missing_bits
        if self.boots.has_manifold_sensor_only:
            self._look(MANIFOLD_INDEX, readings.manifold_pa, missing_bits & MANIFOLD_BIT, at_ms, dt_ms)
        else:
            for index in range(self.boots.count):
                self._look(index, readings.chamber_pa[index], missing_bits & (1 << index), at_ms, dt_ms)
            if self.boots.has_manifold_sensor_too:
                self._look(MANIFOLD_INDEX, readings.manifold_pa, missing_bits & MANIFOLD_BIT, at_ms, dt_ms)
        self.is_alert = max(self.silent_ms) > 0 or max(self.bad_ms) > 0

    def _look(self, index: int, pa: int, missing_bit: int, at_ms: int, dt_ms: int) -> None:
        # The manifold's sensor has the last place.
        slot = self.boots.count if index == MANIFOLD_INDEX else index
        if missing_bit:
            self.silent_ms[slot] = min(self.silent_ms[slot] + dt_ms, BAD_MOST_MS)
            if self.silent_ms[slot] >= READING_BAD_MS:
                self.latch.trip(faults.SENSOR_SILENT, index, self.silent_ms[slot], READING_BAD_MS, at_ms)
            return
        self.silent_ms[slot] = 0
        if READING_LEAST_PA <= pa <= READING_MOST_PA:
            self.bad_ms[slot] = 0
            return
        self.bad_ms[slot] = min(self.bad_ms[slot] + dt_ms, BAD_MOST_MS)
        if self.bad_ms[slot] >= READING_BAD_MS:
            limit_pa = READING_LEAST_PA if pa < READING_LEAST_PA else READING_MOST_PA
            self.latch.trip(faults.SENSOR_RANGE, index, pa, limit_pa, at_ms)


class SensorStuck:
    """The same value again and again while air moves: noise alone would change it.

    The count goes on from one small dose to the next, as long as the value stays. A sensor that is stuck a
    little too low asks for such doses until the chamber bursts.
    """

    def __init__(
        self, boots: Boots, latch: FaultLatch, gauges: Gauges, commands: Commands, ledger: Ledger
    ) -> None:
        self.boots = boots
        self.latch = latch
        self.gauges = gauges
        self.commands = commands
        self.ledger = ledger
        self.same_ms = [0] * boots.count
        self.same_bits = 0

    def step(self, at_ms: int, dt_ms: int) -> None:
        """The commands are those of the tick before: they moved the air."""
        overview = self.gauges.overview
        unmoved_bits = overview.still_bits
        # Without a reading there is nothing to compare.
        self.same_bits &= unmoved_bits | ~overview.read_bits
        same_ms = self.same_ms
        for index in range(self.boots.count):
            bit = 1 << index
            if not unmoved_bits & bit:
                continue
            if self._is_filling(index) or self._is_emptying(index):
                same_ms[index] = same_ms[index] + dt_ms if self.same_bits & bit else dt_ms
                self.same_bits |= bit
                if same_ms[index] >= STUCK_MS:
                    named_index = MANIFOLD_INDEX if self.boots.has_manifold_sensor_only else index
                    self.latch.trip(faults.SENSOR_STUCK, named_index, same_ms[index], STUCK_MS, at_ms)
                    same_ms[index] = 0

    def _is_filling(self, index: int) -> bool:
        phase = self.ledger.phase[index]
        if phase != FILL and phase != DOSE:
            return False
        return self.commands.fill_bits & (1 << index) != 0 and self.commands.pump_permille > 0

    def _is_emptying(self, index: int) -> bool:
        gauges = self.gauges
        if self.ledger.phase[index] != OFF or gauges.age_ms[index] > 0:
            return False
        is_emptying = 0 < gauges.emptying.vented_for_ms(index) < VENT_MOVES_MS
        return is_emptying and gauges.pressure_pa[index] > VENTED_PA


class SensorErratic:
    """A valve makes one jump, a dead-headed pump several upwards; a broken sensor jumps up and down."""

    def __init__(self, boots: Boots, latch: FaultLatch, gauges: Gauges) -> None:
        self.boots = boots
        self.latch = latch
        self.overview = gauges.overview
        self.sensors_count = 1 if boots.has_manifold_sensor_only else boots.count
        # The sensors whose jumps are being counted.
        self.counting_bits = 0
        # The last jump, how many there were, and the time since the last one.
        self.jump_pa = [0] * self.sensors_count
        self.jump_count = [0] * self.sensors_count
        self.since_ms = [0] * self.sensors_count

    def step(self, at_ms: int, dt_ms: int) -> None:
        jumped_bits = self.overview.jumped_bits
        for index in range(self.sensors_count):
            bit = 1 << index
            if self.counting_bits & bit:
                self._wait(index, dt_ms)
            if jumped_bits & bit:
                self._count(index, self.overview.jump_pa[index], at_ms)

    def _wait(self, index: int, dt_ms: int) -> None:
        """Jumps count together within a window."""
        self.since_ms[index] += dt_ms
        if self.since_ms[index] > JUMP_WINDOW_MS:
            self._forget(index)

    def _count(self, index: int, jump_pa: int, at_ms: int) -> None:
        is_same_way = self.jump_count[index] > 0 and (jump_pa > 0) == (self.jump_pa[index] > 0)
        self.counting_bits |= 1 << index
        self.jump_pa[index] = jump_pa
        self.since_ms[index] = 0
        if is_same_way:
            return
        self.jump_count[index] += 1
        if self.jump_count[index] >= JUMP_COUNT:
            named_index = MANIFOLD_INDEX if self.boots.has_manifold_sensor_only else index
            self.latch.trip(faults.SENSOR_ERRATIC, named_index, abs(jump_pa), JUMP_PA, at_ms)
            self._forget(index)

    def _forget(self, index: int) -> None:
        self.jump_count[index] = 0
        self.counting_bits &= ~(1 << index)


class SensorZeroDrift:
    """A chamber that is open to the air can't be below it."""

    def __init__(self, boots: Boots, latch: FaultLatch, gauges: Gauges) -> None:
        self.boots = boots
        self.latch = latch
        self.gauges = gauges
        self.low_ms = [0] * boots.count
        self.low_bits = 0

    def step(self, at_ms: int, dt_ms: int) -> None:
        gauges = self.gauges
        if not gauges.is_zeroed or self.boots.has_manifold_sensor_only:
            return
        self.low_bits = gauges.overview.low_bits
        for index in range(self.boots.count):
            is_open = gauges.emptying.vented_for_ms(index) >= ZERO_AFTER_VENT_MS and gauges.age_ms[index] == 0
            if not is_open or gauges.smooth_pa[index] >= -ZERO_DRIFT_MOST_PA:
                self.low_ms[index] = 0
                continue
            self.low_ms[index] = min(self.low_ms[index] + dt_ms, ZERO_DRIFT_MS)
            if self.low_ms[index] >= ZERO_DRIFT_MS:
                self.latch.trip(
                    faults.SENSOR_ZERO, index, gauges.smooth_pa[index], -ZERO_DRIFT_MOST_PA, at_ms
                )


class SensorsApart:
    """Nobody compares sensors that no air joins."""

    def step(self, at_ms: int, dt_ms: int) -> None:
        """See `shared_air.py`."""
