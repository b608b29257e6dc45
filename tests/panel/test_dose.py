"""How much is right, counted by what is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soleus.core.session import dose
from soleus.core.session.dose import DAY_S, UNKNOWN_DAY, day_at, in_week, is_gentle_due, may_resume, on_day

TODAY = 20_787


@pytest.mark.parametrize(
    ("completed", "has_declined", "is_due"),
    [(0, False, True), (2, False, True), (3, False, False), (0, True, False)],
)
def test_the_first_three_sessions_are_gentle_unless_declined(
    completed: int, has_declined: bool, is_due: bool
) -> None:
    assert is_gentle_due(completed, has_declined) == is_due


@pytest.mark.parametrize(
    ("days", "day", "ago_s", "today", "week"),
    [
        ([], TODAY, [], 0, 0),
        ([TODAY, TODAY, TODAY - 1], TODAY, [], 2, 3),
        ([TODAY - 6, TODAY - 7], TODAY, [], 0, 1),
        # No laptop has told the day: only those since the start are known, by how long ago they were.
        ([TODAY, TODAY], UNKNOWN_DAY, [60, 3600], 2, 2),
        ([TODAY], UNKNOWN_DAY, [DAY_S, 6 * DAY_S], 0, 2),
        # The clock came after a session.
        ([TODAY], TODAY, [600], 2, 2),
    ],
)
def test_sessions_are_counted_by_what_is_known(
    days: list[int], day: int, ago_s: list[int], today: int, week: int
) -> None:
    assert (on_day(days, day, ago_s), in_week(days, day, ago_s)) == (today, week)
    assert dose.needs_one_more(today) == (today >= 2)


def test_the_day_goes_on_with_the_machines_own_time() -> None:
    assert day_at(None, 5) == UNKNOWN_DAY
    clock = (TODAY, DAY_S - 10, 100)
    assert [day_at(clock, at_s) for at_s in (100, 109, 110, 110 + DAY_S)] == [
        TODAY,
        TODAY,
        TODAY + 1,
        TODAY + 2,
    ]


@given(days=st.lists(st.integers(TODAY - 40, TODAY), max_size=30).map(sorted))
def test_what_is_kept_is_bounded_and_counts_as_before(days: list[int]) -> None:
    kept = dose.with_day(days, TODAY)
    assert in_week(kept, TODAY, []) == in_week(days, TODAY, []) + 1
    assert min(kept) > TODAY - dose.DAYS_KEPT


@pytest.mark.parametrize(
    ("minutes", "ago_s", "may"), [(3, 0, True), (2, 0, False), (20, 3600, True), (20, 3601, False)]
)
def test_a_rest_is_offered_for_an_hour_if_it_is_worth_a_soft_start(
    minutes: int, ago_s: int, may: bool
) -> None:
    assert may_resume(minutes * 60_000, ago_s) == may
