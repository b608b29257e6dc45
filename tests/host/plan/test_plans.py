"""The sources' plans: every row of theirs, every rule with the date that breaks it, every kind of date."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools.basics.errors import InputError
from host_tools.catalogue.programs import load_program
from host_tools.plan.clock import at, hours_between, later, when_awake
from host_tools.plan.entry import Plan
from host_tools.plan.kinds.after_run import KINDS, after_run
from host_tools.plan.kinds.bedtime import bedtime
from host_tools.plan.kinds.hamstrings import hamstring_pair
from host_tools.plan.kinds.levels import Training, levels
from host_tools.plan.kinds.marathon import Race, marathon
from host_tools.plan.kinds.week import Week, week
from host_tools.plan.rules import Wearer

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2027, 4, 1, 12, tzinfo=BERLIN)
RACE_DAY = date(2027, 4, 25)
START = at(RACE_DAY, time(9), BERLIN)

# Day, minutes, mmHg of the source's word, what goes with it: A's table, row by row.
A_TABLE = [
    (-6, (15, 25), (35, 50), "Water, 5-10 min of mobility."),
    (-3, (20, 30), (35, 50), "A gentle walk on arrival."),
    (-2, (10, 20), (30, 40), "A warm shower, breathing."),
    (-1, (10, 15), (20, 30), "Legs up for 5 min."),
    (0, (15, 20), (30, 40), "A meal, sleep."),
    (1, (20, 30), (35, 50), "2-3 short walks."),
    (2, (20, 30), (35, 50), "Ankle and hip mobility."),
    (3, (15, 25), (35, 50), "A very easy run if it feels right."),
    (4, (15, 30), (35, 50), "Light strength, technique."),
    (6, (15, 30), (35, 50), "Light strength, technique."),
]


def race(**changed: object) -> Race:
    return Race(START, BERLIN, **changed)  # type: ignore[arg-type]  # names of fields


def days(plan: Plan) -> list[int]:
    return [(one.day - RACE_DAY).days for one in plan.entries]


def test_the_plan_around_a_race_is_the_sources_table() -> None:
    found = marathon(race(), NOW)
    rows = [((one.day - RACE_DAY).days, one.minutes, one.pressure_mmhg, one.with_it) for one in found.entries]
    assert rows == A_TABLE
    assert {one.source for one in found.entries} == {"A"}
    assert [day for day, one in zip(days(found), found.entries, strict=True) if one.only_if] == [
        -3,
        -2,
        -1,
        3,
    ]


@pytest.mark.parametrize(("count", "on"), [(2, [4, 6]), (3, [4, 5, 7]), (4, [4, 5, 6, 7])])
def test_two_to_four_sessions_come_in_days_4_to_7(count: int, on: list[int]) -> None:
    assert [day for day in days(marathon(race(later_sessions=count), NOW)) if day >= 4] == on


def every_plan() -> list[Plan]:
    found = [marathon(race(), NOW), marathon(race(first_session=date(2027, 4, 19)), NOW)]
    found += [week(Week(NOW.date(), [1, 5], [3], time(19), BERLIN), NOW)]
    found += [hamstring_pair(NOW, NOW, BERLIN), bedtime(NOW.date(), 14, time(22, 30), NOW, BERLIN)]
    found += [after_run(kind, NOW, NOW, BERLIN) for kind in KINDS]
    return found + [
        levels(Training(miles, NOW.date(), 1, None, time(18), BERLIN), NOW) for miles in (20, 40, 60)
    ]


def test_no_session_asks_for_more_than_its_program() -> None:
    plans = every_plan()
    assert all(plan.entries for plan in plans)
    for one in (one for plan in plans for one in plan.entries):
        its = load_program(one.program)
        assert its.minutes.least <= one.minutes[0] <= one.minutes[1] <= its.minutes.most, one
        least, most = its.pressure_mmhg.least, its.pressure_mmhg.most
        assert least <= one.pressure_mmhg[0] <= one.pressure_mmhg[1] <= most, one
        assert re.fullmatch(r"[A-E](, [A-E])*", one.source)
        assert one.with_it


def test_every_program_of_the_sources_that_has_a_day_is_in_a_plan() -> None:
    planned = {one.program for plan in every_plan() for one in plan.entries}
    planned |= {one.program for one in marathon(race(brisk=date(2027, 4, 20)), NOW).entries}
    assert planned >= {
        *(
            "easy-run",
            "intervals",
            "long-run",
            "race",
            "standing-day",
            "doms-now",
            "taper-easy",
            "taper-brisk",
        ),
        *("travel", "eve-of-race", "race-day", "post-race", "post-race-day-3", "normalise", "bedtime"),
        *("hamstring-recovery", "hamstring-doms", "beginner", "intermediate", "advanced", "morning-after"),
        *("downhill", "marathon-long", "first-time"),
    }


# --- rules: each with the date that breaks it, and the one beside it that doesn't ---

BROKEN = {
    "a race in the past": (
        lambda: marathon(Race(at(date(2027, 3, 31), time(9), BERLIN), BERLIN), NOW),
        r"--race-date = '2027-03-31': expected a race that is to come, from today, 2027-04-01, on",
    ),
    "a first session on the day before": (
        lambda: marathon(race(first_session=date(2027, 4, 24)), NOW),
        r"--first-session = '2027-04-24': .* never a first session on Sat 24 Apr 2027, the day before",
    ),
    "a first session two days before": (
        lambda: marathon(race(first_session=date(2027, 4, 23)), NOW),
        r"--first-session = '2027-04-23': .* nothing new in the 72 h before the race on Sun 25 Apr 2027",
    ),
    "a first session 62 h before": (
        lambda: marathon(race(first_session=date(2027, 4, 22)), NOW),
        r"--first-session = '2027-04-22': expected a day until Thu 22 Apr 2027, 09:00: nothing new",
    ),
    "a first session of another plan": (
        lambda: bedtime(
            date(2027, 4, 20), 7, time(22), NOW, BERLIN, Wearer(date(2027, 4, 23), START)
        ),
        r"--first-session = '2027-04-23': .*nothing new",
    ),
    "5.5 h after the finish": (
        lambda: marathon(race(after_finish_h=5.5), NOW),
        r"--after-finish = '2027-04-25 19:00': expected a time from 2027-04-25 19:30 to 2027-04-26 01:30",
    ),
    "12.5 h after the finish": (
        lambda: marathon(race(after_finish_h=12.5), NOW),
        r"--after-finish = '2027-04-26 02:00': .*: 6 to 12 h after the finish",
    ),
    "a marathon's own time": (
        lambda: after_run("marathon", NOW, NOW, BERLIN, later(NOW, 3)),
        r"--at = '2027-04-01 15:00': expected a time from 2027-04-01 18:00",
    ),
    "travel two days before": (
        lambda: marathon(race(travel=date(2027, 4, 23)), NOW),
        r"--travel = '2027-04-23': expected a day from Wed 21 Apr 2027 to Thu 22 Apr 2027, D-4 to D-3 \(A\)",
    ),
    "an easy run four days before": (
        lambda: marathon(race(easy_run=date(2027, 4, 21)), NOW),
        r"--easy-run = '2027-04-21': expected a day from Sun 18 Apr 2027 to Tue 20 Apr 2027",
    ),
    "five sessions after": (
        lambda: marathon(race(later_sessions=5), NOW),
        r"--later-sessions = 5: expected 2 to 4 sessions",
    ),
    "a hard day that is gentle, too": (
        lambda: week(Week(NOW.date(), [1, 5], [5], time(19), BERLIN), NOW),
        r"--gentle = 'sat': expected other days",
    ),
}  # fmt: skip


@pytest.mark.parametrize("rule", BROKEN)
def test_a_date_that_breaks_a_rule_is_refused_by_name(rule: str) -> None:
    made, words = BROKEN[rule]
    with pytest.raises(InputError, match=words):
        made()


def test_a_first_session_in_time_is_the_lowest_and_the_others_wait_for_how_it_went() -> None:
    found = marathon(race(first_session=date(2027, 4, 21)), NOW)
    first = found.entries[0]
    assert (first.program, first.day, first.minutes, first.pressure_mmhg) == (
        "first-time",
        date(2027, 4, 21),
        (20, 20),
        (30, 40),
    )
    assert all(one.only_if for one in found.entries[1:])
    assert [(one.day, one.what) for one in found.left_out] == [(date(2027, 4, 19), "taper-easy")]


@pytest.mark.parametrize(
    ("used", "last_days", "most_mmhg"),
    [
        ({"travel": 40, "bedtime": 40, "eve-of-race": 30}, [-3, -2, -1], [40, 40, 30]),
        ({"travel": 40, "bedtime": 32}, [-3, -2], [40, 40]),
        ({"taper-easy": 55}, [], []),
        # The week's first session has shown 35 mmHg by then.
        ({"travel": 20, "bedtime": 20, "eve-of-race": 20}, [-3, -2, -1], [35, 35, 30]),
    ],
    ids=["all known", "one is new", "another program", "softer until now"],
)
def test_no_program_and_no_level_is_new_in_the_last_days_before_a_race(
    used: dict[str, int], last_days: list[int], most_mmhg: list[int]
) -> None:
    found = marathon(race(used=used), NOW)
    last = [one for one in found.entries if -3 <= (one.day - RACE_DAY).days < 0]
    assert [(one.day - RACE_DAY).days for one in last] == last_days
    assert [one.pressure_mmhg[1] for one in last] == most_mmhg
    new = [one for one in found.left_out if "nothing new" in one.why]
    assert len(new) == 3 - len(last_days)
    assert all("this program is not in your journal" in one.why for one in new)


def test_a_level_that_was_never_felt_is_left_out() -> None:
    """No session comes before the last days, because they are all over by now."""
    used = {"travel": 20, "bedtime": 20, "eve-of-race": 20}
    found = marathon(race(used=used), at(date(2027, 4, 22), time(12), BERLIN))
    assert [one.program for one in found.entries if one.begins < START] == ["eve-of-race"]
    assert {one.what for one in found.left_out if "this level is not" in one.why} == {"travel", "bedtime"}


def test_who_begins_after_the_race_begins_with_its_evening() -> None:
    found = marathon(race(first_session=RACE_DAY), NOW)
    assert (found.entries[0].program, found.entries[0].minutes) == ("race-day", (15, 15))
    assert len(found.left_out) == 4


def test_the_second_of_a_pair_waits_for_the_first() -> None:
    unknown, well, badly = (hamstring_pair(NOW, NOW, BERLIN, went) for went in (None, True, False))
    first, second = unknown.entries
    assert [hours_between(NOW, one.begins) for one in unknown.entries] == [24, 48]
    assert (first.minutes, second.minutes) == ((20, 30), (25, 40))
    assert (first.only_if, second.only_if) == ("", "the first went well")
    assert well.entries[1].only_if == ""
    assert len(badly.entries) == 1
    (gone,) = badly.left_out
    assert (gone.day, "didn't go well" in gone.why) == (date(2027, 4, 3), True)


def test_hamstrings_may_wait_for_the_evening_and_no_other_run_may() -> None:
    morning, evening = (at(NOW.date(), time(hour), BERLIN) for hour in (8, 19))
    before = morning - timedelta(hours=1)
    found = after_run("hamstrings", morning, before, BERLIN, evening)
    assert found.entries[0].begins == evening
    with pytest.raises(InputError, match="2 to 6 h after the finish"):
        after_run("intervals", morning, before, BERLIN, evening)
    with pytest.raises(InputError, match="2 to 6 h after the finish"):
        after_run("hamstrings", morning, before, BERLIN, later(evening, 24))


def test_a_first_session_of_today_must_still_be_to_come() -> None:
    asked = Week(NOW.date(), [1, 5], [3], time(11), BERLIN, Wearer(NOW.date()))
    with pytest.raises(InputError, match="a day on which 11:00 is still to come"):
        week(asked, NOW)


def test_a_week_leaves_the_last_days_before_a_race_to_its_own_plan() -> None:
    asked = Week(date(2027, 4, 19), [1, 5], [3], time(19), BERLIN, Wearer(race=START))
    found = week(asked, NOW)
    assert [one.day.day for one in found.entries] == [20]
    assert [one.day.day for one in found.left_out] == [22, 24]
    assert all("soleus plan marathon" in one.why for one in found.left_out)


def test_what_is_over_is_left_out_with_its_day() -> None:
    found = marathon(race(), at(date(2027, 4, 23), time(12), BERLIN))
    assert days(found)[0] == -2
    assert [(one.day - RACE_DAY).days for one in found.left_out] == [-6, -3]


@pytest.mark.parametrize(
    ("miles", "program"),
    [(0.1, "beginner"), (25, "beginner"), (25.1, "intermediate"), (50, "intermediate"), (51, "advanced")],
)
def test_where_two_levels_meet_the_lower_one_is_meant(miles: float, program: str) -> None:
    found = levels(Training(miles, NOW.date(), 1, None, time(18), BERLIN), NOW)
    assert {one.program for one in found.entries} == {program}


# --- dates ---


@pytest.mark.parametrize(
    ("race_day", "before", "after"),
    [
        (date(2028, 3, 2), date(2028, 2, 29), date(2028, 3, 3)),  # a leap day is D-2
        (date(2027, 3, 2), date(2027, 2, 28), date(2027, 3, 3)),  # and in this year there is none
        (date(2028, 1, 1), date(2027, 12, 30), date(2028, 1, 2)),  # over the end of a year
        (date(2027, 5, 1), date(2027, 4, 29), date(2027, 5, 2)),  # and of a month
    ],
)
def test_days_are_counted_over_month_ends_and_leap_days(race_day: date, before: date, after: date) -> None:
    found = marathon(Race(at(race_day, time(9), BERLIN), BERLIN), datetime(2027, 1, 2, tzinfo=BERLIN))
    on = {one.day for one in found.entries}
    assert {before, after} <= on
    assert all(timedelta(-7) <= day - race_day <= timedelta(7) for day in on)


def test_hours_are_those_that_pass_when_the_clocks_change() -> None:
    # In the night to 31 October 2027 the clocks of Berlin go back by one hour.
    start = at(date(2027, 10, 30), time(18), BERLIN)
    found = marathon(Race(start, BERLIN, 4.0, after_finish_h=6.0), NOW)
    session = next(one for one in found.entries if one.program == "race-day")
    assert f"{session.begins:%d %H:%M %Z}" == "31 03:00 CET"
    assert hours_between(start, session.begins) == 10


def test_a_time_that_the_clocks_skip_is_an_hour_later() -> None:
    assert f"{at(date(2027, 3, 28), time(2, 30), BERLIN):%H:%M %Z}" == "03:30 CEST"
    assert f"{at(date(2027, 10, 31), time(2, 30), BERLIN):%H:%M %Z}" == "02:30 CEST"


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    st.floats(0.5, 40),
)
def test_whenever_a_race_ends_the_session_is_6_to_12_h_later_and_no_day_has_three(
    start: datetime, zone_name: str, hours: float
) -> None:
    zone = ZoneInfo(zone_name)
    asked = Race(start.replace(tzinfo=UTC).astimezone(zone), zone, hours)
    found = marathon(asked, asked.start - timedelta(days=30))
    session = next(one for one in found.entries if one.program == "race-day")
    assert 6 <= hours_between(asked.finish, session.begins) <= 12
    assert found.entries == sorted(found.entries, key=lambda one: one.begins)
    on = [one.day for one in found.entries]
    assert max(on.count(day) for day in on) <= 2


@pytest.mark.parametrize(("finish", "begins"), [(9, 15), (14, 20), (17, 23), (23, 7), (3, 9)])
def test_a_session_comes_when_people_are_up_if_the_hours_allow_it(finish: int, begins: int) -> None:
    moment = datetime(2027, 5, 1, finish, tzinfo=UTC)
    assert when_awake(moment, 6, 12).hour == begins
