"""Each guard trips at its limit and on its tick, not one before, and says who, how much and against what."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soleus.core.basics import fault_table, faults, limits
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import MACHINE_INDEX, MANIFOLD_INDEX, FaultLatch, Notices
from soleus.core.basics.limits import OVER_TRIP_PA, READING_LEAST_PA, READING_MOST_PA, TICK_MS
from soleus.core.basics.signals import MANIFOLD_BIT, Commands, Readings
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.controller import Controller
from soleus.core.guards import shared_air
from soleus.core.guards.air import OPEN_FOR_MS
from soleus.core.guards.one_by_one import PUMP_STOPPED_MS, VALVES_STILL_MS
from soleus.core.guards.sensors import VENT_MOVES_MS, ZERO_AFTER_VENT_MS
from soleus.core.regulate.regulation import DOSE, FILL, HOLD, OFF, SETTLE
from soleus.core.sensing.chamber_gauges import ChamberGauges
from soleus.core.sensing.gauges import Gauges
from tests.core.fake_air import boots
from tests.core.guards.guard_adapters import (
    FillTimeout,
    Kink,
    LateTick,
    Leak,
    Overpressure,
    ProlongedPressure,
    PumpRunaway,
    RisesUnasked,
    SensorErratic,
    SensorRange,
    SensorsDisagree,
    SensorStuck,
    SensorZeroDrift,
    SessionCap,
    SupplyLow,
    VentFailure,
)

BOOTS = boots()
MANIFOLD_BOOTS = boots(sensors="manifold")
THREE_WAY_BOOTS = boots(valves="three_way")
FOOT, CALF, THIGH = range(3)
TARGET_PA = pa_from_mmhg(60)
OVER_TARGET_LIMIT_PA = TARGET_PA + limits.OVER_TARGET_PA


class Outcome:
    """What a guard can do: trip the latch, or rest a chamber."""

    def __init__(self) -> None:
        self.latch = FaultLatch()
        self.notices = Notices(BOOTS.count)

    @property
    def told(self) -> tuple[int, int, int, int, int]:
        """Code, chamber, value, limit and time."""
        latch, notices = self.latch, self.notices
        if latch.code != faults.NONE or not notices.rested_bits:
            return latch.code, latch.chamber_index, latch.value, latch.limit, latch.at_ms
        (index,) = (k for k in range(BOOTS.count) if notices.rested_bits >> k & 1)
        return notices.code[index], index, notices.value[index], notices.limit[index], notices.at_ms[index]


# Shows a guard one value at one tick.
Look = Callable[[int, Outcome, int], None]


@dataclass(frozen=True)
class Case:
    promise: str
    guard: Callable[[], Look]
    fine: int  # the last value that is still in order
    bad: int  # the first that isn't
    ticks: int  # how many bad ones in a row trip
    code: int
    chamber: int
    limit: int
    value: int | None = None  # what the fault tells, where it isn't `bad` itself
    fine_ticks: int | None = None  # for how long `fine` stays in order, where that isn't for ever
    in_a_row: bool = True  # whether one good look starts the count again


def late_tick(pump_permille: int = 0, fill_bits: int = 0, seal_bits: int = 0) -> Callable[[], Look]:
    def make() -> Look:
        guard, commands = LateTick(), Commands()
        commands.pump_permille, commands.fill_bits, commands.seal_bits = pump_permille, fill_bits, seal_bits
        return lambda dt_ms, outcome, at_ms: guard.step(commands, outcome.latch, at_ms, dt_ms)

    return make


def sensor_range() -> Look:
    guard, readings = SensorRange(BOOTS), Readings(BOOTS.count)

    def look(pa: int, outcome: Outcome, at_ms: int) -> None:
        readings.chamber_pa[CALF] = pa
        guard.step(readings, outcome.latch, at_ms, TICK_MS)

    return look


def sensor_silent() -> Look:
    guard, readings = SensorRange(BOOTS), Readings(BOOTS.count)

    def look(is_missing: int, outcome: Outcome, at_ms: int) -> None:
        readings.missing_bits = is_missing << CALF
        guard.step(readings, outcome.latch, at_ms, TICK_MS)

    return look


def manifold_range() -> Look:
    guard, readings = SensorRange(MANIFOLD_BOOTS), Readings(BOOTS.count)

    def look(pa: int, outcome: Outcome, at_ms: int) -> None:
        readings.manifold_pa = pa
        guard.step(readings, outcome.latch, at_ms, TICK_MS)

    return look


def manifold_silent() -> Look:
    guard, readings = SensorRange(MANIFOLD_BOOTS), Readings(BOOTS.count)

    def look(is_missing: int, outcome: Outcome, at_ms: int) -> None:
        readings.missing_bits = is_missing * MANIFOLD_BIT
        guard.step(readings, outcome.latch, at_ms, TICK_MS)

    return look


def overpressure(sensors: str, kept_bits: int) -> Callable[[], Look]:
    def make() -> Look:
        the_boots = boots(sensors=sensors)
        guard, gauges = Overpressure(the_boots), ChamberGauges(the_boots)
        gauges.age_ms[CALF] = 0
        targets_pa = [TARGET_PA] * the_boots.count

        def look(pa: int, outcome: Outcome, at_ms: int) -> None:
            gauges.pressure_pa[CALF] = pa
            guard.step(gauges, kept_bits, targets_pa, outcome.latch, at_ms, TICK_MS)

        return look

    return make


def fill_timeout() -> Look:
    guard, gauges, shares_us = FillTimeout(BOOTS), ChamberGauges(BOOTS), [0] * BOOTS.count

    def look(share_us: int, outcome: Outcome, at_ms: int) -> None:
        shares_us[CALF] = share_us
        guard.step(shares_us, [HOLD, FILL, HOLD], gauges, outcome.notices, outcome.latch, at_ms)

    return look


def vented(gauges: Gauges, ms: int, pa: int) -> None:
    gauges.is_zeroed = True
    gauges.age_ms[CALF] = 0
    gauges.emptying.vented_ms[CALF] = ms
    gauges.smooth_pa[CALF] = pa


def vent_pressure() -> Look:
    guard, gauges = VentFailure(BOOTS), ChamberGauges(BOOTS)

    def look(pa: int, outcome: Outcome, at_ms: int) -> None:
        vented(gauges, limits.VENT_MOST_MS + TICK_MS, pa)
        guard.step(gauges, outcome.latch, at_ms)

    return look


def vent_time() -> Look:
    guard, gauges = VentFailure(BOOTS), ChamberGauges(BOOTS)

    def look(vented_ms: int, outcome: Outcome, at_ms: int) -> None:
        vented(gauges, vented_ms, pa_from_mmhg(20))
        guard.step(gauges, outcome.latch, at_ms)

    return look


def prolonged() -> Look:
    guard, gauges = ProlongedPressure(BOOTS), ChamberGauges(BOOTS)
    gauges.age_ms[CALF] = 0

    def look(pa: int, outcome: Outcome, at_ms: int) -> None:
        gauges.smooth_pa[CALF] = pa
        guard.step(gauges, 1 << CALF, True, outcome.latch, at_ms, TICK_MS)

    return look


def sensor_stuck(phase: int, sensors: str = "per_chamber") -> Callable[[], Look]:
    """Shown 1 the sensor repeats itself, shown 0 it moves by the least that it can."""

    def make() -> Look:
        the_boots = boots(sensors=sensors)
        guard, gauges, readings, commands = (
            SensorStuck(the_boots), ChamberGauges(the_boots), Readings(the_boots.count), Commands(),
        )  # fmt: skip
        commands.fill_bits, commands.seal_bits = (1 << CALF, 1 << CALF) if phase == FILL else (0, 0)
        commands.pump_permille = 1000 if phase == FILL else 0
        gauges.age_ms[CALF] = 0
        gauges.emptying.vented_ms[CALF] = VENT_MOVES_MS // 2 if phase == OFF else 0
        gauges.pressure_pa[CALF] = pa_from_mmhg(30)
        phases = [HOLD] * the_boots.count
        phases[CALF] = phase

        def look(is_stuck: int, outcome: Outcome, at_ms: int) -> None:
            readings.manifold_pa += 1 - is_stuck
            readings.chamber_pa[CALF] += 1 - is_stuck
            guard.step(readings, gauges, commands, phases, outcome.latch, at_ms, TICK_MS)

        return look

    return make


def sensor_erratic(sensors: str) -> Callable[[], Look]:
    """Shown a distance, the reading jumps by it, up and down in turns."""

    def make() -> Look:
        the_boots = boots(sensors=sensors)
        guard, readings = SensorErratic(the_boots), Readings(the_boots.count)

        def look(jump_pa: int, outcome: Outcome, at_ms: int) -> None:
            pa = jump_pa if readings.manifold_pa == 0 else 0
            readings.manifold_pa = readings.chamber_pa[CALF] = pa
            guard.step(readings, outcome.latch, at_ms, TICK_MS)

        return look

    return make


def zero_drift_pressure() -> Look:
    guard, gauges = SensorZeroDrift(BOOTS), ChamberGauges(BOOTS)

    def look(pa: int, outcome: Outcome, at_ms: int) -> None:
        vented(gauges, ZERO_AFTER_VENT_MS, pa)
        guard.step(gauges, outcome.latch, at_ms, TICK_MS)

    return look


def zero_drift_time() -> Look:
    guard, gauges = SensorZeroDrift(BOOTS), ChamberGauges(BOOTS)

    def look(vented_ms: int, outcome: Outcome, at_ms: int) -> None:
        vented(gauges, vented_ms, pa_from_mmhg(-9))
        guard.step(gauges, outcome.latch, at_ms, TICK_MS)

    return look


def sensors_disagree(sign: int) -> Callable[[], Look]:
    """The calf's sensor is above (or below) the other two."""

    def make() -> Look:
        guard, gauges = SensorsDisagree(THREE_WAY_BOOTS), ChamberGauges(THREE_WAY_BOOTS)

        def look(apart_pa: int, outcome: Outcome, at_ms: int) -> None:
            gauges.smooth_pa[:] = [TARGET_PA, TARGET_PA + sign * apart_pa, TARGET_PA]
            guard.step(gauges, [HOLD] * 3, outcome.latch, at_ms, TICK_MS)

        return look

    return make


