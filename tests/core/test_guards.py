"""Each guard trips at its limit and on its tick, not one before, and says who, how much and against what."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soleus.core import faults, limits
from soleus.core.faults import MACHINE_INDEX, MANIFOLD_INDEX, FaultLatch
from soleus.core.gauges import Gauges
from soleus.core.guards import FillTimeout, LateTick, Overpressure, SensorRange, SessionCap, VentFailure
from soleus.core.limits import OVER_TRIP_PA, READING_LEAST_PA, READING_MOST_PA, TICK_MS
from soleus.core.signals import MANIFOLD_BIT, Commands, Readings
from soleus.core.units import pa_from_mmhg
from tests.core.fake_air import boots

BOOTS = boots()
CALF = 1
TARGET_PA = pa_from_mmhg(60)
OVER_TARGET_LIMIT_PA = TARGET_PA + limits.OVER_TARGET_PA

# Shows a guard one value at one tick.
Look = Callable[[int, FaultLatch, int], None]


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


def late_tick(pump_permille: int = 0, fill_bits: int = 0, seal_bits: int = 0) -> Callable[[], Look]:
    def make() -> Look:
        guard, commands = LateTick(), Commands()
        commands.pump_permille, commands.fill_bits, commands.seal_bits = pump_permille, fill_bits, seal_bits
        return lambda dt_ms, latch, at_ms: guard.step(commands, latch, at_ms, dt_ms)

    return make


def sensor_range() -> Look:
    guard, readings = SensorRange(BOOTS), Readings(BOOTS.count)

    def look(pa: int, latch: FaultLatch, at_ms: int) -> None:
        readings.chamber_pa[CALF] = pa
        guard.step(readings, latch, at_ms, TICK_MS)

    return look


def sensor_silent() -> Look:
    guard, readings = SensorRange(BOOTS), Readings(BOOTS.count)

    def look(is_missing: int, latch: FaultLatch, at_ms: int) -> None:
        readings.missing_bits = is_missing << CALF
        guard.step(readings, latch, at_ms, TICK_MS)

    return look


def manifold_range() -> Look:
    guard, readings = SensorRange(boots(sensors="manifold")), Readings(BOOTS.count)

    def look(pa: int, latch: FaultLatch, at_ms: int) -> None:
        readings.manifold_pa = pa
        guard.step(readings, latch, at_ms, TICK_MS)

    return look


def manifold_silent() -> Look:
    guard, readings = SensorRange(boots(sensors="manifold")), Readings(BOOTS.count)

    def look(is_missing: int, latch: FaultLatch, at_ms: int) -> None:
        readings.missing_bits = is_missing * MANIFOLD_BIT
        guard.step(readings, latch, at_ms, TICK_MS)

    return look


def overpressure(sensors: str, kept_bits: int) -> Callable[[], Look]:
    def make() -> Look:
        the_boots = boots(sensors=sensors)
        guard, gauges = Overpressure(the_boots), Gauges(the_boots)
        gauges.age_ms[CALF] = 0
        targets_pa = [TARGET_PA] * the_boots.count

        def look(pa: int, latch: FaultLatch, at_ms: int) -> None:
            gauges.pressure_pa[CALF] = pa
            guard.step(gauges, kept_bits, targets_pa, latch, at_ms, TICK_MS)

        return look

    return make


def fill_timeout() -> Look:
    guard, shares_us = FillTimeout(BOOTS), [0] * BOOTS.count

    def look(share_us: int, latch: FaultLatch, at_ms: int) -> None:
        shares_us[CALF] = share_us
        guard.step(shares_us, latch, at_ms)

    return look


def vented(gauges: Gauges, ms: int, pa: int) -> None:
    gauges.is_zeroed = True
    gauges.age_ms[CALF] = 0
    gauges.vented_ms[CALF] = ms
    gauges.smooth_pa_x16[CALF] = pa * 16


def vent_pressure() -> Look:
    guard, gauges = VentFailure(BOOTS), Gauges(BOOTS)

    def look(pa: int, latch: FaultLatch, at_ms: int) -> None:
        vented(gauges, limits.VENT_MOST_MS + TICK_MS, pa)
        guard.step(gauges, latch, at_ms)

    return look


def vent_time() -> Look:
    guard, gauges = VentFailure(BOOTS), Gauges(BOOTS)

    def look(vented_ms: int, latch: FaultLatch, at_ms: int) -> None:
        vented(gauges, vented_ms, pa_from_mmhg(20))
        guard.step(gauges, latch, at_ms)

    return look


def session_cap() -> Look:
    guard = SessionCap()
    return lambda is_running, latch, at_ms: guard.step(is_running == 1, latch, at_ms, TICK_MS)


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
        faults.OVER_TARGET, CALF, OVER_TARGET_LIMIT_PA,
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

DEBOUNCED = [case for case in CASES if 1 < case.ticks <= 100]

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.promise)
each_debounced = pytest.mark.parametrize("case", DEBOUNCED, ids=lambda case: case.promise)


class Watch:
    """A guard under test, its latch, and the ticks that it was shown."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.look = case.guard()
        self.latch = FaultLatch()
        self.at_ms = 0

    def show(self, value: int, ticks: int = 1) -> int:
        for _ in range(ticks):
            self.at_ms += TICK_MS
            self.look(value, self.latch, self.at_ms)
        return self.latch.code


