"""The panel's table: every screen fits, says in its last line what the buttons do, and leads on."""

import pytest

from soleus.basics.lines import lines_of
from soleus.core.check_fill.findings import NO_HOSE, OPEN
from soleus.panel import screens, table
from soleus.panel.front import CHECK
from soleus.panel.front import LOAD as FRONT_LOAD
from soleus.panel.pages import BODY_LINES, body, heading
from soleus.panel.screens import PLACES, SESSION, as_table, line_of, row_of
from soleus.panel.table import BEEPS, BLINKS, LIGHTS, LOAD, MEND, QUESTION, UNSURE
from soleus.panel.words import AFTERWARDS, QUESTIONS, REASONS
from soleus.services import check_fill
from tests.panel.desk import PLACES_BY_NAME, Desk

LETTERS = 16
NAMES = list(PLACES_BY_NAME)


def test_every_place_has_its_row_its_light_and_its_beeps() -> None:
    assert len(PLACES) == len(LIGHTS) == len(BEEPS) == len(PLACES_BY_NAME)
    assert all(len(row_of(text)) == 6 for text in (*PLACES, *SESSION.values()))
    assert FRONT_LOAD == LOAD
    assert [name for name in NAMES if BEEPS[PLACES_BY_NAME[name]]] == ["question"]


@pytest.mark.parametrize("text", [*PLACES, *SESSION.values()])
def test_the_last_line_says_all_that_the_buttons_do_and_fits(text: str) -> None:
    row = row_of(text)
    line = line_of(row)
    assert len(line) <= LETTERS
    assert all(word in line for word in row[2:5])
    assert len(row[1]) <= LETTERS


def test_the_lines_of_a_session_fit() -> None:
    for line in (screens.AWAKE_LINE, screens.PAUSE_LINE, screens.CLEAR_LINE):
        assert len(line) <= LETTERS


FITS = check_fill.lines_of(
    {"found": [[0, code, 1] for code in range(1, 5)], "no_leg_bits": 2, "room_ml": [0, 0]},
    ["right.ankle", "left.ankle"],
)


@pytest.mark.parametrize("text", [*QUESTIONS, *REASONS, *AFTERWARDS, *FITS])
def test_a_text_is_whole_on_the_display(text: str) -> None:
    lines = lines_of(text, LETTERS)
    assert len(lines) <= BODY_LINES
    assert max(map(len, lines)) <= LETTERS


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_sees_on_every_screen_what_to_do_next(name: str) -> None:
    """A heading, and start/stop or an answer leads on."""
    desk = Desk(completed=0, legs=2)
    desk.lines = FITS
    desk.left = {"program": "hamstring-recovery", "minutes": 12, "mmhg": 55, "changes": {}}
    desk.reset()
    desk.walk.place = PLACES_BY_NAME[name]
    desk.walk.questions.refused = 3
    desk.walk.reason = "this board allows up to 110 mmHg, boosts included, so 100 here"
    row = row_of(PLACES[desk.walk.place])
    assert row[2] or (row[3] and row[4])
    lines = body(desk.walk, lines_of)
    assert len(heading(desk.walk)) <= LETTERS
    assert 1 <= len(lines) <= BODY_LINES
    assert max(map(len, lines)) <= LETTERS


def test_what_the_check_fill_keeps_a_copy_of_is_the_same_there() -> None:
    copies = (check_fill._CHECK, check_fill._MEND, check_fill._UNSURE, check_fill._FITS)
    assert copies == (CHECK, MEND, UNSURE, table.FITS)
    assert (NO_HOSE, OPEN) == (1, check_fill._HARMLESS_MOST)


def test_light_and_words_for_the_link() -> None:
    assert as_table(QUESTION) == {
        "screen": "question",
        "heading": "Before you start",
        "buttons": {"softer": "no", "louder": "yes", "stop": "back"},
        "light": "yellow, blinks, as many beeps as its number",
    }
    assert all(light & ~BLINKS in range(5) for light in LIGHTS)
