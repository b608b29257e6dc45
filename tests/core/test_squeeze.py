"""A chamber that nobody sees is reckoned: what its neighbour presses in, what was let out, what sags away."""

from hypothesis import given
from hypothesis import strategies as st

from soleus.core.learned import SQUEEZE_START_PERMILLE, Learned
from soleus.core.squeeze import SAG_MOST_MS, Squeeze
from soleus.core.units import pa_from_mmhg
from tests.core.fake_air import TICK_MS, boots

MANIFOLD = boots(valves="fill_vent", sensors="manifold")
FOOT = 0
FULL_PA = pa_from_mmhg(60)


def squeeze() -> Squeeze:
    fresh = Squeeze(MANIFOLD, Learned(MANIFOLD))
    fresh.see(FOOT, FULL_PA, 0, False)
    return fresh


def test_what_the_neighbour_presses_in_goes_with_its_pressure() -> None:
    reckoned = squeeze().come_in_pa(FOOT, FULL_PA, 0)
    assert reckoned == FULL_PA * SQUEEZE_START_PERMILLE // 1000


def test_what_was_let_out_is_taken_off() -> None:
    held = squeeze()
    held.let_out_pa[FOOT] = 300
    assert held.come_in_pa(FOOT, FULL_PA, 0) == FULL_PA * SQUEEZE_START_PERMILLE // 1000 - 300


def test_a_look_begins_anew() -> None:
    held = squeeze()
    held.let_out_pa[FOOT] = 300
    held.see(FOOT, FULL_PA, FULL_PA, True)
    assert held.come_in_pa(FOOT, FULL_PA, 0) == 0


def test_a_chamber_that_was_just_filled_teaches_nothing() -> None:
    held = squeeze()
    held.see(FOOT, 2 * FULL_PA, FULL_PA, False)
    assert held.learned.squeeze_permille[FOOT] == SQUEEZE_START_PERMILLE


@given(st.integers(0, 10 * SAG_MOST_MS // TICK_MS))
def test_tissue_gives_way_slowly_and_not_for_ever(ticks_count: int) -> None:
    held = squeeze()
    for _ in range(min(ticks_count, 2000)):
        held.come_in_pa(FOOT, 0, TICK_MS)
    assert -FULL_PA * 3 // 100 - 1 <= held.come_in_pa(FOOT, 0, 0) <= 0


@given(st.integers(-300, 16_000), st.lists(st.tuples(st.integers(0, 16_000), st.booleans()), max_size=30))
def test_whatever_is_seen_the_reckoning_stays_small(seen_pa: int, looks: list[tuple[int, bool]]) -> None:
    held = squeeze()
    for above_pa, was_held in looks:
        held.see(FOOT, seen_pa, above_pa, was_held)
        assert abs(held.come_in_pa(FOOT, 16_000, 60)) < 16_000
