"""The screens at rest, drawn from the table: a heading, what is asked or offered, what the buttons do.

Loaded at rest, on boards with a display.
"""

from soleus.basics.annotations import Any, Callable
from soleus.basics.loading import load
from soleus.core.session.dose import GENTLE_SESSIONS
from soleus.panel.screens import PLACES, line_of, row_of
from soleus.panel.table import (
    CANNOT,
    CHARGE,
    DONE,
    GENTLE,
    LEGS,
    MEND,
    NEED,
    OFFER,
    OWN,
    QUESTION,
    READY,
    REFUSED,
    RESUME,
)

_WIDTH = 128
_LETTER = 8
_LINE = 9
_LETTERS = 16
_TOP = 11
_LAST_TOP = 56
BODY_LINES = 5
_BATTERY_TOP = 44
_BATTERY_WIDTH = 24
_TURN_MS = 4000


def draw_page(canvas: Any, walk: Any, lines_of: Callable) -> None:
    """`lines_of` breaks a text into lines of so many letters."""
    canvas.fill_rect(0, 0, _WIDTH, _LETTER + 2, 1)
    canvas.text(heading(walk), 1, 1, 0)
    top = _TOP
    for line in body(walk, lines_of)[:BODY_LINES]:
        canvas.text(line[:_LETTERS], 0, top)
        top += _LINE
    if walk.place == OFFER and walk.facts.battery_minutes is not None:
        _draw_battery(canvas, walk.facts)
    canvas.text(line_of(row_of(PLACES[walk.place])), 0, _LAST_TOP)


def _draw_battery(canvas: Any, facts: Any) -> None:
    """As a picture, and in minutes of a session."""
    canvas.rect(0, _BATTERY_TOP, _BATTERY_WIDTH, _LETTER, 1)
    canvas.fill_rect(_BATTERY_WIDTH, _BATTERY_TOP + 2, 2, _LETTER - 4, 1)
    canvas.fill_rect(0, _BATTERY_TOP, _BATTERY_WIDTH * facts.battery_percent // 100, _LETTER, 1)
    canvas.text("{} min".format(facts.battery_minutes), _BATTERY_WIDTH + 2 * _LETTER, _BATTERY_TOP)


def heading(walk: Any) -> str:
    if walk.place == QUESTION:
        return "Question {} of {}".format(walk.questions.index + 1, walk.questions.count)
    return row_of(PLACES[walk.place])[1]


def body(walk: Any, lines_of: Callable) -> list:
    place = walk.place
    if place == DONE:
        return _afterwards(walk)
    if NEED <= place <= LEGS:
        return [""] + lines_of(_name(walk.chooser_loaded().words(walk)), _LETTERS)
    if place >= MEND:
        texts = walk.facts.lines
        return lines_of(texts[walk.place_ms // _TURN_MS % len(texts)], _LETTERS)
    return lines_of(_text(walk, place), _LETTERS)


def _text(walk: Any, place: int) -> str:
    facts = walk.facts
    if place == QUESTION:
        return _words(walk).QUESTIONS[walk.questions.index]
    if place == REFUSED:
        return _words(walk).REASONS[walk.questions.refused]
    if place == CANNOT:
        return walk.reason
    if place == GENTLE:
        number = facts.completed + 1
        return "Session {} of {}: lowest level, shortest time.".format(number, GENTLE_SESSIONS)
    if place == OWN:
        return "Used to boots like these? You choose the level from now on."
    if place == CHARGE:
        return "The battery can't finish {} min.".format(facts.minutes)
    if place == RESUME:
        left = facts.left
        return "{} was cut short. {} min left, {} mmHg".format(
            _name(left["program"]), left["minutes"], left["mmhg"]
        )
    if place == READY:
        start = "A laptop asks. " if walk.is_led_by_link else ""
        return start + "Stop lets all air out. Softer is the - button."
    if place == OFFER:
        return "{} {} min {} mmHg{}".format(
            _name(facts.program), facts.minutes, facts.mmhg, _changed(facts.changes)
        )
    return ""


def _words(walk: Any) -> Any:
    """Kept for as long as the walk: a picture is drawn five times a second."""
    if walk.words is None:
        walk.words = load("panel.words")
    return walk.words


def _name(program: str) -> str:
    """A long name breaks where it has a hyphen."""
    return program if len(program) <= _LETTERS else program.replace("-", "- ", 1)


def _changed(changes: dict) -> str:
    words = ""
    if "boost" in changes:
        words += " {}+10".format(changes["boost"])
    if "without" in changes:
        words += " no {}".format(changes["without"])
    if "legs" in changes:
        words += " {} leg".format(changes["legs"])
    return words + (" gently" if changes.get("gentle") else "")


def _afterwards(walk: Any) -> list:
    """What to do now, and by turns how many sessions the last seven days had."""
    lines = list(_words(walk).AFTERWARDS)
    turn = walk.place_ms // _TURN_MS % 3
    if turn == 1:
        lines[-1] = "7 days: {}".format(walk.facts.week)
    elif turn == 2 and walk.facts.lines:
        lines[-1] = walk.facts.lines[0][:_LETTERS]
    return lines
