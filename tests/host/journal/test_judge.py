"""What a diary shows: nothing from too few days, nothing where there is nothing, and never why."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from host_tools.journal.fields import NIGHTS, Row
from host_tools.journal.judge.chance import compare
from host_tools.journal.judge.phases import RULES, Series, phases_of, start_of
from host_tools.journal.judge.verdict import (
    ALL_THE_SAME,
    DIFFERENCE,
    NO_DIFFERENCE,
    NO_ENTRIES,
    NO_START,
    TOO_ALIKE,
    TOO_EARLY,
    TOO_FEW,
    judge,
)
from host_tools.journal.report.report import report_html
from host_tools.verify.diaries.draw import BOTH, START, TODAY, Scenario, draw_anything, draw_diary
from host_tools.verify.diaries.false_alarms import share_called

Rows = dict[str, list[Row]]


def diary(nights: list[tuple[int, int]], first_session: int = 0) -> Rows:
    """Nights as (days after START, cramps); sessions from one day on."""
    rows = [
        {
            **dict.fromkeys(NIGHTS.columns),
            "night": str(START + timedelta(days=day)),
            "cramps": cramps,
            "intensity": None,
            "session": int(day >= first_session),
        }
        for day, cramps in nights
    ]
    return {"nights": rows, "trainings": [], "sessions": []}


def verdict_on_cramps(rows: Rows, today: date = TODAY, start: date | None = START) -> tuple[str, str]:
    verdict = judge(rows, start, today)[0]
    return verdict.kind, verdict.sentence


def alternating(first: int, last: int, *values: int) -> list[tuple[int, int]]:
    return [(day, values[day % len(values)]) for day in range(first, last)]


STRONG = alternating(-28, 0, 3, 4, 5, 3) + alternating(0, 28, 0, 1, 0, 0)

IN_WEEKS = alternating(-28, -14, 0) + alternating(-14, 7, 4) + alternating(7, 28, 0)

VERDICTS = {
    "nothing written": ([], START, TODAY, NO_ENTRIES),
    "no session": (STRONG, None, TODAY, NO_START),
    "the day before it is judged": (STRONG, START, START + timedelta(days=20), TOO_EARLY),
    "the day on which it is": (STRONG, START, START + timedelta(days=21), DIFFERENCE),
    "thirteen nights before": (STRONG[15:], START, TODAY, TOO_FEW),
    "fourteen nights before": (STRONG[14:], START, TODAY, DIFFERENCE),
    "thirteen nights after": (STRONG[:41], START, TODAY, TOO_FEW),
    "nights of long ago": ([(day - 60, cramps) for day, cramps in STRONG[:28]], START, TODAY, TOO_FEW),
    "never any cramps": (alternating(-28, 28, 0), START, TODAY, ALL_THE_SAME),
    "weeks without and weeks with": (IN_WEEKS, START, TODAY, TOO_ALIKE),
    "as many as before": (alternating(-28, 28, 0, 1, 2, 0, 1), START, TODAY, NO_DIFFERENCE),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_the_verdict_is_drawn_from_enough_days_and_when_its_time_has_come(case: str) -> None:
    nights, start, today, kind = VERDICTS[case]
    assert verdict_on_cramps(diary(nights), today, start)[0] == kind


def test_too_few_days_say_how_many_are_wanting_and_nothing_else() -> None:
    _, words = verdict_on_cramps(diary(STRONG[15:41]))
    assert words == (
        "Too few nights to conclude anything: 13 in the 28 days until 2027-01-31, 13 in the 21 days after;"
        " at least 14 of each are needed."
    )


def test_days_that_are_too_alike_say_what_they_are_worth() -> None:
    assert verdict_on_cramps(diary(IN_WEEKS))[1] == (
        "No conclusion on cramps a night: days in a row are so alike that 28 entries before and 21 after"
        " say no more than 1 and 1 independent ones."
    )


def test_nights_after_the_weeks_that_count_change_no_verdict() -> None:
    late = STRONG[:49] + alternating(21, 60, 9)
    assert verdict_on_cramps(diary(late)) == verdict_on_cramps(diary(STRONG))


@pytest.mark.parametrize("effect", ["less", "more"])
def test_a_difference_is_named_by_its_direction_and_never_explained(effect: str) -> None:
    nights = STRONG if effect == "less" else [(day, 5 - cramps) for day, cramps in STRONG]
    kind, words = verdict_on_cramps(diary(nights))
    assert kind == DIFFERENCE
    assert words.startswith("Fewer cramps" if effect == "less" else "More cramps")
    assert words.endswith("The diary can't say why.")
    assert not [word for word in ("boots", "helped", "because", "prevent", "treat") if word in words]


def test_the_more_outcomes_are_looked_at_the_more_is_asked_of_each() -> None:
    rows = diary(STRONG)
    alone = judge(rows, START, TODAY)[0].difference
    for row in rows["nights"]:
        row["intensity"] = row["cramps"]
    together = judge(rows, START, TODAY)[0].difference
    assert alone
    assert together
    assert (alone.level, together.level) == (0.96, 0.98)
    assert together.high - together.low > alone.high - alone.low


def test_the_first_session_is_the_earliest_that_is_known() -> None:
    rows = diary([(-3, 1), (-2, 0), (0, 1)], first_session=-2)
    pulled = {"day": str(START - timedelta(days=5)), "is_day_known": 0}
    known = {"day": str(START - timedelta(days=5)), "is_day_known": 1}
    assert start_of(rows["nights"], []) == START - timedelta(days=2)
    assert start_of(rows["nights"], [pulled]) == START - timedelta(days=2), "the day of a pull is later"
    assert start_of(rows["nights"], [known]) == START - timedelta(days=5)
    assert start_of([], [pulled]) == START - timedelta(days=5)
    assert start_of([], []) is None


def test_a_training_of_the_first_day_came_before_its_session_and_that_night_after_it() -> None:
    nights, trainings = RULES
    night = [{"night": str(START), "cramps": 1}]
    training = [{"training": f"{START}T18:00", "soreness": 1}]
    assert (len(phases_of(nights, night, START).before), len(phases_of(nights, night, START).after)) == (0, 1)
    of_day = phases_of(trainings, training, START)
    assert (len(of_day.before), len(of_day.after)) == (1, 0)


# --- chance ---


def series(values: list[float]) -> Series:
    return Series(np.arange(len(values)), np.array(values, np.float64))


def test_independent_days_are_compared_as_welchs_test_does() -> None:
    rng = np.random.default_rng(3)
    before, after = series(list(rng.normal(5, 1, 2000))), series(list(rng.normal(5.1, 2, 1500)))
    found = compare(before, after, 1, 0.95)
    assert found
    assert found.memory < 0.1
    assert found.low < 0.1 < found.high
    # The interval's half width is Welch's, widened by the likeness that it allows for.
    error = (1 / 2000 + 4 / 1500) ** 0.5
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.12)


def test_days_in_a_row_that_are_alike_count_for_less() -> None:
    values = [0.0, 3.0] * 7
    rows = sorted(values)
    apart = compare(series(values), series([one + 1 for one in values]), 1, 0.95)
    alike = compare(series(rows), series([one + 1 for one in rows]), 1, 0.95)
    assert apart
    assert alike
    assert alike.memory > apart.memory
    assert alike.high - alike.low > 2 * (apart.high - apart.low)


@pytest.mark.parametrize(("tables", "memory"), [(BOTH[:1], 0.5), (BOTH[1:], 0.7), (BOTH, 0.3)])
def test_a_diary_without_effect_is_called_so(tables: tuple[str, ...], memory: float) -> None:
    """`python -m host_tools.verify.diaries` draws a thousand for each."""
    called, judged = share_called(Scenario(memory), 80, tables)
    assert called <= 0.05
    assert judged > 0.8


def test_a_large_effect_is_mostly_seen() -> None:
    called, _ = share_called(Scenario(0.0, 2.5), 40, BOTH[1:])
    assert called > 0.8


# --- the page ---


def test_any_diary_makes_a_page_that_needs_nothing_and_holds_no_foreign_tag() -> None:
    rng = np.random.default_rng(9)
    for _ in range(20):
        rows, today = draw_anything(rng)
        page = report_html(rows, datetime.combine(today, datetime.min.time()))
        assert not [word for word in ("http:", "https:", "<script", "nan", "<i>mine", "None") if word in page]
        assert "stretching has the direct evidence" in page
        assert "nobody could hide it" in page


def test_a_page_counts_and_shows_what_was_judged() -> None:
    rows = draw_diary(Scenario(0.0), np.random.default_rng(1))
    page = report_html(rows, datetime.combine(TODAY, datetime.min.time()))
    for verdict in judge(rows, START, TODAY):
        assert verdict.sentence.replace("'", "&#39;") in page
        assert verdict.phases
        for one in verdict.phases.series(verdict.outcome):
            assert f"<td>{len(one)}</td><td>{one.values.mean():.1f}</td>" in page
    assert page.count("<svg") == 5


@pytest.mark.parametrize("nights", [[(-1, 50)], [(0, 0)], [(-1, 50), (0, 0)]])
def test_a_diary_of_a_night_or_two_makes_a_page(nights: list[tuple[int, int]]) -> None:
    page = report_html(diary(nights), datetime.combine(TODAY, datetime.min.time()))
    assert page.count("<circle") == len(nights)


def test_a_page_with_too_few_days_concludes_nothing() -> None:
    page = report_html(diary(STRONG[20:36]), datetime.combine(TODAY, datetime.min.time()))
    assert "Too few nights to conclude anything" in page
    assert "Nothing yet." in page
    assert "Difference of the means" not in page
