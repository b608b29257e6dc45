"""The bits that guards look at first say what pressures, ages and readings say, in every tick."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soleus.core.basics import limits
from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import JUMP_PA, TICK_MS
from soleus.core.basics.signals import MANIFOLD_BIT, Commands, Readings
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.sensing.chamber_gauges import ChamberGauges
from soleus.core.sensing.emptying import AGE_MOST_MS
from soleus.core.sensing.gauges import Gauges
from soleus.core.sensing.manifold_gauges import JOINED_MS
from tests.core.fake_air import boots, gauges_for
from tests.core.guards.guard_adapters import bits_of, tell

BITS = ("seen_bits", "shown_bits", "pressed_bits", "low_bits", "unvented_bits", "highest_pa")
BOOTS = boots()
ALL = BOOTS.all_bits
# Around every limit, and far from it; the same again and again, too.
PRESSURES_PA = st.sampled_from(
    [
        *(0, 1, -1),
        *(limits.VENTED_PA - 1, limits.VENTED_PA, limits.PRESSED_PA, limits.PRESSED_PA + 1),
        *(-limits.ZERO_DRIFT_MOST_PA - 1, -limits.ZERO_DRIFT_MOST_PA, JUMP_PA, JUMP_PA + 1),
        *(limits.READING_LEAST_PA - 1, limits.READING_LEAST_PA),
        *(limits.READING_MOST_PA, limits.READING_MOST_PA + 1),
    ]
)


@st.composite
def ticks(draw: st.DrawFn) -> tuple[list[int], int, int, int]:
    chamber_pa = draw(st.lists(PRESSURES_PA, min_size=BOOTS.count, max_size=BOOTS.count))
    missing_bits = draw(st.sampled_from([0, 0, 1, 0b110, MANIFOLD_BIT, ALL | MANIFOLD_BIT]))
    return chamber_pa, missing_bits, draw(st.integers(0, ALL)), draw(st.integers(0, ALL))


def steps(the_boots: Boots, of_ticks: list[tuple[list[int], int, int, int]]) -> Iterator[Gauges]:
    gauges, readings, commands = gauges_for(the_boots), Readings(the_boots.count), Commands()
    for chamber_pa, missing_bits, keep_bits, fill_bits in of_ticks:
        readings.chamber_pa[:] = chamber_pa
        readings.manifold_pa = chamber_pa[0]
        readings.missing_bits = missing_bits
        commands.fill_bits = fill_bits
        for _ in range(8):
            gauges.step(readings, commands, keep_bits, TICK_MS)
            yield gauges


@pytest.mark.parametrize("sensors", ["per_chamber", "manifold"])
@given(st.lists(ticks(), min_size=1, max_size=20))
@settings(deadline=None)
def test_what_is_summed_up_is_what_each_chamber_says(
    sensors: str, of_ticks: list[tuple[list[int], int, int, int]]
) -> None:
    # Where one sensor sits on the manifold, its zero is looked for at no other moment than the start.
    bits = [name for name in BITS if sensors == "per_chamber" or name != "low_bits"]
    for gauges in steps(boots(sensors=sensors), of_ticks):
        said = {name: getattr(gauges.overview, name) for name in bits}
        tell(gauges)
        assert said == {name: getattr(gauges.overview, name) for name in bits}


@given(st.lists(ticks(), min_size=1, max_size=20))
@settings(deadline=None)
def test_each_sensor_is_compared_with_its_own_last_reading(
    of_ticks: list[tuple[list[int], int, int, int]],
) -> None:
    gauges, readings, last_pa = ChamberGauges(BOOTS), Readings(BOOTS.count), [0] * BOOTS.count
    for chamber_pa, missing_bits, keep_bits, _ in of_ticks:
        readings.chamber_pa[:] = chamber_pa
        readings.missing_bits = missing_bits
        gauges.step(readings, Commands(), keep_bits, TICK_MS)
        moved_pa = [now - before for now, before in zip(chamber_pa, last_pa, strict=True)]
        overview = gauges.overview
        assert overview.read_bits == ALL & ~missing_bits
        assert overview.unmoved_bits == overview.read_bits & bits_of([moved == 0 for moved in moved_pa])
        assert overview.jumped_bits == overview.read_bits & bits_of(
            [abs(moved) > JUMP_PA for moved in moved_pa]
        )
        for index, moved in enumerate(moved_pa):
            assert overview.jump_pa[index] == moved or not overview.jumped_bits >> index & 1
            last_pa[index] = chamber_pa[index] if overview.read_bits >> index & 1 else last_pa[index]


def test_the_manifolds_sensor_speaks_for_every_chamber() -> None:
    the_boots = boots(sensors="manifold")
    gauges, readings = gauges_for(the_boots), Readings(the_boots.count)
    for pa, missing_bits, read, unmoved, jumped in (
        (pa_from_mmhg(20), 0, ALL, 0, 0),
        (pa_from_mmhg(20), 0, ALL, ALL, 0),
        (pa_from_mmhg(90), MANIFOLD_BIT, 0, 0, 0),
        (pa_from_mmhg(90), 0, ALL, 0, 1),
        (pa_from_mmhg(20), 0, ALL, 0, 1),
    ):
        readings.manifold_pa, readings.missing_bits = pa, missing_bits
        gauges.step(readings, Commands(), 0, TICK_MS)
        overview = gauges.overview
        assert (overview.read_bits, overview.unmoved_bits, overview.jumped_bits) == (read, unmoved, jumped)
    assert gauges.overview.jump_pa[0] == pa_from_mmhg(20) - pa_from_mmhg(90)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_manifolds_reading_jumps_when_it_moves_farther_than_a_valve_makes_it(sign: int) -> None:
    the_boots = boots(sensors="manifold")
    gauges, readings = gauges_for(the_boots), Readings(the_boots.count)
    for moved_pa, is_jump in ((JUMP_PA, 0), (JUMP_PA + 1, 1), (JUMP_PA, 0)):
        readings.manifold_pa += sign * moved_pa
        gauges.step(readings, Commands(), 0, TICK_MS)
        assert gauges.overview.jumped_bits == is_jump


def test_a_chamber_is_seen_through_the_manifold_once_it_has_been_joined_for_long_enough() -> None:
    the_boots = boots(sensors="manifold")
    gauges, readings, commands = gauges_for(the_boots), Readings(the_boots.count), Commands()
    readings.manifold_pa = 4000
    for fill_bits, dt_ms, seen_bits, smooth_pa in (
        (1, JOINED_MS - 1, 0, 0),
        (0, TICK_MS, 0, 0),
        (1, JOINED_MS - 1, 0, 0),
        (1, 1, 1, 4000),
        (1, TICK_MS, 1, 5000),
    ):
        readings.manifold_pa = 8000 if smooth_pa == 5000 else 4000
        commands.fill_bits = fill_bits
        gauges.step(readings, commands, 0, dt_ms)
        assert (gauges.overview.seen_bits, gauges.smooth_pa[0]) == (seen_bits, smooth_pa)


# A reading and whether it is missing, for a sensor with such a zero.
ODDITIES: dict[str, Callable[[int], tuple[int, int]]] = {
    "no reading": lambda zero_pa: (zero_pa, 1),
    "below what a whole sensor gives": lambda _: (limits.READING_LEAST_PA - 1, 0),
    "above what a whole sensor gives": lambda _: (limits.READING_MOST_PA + 1, 0),
    "a jump": lambda zero_pa: (zero_pa + JUMP_PA + 1, 0),
}


@pytest.mark.parametrize("zero_pa", [0, limits.ZERO_MOST_PA, -limits.ZERO_MOST_PA])
@pytest.mark.parametrize("oddity", ODDITIES)
@pytest.mark.parametrize("sensors", ["per_chamber", "manifold"])
def test_whatever_guards_of_sensors_have_to_look_at_is_odd_on_its_tick(
    sensors: str, oddity: str, zero_pa: int
) -> None:
    the_boots = boots(sensors=sensors)
    pa, is_missing = ODDITIES[oddity](zero_pa)
    for index in range(the_boots.count):
        gauges, readings = gauges_for(the_boots), Readings(the_boots.count)
        gauges.zero_pa[index] = gauges.manifold_zero_pa = zero_pa
        readings.chamber_pa[index] = readings.manifold_pa = zero_pa
        gauges.step(readings, Commands(), 0, TICK_MS)
        assert gauges.overview.is_odd is False
        readings.chamber_pa[index] = readings.manifold_pa = pa
        readings.missing_bits = is_missing << index | is_missing * MANIFOLD_BIT
        gauges.step(readings, Commands(), 0, TICK_MS)
        assert gauges.overview.is_odd is True


def test_a_zero_that_has_drifted_is_odd_for_as_long_as_it_shows() -> None:
    gauges, readings = ChamberGauges(BOOTS), Readings(BOOTS.count)
    readings.chamber_pa[1] = -limits.ZERO_DRIFT_MOST_PA - 500
    for _ in range(20):
        gauges.step(readings, Commands(), 0, TICK_MS)
    assert gauges.overview.is_odd is True
    readings.chamber_pa[1] = 0
    gauges.step(readings, Commands(), 0, TICK_MS)
    assert gauges.overview.is_odd is (gauges.smooth_pa[1] < -limits.ZERO_DRIFT_MOST_PA)
    for _ in range(20):
        gauges.step(readings, Commands(), 0, TICK_MS)
    assert gauges.overview.is_odd is False


def test_before_its_zeros_are_known_nothing_is_called_zeroed() -> None:
    assert ChamberGauges(BOOTS).is_zeroed is False


def test_time_at_the_vent_counts_from_the_moment_a_chamber_is_given_up() -> None:
    gauges, readings = ChamberGauges(BOOTS), Readings(BOOTS.count)
    seen = []
    for keep_bits in (0, 0, 0b011, 0b010, 0b010, 0b111, 0b000):
        gauges.step(readings, Commands(), keep_bits, TICK_MS)
        seen.append([gauges.emptying.vented_for_ms(index) for index in range(BOOTS.count)])
    assert seen == [
        [10, 10, 10],
        [20, 20, 20],
        [0, 0, 30],
        [10, 0, 40],
        [20, 0, 50],
        [0, 0, 0],
        [10, 10, 10],
    ]


def test_limits_that_are_looked_at_together_are_in_order() -> None:
    """What shows more than a vented chamber may surely shows air, and who presses surely isn't vented."""
    assert limits.NO_AIR_PA < limits.VENTED_PA < limits.PRESSED_PA <= limits.RISES_PA


def test_the_shortest_vent_is_that_of_the_chambers_not_yet_seen_empty() -> None:
    gauges = ChamberGauges(BOOTS)
    gauges.emptying.vented_ms[:] = [700, 300, 500]
    assert [shortest_but(gauges, bits) for bits in (0, 0b010, 0b110, ALL)] == [300, 500, 700, AGE_MOST_MS]


def shortest_but(gauges: Gauges, empty_bits: int) -> int:
    gauges.emptying.empty_bits = empty_bits
    return gauges.emptying.shortest_vent_ms()


def test_every_chamber_may_have_to_be_seen_empty_anew() -> None:
    gauges = ChamberGauges(BOOTS)
    gauges.emptying.empty_bits = ALL
    gauges.emptying.forget_empty()
    assert gauges.emptying.empty_bits == 0


def test_a_reading_is_fresh_until_its_sensor_counts_as_silent() -> None:
    gauges = ChamberGauges(BOOTS)
    gauges.age_ms[:] = [0, limits.READING_BAD_MS - 1, limits.READING_BAD_MS]
    assert [gauges.is_fresh(index) for index in range(BOOTS.count)] == [True, True, False]
