"""What comes before a session that a laptop starts: the questions, the clock, and the panel's words."""

import sys
import time
from typing import Any

from rich.console import Console as Terminal

from host_tools.basics.errors import InputError
from soleus.core.session.dose import DAY_S
from soleus.panel.screens import PLACES, as_table, row_of
from soleus.panel.table import REFUSED
from soleus.panel.words import QUESTIONS, REASONS

OPTION = "--answers"


def answers_to(count: int, given: str | None) -> list[str]:
    """`yes` or `no` to each question: as given with the option, or as a person answers in the terminal."""
    if given is None:
        if not sys.stdin.isatty():
            raise InputError(OPTION, "", None, _expected(count))
        return [_asked(question) for question in QUESTIONS[:count]]
    answers = given.split(",")
    if len(answers) != count or not {*answers} <= {"yes", "no"}:
        raise InputError(OPTION, "", given, _expected(count))
    return answers


def clock_now() -> dict[str, int]:
    """The day here, and its second."""
    now = time.time()
    local_s = int(now) + time.localtime(now).tm_gmtoff
    return {"day": local_s // DAY_S, "second": local_s % DAY_S}


def panel_words(answer: dict[str, Any]) -> dict[str, Any]:
    """The screen that a board's panel shows, in the words of the one table that both have."""
    place, question = answer["place"], answer["question"]
    words = {**as_table(place), "today": answer["today"], "week": answer["week"], "ok": True}
    if answer.get("check_fill"):
        words["check_fill"] = answer["check_fill"]
    return words if question is None else {**words, "question": QUESTIONS[question]}


def refused_words(question: int) -> str:
    return f"{row_of(PLACES[REFUSED])[1]}. {REASONS[question]}"


def _asked(question: str) -> str:
    terminal = Terminal(stderr=True, highlight=False)
    while True:
        terminal.print(f"{question} yes or no: ", end="")
        answer = input().strip().lower()
        if answer in ("yes", "no"):
            return answer


def _expected(count: int) -> str:
    questions = "; ".join(f"{number} {text}" for number, text in enumerate(QUESTIONS[:count], start=1))
    return f"yes or no to each of the {count} questions, such as {','.join(['yes'] * count)}: {questions}"