COLLAPSED_PA = pa_from_mmhg(40)


def kink() -> Look:
    guard, counts = Kink(BOOTS), [0] * BOOTS.count

    def look(count: int, outcome: Outcome, at_ms: int) -> None:
        counts[CALF] = count
        guard.step(counts, [COLLAPSED_PA] * 3, [TARGET_PA] * 3, outcome.latch, at_ms)

    return look


def leak(held_ms: int | None = None, permille: int | None = None) -> Callable[[], Look]:
    """Each look is a cycle: a chamber is held for a while, at a cost, and let go. Shown what isn't given."""

    def make() -> Look:
        guard = Leak(BOOTS)

        def look(shown: int, outcome: Outcome, at_ms: int) -> None:
            ms = shown if held_ms is None else held_ms
            dose_us = (shown if permille is None else permille) * ms
            guard.step([0, dose_us, 0], [ms] * 3, [0] * 3, outcome.notices, at_ms)
            guard.step([0] * 3, [0] * 3, [0] * 3, outcome.notices, at_ms)

        return look

    return make


def rises_unasked(vented_ms: int | None = None, pa: int | None = None) -> Callable[[], Look]:
    """Shown what isn't given: for how long the chamber has been open, or its pressure."""

    def make() -> Look:
        guard, gauges = RisesUnasked(BOOTS), ChamberGauges(BOOTS)

        def look(shown: int, outcome: Outcome, at_ms: int) -> None:
            vented(gauges, shown if vented_ms is None else vented_ms, shown if pa is None else pa)
            gauges.emptying.empty_bits = 1 << CALF
            guard.step(gauges, 0, Commands(), outcome.latch, at_ms, TICK_MS)

        return look

    return make


RISE_PA = pa_from_mmhg(4)


def coast_rises() -> Look:
    guard, gauges = PumpRunaway(BOOTS), ChamberGauges(BOOTS)

    def look(count: int, outcome: Outcome, at_ms: int) -> None:
        guard.step(gauges, Commands(), count, RISE_PA, CALF, outcome.latch, at_ms, TICK_MS)

    return look


