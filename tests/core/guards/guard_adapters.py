"""Guards as tests talk to them: each step is given the pressures, times and readings that it looks at.

In the machine the gauges sum these up in bits, so that guards need not look at each chamber in every tick.
Here the bits are made from their definition; test_gauges.py shows that the gauges make the same ones.
"""

from types import SimpleNamespace
from typing import Any

from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import FaultLatch, Notices
from soleus.core.basics.limits import FILL_MOST_MS, JUMP_PA, PRESSED_PA, VENTED_PA, ZERO_DRIFT_MOST_PA
from soleus.core.basics.signals import MANIFOLD_BIT, Commands, Readings
from soleus.core.guards import air, machine, one_by_one, pressure, sensors, shared_air
from soleus.core.regulate.ledger import Ledger
from soleus.core.regulate.regulation import FILL, HOLD
from soleus.core.sensing.chamber_gauges import ChamberGauges
from soleus.core.sensing.gauges import Gauges


def bits_of(answers: list[bool]) -> int:
    return sum(1 << index for index, is_so in enumerate(answers) if is_so)


def tell(gauges: Gauges) -> None:
    """Of each chamber's pressure, age and time at its vent."""
    overview = gauges.overview
    overview.seen_bits = bits_of([age_ms == 0 for age_ms in gauges.age_ms])
    overview.shown_bits = bits_of([pa >= VENTED_PA for pa in gauges.smooth_pa])
    overview.pressed_bits = bits_of([pa >= PRESSED_PA for pa in gauges.smooth_pa])
    overview.low_bits = bits_of([pa < -ZERO_DRIFT_MOST_PA for pa in gauges.smooth_pa])
    overview.unvented_bits = overview.shown_bits & bits_of(
        [gauges.emptying.vented_for_ms(index) > 0 for index in range(gauges.boots.count)]
    )
    overview.highest_pa = max(0, *gauges.pressure_pa)


class _Compared:
    """Each reading with the one before it."""

    def __init__(self, boots: Boots) -> None:
        self._boots = boots
        self._last_pa = [0] * boots.count

    def tell(self, gauges: Gauges, readings: Readings) -> None:
        overview = gauges.overview
        is_one = self._boots.has_manifold_sensor_only
        count = self._boots.count
        if is_one:
            pa = [readings.manifold_pa] * count
            overview.read_bits = 0 if readings.missing_bits & MANIFOLD_BIT else self._boots.all_bits
        else:
            pa = list(readings.chamber_pa)
            overview.read_bits = self._boots.all_bits & ~readings.missing_bits
        is_read = [bool(overview.read_bits >> index & 1) for index in range(count)]
        moved_pa = [pa[index] - self._last_pa[index] if is_read[index] else 0 for index in range(count)]
        overview.unmoved_bits = overview.still_bits = overview.read_bits & bits_of(
            [moved == 0 for moved in moved_pa]
        )
        overview.jumped_bits = bits_of([abs(moved) > JUMP_PA for moved in moved_pa]) & (1 if is_one else -1)
        overview.jump_pa[:] = moved_pa
        self._last_pa = [pa[index] if is_read[index] else self._last_pa[index] for index in range(count)]


def stand_in(**values: Any) -> Any:
    """For a sequencer or a ledger of which a guard reads only these values."""
    return SimpleNamespace(**values)


NOTHING: Any = None