@each_case
def test_what_is_just_within_the_limit_never_trips(case: Case) -> None:
    assert Watch(case).show(case.fine, 1000) == faults.NONE


@each_case
def test_what_is_just_beyond_trips_on_its_tick_and_not_one_before(case: Case) -> None:
    watch = Watch(case)
    assert watch.show(case.bad, case.ticks - 1) == faults.NONE
    assert watch.show(case.bad) == case.code
    assert watch.latch.at_ms == case.ticks * TICK_MS


@each_case
def test_the_fault_names_the_chamber_the_value_and_the_limit(case: Case) -> None:
    watch = Watch(case)
    watch.show(case.bad, case.ticks)
    told = (watch.latch.chamber_index, watch.latch.value, watch.latch.limit)
    assert told == (case.chamber, case.bad if case.value is None else case.value, case.limit)


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
    assert (watch.latch.code != faults.NONE) == (longest >= case.ticks)


def test_every_fault_but_the_zero_check_has_a_row_here() -> None:
    codes = {case.code for case in CASES} | {faults.SENSOR_ZERO}
    assert codes == set(range(1, len(faults.TABLE)))


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
    look, latch = overpressure("per_chamber", 0b101)(), FaultLatch()
    for tick in range(300):
        look(OVER_TARGET_LIMIT_PA + 1000, latch, tick * TICK_MS)
    assert latch.code == faults.NONE


def test_nobody_takes_an_old_pressure_for_a_new_one() -> None:
    guard, gauges, latch = Overpressure(BOOTS), Gauges(BOOTS), FaultLatch()
    gauges.pressure_pa[CALF] = OVER_TRIP_PA + 1000
    gauges.age_ms[CALF] = TICK_MS
    for _ in range(300):
        guard.step(gauges, 0b111, [TARGET_PA] * 3, latch, 0, TICK_MS)
    assert latch.code == faults.NONE


@pytest.mark.parametrize(("is_zeroed", "age_ms"), [(False, 0), (True, TICK_MS)], ids=["not zeroed", "old"])
def test_an_offset_or_an_old_reading_is_no_vent_failure(is_zeroed: bool, age_ms: int) -> None:
    guard, gauges, latch = VentFailure(BOOTS), Gauges(BOOTS), FaultLatch()
    vented(gauges, limits.VENT_MOST_MS * 2, pa_from_mmhg(20))
    gauges.is_zeroed, gauges.age_ms[CALF] = is_zeroed, age_ms
    guard.step(gauges, latch, 0)
    assert latch.code == faults.NONE


def test_the_cap_counts_on_over_pauses_and_starts_anew_with_a_session() -> None:
    guard, latch = SessionCap(), FaultLatch()
    half_ms = limits.SESSION_CAP_MS // 2
    guard.step(True, latch, 0, half_ms)
    guard.step(False, latch, 0, half_ms)
    guard.step(True, latch, 0, half_ms)
    assert latch.code == faults.NONE
    guard.begin()
    guard.step(True, latch, 0, limits.SESSION_CAP_MS)
    assert latch.code == faults.NONE
    guard.step(True, latch, 0, 1)
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