def resting_manifold() -> Look:
    """The pump has stopped, and the valves have come to rest."""
    guard, gauges = PumpRunaway(MANIFOLD_BOOTS), ChamberGauges(MANIFOLD_BOOTS)
    for _ in range(max(PUMP_STOPPED_MS, VALVES_STILL_MS) // TICK_MS):
        guard.step(gauges, Commands(), 0, 0, 0, FaultLatch(), 0, TICK_MS)

    def look(pa: int, outcome: Outcome, at_ms: int) -> None:
        gauges.manifold_pa = pa
        guard.step(gauges, Commands(), 0, 0, 0, outcome.latch, at_ms, TICK_MS)

    return look


LEAST_MV = 10_500


def supply_low() -> Look:
    guard, readings = SupplyLow(boots(supply_least_mv=LEAST_MV)), Readings(BOOTS.count)

    def look(supply_mv: int, outcome: Outcome, at_ms: int) -> None:
        readings.supply_mv = supply_mv
        guard.step(readings, outcome.latch, at_ms, TICK_MS)

    return look


def session_cap() -> Look:
    guard = SessionCap()
    return lambda is_energised, outcome, at_ms: (
        guard.step(outcome.latch, at_ms, TICK_MS) if is_energised else None
    )


SILENT_TICKS = limits.READING_BAD_MS // TICK_MS
CASES = [
    Case(
        "a tick late by more than 60 ms while a chamber is sealed",
        late_tick(seal_bits=2), limits.TICK_MOST_MS, limits.TICK_MOST_MS + 1, 1,
        faults.LATE_TICK, MACHINE_INDEX, limits.TICK_MOST_MS,
    ),
    Case(
        "a tick late by more than 60 ms while a three-way valve is energised",
        late_tick(fill_bits=2), limits.TICK_MOST_MS, limits.TICK_MOST_MS + 1, 1,
        faults.LATE_TICK, MACHINE_INDEX, limits.TICK_MOST_MS,
    ),
    Case(
        "a tick late by more than 60 ms while the pump runs",
        late_tick(pump_permille=1), limits.TICK_MOST_MS, limits.TICK_MOST_MS + 1, 1,
        faults.LATE_TICK, MACHINE_INDEX, limits.TICK_MOST_MS,
    ),
    Case(
        "a tick late by more than a flash write takes, with everything open",
        late_tick(), limits.TICK_VENTED_MOST_MS, limits.TICK_VENTED_MOST_MS + 1, 1,
        faults.LATE_TICK, MACHINE_INDEX, limits.TICK_VENTED_MOST_MS,
    ),
    Case(
        "time that runs backwards",
        late_tick(seal_bits=2), 0, -1, 1, faults.LATE_TICK, MACHINE_INDEX, limits.TICK_MOST_MS,
        fine_ticks=limits.STILL_TICKS_MOST - 1,
    ),
    Case(
        "a clock that stands still for ten ticks",
        late_tick(seal_bits=2), 1, 0, limits.STILL_TICKS_MOST,
        faults.CLOCK_STOPPED, MACHINE_INDEX, limits.STILL_TICKS_MOST, limits.STILL_TICKS_MOST,
    ),
    Case(
        "a clock that stands still with everything open",
        late_tick(), 1, 0, limits.STILL_TICKS_MOST,
        faults.CLOCK_STOPPED, MACHINE_INDEX, limits.STILL_TICKS_MOST, limits.STILL_TICKS_MOST,
    ),
    Case(
        "a supply below what the board asks for, for two seconds",
        supply_low, LEAST_MV, LEAST_MV - 1, limits.SUPPLY_LOW_MS // TICK_MS,
        faults.SUPPLY_LOW, MACHINE_INDEX, LEAST_MV,
    ),
    Case(
        "a chamber above 15 mmHg for more than three minutes",
        prolonged, limits.PRESSED_PA - 1, limits.PRESSED_PA, limits.PRESSED_MOST_MS // TICK_MS + 1,
        faults.PROLONGED, CALF, limits.PRESSED_MOST_MS, limits.PRESSED_MOST_MS + TICK_MS,
    ),
    Case(
        "a sensor that repeats itself while its chamber fills",
        sensor_stuck(FILL), 0, 1, limits.STUCK_MS // TICK_MS,
        faults.SENSOR_STUCK, CALF, limits.STUCK_MS, limits.STUCK_MS,
    ),
    Case(
        "a sensor that repeats itself while its chamber empties",
        sensor_stuck(OFF), 0, 1, limits.STUCK_MS // TICK_MS,
        faults.SENSOR_STUCK, CALF, limits.STUCK_MS, limits.STUCK_MS,
    ),
    Case(
        "the manifold's sensor that repeats itself while a chamber fills",
        sensor_stuck(FILL, "manifold"), 0, 1, limits.STUCK_MS // TICK_MS,
        faults.SENSOR_STUCK, MANIFOLD_INDEX, limits.STUCK_MS, limits.STUCK_MS,
    ),
    Case(
        "a sensor that jumps to and fro, three times in a row",
        sensor_erratic("per_chamber"), limits.JUMP_PA, limits.JUMP_PA + 1, limits.JUMP_COUNT,
        faults.SENSOR_ERRATIC, CALF, limits.JUMP_PA, in_a_row=False,
    ),
    Case(
        "the manifold's sensor that jumps to and fro, three times in a row",
        sensor_erratic("manifold"), limits.JUMP_PA, limits.JUMP_PA + 1, limits.JUMP_COUNT,
        faults.SENSOR_ERRATIC, MANIFOLD_INDEX, limits.JUMP_PA, in_a_row=False,
    ),
    Case(
        "an open chamber below the air around it",
        zero_drift_pressure, -limits.ZERO_DRIFT_MOST_PA, -limits.ZERO_DRIFT_MOST_PA - 1,
        limits.ZERO_DRIFT_MS // TICK_MS,
        faults.SENSOR_ZERO, CALF, -limits.ZERO_DRIFT_MOST_PA,
    ),
    Case(
        "an open chamber below the air around it, by the clock",
        zero_drift_time, ZERO_AFTER_VENT_MS - 1, ZERO_AFTER_VENT_MS, limits.ZERO_DRIFT_MS // TICK_MS,
        faults.SENSOR_ZERO, CALF, -limits.ZERO_DRIFT_MOST_PA, pa_from_mmhg(-9),
    ),
    Case(
        "a sensor above those of the chambers joined to its own",
        sensors_disagree(+1), limits.DISAGREE_PA, limits.DISAGREE_PA + 1, limits.DISAGREE_MS // TICK_MS,
        faults.SENSOR_DISAGREES, CALF, limits.DISAGREE_PA,
    ),
    Case(
        "a sensor below those of the chambers joined to its own",
        sensors_disagree(-1), limits.DISAGREE_PA, limits.DISAGREE_PA + 1, limits.DISAGREE_MS // TICK_MS,
        faults.SENSOR_DISAGREES, CALF, limits.DISAGREE_PA,
    ),
    Case(
        "three fills that collapsed as soon as the valve closed",
        kink, limits.COLLAPSE_COUNT - 1, limits.COLLAPSE_COUNT, 1,
        faults.KINK, CALF, TARGET_PA * limits.COLLAPSE_PERMILLE // 1000, COLLAPSED_PA,
    ),
    Case(
        "a chamber that costs more than a tenth of the pump to hold, three cycles in a row",
        leak(held_ms=limits.LEAK_HELD_MS), limits.LEAK_MOST_PERMILLE, limits.LEAK_MOST_PERMILLE + 1,
        limits.LEAK_COUNT, faults.LEAK, CALF, limits.LEAK_MOST_PERMILLE,
    ),
    Case(
        "a chamber that costs too much to hold, when it is held for ten seconds or more",
        leak(permille=200), limits.LEAK_HELD_MS - 1, limits.LEAK_HELD_MS, limits.LEAK_COUNT,
        faults.LEAK, CALF, limits.LEAK_MOST_PERMILLE, 200, in_a_row=False,
    ),
    Case(
        "an open chamber, once empty, that comes above 15 mmHg",
        rises_unasked(vented_ms=OPEN_FOR_MS + TICK_MS), limits.RISES_PA, limits.RISES_PA + 1,
        limits.RISES_MS // TICK_MS, faults.RISES_UNASKED, CALF, limits.RISES_PA,
    ),
    Case(
        "an open chamber, once empty, under pressure: not before it has been open for two seconds",
        rises_unasked(pa=pa_from_mmhg(20)), OPEN_FOR_MS, OPEN_FOR_MS + 1,
        limits.RISES_MS // TICK_MS, faults.RISES_UNASKED, CALF, limits.RISES_PA, pa_from_mmhg(20),
    ),
    Case(
        "three stops in a row after which the pressure went on rising",
        coast_rises, limits.RUNAWAY_COUNT - 1, limits.RUNAWAY_COUNT, 1,
        faults.PUMP_RUNAWAY, CALF, limits.RUNAWAY_RISE_PA, RISE_PA,
    ),
    Case(
        "a resting manifold that rises by more than 15 mmHg",
        resting_manifold, limits.RUNAWAY_MANIFOLD_PA, limits.RUNAWAY_MANIFOLD_PA + 1,
        limits.RUNAWAY_MANIFOLD_MS // TICK_MS,
        faults.PUMP_RUNAWAY, MANIFOLD_INDEX, limits.RUNAWAY_MANIFOLD_PA,
    ),
    Case(
        "a reading below what a whole sensor can give",
        sensor_range, READING_LEAST_PA, READING_LEAST_PA - 1, 5, faults.SENSOR_RANGE, CALF, READING_LEAST_PA,
    ),
    Case(
        "a reading above what a whole sensor can give",
        sensor_range, READING_MOST_PA, READING_MOST_PA + 1, 5, faults.SENSOR_RANGE, CALF, READING_MOST_PA,
    ),
    Case(
        "a chamber's sensor that says nothing",
        sensor_silent, 0, 1, SILENT_TICKS, faults.SENSOR_SILENT, CALF, limits.READING_BAD_MS,
        limits.READING_BAD_MS,
    ),
    Case(
        "the manifold's sensor out of its range",
        manifold_range, READING_MOST_PA, READING_MOST_PA + 1, 5,
        faults.SENSOR_RANGE, MANIFOLD_INDEX, READING_MOST_PA,
    ),
    Case(
        "the manifold's sensor that says nothing",
        manifold_silent, 0, 1, SILENT_TICKS, faults.SENSOR_SILENT, MANIFOLD_INDEX, limits.READING_BAD_MS,
        limits.READING_BAD_MS,
    ),
    Case(
        "a kept chamber more than 15 mmHg above its target for a second",
        overpressure("per_chamber", 0b111), OVER_TARGET_LIMIT_PA, OVER_TARGET_LIMIT_PA + 1, 100,
        faults.OVER_TARGET, CALF, OVER_TARGET_LIMIT_PA, in_a_row=False,
    ),
    Case(
        "an open chamber above 135 mmHg on two samples: the trip limit asks for no target",
        overpressure("per_chamber", 0), OVER_TRIP_PA, OVER_TRIP_PA + 1, limits.OVER_TRIP_SAMPLES,
        faults.OVER_TRIP, CALF, OVER_TRIP_PA,
    ),
    Case(
        "135 mmHg through a stiff manifold, for ten samples",
        overpressure("manifold", 0), OVER_TRIP_PA, OVER_TRIP_PA + 1, limits.OVER_TRIP_MANIFOLD_SAMPLES,
        faults.OVER_TRIP, CALF, OVER_TRIP_PA,
    ),
    Case(
        "a chamber that had the pump for more than 45 s and isn't full",
        fill_timeout, limits.FILL_MOST_MS * 1000 + 999, limits.FILL_MOST_MS * 1000 + 1000, 1,
        faults.FILL_TIMEOUT, CALF, limits.FILL_MOST_MS, limits.FILL_MOST_MS + 1,
    ),
    Case(
        "a chamber not below 10 mmHg after 5 s of venting, by its pressure",
        vent_pressure, limits.VENTED_PA - 1, limits.VENTED_PA, 1, faults.VENT_FAILURE, CALF, limits.VENTED_PA,
    ),
    Case(
        "a chamber not below 10 mmHg after 5 s of venting, by the clock",
        vent_time, limits.VENT_MOST_MS, limits.VENT_MOST_MS + 1, 1,
        faults.VENT_FAILURE, CALF, limits.VENTED_PA, pa_from_mmhg(20),
    ),
    Case(
        "more time under way than any session may have",
        session_cap, 0, 1, limits.SESSION_CAP_MS // TICK_MS + 1,
        faults.SESSION_CAP, MACHINE_INDEX, limits.SESSION_CAP_MS, limits.SESSION_CAP_MS + TICK_MS,
    ),
]  # fmt: skip

DEBOUNCED = [case for case in CASES if 1 < case.ticks <= 200 and case.in_a_row]

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.promise)
each_debounced = pytest.mark.parametrize("case", DEBOUNCED, ids=lambda case: case.promise)


