"""What a fill or a trim teaches: speeds come from what is long enough to tell."""

import pytest

from soleus.core.regulate.learned import DOSE_SEEN_MS, Learned
from soleus.core.regulate.manifold.learned import ManifoldLearned
from soleus.core.regulate.regulation import RISE_START_PA_S
from tests.core.fake_air import boots

PER_CHAMBER = boots(valves="fill_vent", sensors="per_chamber")
MANIFOLD = boots(valves="fill_vent", sensors="manifold")
FOOT = 0


def test_a_dose_of_a_few_ticks_says_nothing_of_the_speed() -> None:
    """Noise of 40 Pa in 20 ms would be 15 mmHg a second."""
    learned = Learned(PER_CHAMBER)
    for moved_pa in (378, 52, -74):
        learned.note_dose(FOOT, moved_pa, DOSE_SEEN_MS - 1)
    assert learned.rise_pa_s[FOOT] == RISE_START_PA_S


def test_a_longer_dose_does() -> None:
    learned = Learned(PER_CHAMBER)
    for _ in range(8):
        learned.note_dose(FOOT, 1000, DOSE_SEEN_MS)
    assert learned.rise_pa_s[FOOT] == pytest.approx(1000 * 1000 / DOSE_SEEN_MS, rel=0.02)


def test_through_a_manifold_short_doses_are_all_there_is() -> None:
    learned = ManifoldLearned(MANIFOLD)
    learned.note_dose(FOOT, 200, 50)
    assert learned.rise_pa_s[FOOT] < RISE_START_PA_S


@pytest.mark.parametrize("wrong_pa", [0, 2000])
def test_one_odd_vent_changes_little(wrong_pa: int) -> None:
    learned = Learned(PER_CHAMBER)
    before_pa_s = learned.fall_pa_s[FOOT]
    learned.note_fall(FOOT, wrong_pa, 40)
    assert abs(learned.fall_pa_s[FOOT] - before_pa_s) <= before_pa_s * 3 // 16 + 1


def test_many_alike_are_believed() -> None:
    learned = Learned(PER_CHAMBER)
    for _ in range(40):
        learned.note_fall(FOOT, 400, 40)
    assert learned.fall_pa_s[FOOT] == pytest.approx(10_000, rel=0.03)


def test_through_a_manifold_a_vent_is_not_judged_without_what_falls_by_itself() -> None:
    learned = ManifoldLearned(MANIFOLD)
    learned.note_fall(FOOT, 0, 200)
    assert learned.fall_pa_s == ManifoldLearned(MANIFOLD).fall_pa_s
