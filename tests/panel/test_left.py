"""What was left of a session: over a loss of power, and by a laptop's calendar."""

import json
from typing import Any

import pytest

from soleus.core.session.dose import RESUME_LEAST_MS, may_resume
from soleus.panel.left import left_of, over_power
from soleus.store.clock import age

MINUTES = 8


def kept(**more: Any) -> dict[str, Any]:
    left = left_of("easy-run", {"boost": "calf"}, MINUTES * 60_000 + 900, 5333, "000007.slog")
    left["at_s"] = 4000
    return {"left": left, "undated_s": [100, 4000], **more}


def after_the_power(before: dict[str, Any]) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(over_power(before).partition(b"\n")[2])
    return dict(table["kept"])


def test_without_a_clock_it_is_offered_for_an_hour_from_the_start_and_counts_as_of_today() -> None:
    after = after_the_power(kept())
    assert after["left"] == {**kept()["left"], "at_s": 0}
    assert after["undated_s"] == [0, 0]


# The laptop's day and second when the machine had run for 1000 s; the session ended 3000 s after that.
CLOCK = (20_819, 80_000, 1000)


@pytest.mark.parametrize(
    ("clock", "is_offered"),
    [
        ((20_819, 83_300, 20), True),
        ((20_819, 86_399, 20), True),
        ((20_820, 180, 20), True),
        ((20_820, 420, 20), False),
        ((20_826, 83_300, 20), False),
        # Somebody has set the laptop's clock back: nobody knows.
        ((20_819, 70_000, 20), True),
    ],
)
def test_a_laptop_that_tells_the_time_again_knows_how_old_it_is(
    clock: tuple[int, int, int], is_offered: bool
) -> None:
    left = after_the_power(kept(clock=CLOCK))["left"]
    age(left, clock)
    assert may_resume(MINUTES * 60_000, clock[2] - left["at_s"]) == is_offered


def test_what_was_noted_without_a_clock_stays_as_it_is() -> None:
    left = after_the_power(kept())["left"]
    age(left, CLOCK)
    assert left["at_s"] == 0


def test_nothing_is_offered_that_is_not_worth_a_soft_start() -> None:
    assert not may_resume(RESUME_LEAST_MS - 1, 0)