class Watch:
    """A guard under test, what it did, and the ticks that it was shown."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.look = case.guard()
        self.outcome = Outcome()
        self.at_ms = 0

    def show(self, value: int, ticks: int = 1) -> int:
        for _ in range(ticks):
            self.at_ms += TICK_MS
            self.look(value, self.outcome, self.at_ms)
        return self.outcome.told[0]


@each_case
def test_what_is_just_within_the_limit_never_trips(case: Case) -> None:
    ticks = case.ticks + 1000 if case.fine_ticks is None else case.fine_ticks
    assert Watch(case).show(case.fine, ticks) == faults.NONE


@each_case
def test_what_is_just_beyond_trips_on_its_tick_and_not_one_before(case: Case) -> None:
    watch = Watch(case)
    assert watch.show(case.bad, case.ticks - 1) == faults.NONE
    assert watch.show(case.bad) == case.code
    assert watch.outcome.told[4] == case.ticks * TICK_MS


@each_case
def test_the_fault_names_the_chamber_the_value_and_the_limit(case: Case) -> None:
    watch = Watch(case)
    watch.show(case.bad, case.ticks)
    value = case.bad if case.value is None else case.value
    assert watch.outcome.told[1:4] == (case.chamber, value, case.limit)


@each_case
def test_it_rests_the_chamber_where_that_is_enough_and_ends_the_session_everywhere_else(case: Case) -> None:
    watch = Watch(case)
    watch.show(case.bad, case.ticks)
    is_rested = case.code in faults.RESTED
    assert watch.outcome.notices.rested_bits == (1 << case.chamber if is_rested else 0)
    assert watch.outcome.latch.code == (faults.NONE if is_rested else case.code)


@pytest.mark.parametrize(
    ("dip_ms", "is_told"),
    [(limits.OVER_TARGET_DIP_MS, True), (limits.OVER_TARGET_DIP_MS + TICK_MS, False)],
    ids=["a stroke of the pump", "longer than that"],
)
def test_a_reading_may_dip_below_the_limit_for_a_stroke_and_the_second_goes_on(
    dip_ms: int, is_told: bool
) -> None:
    outcome = Outcome()
    look = overpressure("per_chamber", 0b111)()
    high_ms = limits.OVER_TARGET_MS - dip_ms
    for ms in range(0, limits.OVER_TARGET_MS, TICK_MS):
        assert outcome.latch.code == faults.NONE
        is_dip = high_ms // 2 <= ms < high_ms // 2 + dip_ms
        look(OVER_TARGET_LIMIT_PA + (0 if is_dip else 1), outcome, ms)
    assert (outcome.latch.code == faults.OVER_TARGET) == is_told


def test_it_is_never_told_in_a_dip() -> None:
    outcome = Outcome()
    look = overpressure("per_chamber", 0b111)()
    for ms in range(0, limits.OVER_TARGET_MS - TICK_MS, TICK_MS):
        look(OVER_TARGET_LIMIT_PA + 1, outcome, ms)
    look(OVER_TARGET_LIMIT_PA, outcome, 0)
    assert outcome.latch.code == faults.NONE
    look(OVER_TARGET_LIMIT_PA + 1, outcome, 0)
    assert outcome.latch.code == faults.OVER_TARGET


@each_debounced
def test_one_good_look_starts_the_count_again(case: Case) -> None:
    watch = Watch(case)
    for _ in range(3):
        watch.show(case.bad, case.ticks - 1)
        assert watch.show(case.fine) == faults.NONE
    assert watch.show(case.bad, case.ticks) == case.code


@each_debounced
@settings(deadline=None)
@given(looks=st.lists(st.booleans(), max_size=300))
def test_it_trips_exactly_when_the_bad_looks_in_a_row_are_enough(case: Case, looks: list[bool]) -> None:
    watch = Watch(case)
    for is_bad in looks:
        watch.show(case.bad if is_bad else case.fine)
    longest = max([len(list(run)) for is_bad, run in groupby(looks) if is_bad], default=0)
    assert (watch.outcome.told[0] != faults.NONE) == (longest >= case.ticks)


def test_every_fault_has_a_row_here() -> None:
    # A pump without air is known from two chambers, each of which is rested: it has tests of its own, and so
    # have sensors that contradict each other.
    elsewhere = {faults.NO_AIR, faults.SENSOR_CONTRADICTED}
    assert {case.code for case in CASES} == set(range(1, len(fault_table.TABLE))) - elsewhere


# --- what a guard leaves alone ---


@pytest.mark.parametrize("index", range(BOOTS.count))
def test_the_chamber_named_is_the_one_that_is_bad(index: int) -> None:
    guard, readings, latch = SensorRange(BOOTS), Readings(BOOTS.count), FaultLatch()
    readings.chamber_pa[index] = READING_MOST_PA + 1
    for _ in range(5):
        guard.step(readings, latch, 0, TICK_MS)
    assert latch.chamber_index == index


def test_a_sensor_that_is_now_bad_and_now_silent_finds_no_way_between_the_two() -> None:
    guard, readings, latch = SensorRange(BOOTS), Readings(BOOTS.count), FaultLatch()
    readings.chamber_pa[CALF] = READING_MOST_PA + 1
    for tick in range(10):
        readings.missing_bits = (tick % 2) << CALF
        guard.step(readings, latch, 0, TICK_MS)
    assert latch.code == faults.SENSOR_RANGE


def test_a_chamber_that_is_open_has_no_target_to_be_above() -> None:
    look, outcome = overpressure("per_chamber", 0b101)(), Outcome()
    for tick in range(300):
        look(OVER_TARGET_LIMIT_PA + 1000, outcome, tick * TICK_MS)
    assert outcome.told[0] == faults.NONE


@pytest.mark.parametrize(
    ("values_mmhg", "trips"),
    [
        ([140, 140], False),
        ([140, 140, 80, 80], False),
        ([140, 141], True),
        ([140, 140, 141], True),
        ([140, 140, 140], True),
    ],
    ids=["one sample twice", "and gone", "two samples", "two samples in turns", "stuck there"],
)
def test_a_sample_that_is_shown_twice_counts_once_above_the_trip_limit(
    values_mmhg: list[int], trips: bool
) -> None:
    """Where sensors are read in turns, a single spike must not be two samples."""
    guard, gauges, latch = Overpressure(BOOTS), ChamberGauges(BOOTS), FaultLatch()
    gauges.age_ms[CALF] = 0
    before = 80
    for tick, mmhg in enumerate(values_mmhg):
        gauges.pressure_pa[CALF] = gauges.overview.highest_pa = pa_from_mmhg(mmhg)
        gauges.overview.unmoved_bits = (mmhg == before) << CALF
        guard.step(gauges, 0, [TARGET_PA] * 3, latch, tick * TICK_MS, TICK_MS)
        before = mmhg
    assert (latch.code == faults.OVER_TRIP) == trips


def test_nobody_takes_an_old_pressure_for_a_new_one() -> None:
    guard, gauges, latch = Overpressure(BOOTS), ChamberGauges(BOOTS), FaultLatch()
    gauges.pressure_pa[CALF] = OVER_TRIP_PA + 1000
    gauges.age_ms[CALF] = TICK_MS
    for _ in range(300):
        guard.step(gauges, 0b111, [TARGET_PA] * 3, latch, 0, TICK_MS)
    assert latch.code == faults.NONE


@pytest.mark.parametrize(("is_zeroed", "age_ms"), [(False, 0), (True, TICK_MS)], ids=["not zeroed", "old"])
def test_an_offset_or_an_old_reading_is_no_vent_failure(is_zeroed: bool, age_ms: int) -> None:
    guard, gauges, latch = VentFailure(BOOTS), ChamberGauges(BOOTS), FaultLatch()
    vented(gauges, limits.VENT_MOST_MS * 2, pa_from_mmhg(20))
    gauges.is_zeroed, gauges.age_ms[CALF] = is_zeroed, age_ms
    guard.step(gauges, latch, 0)
    assert latch.code == faults.NONE


def a_jump(guard: SensorErratic, readings: Readings, latch: FaultLatch, then_ticks: int) -> None:
    """One jump, and calm until the next may come after `then_ticks`."""
    readings.chamber_pa[CALF] = limits.JUMP_PA + 1 - readings.chamber_pa[CALF]
    for _ in range(then_ticks):
        guard.step(readings, latch, 0, TICK_MS)


@pytest.mark.parametrize(("window_ms", "is_erratic"), [(0, True), (TICK_MS, False)], ids=["within", "beyond"])
def test_jumps_count_together_when_they_are_half_a_second_apart_at_most(
    window_ms: int, is_erratic: bool
) -> None:
    guard, readings, latch = SensorErratic(BOOTS), Readings(BOOTS.count), FaultLatch()
    for _ in range(10):
        a_jump(guard, readings, latch, (limits.JUMP_WINDOW_MS + window_ms) // TICK_MS)
    assert (latch.code == faults.SENSOR_ERRATIC) == is_erratic


@pytest.mark.parametrize("way", [+1, -1], ids=["up", "down"])
def test_jumps_in_one_direction_are_a_pressure_and_no_erratic_sensor(way: int) -> None:
    """A pump against closed valves makes 51 mmHg in 10 ms."""
    guard, readings, latch = SensorErratic(BOOTS), Readings(BOOTS.count), FaultLatch()
    for _ in range(10):
        readings.chamber_pa[CALF] += way * (limits.JUMP_PA + 1)
        guard.step(readings, latch, 0, TICK_MS)
    assert latch.code == faults.NONE


def test_a_reading_that_is_missing_neither_jumps_nor_repeats_itself() -> None:
    erratic, stuck, gauges = SensorErratic(BOOTS), SensorStuck(BOOTS), ChamberGauges(BOOTS)
    readings, commands, latch = Readings(BOOTS.count), Commands(), FaultLatch()
    commands.fill_bits = commands.seal_bits = 1 << CALF
    commands.pump_permille = 1000
    for tick in range(100):
        # Every other reading is missing, with nothing in its place; the others rise as they should.
        readings.missing_bits = (tick % 2) << CALF
        readings.chamber_pa[CALF] = 0 if tick % 2 else pa_from_mmhg(40) + tick
        erratic.step(readings, latch, 0, TICK_MS)
        stuck.step(readings, gauges, commands, [HOLD, FILL, HOLD], latch, 0, TICK_MS)
    assert latch.code == faults.NONE


@pytest.mark.parametrize(
    "quiet",
    [
        {"pump_permille": 0},
        {"fill_bits": 0},
        {"phase": HOLD},
        {"phase": OFF, "vented_ms": VENT_MOVES_MS},
        {"phase": OFF, "vented_ms": 0},
        {"phase": OFF, "vented_ms": 500, "age_ms": TICK_MS},
        {"phase": OFF, "vented_ms": 500, "pressure_pa": limits.VENTED_PA},
    ],
    ids=str,
)
def test_a_sensor_may_repeat_itself_where_no_air_has_to_move(quiet: dict[str, int]) -> None:
    guard, gauges, readings, latch = (
        SensorStuck(BOOTS),
        ChamberGauges(BOOTS),
        Readings(BOOTS.count),
        FaultLatch(),
    )
    commands = Commands()
    commands.fill_bits = quiet.get("fill_bits", 1 << CALF)
    commands.pump_permille = quiet.get("pump_permille", 1000)
    gauges.emptying.vented_ms[CALF] = quiet.get("vented_ms", 0)
    gauges.age_ms[CALF] = quiet.get("age_ms", 0)
    gauges.pressure_pa[CALF] = quiet.get("pressure_pa", pa_from_mmhg(30))
    for _ in range(100):
        guard.step(readings, gauges, commands, [HOLD, quiet.get("phase", FILL), HOLD], latch, 0, TICK_MS)
    assert latch.code == faults.NONE


def test_a_sensor_that_asks_for_one_little_dose_after_the_other_is_stuck() -> None:
    """Between them nothing moves, and nothing is held against it; but nothing is forgotten."""
    guard, gauges, readings, latch = (
        SensorStuck(BOOTS),
        ChamberGauges(BOOTS),
        Readings(BOOTS.count),
        FaultLatch(),
    )
    dosing, resting = Commands(), Commands()
    dosing.fill_bits, dosing.pump_permille = 1 << CALF, 600
    for dose in range(limits.STUCK_MS // TICK_MS):
        assert latch.code == faults.NONE, dose
        guard.step(readings, gauges, dosing, [HOLD, DOSE, HOLD], latch, 0, TICK_MS)
        for _ in range(50):
            guard.step(readings, gauges, resting, [HOLD, SETTLE, HOLD], latch, 0, TICK_MS)
    assert (latch.code, latch.chamber_index) == (faults.SENSOR_STUCK, CALF)


@pytest.mark.parametrize(
    ("the_boots", "is_zeroed", "age_ms"),
    [(BOOTS, False, 0), (BOOTS, True, TICK_MS), (MANIFOLD_BOOTS, True, 0)],
    ids=["not zeroed", "old", "seen through the manifold"],
)
def test_a_zero_is_judged_by_fresh_readings_of_a_zeroed_sensor_of_its_own(
    the_boots: Boots, is_zeroed: bool, age_ms: int
) -> None:
    guard, gauges, latch = SensorZeroDrift(the_boots), ChamberGauges(the_boots), FaultLatch()
    vented(gauges, ZERO_AFTER_VENT_MS * 2, pa_from_mmhg(-9))
    gauges.is_zeroed, gauges.age_ms[CALF] = is_zeroed, age_ms
    for _ in range(100):
        guard.step(gauges, latch, 0, TICK_MS)
    assert latch.code == faults.NONE


@pytest.mark.parametrize(
    ("the_boots", "is_compared"),
    [(BOOTS, False), (boots(valves="three_way", sensors="manifold"), False), (THREE_WAY_BOOTS, True)],
    ids=["each chamber closed", "one sensor", "joined"],
)
def test_only_sensors_on_the_same_air_are_compared(the_boots: Boots, is_compared: bool) -> None:
    active = Controller(the_boots).guards.active
    assert active.is_air_shared or not is_compared
    assert isinstance(active.sensors_apart, shared_air.SensorsDisagree) == is_compared


@pytest.mark.parametrize(
    "phases", [[OFF, HOLD, OFF], [FILL, FILL, FILL]], ids=["one alone", "while air moves"]
)
def test_only_sensors_on_the_same_resting_air_must_agree(phases: list[int]) -> None:
    guard, gauges, latch = SensorsDisagree(THREE_WAY_BOOTS), ChamberGauges(THREE_WAY_BOOTS), FaultLatch()
    gauges.smooth_pa[CALF] = TARGET_PA
    for _ in range(100):
        guard.step(gauges, phases, latch, 0, TICK_MS)
    assert latch.code == faults.NONE


@pytest.mark.parametrize("why", ["kept", "fill", "seal", "never seen empty", "old"])
def test_a_chamber_may_rise_when_it_was_asked_to_or_was_never_seen_empty(why: str) -> None:
    guard, gauges, commands, latch = RisesUnasked(BOOTS), ChamberGauges(BOOTS), Commands(), FaultLatch()
    vented(gauges, OPEN_FOR_MS * 2, pa_from_mmhg(40))
    gauges.emptying.empty_bits = 0 if why == "never seen empty" else 1 << CALF
    gauges.age_ms[CALF] = TICK_MS if why == "old" else 0
    commands.fill_bits = 1 << CALF if why == "fill" else 0
    commands.seal_bits = 1 << CALF if why == "seal" else 0
    for _ in range(100):
        guard.step(gauges, 1 << CALF if why == "kept" else 0, commands, latch, 0, TICK_MS)
    assert latch.code == faults.NONE


@pytest.mark.parametrize(
    ("off_ms", "still_ms", "is_runaway"),
    [
        (PUMP_STOPPED_MS, PUMP_STOPPED_MS, True),
        (PUMP_STOPPED_MS - TICK_MS, PUMP_STOPPED_MS, False),
        (PUMP_STOPPED_MS, VALVES_STILL_MS, True),
        (PUMP_STOPPED_MS, VALVES_STILL_MS - TICK_MS, False),
    ],
    ids=["at rest", "the rotor still turns", "valves just at rest", "a valve has just moved"],
)
def test_a_manifold_may_rise_while_rotor_or_valves_move(off_ms: int, still_ms: int, is_runaway: bool) -> None:
    guard, gauges, commands, latch = (
        PumpRunaway(MANIFOLD_BOOTS),
        ChamberGauges(MANIFOLD_BOOTS),
        Commands(),
        FaultLatch(),
    )
    guard.guard.pump_off_ms, guard.guard.still_ms = off_ms - TICK_MS, still_ms - TICK_MS
    gauges.manifold_pa = limits.RUNAWAY_MANIFOLD_PA + 1
    for _ in range(limits.RUNAWAY_MANIFOLD_MS // TICK_MS):
        guard.step(gauges, commands, 0, 0, 0, latch, 0, TICK_MS)
    assert (latch.code == faults.PUMP_RUNAWAY) == is_runaway


def test_a_board_that_does_not_measure_its_supply_has_none_that_is_low() -> None:
    guard, readings, latch = SupplyLow(BOOTS), Readings(BOOTS.count), FaultLatch()
    for _ in range(1000):
        guard.step(readings, latch, 0, TICK_MS)
    assert latch.code == faults.NONE


# --- pressure that isn't seen ---


def pressed_unseen(the_boots: Boots, is_running: bool, vented_ms: int = 0) -> FaultLatch:
    """Kept for a tick, and then open for three minutes without being looked at."""
    guard, gauges, latch = ProlongedPressure(the_boots), ChamberGauges(the_boots), FaultLatch()
    guard.step(gauges, 1 << CALF, True, latch, 0, TICK_MS)
    for _ in range(limits.PRESSED_MOST_MS // TICK_MS):
        gauges.emptying.vented_ms[CALF] = vented_ms
        guard.step(gauges, 0, is_running, latch, 0, TICK_MS)
    return latch


def test_a_chamber_that_is_let_go_counts_as_pressed_until_it_is_seen_empty() -> None:
    assert pressed_unseen(BOOTS, True).code == faults.PROLONGED
    assert pressed_unseen(MANIFOLD_BOOTS, True, limits.UNSEEN_EMPTY_MS).code == faults.PROLONGED


@pytest.mark.parametrize(
    ("the_boots", "vented_ms", "code"),
    [
        (MANIFOLD_BOOTS, limits.UNSEEN_EMPTY_MS, faults.NONE),
        (MANIFOLD_BOOTS, limits.UNSEEN_EMPTY_MS - 1, faults.PROLONGED),
        (BOOTS, limits.UNSEEN_EMPTY_MS, faults.PROLONGED),
    ],
    ids=["aired", "not yet aired", "a sensor of its own says nothing"],
)
def test_in_a_pause_time_has_to_do_where_nobody_looks(the_boots: Boots, vented_ms: int, code: int) -> None:
    assert pressed_unseen(the_boots, False, vented_ms).code == code


def test_a_chamber_that_was_never_kept_is_not_pressed() -> None:
    guard, gauges, latch = ProlongedPressure(BOOTS), ChamberGauges(BOOTS), FaultLatch()
    for _ in range(limits.PRESSED_MOST_MS // TICK_MS + 100):
        guard.step(gauges, 0, True, latch, 0, TICK_MS)
    assert latch.code == faults.NONE


def test_one_look_at_a_released_chamber_starts_its_time_again() -> None:
    guard, gauges, latch = ProlongedPressure(BOOTS), ChamberGauges(BOOTS), FaultLatch()
    for _ in range(3):
        for _ in range(limits.PRESSED_MOST_MS // TICK_MS):
            guard.step(gauges, 1 << CALF, True, latch, 0, TICK_MS)
        gauges.emptying.empty_bits = 1 << CALF
        guard.step(gauges, 0, True, latch, 0, TICK_MS)
        gauges.emptying.empty_bits = 0
    assert latch.code == faults.NONE


# --- fills ---


def test_a_fill_may_take_twice_what_the_longest_took_and_a_little() -> None:
    guard = FillTimeout(BOOTS)
    assert guard.limit_ms(CALF) == limits.FILL_MOST_MS
    guard.learn([0, 8_000_000, 0], 1 << CALF)
    guard.learn([0, 3_000_000, 0], 1 << CALF)
    assert guard.limit_ms(CALF) == 2 * 8000 + limits.FILL_LEARNED_EXTRA_MS
    assert guard.limit_ms(FOOT) == limits.FILL_MOST_MS


def test_what_did_not_reach_its_target_teaches_nothing() -> None:
    guard = FillTimeout(BOOTS)
    guard.learn([8_000_000] * 3, 0)
    assert guard.limit_ms(CALF) == limits.FILL_MOST_MS


def test_a_slow_machine_gets_no_more_than_the_most_and_a_new_session_learns_anew() -> None:
    guard = FillTimeout(BOOTS)
    guard.learn([0, 40_000_000, 0], 1 << CALF)
    assert guard.limit_ms(CALF) == limits.FILL_MOST_MS
    guard.learn([8_000_000] * 3, 0b101)
    guard.begin()
    assert [guard.limit_ms(index) for index in range(3)] == [limits.FILL_MOST_MS] * 3


@pytest.mark.parametrize("target_mmhg", [15, 40, 60])
def test_through_the_manifold_a_collapse_is_more_than_what_valve_and_hose_take(target_mmhg: int) -> None:
    """A low target is "reached" by the drop over them alone."""
    target_pa = pa_from_mmhg(target_mmhg)
    limit_pa = max(target_pa * limits.COLLAPSE_PERMILLE // 1000, limits.COLLAPSE_MANIFOLD_PA)
    guard, latch = Kink(MANIFOLD_BOOTS), FaultLatch()
    for collapse_pa, code in ((limit_pa, faults.NONE), (limit_pa + 1, faults.KINK)):
        guard.step([0, limits.COLLAPSE_COUNT, 0], [0, collapse_pa, 0], [target_pa] * 3, latch, 0)
        assert latch.code == code
    assert (latch.chamber_index, latch.value, latch.limit) == (CALF, limit_pa + 1, limit_pa)


def test_of_chambers_that_run_out_of_time_together_the_lowest_is_to_blame() -> None:
    guard, gauges, notices = FillTimeout(BOOTS), ChamberGauges(BOOTS), Notices(BOOTS.count)
    gauges.pressure_pa[:] = [5000, 4000, 6000]
    guard.step([46_000_000] * 3, [FILL] * 3, gauges, notices, FaultLatch(), 0)
    assert notices.rested_bits == 1 << CALF


def test_where_one_sensor_shows_the_same_for_all_the_chamber_joined_last_is_to_blame() -> None:
    guard, gauges, notices = FillTimeout(BOOTS), ChamberGauges(BOOTS), Notices(BOOTS.count)
    gauges.pressure_pa[:] = [4000, 4000, 4000]
    guard.step([46_000_000, 46_000_000, 0], [FILL, FILL, OFF], gauges, notices, FaultLatch(), 0)
    assert notices.rested_bits == 1 << CALF


def test_a_chamber_that_does_not_fill_now_is_not_to_blame_however_low_it_is() -> None:
    guard, gauges, notices = FillTimeout(BOOTS), ChamberGauges(BOOTS), Notices(BOOTS.count)
    gauges.pressure_pa[:] = [5000, 4000, 1000]
    guard.step([0, 46_000_000, 0], [HOLD, FILL, OFF], gauges, notices, FaultLatch(), 0)
    assert notices.rested_bits == 1 << CALF


# --- a pump that gives no air ---


def airless(guard: FillTimeout, index: int, most_pa: int, latch: FaultLatch, notices: Notices) -> None:
    """A fill that shows at most so much, and then runs out of time."""
    gauges, shares_us = ChamberGauges(BOOTS), [0] * BOOTS.count
    gauges.age_ms[index] = 0
    for pa, share_us in ((most_pa, 1_000_000), (0, limits.FILL_MOST_MS * 1000 + 1000)):
        gauges.smooth_pa[index] = pa
        shares_us[index] = share_us
        phases = [FILL if other == index else OFF for other in range(BOOTS.count)]
        guard.step(shares_us, phases, gauges, notices, latch, 0)
    # It is rested: its share begins anew.
    guard.step([0] * BOOTS.count, [OFF] * BOOTS.count, gauges, notices, latch, 0)


@pytest.mark.parametrize(
    ("first_pa", "second_pa", "reached_between", "code"),
    [
        (0, limits.NO_AIR_PA - 1, 0, faults.NO_AIR),
        (limits.NO_AIR_PA, 0, 0, faults.NONE),
        (0, limits.NO_AIR_PA, 0, faults.NONE),
        (0, 0, 1 << CALF, faults.NONE),
    ],
)
def test_two_chambers_in_a_row_without_a_trace_of_air_have_no_pump(
    first_pa: int, second_pa: int, reached_between: int, code: int
) -> None:
    guard, latch, notices = FillTimeout(BOOTS), FaultLatch(), Notices(BOOTS.count)
    airless(guard, FOOT, first_pa, latch, notices)
    assert latch.code == faults.NONE
    guard.learn([0] * BOOTS.count, reached_between)
    airless(guard, THIGH, second_pa, latch, notices)
    assert latch.code == code
    assert notices.rested_bits == 1 << FOOT | 1 << THIGH
    if code:
        assert (latch.chamber_index, latch.value, latch.limit) == (MACHINE_INDEX, 2, limits.NO_AIR_COUNT)


def test_a_chamber_that_is_still_held_says_nothing_of_the_pump_and_a_new_session_counts_anew() -> None:
    guard, latch, notices = FillTimeout(BOOTS), FaultLatch(), Notices(BOOTS.count)
    guard.learn([0] * BOOTS.count, 1 << CALF)
    airless(guard, FOOT, 0, latch, notices)
    guard.learn([0] * BOOTS.count, 1 << CALF)
    guard.begin()
    airless(guard, FOOT, 0, latch, notices)
    assert latch.code == faults.NONE
    airless(guard, THIGH, 0, latch, notices)
    assert latch.code == faults.NO_AIR


# --- leaks ---


def held(guard: Leak, notices: Notices, permille: int, restless_ms: int = 0) -> None:
    """A cycle at such a cost; the leg moves just before it is let go."""
    ms = limits.LEAK_HELD_MS
    guard.step([0, permille * ms, 0], [ms] * 3, [0] * 3, notices, 0)
    guard.step([0] * 3, [0] * 3, [0, restless_ms, 0], notices, 0)
    guard.step([0] * 3, [0] * 3, [0] * 3, notices, 0)


def test_a_leg_that_moved_says_nothing_of_its_chamber_for_or_against() -> None:
    guard, notices = Leak(BOOTS), Notices(BOOTS.count)
    for _ in range(10):
        held(guard, notices, 300, restless_ms=TICK_MS)
    assert notices.rested_bits == 0
    for _ in range(limits.LEAK_COUNT - 1):
        held(guard, notices, 300)
    held(guard, notices, 300, restless_ms=TICK_MS)
    assert notices.rested_bits == 0
    held(guard, notices, 300)
    assert notices.rested_bits == 1 << CALF


def test_costly_cycles_of_the_last_session_are_forgotten() -> None:
    guard, notices = Leak(BOOTS), Notices(BOOTS.count)
    for _ in range(10):
        held(guard, notices, 300)
        guard.begin()
    assert notices.rested_bits == 0


def test_the_cap_counts_on_over_pauses_and_starts_anew_with_a_session() -> None:
    guard, latch = SessionCap(), FaultLatch()
    half_ms = limits.SESSION_CAP_MS // 2
    guard.step(latch, 0, half_ms)
    guard.step(latch, 0, half_ms)
    assert latch.code == faults.NONE
    guard.begin()
    guard.step(latch, 0, limits.SESSION_CAP_MS)
    assert latch.code == faults.NONE
    guard.step(latch, 0, 1)
    assert latch.code == faults.SESSION_CAP


def test_the_limits_leave_each_other_room() -> None:
    """A target with its margin stays below the trip limit, which stays below the relief valve."""
    rounding_pa = 1
    assert OVER_TRIP_PA + rounding_pa >= limits.TARGET_MOST_PA + limits.OVER_TARGET_PA
    assert pa_from_mmhg(140) > OVER_TRIP_PA
    assert OVER_TRIP_PA < READING_MOST_PA
    assert READING_LEAST_PA < -limits.ZERO_MOST_PA
    assert limits.SESSION_MOST_MINUTES * 60_000 < limits.SESSION_CAP_MS
    assert limits.OVER_TRIP_MANIFOLD_SAMPLES * TICK_MS <= 100


def test_an_unplugged_sensor_is_called_that_before_it_is_called_a_drifting_one() -> None:
    """And both within the 200 ms that a sensor's fault may take."""
    assert limits.READING_BAD_MS < limits.ZERO_DRIFT_MS < 200


def test_the_sequencer_lets_go_before_the_guard_has_to() -> None:
    """With the seconds that a release takes, even where it had to wait for the pump."""
    assert limits.CYCLE_PRESSED_MOST_MS < limits.CYCLE_PRESSED_LAST_MS
    assert limits.CYCLE_PRESSED_LAST_MS + limits.UNSEEN_EMPTY_MS < limits.PRESSED_MOST_MS
    assert limits.VENT_MOST_MS < limits.UNSEEN_EMPTY_MS
