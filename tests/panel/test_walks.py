"""Walks of a person through the panel, button by button."""

from collections.abc import Callable

import pytest

from soleus.core.session.session import CHECKING, RUNNING
from soleus.panel.table import TAP_LOUDER
from tests.panel.desk import READ_MS, STEP_MS, Desk

FOUR_YES = ("louder",) * 4


def begun(desk: Desk) -> bool:
    return desk.session.state == CHECKING


def test_the_shortest_way_is_go_four_times_yes_and_start() -> None:
    desk = Desk().press("start", *FOUR_YES)
    assert desk.place == "ready"
    assert not desk.starts
    assert begun(desk.press("start"))


@pytest.mark.parametrize("yes_before", range(4))
def test_any_no_ends_it_and_the_only_way_on_is_from_the_first_question(yes_before: int) -> None:
    desk = Desk().press("start", *FOUR_YES[:yes_before], "softer")
    assert desk.place == "refused"
    assert desk.walk.questions.refused == yes_before
    for button in ("louder", "softer"):
        assert desk.press(button).place == "refused"
    assert desk.press("start").place == "offer"
    assert desk.press("start").walk.questions.index == 0
    assert not begun(desk.press(*FOUR_YES[1:]))
    assert begun(desk.press("louder", "start"))


def test_a_held_button_is_one_answer() -> None:
    """The panel is told of one press, however long it is held; and a bounce comes too soon to count."""
    desk = Desk().press("start")
    desk.wait(READ_MS)
    for _ in range(5):
        desk.step(TAP_LOUDER)
        desk.wait(2 * STEP_MS)
    assert desk.walk.questions.index == 1


def test_start_answers_no_question() -> None:
    desk = Desk().press("start", "start", "start")
    assert (desk.place, desk.walk.questions.index) == ("question", 0)


@pytest.mark.parametrize(("place", "seconds"), [("question", 121), ("ready", 121)])
def test_whoever_walks_away_finds_the_questions_from_the_first_one(place: str, seconds: int) -> None:
    desk = Desk().press("start", "louder")
    if place == "ready":
        desk.press("louder", "louder", "louder")
    assert desk.place == place
    desk.wait(seconds * 1000)
    assert desk.place == "offer"
    assert desk.press("start").walk.questions.index == 0


def test_a_third_session_on_a_day_has_a_question_more() -> None:
    desk = Desk()
    desk.today = 2
    desk.reset()
    assert desk.press("start", *FOUR_YES).place == "question"
    assert desk.press("louder").place == "ready"


# --- the first sessions ---


def test_the_first_sessions_are_the_gentlest_and_said_to_be() -> None:
    desk = Desk(completed=0)
    assert desk.press("start").place == "gentle"
    desk.press("start", *FOUR_YES, "start")
    assert begun(desk)
    assert desk.changes == {"gentle": True}
    assert desk.session.asked_pa == desk.session.most_pa, "nothing is louder"


def test_gentle_beginnings_are_declined_once_and_on_purpose() -> None:
    desk = Desk(completed=0).press("start", "louder")
    assert desk.place == "own"
    assert desk.press("softer").place == "gentle"
    assert desk.press("louder", "louder").place == "question"
    assert desk.has_declined
    desk.reset()
    assert desk.press("start").place == "question"


def test_choosing_is_no_way_round_them() -> None:
    desk = Desk(completed=1).press("louder", "start", "start")
    assert (desk.place, desk.changes) == ("offer", {"gentle": True})


# --- choosing ---


def chosen(*presses: str, **keys: object) -> Desk:
    """From the offer to the first program's minutes, then these presses."""
    return Desk(**keys).press("louder", "start", "start", *presses)


def test_need_program_minutes_pressure_zones_and_legs() -> None:
    desk = Desk(legs=2).press("louder")
    assert desk.place == "need"
    desk.press("start", "start")
    seen = [desk.place, *(desk.press("start").place for _ in range(6))]
    assert seen == ["minutes", "pressure", "boost", "without", "legs", "offer", "question"]


def test_minutes_and_pressure_go_in_steps_of_five_within_the_range() -> None:
    desk = chosen("louder", "start", "louder", "start", "start", "start", "start")
    assert (desk.walk.facts.minutes, desk.walk.facts.mmhg) == (15, 45)
    desk = chosen(*["louder"] * 5, "start", *["louder"] * 9, "start", "start", "start", "start")
    assert (desk.walk.facts.minutes, desk.walk.facts.mmhg) == (20, 60)
    desk = chosen(*["softer"] * 3, "start", *["softer"] * 3, "start", "start", "start", "start")
    assert (desk.walk.facts.minutes, desk.walk.facts.mmhg) == (10, 40)


