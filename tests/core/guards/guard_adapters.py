"""Guards as tests talk to them: told of pressures, times and readings, and nothing else.

In the machine the gauges sum these up in bits, so that guards need not look at each chamber in every tick.
Here the same is said from its definition; test_gauges.py shows that the gauges say the same.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import FaultLatch, Notices
from soleus.core.basics.limits import FILL_MOST_MS, JUMP_PA, PRESSED_PA, VENTED_PA, ZERO_DRIFT_MOST_PA
from soleus.core.basics.signals import MANIFOLD_BIT, Commands, Readings
from soleus.core.guards import air, pressure, sensors
from soleus.core.sensing.gauges import Gauges


def bits_of(answers: list[bool]) -> int:
    return sum(1 << index for index, is_so in enumerate(answers) if is_so)


def tell(gauges: Gauges) -> None:
    """Of each chamber's pressure, age and time at its vent."""
    gauges.seen_bits = bits_of([age_ms == 0 for age_ms in gauges.age_ms])
    gauges.shown_bits = bits_of([pa >= VENTED_PA for pa in gauges.smooth_pa])
    gauges.pressed_bits = bits_of([pa >= PRESSED_PA for pa in gauges.smooth_pa])
    gauges.low_bits = bits_of([pa < -ZERO_DRIFT_MOST_PA for pa in gauges.smooth_pa])
    gauges.unvented_bits = gauges.shown_bits & bits_of(
        [gauges.vented_for_ms(index) > 0 for index in range(gauges.boots.count)]
    )
    gauges.highest_pa = max(0, *gauges.pressure_pa)


class _Compared:
    """Each reading with the one before it."""

    def __init__(self, boots: Boots) -> None:
        self._boots = boots
        self._last_pa = [0] * boots.count

    def tell(self, gauges: Gauges, readings: Readings) -> None:
        is_one = self._boots.has_manifold_sensor_only
        count = self._boots.count
        if is_one:
            pa = [readings.manifold_pa] * count
            gauges.read_bits = 0 if readings.missing_bits & MANIFOLD_BIT else self._boots.all_bits
        else:
            pa = list(readings.chamber_pa)
            gauges.read_bits = self._boots.all_bits & ~readings.missing_bits
        is_read = [bool(gauges.read_bits >> index & 1) for index in range(count)]
        moved_pa = [pa[index] - self._last_pa[index] if is_read[index] else 0 for index in range(count)]
        gauges.unmoved_bits = gauges.read_bits & bits_of([moved == 0 for moved in moved_pa])
        gauges.jumped_bits = bits_of([abs(moved) > JUMP_PA for moved in moved_pa]) & (1 if is_one else -1)
        gauges.jump_pa[:] = moved_pa
        self._last_pa = [pa[index] if is_read[index] else self._last_pa[index] for index in range(count)]


class SensorStuck:
    def __init__(self, boots: Boots) -> None:
        self._compared, self._guard = _Compared(boots), sensors.SensorStuck(boots)

    def step(
        self,
        readings: Readings,
        gauges: Gauges,
        commands: Commands,
        phase: list[int],
        latch: FaultLatch,
        at_ms: int,
        dt_ms: int,
    ) -> None:
        self._compared.tell(gauges, readings)
        self._guard.step(gauges, commands, phase, latch, at_ms, dt_ms)


class SensorErratic:
    def __init__(self, boots: Boots) -> None:
        self._compared, self._guard = _Compared(boots), sensors.SensorErratic(boots)
        self._gauges = Gauges(boots)

    def step(self, readings: Readings, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        self._compared.tell(self._gauges, readings)
        self._guard.step(self._gauges, latch, at_ms, dt_ms)


class SensorZeroDrift:
    def __init__(self, boots: Boots) -> None:
        self._guard = sensors.SensorZeroDrift(boots)

    def step(self, gauges: Gauges, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        tell(gauges)
        self._guard.step(gauges, latch, at_ms, dt_ms)


class Overpressure:
    def __init__(self, boots: Boots) -> None:
        self._guard = pressure.Overpressure(boots)

    def step(
        self, gauges: Gauges, keep_bits: int, target_pa: list[int], latch: FaultLatch, at_ms: int, dt_ms: int
    ) -> None:
        tell(gauges)
        self._guard.step(gauges, keep_bits, target_pa, latch, at_ms, dt_ms)


class ProlongedPressure:
    def __init__(self, boots: Boots) -> None:
        self._guard = pressure.ProlongedPressure(boots)

    def step(
        self, gauges: Gauges, keep_bits: int, is_running: bool, latch: FaultLatch, at_ms: int, dt_ms: int
    ) -> None:
        tell(gauges)
        self._guard.step(gauges, keep_bits, is_running, latch, at_ms, dt_ms)


class VentFailure:
    def __init__(self, boots: Boots) -> None:
        self._guard = pressure.VentFailure(boots)

    def step(self, gauges: Gauges, latch: FaultLatch, at_ms: int) -> None:
        tell(gauges)
        self._guard.step(gauges, latch, at_ms)


class RisesUnasked:
    def __init__(self, boots: Boots) -> None:
        self._guard = air.RisesUnasked(boots)

    def step(
        self, gauges: Gauges, keep_bits: int, commands: Commands, latch: FaultLatch, at_ms: int, dt_ms: int
    ) -> None:
        tell(gauges)
        self._guard.step(gauges, keep_bits, commands, latch, at_ms, dt_ms)


class Leak:
    """Told of every tick of a hold; the regulator lets stand what it was at its end."""

    def __init__(self, boots: Boots) -> None:
        self._guard = air.Leak(boots)
        self._dose_us, self._held_ms = [0] * boots.count, [0] * boots.count
        self.begin = self._guard.begin

    def step(
        self, dose_us: list[int], held_ms: list[int], restless_ms: list[int], notices: Notices, at_ms: int
    ) -> None:
        for index, ms in enumerate(held_ms):
            if restless_ms[index]:
                self._dose_us[index] = self._held_ms[index] = 0
            elif ms:
                self._dose_us[index], self._held_ms[index] = dose_us[index], ms
        is_held = [ms > 0 and not restless_ms[index] for index, ms in enumerate(held_ms)]
        self._guard.step(self._dose_us, self._held_ms, bits_of(is_held), notices, at_ms)


class FillTimeout:
    """As much time goes by as the largest share grows."""

    def __init__(self, boots: Boots) -> None:
        self._guard = air.FillTimeout(boots)
        self._most_us = 0
        self.begin, self.learn = self._guard.begin, self._guard.learn

    def limit_ms(self, index: int) -> int:
        return self._guard.learned_limit_ms[index] or FILL_MOST_MS

    def step(
        self,
        fill_share_us: list[int],
        phase: list[int],
        gauges: Gauges,
        notices: Notices,
        latch: FaultLatch,
        at_ms: int,
    ) -> None:
        tell(gauges)
        filled_bits = bits_of([share_us > 0 for share_us in fill_share_us])
        self._guard.room_ms -= max(max(fill_share_us) - self._most_us, 0) // 1000
        self._most_us = max(fill_share_us)
        self._guard.step(fill_share_us, filled_bits, phase, gauges, notices, latch, at_ms)