class SensorRange:
    def __init__(self, boots: Boots) -> None:
        self._guard = sensors.SensorRange(boots, FaultLatch())

    def step(self, readings: Readings, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        self._guard.latch = latch
        self._guard.step(readings, at_ms, dt_ms)


class SensorStuck:
    def __init__(self, boots: Boots) -> None:
        self._compared = _Compared(boots)
        self._guard = sensors.SensorStuck(boots, FaultLatch(), ChamberGauges(boots), Commands(), NOTHING)

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
        guard = self._guard
        guard.latch, guard.gauges, guard.commands = latch, gauges, commands
        guard.ledger = stand_in(phase=phase)
        guard.step(at_ms, dt_ms)


class SensorErratic:
    def __init__(self, boots: Boots) -> None:
        self._compared, self._gauges = _Compared(boots), ChamberGauges(boots)
        self._guard = sensors.SensorErratic(boots, FaultLatch(), self._gauges)

    def step(self, readings: Readings, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        self._compared.tell(self._gauges, readings)
        self._guard.latch = latch
        self._guard.step(at_ms, dt_ms)


class SensorZeroDrift:
    def __init__(self, boots: Boots) -> None:
        self._guard = sensors.SensorZeroDrift(boots, FaultLatch(), ChamberGauges(boots))

    def step(self, gauges: Gauges, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        tell(gauges)
        self._guard.latch, self._guard.gauges = latch, gauges
        self._guard.step(at_ms, dt_ms)


class SensorsDisagree:
    def __init__(self, boots: Boots) -> None:
        self._guard = shared_air.SensorsDisagree(boots, FaultLatch(), ChamberGauges(boots), NOTHING)

    def step(self, gauges: Gauges, phase: list[int], latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        guard = self._guard
        guard.latch, guard.gauges, guard.ledger = latch, gauges, stand_in(phase=phase)
        guard.step(at_ms, dt_ms)


class Overpressure:
    def __init__(self, boots: Boots) -> None:
        self._guard = pressure.Overpressure(boots, FaultLatch(), ChamberGauges(boots), NOTHING)

    def step(
        self, gauges: Gauges, keep_bits: int, target_pa: list[int], latch: FaultLatch, at_ms: int, dt_ms: int
    ) -> None:
        tell(gauges)
        guard = self._guard
        guard.latch, guard.gauges = latch, gauges
        guard.sequencer = stand_in(keep_bits=keep_bits, target_pa=target_pa)
        guard.step(at_ms, dt_ms)


class ProlongedPressure:
    def __init__(self, boots: Boots) -> None:
        self._guard = pressure.ProlongedPressure(boots, FaultLatch(), ChamberGauges(boots))

    def step(
        self, gauges: Gauges, keep_bits: int, is_active: bool, latch: FaultLatch, at_ms: int, dt_ms: int
    ) -> None:
        tell(gauges)
        guard = self._guard
        guard.latch, guard.overview, guard.emptying = latch, gauges.overview, gauges.emptying
        guard.step(keep_bits, is_active, at_ms, dt_ms)


class VentFailure:
    def __init__(self, boots: Boots) -> None:
        self._guard = pressure.VentFailure(boots, FaultLatch(), ChamberGauges(boots))

    def step(self, gauges: Gauges, latch: FaultLatch, at_ms: int) -> None:
        tell(gauges)
        self._guard.latch, self._guard.gauges = latch, gauges
        self._guard.step(at_ms)


class RisesUnasked:
    def __init__(self, boots: Boots) -> None:
        self._guard = air.RisesUnasked(boots, FaultLatch(), ChamberGauges(boots), Commands(), NOTHING)

    def step(
        self, gauges: Gauges, keep_bits: int, commands: Commands, latch: FaultLatch, at_ms: int, dt_ms: int
    ) -> None:
        tell(gauges)
        guard = self._guard
        guard.latch, guard.gauges, guard.commands = latch, gauges, commands
        guard.sequencer = stand_in(keep_bits=keep_bits)
        guard.step(at_ms, dt_ms)


class Kink:
    def __init__(self, boots: Boots) -> None:
        self._guard = air.Kink(boots, FaultLatch(), NOTHING, NOTHING)

    def step(
        self,
        collapse_count: list[int],
        collapse_pa: list[int],
        target_pa: list[int],
        latch: FaultLatch,
        at_ms: int,
    ) -> None:
        guard = self._guard
        guard.latch, guard.sequencer = latch, stand_in(target_pa=target_pa)
        guard.ledger = stand_in(collapse_count=collapse_count, collapse_pa=collapse_pa)
        guard.step(at_ms)


class PumpRunaway:
    def __init__(self, boots: Boots) -> None:
        kind = one_by_one.PumpRunawayThrough if boots.has_manifold_sensor_only else air.PumpRunaway
        self.guard = kind(boots, FaultLatch(), ChamberGauges(boots), Commands(), NOTHING)

    def step(
        self,
        gauges: Gauges,
        commands: Commands,
        coast_rise_count: int,
        coast_rise_pa: int,
        coast_rise_index: int,
        latch: FaultLatch,
        at_ms: int,
        dt_ms: int,
    ) -> None:
        guard = self.guard
        guard.latch, guard.gauges, guard.commands = latch, gauges, commands
        guard.ledger = stand_in(
            coast_rise_count=coast_rise_count,
            coast_rise_pa=coast_rise_pa,
            coast_rise_index=coast_rise_index,
        )
        guard.step(at_ms, dt_ms)


class LateTick:
    def __init__(self) -> None:
        self._guard = machine.LateTick(Commands(), FaultLatch())

    def step(self, commands: Commands, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        self._guard.latch, self._guard.commands = latch, commands
        self._guard.step(at_ms, dt_ms)


class SupplyLow:
    def __init__(self, boots: Boots) -> None:
        self._guard = machine.SupplyLow(boots, FaultLatch())

    def step(self, readings: Readings, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        self._guard.latch = latch
        self._guard.step(readings, at_ms, dt_ms)


class SessionCap:
    def __init__(self) -> None:
        self._guard = machine.SessionCap(FaultLatch())
        self.begin = self._guard.begin

    def step(self, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        self._guard.latch = latch
        self._guard.energised_ms += dt_ms
        self._guard.step(at_ms)


class Leak:
    """Given every tick of a hold; the ledger keeps what a hold was at its end."""

    def __init__(self, boots: Boots) -> None:
        self._ledger = Ledger(boots, [HOLD] * boots.count)
        self._guard = air.Leak(boots, Notices(boots.count), self._ledger)
        self.begin = self._guard.begin

    def step(
        self, dose_us: list[int], held_ms: list[int], restless_ms: list[int], notices: Notices, at_ms: int
    ) -> None:
        ledger = self._ledger
        for index, ms in enumerate(held_ms):
            if restless_ms[index]:
                ledger.begin_restless(index, restless_ms[index])
                ledger.calm_down(index, 0)
            elif ms:
                ledger.dose_us[index], ledger.held_ms[index] = dose_us[index], ms
                ledger.held_bits |= 1 << index
            else:
                ledger.close(index)
        self._guard.notices = notices
        self._guard.step(at_ms)


class FillTimeout:
    """As much time goes by as the largest share grows."""

    def __init__(self, boots: Boots) -> None:
        self._ledger = Ledger(boots, [FILL] * boots.count)
        self._guard = air.FillTimeout(
            boots, FaultLatch(), Notices(boots.count), ChamberGauges(boots), self._ledger
        )
        self._most_us = 0

    def begin(self) -> None:
        self._ledger.reached_bits = 0
        self._guard.begin()

    def learn(self, fill_share_us: list[int], reached_bits: int) -> None:
        self._ledger.fill_share_us[:], self._ledger.reached_bits = fill_share_us, reached_bits
        self._guard.learn()

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
        guard, ledger = self._guard, self._ledger
        guard.latch, guard.notices, guard.gauges = latch, notices, gauges
        ledger.fill_share_us[:], ledger.phase[:] = fill_share_us, phase
        ledger.filled_bits = bits_of([share_us > 0 for share_us in fill_share_us])
        grown_us = max(max(fill_share_us) - self._most_us, 0)
        self._most_us = max(fill_share_us)
        guard.step(at_ms, grown_us // 1000)
