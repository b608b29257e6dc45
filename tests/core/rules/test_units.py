"""mmHg and pascals, to the nearest and back, within the bounds that are stated where they are computed."""

from hypothesis import given
from hypothesis import strategies as st

from soleus.core.basics.units import clamp, mmhg_from_pa, pa_from_mmhg, tenths_mmhg_from_pa

SMALL_INT_LIMIT = 2**30


def test_known_pressures() -> None:
    assert [pa_from_mmhg(mmhg) for mmhg in (0, 1, 80, 760)] == [0, 133, 10_666, 101_325]
    assert [mmhg_from_pa(pa) for pa in (0, 66, 67, 10_666, 101_325)] == [0, 0, 1, 80, 760]
    assert [tenths_mmhg_from_pa(pa) for pa in (0, 133, 10_666)] == [0, 10, 800]


@given(st.integers(-8000, 7500))
def test_whole_mmhg_survive_the_way_there_and_back(mmhg: int) -> None:
    assert mmhg_from_pa(pa_from_mmhg(mmhg)) == mmhg


@given(st.integers(-8000, 8000))
def test_pascals_are_the_nearest(mmhg: int) -> None:
    assert abs(pa_from_mmhg(mmhg) * 1000 - mmhg * 133_322) <= 500


@given(st.integers(-1_000_000, 1_000_000))
def test_mmhg_are_the_nearest(pa: int) -> None:
    assert abs(mmhg_from_pa(pa) * 133_322 - pa * 1000) <= 66_661


@given(st.integers(-100_000, 100_000))
def test_tenths_are_the_nearest(pa: int) -> None:
    assert abs(tenths_mmhg_from_pa(pa) * 133_322 - pa * 10_000) <= 66_661


def test_products_stay_small_at_the_stated_bounds() -> None:
    assert SMALL_INT_LIMIT > 8000 * 133_322 + 500
    assert SMALL_INT_LIMIT > 1_000_000 * 1000 + 66_661
    assert SMALL_INT_LIMIT > 100_000 * 10_000 + 66_661


@given(st.integers(), st.integers(), st.integers())
def test_clamp_stays_inside_and_leaves_alone_what_is(value: int, one_end: int, other_end: int) -> None:
    least, most = sorted((one_end, other_end))
    clamped = clamp(value, least, most)
    assert least <= clamped <= most
    assert clamped == value or not least <= value <= most