def test_a_zone_is_boosted_another_left_out_and_one_leg_rests() -> None:
    desk = chosen("start", "start", "louder", "start", "softer", "start", "softer", "start", legs=2)
    assert desk.changes == {"boost": "foot", "without": "thigh", "legs": "right"}
    desk.press("start", *FOUR_YES, "start")
    desk.machine.until_state(RUNNING)
    desk.machine.run(30)
    keep_bits = desk.machine.controller.sequencer.timeline.keep_bits
    assert max(keep_bits).bit_count() == 2, "foot and calf of one leg"
    assert min(bits for bits in keep_bits if bits) == 0b001_000


# What is refused: the presses after the minutes, the boots, and where it leads back to.
REFUSED: dict[str, tuple[tuple[str, ...], dict[str, object], str, str]] = {
    "a boost beyond the range": (
        ("start", *["louder"] * 9, "start", "louder", "start", "start", "start"), {}, "40 to 50", "pressure",
    ),
    "a boost on three-way valves": (
        ("start", "start", "louder", *["start"] * 3), {"valves": "three_way"}, "one pressure", "boost",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_why_and_leads_back(name: str) -> None:
    presses, keys, why, back_to = REFUSED[name]
    desk = chosen(*presses, **keys)
    assert desk.place == "cannot"
    assert why in desk.walk.reason
    assert desk.press("start").place == back_to


def test_a_narrow_range_has_no_room_for_a_boost() -> None:
    desk = Desk().press("louder", "start", "louder", "start", "start", "start", "louder", *["start"] * 3)
    assert desk.place == "cannot"
    assert "no room" in desk.walk.reason
    assert desk.press("start").place == "boost"


# --- what a person meets otherwise ---


def test_without_a_display_there_is_one_program_and_the_same_questions() -> None:
    desk = Desk(has_display=False)
    assert desk.press("louder", "softer").place == "offer"
    assert [desk.press("start").walk.beeps(), desk.press("louder").walk.beeps()] == [1, 2]
    assert begun(desk.press("louder", "louder", "louder", "start"))


def test_an_empty_battery_is_charged_first() -> None:
    desk = Desk()
    desk.is_flat = True
    desk.reset()
    assert desk.press("start").place == "charge"
    assert desk.press("start").place == "offer"


def with_rest(desk: Desk) -> Desk:
    desk.left = {"program": "easy", "minutes": 6, "mmhg": 45, "changes": {"left": 6, "part_of": "1.slog"}}
    desk.reset()
    return desk


def test_what_was_left_goes_on_after_the_questions() -> None:
    desk = with_rest(Desk())
    assert desk.place == "resume"
    assert desk.press("start").place == "question"
    assert begun(desk.press(*FOUR_YES, "start"))
    assert (desk.session.duration_ms, desk.walk.facts.mmhg) == (6 * 60_000, 45)


def test_a_part_is_one_only_where_it_is_offered() -> None:
    """Gone on with and done, it would be no session of its own, as often as somebody pressed start."""
    desk = with_rest(Desk()).press("start", "softer", "start")
    desk.left = None
    assert desk.changes["left"] == 6
    assert begun(desk.press("start", *FOUR_YES, "start"))
    assert (desk.session.duration_ms, desk.changes) == (10 * 60_000, {})


@pytest.mark.parametrize("button", ["softer", "stop"])
def test_nobody_has_to_take_what_was_left(button: str) -> None:
    desk = with_rest(Desk()).press(button)
    assert (desk.place, desk.left) == ("offer", None)


def test_a_laptop_answers_the_questions_and_a_person_presses_start() -> None:
    desk = Desk()
    desk.answer_by_link()
    assert desk.place == "ready"
    desk.wait(60_000)
    assert not desk.starts
    assert begun(desk.press("start"))


@pytest.mark.parametrize("end", ["stop", "the link is lost", "nobody comes"])
def test_a_laptop_that_is_gone_starts_nothing(end: str) -> None:
    desk = Desk()
    desk.answer_by_link()
    ends: dict[str, Callable[[], object]] = {
        "stop": lambda: desk.press("stop"),
        "the link is lost": desk.walk.lose_link,
        "nobody comes": lambda: desk.wait(121_000),
    }
    ends[end]()
    assert desk.place == "offer"
    assert desk.press("start").place == "question"
