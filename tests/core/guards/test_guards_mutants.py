"""What test_guards.py would let through, found by changing the guards one operator at a time: `make mutants`.

Time to the millisecond, every chamber and not only the first bad one, and what a guard remembers.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soleus.core.basics import faults, limits
from soleus.core.basics.faults import FaultLatch, Notices
from soleus.core.basics.limits import READING_MOST_PA, TICK_MS
from soleus.core.basics.signals import MANIFOLD_BIT, Commands, Readings
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.guards.air import OPEN_FOR_MS
from soleus.core.guards.one_by_one import PUMP_STOPPED_MS, VALVES_STILL_MS
from soleus.core.guards.sensors import VENT_MOVES_MS, ZERO_AFTER_VENT_MS
from soleus.core.interlock import Interlock
from soleus.core.regulate.regulation import FILL, HOLD, OFF
from soleus.core.sensing.chamber_gauges import ChamberGauges
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
    SupplyLow,
    VentFailure,
)

BOOTS = boots()
MANIFOLD_BOOTS = boots(sensors="manifold")
THREE_WAY_BOOTS = boots(valves="three_way")
FOOT, CALF, THIGH = range(3)
TARGET_PA = pa_from_mmhg(60)

# Shows a guard something bad, or something good, for so many milliseconds.
Look = Callable[[bool, int, FaultLatch], None]


# --- to the millisecond ---


def out_of_range() -> Look:
    guard, readings = SensorRange(BOOTS), Readings(BOOTS.count)

    def look(is_bad: bool, ms: int, latch: FaultLatch) -> None:
        readings.chamber_pa[CALF] = READING_MOST_PA + 1 if is_bad else 0
        guard.step(readings, latch, 0, ms)

    return look


def silent() -> Look:
    guard, readings = SensorRange(BOOTS), Readings(BOOTS.count)

    def look(is_bad: bool, ms: int, latch: FaultLatch) -> None:
        readings.missing_bits = int(is_bad) << CALF
        guard.step(readings, latch, 0, ms)

    return look


def stuck() -> Look:
    guard, gauges, readings, commands = (
        SensorStuck(BOOTS),
        ChamberGauges(BOOTS),
        Readings(BOOTS.count),
        Commands(),
    )
    commands.fill_bits, commands.pump_permille = 1 << CALF, 1000

    def look(is_bad: bool, ms: int, latch: FaultLatch) -> None:
        readings.chamber_pa[CALF] += 0 if is_bad else 1
        guard.step(readings, gauges, commands, [HOLD, FILL, HOLD], latch, 0, ms)

    return look


def below_zero() -> Look:
    guard, gauges = SensorZeroDrift(BOOTS), ChamberGauges(BOOTS)
    gauges.is_zeroed = True
    gauges.age_ms[CALF] = 0
    gauges.emptying.vented_ms[CALF] = ZERO_AFTER_VENT_MS

    def look(is_bad: bool, ms: int, latch: FaultLatch) -> None:
        gauges.smooth_pa[CALF] = -pa_from_mmhg(9) if is_bad else 0
        guard.step(gauges, latch, 0, ms)

    return look


def apart() -> Look:
    guard, gauges = SensorsDisagree(THREE_WAY_BOOTS), ChamberGauges(THREE_WAY_BOOTS)

    def look(is_bad: bool, ms: int, latch: FaultLatch) -> None:
        gauges.smooth_pa[CALF] = pa_from_mmhg(20) if is_bad else 0
        guard.step(gauges, [HOLD] * 3, latch, 0, ms)

    return look


def over_target() -> Look:
    guard, gauges = Overpressure(BOOTS), ChamberGauges(BOOTS)
    gauges.age_ms[CALF] = 0

    def look(is_bad: bool, ms: int, latch: FaultLatch) -> None:
        gauges.pressure_pa[CALF] = TARGET_PA + (limits.OVER_TARGET_PA + 1 if is_bad else 0)
        guard.step(gauges, 0b111, [TARGET_PA] * 3, latch, 0, ms)

    return look


def rises() -> Look:
    guard, gauges = RisesUnasked(BOOTS), ChamberGauges(BOOTS)
    gauges.age_ms[CALF] = 0
    gauges.emptying.vented_ms[CALF] = 4000
    gauges.emptying.empty_bits = 1 << CALF

    def look(is_bad: bool, ms: int, latch: FaultLatch) -> None:
        gauges.smooth_pa[CALF] = pa_from_mmhg(20) if is_bad else 0
        guard.step(gauges, 0, Commands(), latch, 0, ms)

    return look


def low_supply() -> Look:
    guard, readings = SupplyLow(boots(supply_least_mv=9000)), Readings(BOOTS.count)

    def look(is_bad: bool, ms: int, latch: FaultLatch) -> None:
        readings.supply_mv = 8999 if is_bad else 9000
        guard.step(readings, latch, 0, ms)

    return look


@dataclass(frozen=True)
class Debounce:
    guard: Callable[[], Look]
    ms: int
    forgets: bool  # once it has tripped, it counts from nothing again
    good_ms: int = 1  # how long a good look lasts that starts the count again


DEBOUNCES = [
    Debounce(out_of_range, limits.READING_BAD_MS, forgets=False),
    Debounce(silent, limits.READING_BAD_MS, forgets=False),
    Debounce(stuck, limits.STUCK_MS, forgets=True),
    Debounce(below_zero, limits.ZERO_DRIFT_MS, forgets=False),
    Debounce(apart, limits.DISAGREE_MS, forgets=True),
    Debounce(over_target, limits.OVER_TARGET_MS, forgets=False, good_ms=limits.OVER_TARGET_DIP_MS + 1),
    Debounce(rises, limits.RISES_MS, forgets=False),
    Debounce(low_supply, limits.SUPPLY_LOW_MS, forgets=True),
]

each_debounce = pytest.mark.parametrize("debounce", DEBOUNCES, ids=lambda each: each.guard.__name__)


def trips_on_its_millisecond(look: Look, ms: int) -> bool:
    latch = FaultLatch()
    look(True, ms - 1, latch)
    if latch.code != faults.NONE:
        return False
    look(True, 1, latch)
    return latch.code != faults.NONE


@each_debounce
def test_it_trips_on_the_millisecond_and_again_after_a_good_look(debounce: Debounce) -> None:
    look = debounce.guard()
    assert trips_on_its_millisecond(look, debounce.ms)
    look(False, debounce.good_ms, FaultLatch())
    assert trips_on_its_millisecond(look, debounce.ms)


@pytest.mark.parametrize(
    "debounce", [d for d in DEBOUNCES if d.forgets], ids=lambda each: each.guard.__name__
)
def test_after_a_trip_it_counts_from_nothing(debounce: Debounce) -> None:
    look = debounce.guard()
    assert trips_on_its_millisecond(look, debounce.ms)
    assert trips_on_its_millisecond(look, debounce.ms)


def test_a_clock_that_stood_still_and_was_cleared_has_ten_ticks_again() -> None:
    guard, commands = LateTick(), Commands()
    for _ in range(2):
        latch = FaultLatch()
        for _ in range(limits.STILL_TICKS_MOST - 1):
            guard.step(commands, latch, 0, 0)
        assert latch.code == faults.NONE
        guard.step(commands, latch, 0, 0)
        assert latch.code == faults.CLOCK_STOPPED


def test_a_pressure_that_is_a_millisecond_old_is_an_old_one() -> None:
    gauges, latch = ChamberGauges(BOOTS), FaultLatch()
    gauges.is_zeroed = True
    gauges.age_ms[:] = [1, 1, 1]
    gauges.pressure_pa[:] = [limits.OVER_TRIP_PA + 1] * 3
    gauges.smooth_pa[:] = [TARGET_PA] * 3
    gauges.emptying.vented_ms[:] = [limits.VENT_MOST_MS + 1] * 3
    over, vent = Overpressure(BOOTS), VentFailure(BOOTS)
    for _ in range(200):
        over.step(gauges, 0b111, [TARGET_PA] * 3, latch, 0, TICK_MS)
        vent.step(gauges, latch, 0)
    assert latch.code == faults.NONE


def test_a_chamber_kept_for_a_millisecond_and_never_seen_again_counts() -> None:
    guard, gauges, latch = ProlongedPressure(BOOTS), ChamberGauges(BOOTS), FaultLatch()
    guard.step(gauges, 1 << CALF, True, latch, 0, 1)
    guard.step(gauges, 0, True, latch, 0, limits.PRESSED_MOST_MS - 1)
    assert latch.code == faults.NONE
    guard.step(gauges, 0, True, latch, 0, 1)
    assert (latch.code, latch.chamber_index) == (faults.PROLONGED, CALF)


# --- one chamber in order doesn't hide the next one ---


def test_a_chamber_on_its_target_hides_no_other_that_is_above() -> None:
    guard, gauges, latch = Overpressure(BOOTS), ChamberGauges(BOOTS), FaultLatch()
    gauges.age_ms[:] = [0, 0, 0]
    gauges.pressure_pa[:] = [TARGET_PA, TARGET_PA, TARGET_PA + limits.OVER_TARGET_PA + 1]
    guard.step(gauges, 0b111, [TARGET_PA] * 3, latch, 0, limits.OVER_TARGET_MS)
    assert (latch.code, latch.chamber_index) == (faults.OVER_TARGET, THIGH)


def test_a_chamber_that_is_empty_hides_no_other_that_is_pressed() -> None:
    guard, gauges, latch = ProlongedPressure(BOOTS), ChamberGauges(BOOTS), FaultLatch()
    gauges.emptying.empty_bits = 1 << FOOT
    for _ in range(2):
        guard.step(gauges, 0b110, True, latch, 0, limits.PRESSED_MOST_MS // 2 + 1)
    assert (latch.code, latch.chamber_index) == (faults.PROLONGED, CALF)


def test_a_chamber_that_was_vented_for_longer_does_not_take_time_from_another() -> None:
    guard, gauges, latch = VentFailure(BOOTS), ChamberGauges(BOOTS), FaultLatch()
    gauges.is_zeroed = True
    gauges.age_ms[CALF] = 0
    gauges.smooth_pa[CALF] = TARGET_PA
    gauges.emptying.vented_ms[:] = [limits.VENT_MOST_MS + 1, limits.VENT_MOST_MS, 0]
    guard.step(gauges, latch, 0)
    assert latch.code == faults.NONE


def test_a_missing_sensor_hides_no_other_that_is_stuck_or_jumps() -> None:
    readings, gauges, commands = Readings(BOOTS.count), ChamberGauges(BOOTS), Commands()
    readings.missing_bits = 1 << FOOT
    commands.fill_bits, commands.pump_permille = 1 << CALF, 1000
    stuck, erratic, of_stuck, of_erratic = (
        SensorStuck(BOOTS),
        SensorErratic(BOOTS),
        FaultLatch(),
        FaultLatch(),
    )
    for tick in range(limits.STUCK_MS // TICK_MS):
        readings.chamber_pa[THIGH] = (tick % 2) * pa_from_mmhg(50)
        stuck.step(readings, gauges, commands, [FILL, FILL, OFF], of_stuck, 0, TICK_MS)
        erratic.step(readings, of_erratic, 0, TICK_MS)
    assert (of_stuck.code, of_stuck.chamber_index) == (faults.SENSOR_STUCK, CALF)
    assert (of_erratic.code, of_erratic.chamber_index) == (faults.SENSOR_ERRATIC, THIGH)


def test_a_sensor_that_climbs_hides_no_other_that_jumps() -> None:
    readings, guard, latch = Readings(BOOTS.count), SensorErratic(BOOTS), FaultLatch()
    for tick in range(4):
        readings.chamber_pa[FOOT] += limits.JUMP_PA + 1
        readings.chamber_pa[CALF] = (tick % 2) * pa_from_mmhg(50)
        guard.step(readings, latch, 0, TICK_MS)
    assert (latch.code, latch.chamber_index) == (faults.SENSOR_ERRATIC, CALF)


# --- one sensor on the manifold ---


def manifold_stuck(chamber_moves: bool, missing_bits: int, pump_permille: int = 1000) -> FaultLatch:
    """For as long as it takes: a manifold that doesn't move, and chambers' readings that nobody wired."""
    guard, gauges, latch = SensorStuck(MANIFOLD_BOOTS), ChamberGauges(MANIFOLD_BOOTS), FaultLatch()
    readings, commands = Readings(3), Commands()
    readings.missing_bits = missing_bits
    commands.fill_bits, commands.pump_permille = 1 << CALF, pump_permille
    for _ in range(limits.STUCK_MS // TICK_MS):
        readings.chamber_pa[CALF] += int(chamber_moves)
        readings.manifold_pa += int(not chamber_moves)
        guard.step(readings, gauges, commands, [HOLD, FILL, HOLD], latch, 0, TICK_MS)
    return latch


def test_it_is_the_manifold_that_must_move_and_not_what_no_sensor_gives() -> None:
    assert manifold_stuck(chamber_moves=True, missing_bits=0).code == faults.SENSOR_STUCK
    assert manifold_stuck(chamber_moves=True, missing_bits=0, pump_permille=1).code == faults.SENSOR_STUCK
    assert manifold_stuck(chamber_moves=False, missing_bits=0).code == faults.NONE


def test_only_the_manifold_s_own_bit_says_that_its_reading_is_missing() -> None:
    assert manifold_stuck(chamber_moves=True, missing_bits=0b111).code == faults.SENSOR_STUCK
    assert manifold_stuck(chamber_moves=True, missing_bits=MANIFOLD_BIT).code == faults.NONE


@pytest.mark.parametrize(
    ("missing_bits", "code"), [(0b111, faults.SENSOR_ERRATIC), (MANIFOLD_BIT, faults.NONE)]
)
def test_the_same_for_jumps(missing_bits: int, code: int) -> None:
    guard, readings, latch = SensorErratic(MANIFOLD_BOOTS), Readings(3), FaultLatch()
    readings.missing_bits = missing_bits
    for tick in range(6):
        readings.manifold_pa = (tick % 2) * pa_from_mmhg(50)
        guard.step(readings, latch, 0, TICK_MS)
    assert latch.code == code


def test_a_sensor_of_its_own_is_missing_by_its_own_bit() -> None:
    guard, gauges, readings, commands = SensorStuck(BOOTS), ChamberGauges(BOOTS), Readings(3), Commands()
    commands.fill_bits, commands.pump_permille, latch = 1 << CALF, 1000, FaultLatch()
    readings.missing_bits = 0b101 | MANIFOLD_BIT
    guard.step(readings, gauges, commands, [HOLD, FILL, HOLD], latch, 0, limits.STUCK_MS)
    assert latch.code == faults.SENSOR_STUCK


def test_a_sensor_that_is_missing_does_not_repeat_itself() -> None:
    guard, gauges, readings, commands = SensorStuck(BOOTS), ChamberGauges(BOOTS), Readings(3), Commands()
    commands.fill_bits, commands.pump_permille, latch = 1 << CALF, 1000, FaultLatch()
    readings.missing_bits = 1 << CALF
    for _ in range(10):
        guard.step(readings, gauges, commands, [HOLD, FILL, HOLD], latch, 0, limits.STUCK_MS)
    assert latch.code == faults.NONE


def test_a_chamber_is_stuck_from_the_first_millisecond_of_its_venting() -> None:
    guard, gauges, readings, latch = SensorStuck(BOOTS), ChamberGauges(BOOTS), Readings(3), FaultLatch()
    gauges.age_ms[CALF] = 0
    gauges.pressure_pa[CALF] = TARGET_PA
    for vented_ms in (1, VENT_MOVES_MS - 1):
        gauges.emptying.vented_ms[CALF] = vented_ms
        guard.step(readings, gauges, Commands(), [HOLD, OFF, HOLD], latch, 0, limits.STUCK_MS // 2)
    assert latch.code == faults.SENSOR_STUCK


def test_a_kink_is_judged_by_the_target_and_through_the_manifold_by_the_drop_of_its_own() -> None:
    of_each, of_one = FaultLatch(), FaultLatch()
    Kink(BOOTS).step([0, limits.COLLAPSE_COUNT, 0], [1, 1, 1], [0] * 3, of_each, 0)
    Kink(MANIFOLD_BOOTS).step([0, limits.COLLAPSE_COUNT, 0], [1, 1, 1], [0] * 3, of_one, 0)
    assert (of_each.code, of_each.limit) == (faults.KINK, 0)
    assert of_one.code == faults.NONE


# --- joined chambers ---


@given(
    mmhg=st.lists(st.integers(0, 120), min_size=3, max_size=3),
    phases=st.lists(st.sampled_from([OFF, FILL, HOLD]), min_size=3, max_size=3),
)
def test_the_sensor_furthest_from_the_mean_is_named_whichever_it_is(
    mmhg: list[int], phases: list[int]
) -> None:
    guard, gauges, latch = SensorsDisagree(THREE_WAY_BOOTS), ChamberGauges(THREE_WAY_BOOTS), FaultLatch()
    gauges.smooth_pa[:] = [pa_from_mmhg(one) for one in mmhg]
    guard.step(gauges, phases, latch, 0, limits.DISAGREE_MS)
    held = {index: gauges.smooth_pa[index] for index in range(3) if phases[index] == HOLD}
    apart_pa = max(held.values(), default=0) - min(held.values(), default=0)
    if len(held) < 2 or apart_pa <= limits.DISAGREE_PA:
        assert latch.code == faults.NONE
        return
    mean_pa = sum(held.values()) // len(held)
    highest, lowest = max(held, key=lambda k: held[k]), min(held, key=lambda k: held[k])
    odd = highest if held[highest] - mean_pa > mean_pa - held[lowest] else lowest
    assert (latch.code, latch.chamber_index) == (faults.SENSOR_DISAGREES, odd)
    assert (latch.value, latch.limit) == (apart_pa, limits.DISAGREE_PA)


def test_of_two_that_are_apart_the_lower_is_named_for_it_is_the_one_that_overfills() -> None:
    guard, gauges, latch = SensorsDisagree(THREE_WAY_BOOTS), ChamberGauges(THREE_WAY_BOOTS), FaultLatch()
    gauges.smooth_pa[:] = [8000, 6000, 0]
    guard.step(gauges, [HOLD, HOLD, OFF], latch, 0, limits.DISAGREE_MS)
    assert latch.chamber_index == CALF


def test_a_vented_chamber_that_was_not_seen_just_now_is_not_stuck() -> None:
    guard, gauges, readings, latch = SensorStuck(BOOTS), ChamberGauges(BOOTS), Readings(3), FaultLatch()
    gauges.age_ms[CALF] = 1
    gauges.pressure_pa[CALF] = TARGET_PA
    gauges.emptying.vented_ms[CALF] = 1
    for _ in range(3):
        guard.step(readings, gauges, Commands(), [HOLD, OFF, HOLD], latch, 0, limits.STUCK_MS)
    assert latch.code == faults.NONE


# --- jumps ---


def jumps(*steps_pa: int) -> FaultLatch:
    guard, readings, latch = SensorErratic(BOOTS), Readings(3), FaultLatch()
    for step_pa in steps_pa:
        readings.chamber_pa[CALF] += step_pa
        guard.step(readings, latch, 0, TICK_MS)
    return latch


JUMP_PA = limits.JUMP_PA + 1


def test_only_jumps_to_and_fro_are_counted_and_a_climb_is_one() -> None:
    assert jumps(*[JUMP_PA] * 10).code == faults.NONE
    assert jumps(*[-JUMP_PA] * 10).code == faults.NONE
    assert jumps(JUMP_PA, JUMP_PA, -JUMP_PA).code == faults.NONE
    assert jumps(JUMP_PA, JUMP_PA, -JUMP_PA, -JUMP_PA, JUMP_PA).code == faults.SENSOR_ERRATIC
    assert jumps(-JUMP_PA, JUMP_PA, -JUMP_PA).code == faults.SENSOR_ERRATIC


@pytest.mark.parametrize("way", [1, -1])
def test_a_step_of_just_the_limit_is_no_jump_back(way: int) -> None:
    there_and_not_quite_back = [way * JUMP_PA, -way * limits.JUMP_PA]
    assert jumps(*there_and_not_quite_back * 5).code == faults.NONE


def test_after_a_calm_the_first_jump_counts_anew_whichever_way_it_goes() -> None:
    calm = [0] * (limits.JUMP_WINDOW_MS // TICK_MS + 1)
    for way in (1, -1):
        once = way * JUMP_PA
        assert jumps(-once, *calm, -once, once, -once).code == faults.SENSOR_ERRATIC
        assert jumps(-once, once, *calm, -once, once).code == faults.NONE


def test_an_erratic_sensor_that_was_cleared_has_three_jumps_again() -> None:
    guard, readings = SensorErratic(BOOTS), Readings(3)
    for _ in range(2):
        latch = FaultLatch()
        for count in range(limits.JUMP_COUNT):
            assert (latch.code, count) == (faults.NONE, count)
            readings.chamber_pa[CALF] = JUMP_PA - readings.chamber_pa[CALF]
            guard.step(readings, latch, 0, TICK_MS)
        assert latch.code == faults.SENSOR_ERRATIC


def test_two_sensors_jump_each_on_its_own_time() -> None:
    guard, readings, latch = SensorErratic(BOOTS), Readings(3), FaultLatch()
    readings.chamber_pa[FOOT] = JUMP_PA
    for _ in range(limits.JUMP_COUNT):
        readings.chamber_pa[CALF] = JUMP_PA - readings.chamber_pa[CALF]
        guard.step(readings, latch, 0, TICK_MS)
    assert (latch.code, latch.chamber_index) == (faults.SENSOR_ERRATIC, CALF)
    latch.clear()
    for _ in range(limits.JUMP_WINDOW_MS // TICK_MS):
        guard.step(readings, latch, 0, TICK_MS)
    for _ in range(limits.JUMP_COUNT - 1):
        readings.chamber_pa[FOOT] = JUMP_PA - readings.chamber_pa[FOOT]
        guard.step(readings, latch, 0, TICK_MS)
    assert latch.code == faults.NONE


# --- the pump ---


def manifold_after(pump_off_ms: int, still_ms: int, rest_pa: int, then_pa: int) -> FaultLatch:
    """The pump runs and a valve moves; then each rests for so long, then the manifold goes up."""
    guard, gauges, commands = PumpRunaway(MANIFOLD_BOOTS), ChamberGauges(MANIFOLD_BOOTS), Commands()
    latch = FaultLatch()
    first_ms = max(pump_off_ms, still_ms)
    gauges.manifold_pa = rest_pa
    commands.pump_permille, commands.fill_bits = 1000, 0b001
    guard.step(gauges, commands, 0, 0, 0, latch, 0, TICK_MS)
    for ms in range(first_ms):
        commands.pump_permille = 0 if ms >= first_ms - pump_off_ms else 1000
        commands.fill_bits = 0b010 if ms >= first_ms - still_ms - 1 else 0b001
        guard.step(gauges, commands, 0, 0, 0, latch, 0, 1)
    gauges.manifold_pa = then_pa
    for _ in range(limits.RUNAWAY_MANIFOLD_MS):
        guard.step(gauges, commands, 0, 0, 0, latch, 0, 1)
    return latch


REST_PA = pa_from_mmhg(40)
RISEN_PA = REST_PA + limits.RUNAWAY_MANIFOLD_PA + 1


@pytest.mark.parametrize(
    ("pump_off_ms", "still_ms", "is_runaway"),
    [
        (PUMP_STOPPED_MS, PUMP_STOPPED_MS + 5, True),
        (PUMP_STOPPED_MS - 2, PUMP_STOPPED_MS + 5, False),
        (0, PUMP_STOPPED_MS + 5, False),
        (PUMP_STOPPED_MS + 5, VALVES_STILL_MS, True),
        (PUMP_STOPPED_MS + 5, VALVES_STILL_MS - 2, False),
    ],
)
def test_the_rest_of_pump_and_valves_is_counted_from_where_they_moved(
    pump_off_ms: int, still_ms: int, is_runaway: bool
) -> None:
    latch = manifold_after(pump_off_ms, still_ms, REST_PA, RISEN_PA)
    assert (latch.code == faults.PUMP_RUNAWAY) == is_runaway


def test_a_runaway_is_a_rise_from_what_the_manifold_had_at_rest() -> None:
    assert manifold_after(1000, 1000, REST_PA, RISEN_PA - 1).code == faults.NONE
    latch = manifold_after(1000, 1000, REST_PA, RISEN_PA)
    assert (latch.code, latch.value) == (faults.PUMP_RUNAWAY, limits.RUNAWAY_MANIFOLD_PA + 1)


def test_a_machine_that_was_just_switched_on_has_not_rested_yet() -> None:
    guard, gauges, latch = PumpRunaway(MANIFOLD_BOOTS), ChamberGauges(MANIFOLD_BOOTS), FaultLatch()
    guard.step(gauges, Commands(), 0, 0, 0, latch, 0, PUMP_STOPPED_MS - 1)
    gauges.manifold_pa = RISEN_PA
    guard.step(gauges, Commands(), 0, 0, 0, latch, 0, 0)
    assert latch.code == faults.NONE


# --- what costs air, and what doesn't ---


def cycle(guard: Leak, notices: Notices, permille: int, restless_ms: int = 0) -> None:
    ms = limits.LEAK_HELD_MS
    guard.step([0, permille * ms, 0], [ms] * 3, [0, restless_ms, 0], notices, 0)
    guard.step([0] * 3, [0] * 3, [0] * 3, notices, 0)


def test_a_hold_that_cost_nothing_starts_the_count_again() -> None:
    guard, notices = Leak(BOOTS), Notices(3)
    for _ in range(5):
        for _ in range(limits.LEAK_COUNT - 1):
            cycle(guard, notices, 300)
        cycle(guard, notices, 0)
    assert notices.rested_bits == 0


def test_a_cost_counts_in_whole_permille() -> None:
    guard, notices = Leak(BOOTS), Notices(3)
    ms = limits.LEAK_HELD_MS
    for _ in range(2 * limits.LEAK_COUNT):
        dose_us = (limits.LEAK_MOST_PERMILLE + 1) * ms - 1
        guard.step([0, dose_us, 0], [ms] * 3, [0] * 3, notices, 0)
        guard.step([0] * 3, [0] * 3, [0] * 3, notices, 0)
    assert notices.rested_bits == 0


def test_a_leg_that_moved_for_a_millisecond_says_nothing() -> None:
    guard, notices = Leak(BOOTS), Notices(3)
    for _ in range(limits.LEAK_COUNT):
        cycle(guard, notices, 300, restless_ms=1)
    assert notices.rested_bits == 0


@pytest.mark.parametrize(("held_ms", "restless_ms"), [(limits.LEAK_HELD_MS - 1, 0), (limits.LEAK_HELD_MS, 1)])
def test_a_hold_that_can_tell_nothing_leaves_the_count_as_it_is(held_ms: int, restless_ms: int) -> None:
    guard, notices = Leak(BOOTS), Notices(3)
    guard.begin()
    for times in (limits.LEAK_COUNT - 1, 1):
        assert notices.rested_bits == 0
        guard.step([0] * 3, [held_ms] * 3, [restless_ms] * 3, notices, 0)
        guard.step([0] * 3, [0] * 3, [0] * 3, notices, 0)
        for _ in range(times):
            cycle(guard, notices, 300)
    assert notices.rested_bits == 1 << CALF


def test_a_new_session_begins_without_a_hold_and_without_a_leak() -> None:
    guard, notices = Leak(BOOTS), Notices(3)
    guard.step([0, 300 * limits.LEAK_HELD_MS, 0], [limits.LEAK_HELD_MS] * 3, [0] * 3, notices, 0)
    guard.begin()
    guard.step([0] * 3, [0] * 3, [0] * 3, notices, 0)
    for _ in range(limits.LEAK_COUNT - 1):
        cycle(guard, notices, 300)
    assert notices.rested_bits == 0
    cycle(guard, notices, 300)
    assert notices.rested_bits == 1 << CALF


def test_what_is_learned_of_a_fill_is_a_whole_number() -> None:
    guard = FillTimeout(BOOTS)
    guard.learn([0, 8_000_999, 0], 1 << CALF)
    assert guard.limit_ms(CALF) == 2 * 8000 + limits.FILL_LEARNED_EXTRA_MS
    assert type(guard.limit_ms(CALF)) is int


def test_only_a_fill_that_reached_its_target_is_learned() -> None:
    guard = FillTimeout(BOOTS)
    guard.learn([8_000_000, 8_000_000, 8_000_000], 1 << CALF)
    assert [guard.limit_ms(index) for index in (FOOT, THIGH)] == [limits.FILL_MOST_MS] * 2


def test_of_fills_that_are_late_together_the_first_one_s_time_is_told_in_whole_milliseconds() -> None:
    guard, gauges, notices = FillTimeout(BOOTS), ChamberGauges(BOOTS), Notices(BOOTS.count)
    gauges.pressure_pa[:] = [1000, 2000, 3000]
    guard.step([46_000_999, 47_000_000, 48_000_000], [FILL] * 3, gauges, notices, FaultLatch(), 77)
    assert (notices.value[FOOT], type(notices.value[FOOT]), notices.at_ms[FOOT]) == (46_000, int, 77)


def airless(guard: FillTimeout, index: int, latch: FaultLatch, at_ms: int = 0) -> None:
    shares_us = [0] * BOOTS.count
    shares_us[index] = limits.FILL_MOST_MS * 1000 + 1000
    guard.step(shares_us, [FILL] * BOOTS.count, ChamberGauges(BOOTS), Notices(BOOTS.count), latch, at_ms)


@pytest.mark.parametrize("begins_count", [0, 1])
@pytest.mark.parametrize("reached", [FOOT, CALF, THIGH])
def test_any_chamber_that_is_reached_shows_that_the_pump_gives_air(reached: int, begins_count: int) -> None:
    guard, latch = FillTimeout(BOOTS), FaultLatch()
    for _ in range(begins_count):
        guard.begin()
    airless(guard, FOOT, latch)
    guard.learn([0] * BOOTS.count, 1 << reached)
    airless(guard, THIGH, latch)
    assert latch.code == faults.NONE


def test_a_pump_without_air_is_called_at_its_time() -> None:
    guard, latch = FillTimeout(BOOTS), FaultLatch()
    airless(guard, FOOT, latch, 5)
    airless(guard, THIGH, latch, 99)
    assert (latch.code, latch.at_ms) == (faults.NO_AIR, 99)


def test_a_chamber_that_is_not_held_hides_no_other_that_leaks() -> None:
    guard, notices = Leak(BOOTS), Notices(3)
    ms = limits.LEAK_HELD_MS
    for _ in range(limits.LEAK_COUNT):
        guard.step([0, 300 * ms, 0], [0, ms, 0], [0] * 3, notices, 0)
        guard.step([0] * 3, [0] * 3, [0] * 3, notices, 0)
    assert notices.rested_bits == 1 << CALF


# --- an open chamber that rises ---


def rising(foot_vented_ms: int, calf_vented_ms: int, calf_age_ms: int, steps_ms: list[int]) -> FaultLatch:
    guard, gauges, latch = RisesUnasked(BOOTS), ChamberGauges(BOOTS), FaultLatch()
    gauges.emptying.empty_bits = 1 << FOOT | 1 << CALF
    gauges.smooth_pa[:] = [limits.RISES_PA + 1, limits.RISES_PA + 1, 0]
    gauges.emptying.vented_ms[:] = [foot_vented_ms, calf_vented_ms, 0]
    gauges.age_ms[:] = [0, calf_age_ms, 0]
    for ms in steps_ms:
        guard.step(gauges, 0, Commands(), latch, 0, ms)
        gauges.emptying.vented_ms[:] = [gauges.emptying.vented_ms[FOOT], calf_vented_ms + OPEN_FOR_MS, 0]
    return latch


def test_a_chamber_that_was_just_opened_hides_no_other_that_rises() -> None:
    assert rising(0, 9000, 0, [limits.RISES_MS]).chamber_index == CALF


def test_what_a_chamber_shows_just_after_it_was_opened_does_not_count() -> None:
    assert rising(0, OPEN_FOR_MS, 0, [TICK_MS, limits.RISES_MS - 1]).code == faults.NONE
    assert rising(0, OPEN_FOR_MS, 0, [TICK_MS, limits.RISES_MS]).code == faults.RISES_UNASKED


def test_a_rise_that_was_seen_a_millisecond_ago_is_none() -> None:
    assert rising(0, 9000, 1, [limits.RISES_MS] * 3).code == faults.NONE


# --- the interlock and the notices ---


def test_every_refusal_is_counted() -> None:
    interlock, commands = Interlock(BOOTS), Commands()
    for count in range(3):
        assert interlock.refused_count == count
        commands.pump_permille = 1000
        interlock.step(commands, True)


def test_new_notices_are_blank_throughout() -> None:
    notices = Notices(3)
    assert (notices.last_index, notices.value, notices.limit, notices.at_ms) == (0, [0] * 3, [0] * 3, [0] * 3)
