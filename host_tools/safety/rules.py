"""The rules for people: what a session needs before it begins, and what ends it although nothing is broken.

No guard watches them, and no broken part trips them: panel, link and session are made so. Each row names the
tests that hold it, and how a broken one is found out in the walk of panel and session together.
"""

from dataclasses import dataclass

_WALKS, _RULES = "tests/panel/test_walks.py", "tests/panel/test_rules.py"
_SESSION, _DOSE = "tests/core/session/test_session.py", "tests/panel/test_dose.py"
_VIRTUAL = "tests/virtual/test_panel.py"
_FILL, _FILL_VIRTUAL = "tests/sim/test_check_fill.py", "tests/virtual/test_check_fill.py"


@dataclass(frozen=True)
class Rule:
    id: str
    what: str
    why: str
    # Names of constants, as `module:NAME`, below soleus.
    limits: tuple[str, ...]
    tests: tuple[str, ...]
    # What tests/panel/test_walked.py breaks on purpose, so that its walk finds it.
    broken: tuple[str, ...] = ()


RULES = (
    Rule(
        "REQ-PERSON-1",
        "four questions before every session, each answered by a press of its own; any no, and a time"
        " without an answer, leads back to the first",
        "Nothing here sees a clot, a wound or a numb foot; only the person knows, if asked.",
        ("core.session.questions:COUNT", "core.session.questions:READ_LEAST_MS"),
        (
            f"{_RULES}::test_nothing_starts_but_by_fresh_answers_and_a_press_at_the_machine",
            f"{_WALKS}::test_any_no_ends_it_and_the_only_way_on_is_from_the_first_question",
            f"{_WALKS}::test_a_held_button_is_one_answer",
        ),
        ("yes counts twice", "a bounce is an answer", "a laptop knows how many questions there are"),
    ),
    Rule(
        "REQ-PERSON-2",
        "a session starts by a press at the machine, for the program that the questions were answered for;"
        " a service tool that holds the machine does without",
        "Whoever starts it must be there to stop it.",
        ("link.requests:LINK_LOST_MS",),
        (
            f"{_WALKS}::test_a_laptop_answers_the_questions_and_a_person_presses_start",
            f"{_WALKS}::test_a_laptop_that_is_gone_starts_nothing",
            f"{_VIRTUAL}::test_a_laptop_answers_the_questions_and_neither_starts_nor_clears_by_itself",
        ),
        ("a start is meant for whatever is loaded by then",),
    ),
    Rule(
        "REQ-PERSON-3",
        "a latched fault is cleared at the machine, by two buttons held together, once the pressure is gone",
        "A laptop in another room sees no leg.",
        ("core.session.session:CLEAR_AFTER_MS",),
        (
            f"{_SESSION}::test_a_fault_stays_whatever_is_pressed_but_clear",
            f"{_SESSION}::test_clear_with_pressure_still_there_is_refused",
        ),
        ("a laptop clears",),
    ),
    Rule(
        "REQ-PERSON-4",
        "louder in steps of 5 mmHg, and only after the present level was reached in a whole cycle; softer at"
        " once, by one press, wherever a session is",
        "Nobody can judge a level before it was felt; nobody has to wait for less.",
        ("core.basics.limits:LEVEL_STEP_PA", "core.basics.limits:SOFTEST_PA"),
        (
            f"{_SESSION}::test_louder_does_nothing_before_a_whole_cycle_has_shown_the_present_level",
            f"{_SESSION}::test_softer_is_one_press_away_wherever_a_session_is",
        ),
        ("louder at once", "softer waits"),
    ),
    Rule(
        "REQ-PERSON-5",
        "no chamber is asked for more than the program's range, boosts included, nor than the board allows",
        "A boost is for a zone that needs it, not a way past the range.",
        ("core.program.changes:BOOST_MMHG",),
        (
            f"{_RULES}::test_no_way_of_choosing_goes_beyond_the_range_boost_included",
            f"{_SESSION}::test_a_board_caps_what_louder_can_reach",
        ),
        ("a boost comes on top",),
    ),
    Rule(
        "REQ-PERSON-6",
        "a sign of life in every session of more than 20 minutes, and at night in every one",
        "Whoever sleeps feels no pain (D).",
        (
            "core.basics.limits:PRESENCE_AFTER_MINUTES",
            "core.basics.limits:PRESENCE_MINUTES",
            "core.basics.limits:ASK_FOR_PRESENCE_MS",
        ),
        (
            f"{_SESSION}::test_a_long_session_asks_for_a_sign_of_life_and_at_night_the_shortest_one_does",
            f"{_SESSION}::test_without_a_sign_of_life_the_session_ends_by_itself_and_not_a_tick_early",
        ),
        ("nobody is asked",),
    ),
    Rule(
        "REQ-PERSON-7",
        "the first three sessions at the lowest level, for the shortest time; declined once, on purpose",
        "Legs that don't know it yet (B, D, E).",
        ("core.session.dose:GENTLE_SESSIONS",),
        (
            f"{_WALKS}::test_the_first_sessions_are_the_gentlest_and_said_to_be",
            f"{_WALKS}::test_gentle_beginnings_are_declined_once_and_on_purpose",
            f"{_WALKS}::test_choosing_is_no_way_round_them",
        ),
        ("whoever wants more is believed",),
    ),
    Rule(
        "REQ-PERSON-8",
        "an hour at most, a forgotten pause ends it, and a third session of a day has a question of its own",
        "No source has more (A to E).",
        (
            "core.basics.limits:SESSION_MOST_MINUTES",
            "core.basics.limits:PAUSE_MOST_MS",
            "core.session.dose:DAY_SESSIONS_MOST",
        ),
        (
            f"{_WALKS}::test_a_third_session_on_a_day_has_a_question_more",
            f"{_WALKS}::test_a_part_is_one_only_where_it_is_offered",
            f"{_DOSE}::test_sessions_are_counted_by_what_is_known",
            f"{_SESSION}::test_a_forgotten_pause_ends_the_session_and_not_a_tick_early",
        ),
    ),
    Rule(
        "REQ-PERSON-9",
        "stop, from everywhere, ends it within the tick",
        "The one button that must never ask back.",
        (),
        (
            f"{_SESSION}::test_stop_vents_within_the_tick_from_everywhere",
            f"{_RULES}::test_stop_leads_out_of_every_place_within_a_step",
        ),
        ("stop winds down",),
    ),
    Rule(
        "REQ-PERSON-10",
        "before a session that a person starts, a check fill with the boots on: what doesn't fit is named. A"
        " kinked or a swapped hose is mended first; whoever presses anything meanwhile is asked once more;"
        " a service tool that holds the machine does without",
        "A chamber behind a kinked hose may not get rid of its air, and a swapped one is watched by another's"
        " sensor. What each board can and can't see, and how surely, stands below.",
        ("core.check_fill.check_fill:CHECK_PA", "core.basics.limits:CHECK_FILL_MOST_MS"),
        (
            f"{_FILL}::test_what_is_wrong_is_named_and_nothing_else",
            f"{_FILL}::test_it_is_gentle_short_and_ends_vented",
            f"{_FILL_VIRTUAL}::test_a_hose_that_is_off_is_named_and_after_one_press_the_session_begins",
            f"{_FILL_VIRTUAL}::test_a_stop_in_the_check_fill_ends_the_attempt",
        ),
        (
            *("a kinked hose is let pass", "a press meanwhile is not heard", "nobody checks"),
            "a check fill was for whatever is loaded by then",
        ),
    ),
)
