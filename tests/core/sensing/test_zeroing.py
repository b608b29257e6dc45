"""Every sensor's zero is found before any pressure is made, or the session doesn't begin."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soleus.core.basics import faults
from soleus.core.basics.faults import MANIFOLD_INDEX, FaultLatch
from soleus.core.basics.limits import TICK_MS, ZERO_MOST_PA
from soleus.core.basics.signals import MANIFOLD_BIT, Commands, Readings
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.sensing.zeroing import AVERAGED_TICKS, STEADY_SPREAD_PA, STEADY_WAIT_MS, Zeroing
from tests.core.fake_air import boots, gauges_for

SHAKEN_PA = STEADY_SPREAD_PA + 1


class Check:
    def __init__(self, sensors: str = "per_chamber") -> None:
        the_boots = boots(sensors=sensors)
        self.zeroing = Zeroing(the_boots)
        self.gauges = gauges_for(the_boots)
        self.readings = Readings(the_boots.count)
        self.latch = FaultLatch()
        self.at_ms = 0
        self.zeroing.begin()

    def show(
        self, chamber_pa: Sequence[int] = (0, 0, 0), manifold_pa: int = 0, missing_bits: int = 0
    ) -> bool:
        """Is it through with this tick?"""
        self.readings.chamber_pa[:] = chamber_pa
        self.readings.manifold_pa = manifold_pa
        self.readings.missing_bits = missing_bits
        self.at_ms += TICK_MS
        return self.zeroing.step(self.readings, self.gauges, self.latch, self.at_ms, TICK_MS)

    def blamed(self) -> tuple[int, int, int, int]:
        return self.latch.code, self.latch.chamber_index, self.latch.value, self.latch.limit


def test_offsets_become_zeros_after_a_second_and_not_before() -> None:
    check = Check()
    answers = [check.show((300, -500, 0)) for _ in range(AVERAGED_TICKS)]
    assert answers == [False] * (AVERAGED_TICKS - 1) + [True]
    assert check.gauges.zero_pa == [300, -500, 0]
    assert check.gauges.is_zeroed
    assert check.latch.code == faults.NONE


def test_a_zeroed_sensor_reads_nothing_at_open_vents() -> None:
    check = Check()
    for _ in range(AVERAGED_TICKS):
        check.show((300, -500, 0))
    check.gauges.step(check.readings, Commands(), 0, TICK_MS)
    assert check.gauges.pressure_pa == [0, 0, 0]


def test_one_sensor_on_the_manifold_is_the_one_that_is_zeroed() -> None:
    check = Check("manifold")
    answers = [check.show((9000, 9000, 9000), manifold_pa=-700) for _ in range(AVERAGED_TICKS)]
    assert answers[-1]
    assert check.gauges.manifold_zero_pa == -700
    assert check.gauges.zero_pa == [0, 0, 0]


def test_a_sensor_on_the_manifold_beside_the_others_is_zeroed_with_them() -> None:
    check = Check("per_chamber_and_manifold")
    answers = [check.show((300, -500, 0), manifold_pa=-700) for _ in range(AVERAGED_TICKS)]
    assert answers[-1]
    assert check.gauges.zero_pa == [300, -500, 0, -700]
    check = Check("per_chamber_and_manifold")
    for _ in range(AVERAGED_TICKS):
        check.show((300, -500, 0), manifold_pa=ZERO_MOST_PA + 1)
    assert check.blamed() == (faults.SENSOR_ZERO, MANIFOLD_INDEX, ZERO_MOST_PA + 1, ZERO_MOST_PA)


@settings(max_examples=50, deadline=None)
@given(
    offset_pa=st.integers(-ZERO_MOST_PA, ZERO_MOST_PA),
    noise_pa=st.lists(st.integers(-STEADY_SPREAD_PA // 2, STEADY_SPREAD_PA // 2), min_size=100, max_size=100),
)
def test_the_zero_is_the_mean_of_what_was_seen(offset_pa: int, noise_pa: list[int]) -> None:
    mean_pa = offset_pa + sum(noise_pa) // AVERAGED_TICKS
    check = Check()
    is_through = [check.show((offset_pa + noise, 0, 0)) for noise in noise_pa][-1]
    assert is_through == (abs(mean_pa) <= ZERO_MOST_PA)
    assert not is_through or check.gauges.zero_pa[0] == mean_pa


def test_a_leg_that_moves_starts_the_average_again() -> None:
    check = Check()
    for _ in range(AVERAGED_TICKS - 1):
        check.show()
    assert not check.show((0, SHAKEN_PA, 0))
    answers = [check.show((200, 200, 200)) for _ in range(AVERAGED_TICKS)]
    assert answers == [False] * (AVERAGED_TICKS - 1) + [True]
    assert check.gauges.zero_pa == [200, 200, 200], "nothing from before the movement is left in it"


def test_a_silent_sensor_starts_the_average_again() -> None:
    check = Check()
    for _ in range(AVERAGED_TICKS - 1):
        check.show()
    assert not check.show(missing_bits=0b010)
    answers = [check.show() for _ in range(AVERAGED_TICKS)]
    assert answers == [False] * (AVERAGED_TICKS - 1) + [True]


@pytest.mark.parametrize("chamber", range(3))
@pytest.mark.parametrize("sign", [1, -1], ids=["above", "below"])
def test_a_sensor_too_far_off_is_named_with_its_value_and_nothing_begins(chamber: int, sign: int) -> None:
    check = Check()
    off_pa = sign * (ZERO_MOST_PA + 1)
    shown = [off_pa if index == chamber else 0 for index in range(3)]
    assert not any(check.show(shown) for _ in range(2 * AVERAGED_TICKS))
    assert check.blamed() == (faults.SENSOR_ZERO, chamber, off_pa, ZERO_MOST_PA)
    assert not check.gauges.is_zeroed


@pytest.mark.parametrize("sign", [1, -1], ids=["above", "below"])
def test_as_far_off_as_a_good_sensor_may_be_is_zeroed(sign: int) -> None:
    check = Check()
    assert [check.show((0, sign * ZERO_MOST_PA, 0)) for _ in range(AVERAGED_TICKS)][-1]


def test_a_manifold_sensor_too_far_off_is_named_as_such() -> None:
    check = Check("manifold")
    for _ in range(AVERAGED_TICKS):
        check.show(manifold_pa=pa_from_mmhg(12))
    assert check.blamed() == (faults.SENSOR_ZERO, MANIFOLD_INDEX, pa_from_mmhg(12), ZERO_MOST_PA)


def test_a_leg_that_never_lies_still_ends_the_check_and_names_the_chamber() -> None:
    check = Check()
    for tick in range(STEADY_WAIT_MS // TICK_MS):
        assert not check.show((0, 0, (tick % 2) * SHAKEN_PA))
        assert check.latch.code == faults.NONE
    check.show((0, 0, 0))
    check.show((0, 0, SHAKEN_PA))
    assert check.latch.code == faults.SENSOR_ZERO
    assert check.latch.chamber_index == 2
    assert check.latch.at_ms == STEADY_WAIT_MS + TICK_MS


@pytest.mark.parametrize("sensors", ["per_chamber", "manifold"])
@pytest.mark.parametrize(
    ("ticks_a_swing", "code"), [(1, faults.SENSOR_ERRATIC), (50, faults.SENSOR_ZERO)], ids=["noise", "a leg"]
)
def test_noise_is_named_as_what_it_is(sensors: str, ticks_a_swing: int, code: int) -> None:
    """It goes to and fro from tick to tick; a leg that moves takes its time."""
    check = Check(sensors)
    joined = Commands()
    joined.fill_bits = 0b111
    for tick in range(STEADY_WAIT_MS // TICK_MS + 2 * ticks_a_swing):
        place = abs(tick % (2 * ticks_a_swing) - ticks_a_swing)
        pa = 2 * SHAKEN_PA * place // ticks_a_swing
        check.gauges.step(check.readings, joined, 0, TICK_MS)
        assert not check.show((0, pa, 0), pa)
    assert check.latch.code == code
    assert check.latch.chamber_index == (MANIFOLD_INDEX if sensors == "manifold" else 1)


def test_a_sensor_that_is_silent_all_the_time_isnt_waited_for_longer_than_for_a_leg() -> None:
    check = Check("manifold")
    for _ in range(STEADY_WAIT_MS // TICK_MS + 1):
        assert not check.show(missing_bits=MANIFOLD_BIT)
    assert check.latch.code == faults.SENSOR_ZERO
    assert check.latch.chamber_index == MANIFOLD_INDEX


def test_every_session_is_checked_anew() -> None:
    check = Check()
    for _ in range(AVERAGED_TICKS):
        check.show((300, 0, 0))
    check.zeroing.begin()
    assert not check.show((400, 0, 0))
    for _ in range(AVERAGED_TICKS - 1):
        check.show((400, 0, 0))
    assert check.gauges.zero_pa == [400, 0, 0]
