"""Panel and session together: nothing in any order breaks a rule, and a broken panel or core is found out.

`python -m host_tools.verify.panel` walks further: with mishaps, a laptop, the chooser and two boosts.
"""

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools.verify.panel.board import Board
from host_tools.verify.panel.machine import REQUESTS, Case, Happening
from host_tools.verify.panel.walk import BEGIN, CASES, walk, wander
from soleus.core import make_ready
from soleus.core.program import changes
from soleus.core.session.questions import Questions
from soleus.core.session.session import Session
from soleus.link.requests import Requests
from soleus.panel import acts
from soleus.panel.front import Front
from soleus.panel.requests import _start as answer_start
from soleus.panel.walk import Walk
from soleus.services import check_fill

PRESSES = CASES["presses"]


def test_whoever_presses_and_waits_in_whatever_order_breaks_no_rule() -> None:
    """Completely: nine thousand states and more, on one leg of three chambers."""
    found = walk(PRESSES)
    assert found.is_complete
    assert found.broken == {}
    assert found.states > 9000


@pytest.mark.parametrize("case", ["a laptop", "everything"])
def test_what_is_near_the_beginning_breaks_no_rule_with_all_that_can_happen(case: str) -> None:
    found = walk(CASES[case], states_most=1500)
    assert found.broken == {}


# Uniform numbers would hardly ever answer four questions.
WHOLE_CYCLE = (("tick", "stage"),) * 5
CHECK = (*BEGIN, ("look", 20), ("tick", ""), ("look", 20), ("tick", "zeroed"))
PHRASES = (BEGIN, CHECK, WHOLE_CYCLE, (("tick", "time"),), (("press", 1),), (("press", 2),), (("press", 16),))
STEPS = st.one_of(st.integers(0, 1 << 16).map(lambda number: (number,)), st.sampled_from(PHRASES))


ON_THE_WAY = ["sign of life", "at night", "everything", "check fill, a laptop"]


@settings(max_examples=60, deadline=None)
@given(phrases=st.lists(STEPS, max_size=60), case=st.sampled_from(ON_THE_WAY))
def test_no_way_through_it_breaks_a_rule(phrases: list[tuple[Any, ...]], case: str) -> None:
    assert not wander(CASES[case], [step for phrase in phrases for step in phrase])


# What is broken: the law that finds it, where, the method, its text, and the broken text.
LOUDER, FIRST, LAPTOP = CASES["louder"], CASES["first sessions"], CASES["a laptop"]
Broken = tuple[str, Case, Callable[..., Any], str, str]
BROKEN: dict[str, Broken] = {
    "yes counts twice": ("fresh answers", PRESSES, Questions.step, "self.index += 1", "self.index += 2"),
    "a bounce is an answer": (
        *("fresh answers", PRESSES, Questions.step),
        *("is_yes and self.shown_ms >= READ_LEAST_MS", "is_yes"),
    ),
    "whoever wants more is believed": (
        *("first sessions", FIRST, Walk._offer),
        *("facts.is_gentle_due and not facts.is_gentle", "False"),
    ),
    "a laptop clears": ("a laptop cleared", LAPTOP, Requests._press, "and not self.is_held", "and False"),
    "a laptop knows how many questions there are": (
        *("without the answers", LAPTOP, answer_start),
        *("len(answers) != count", "False"),
    ),
    "louder at once": (
        *("felt in a whole cycle", LOUDER, Session._change_level),
        *("and shown_pa >= self.asked_pa", ""),
    ),
    "softer waits": (
        *("didn't become softer", LOUDER, Session._soften),
        *("buttons & BUTTON_SOFTER", "False"),
    ),
    "stop winds down": (
        *("stop, and the session goes on", PRESSES, Session._stop),
        *("self._go(VENTING)", "self._wind_down(VENTING)"),
    ),
}
CHECKED = CASES["check fill"]
LOADED, LOOK = REQUESTS.index({"do": "load"}), (("look", 20),)
TO_A_BOOST = [("tap", tap) for tap in (4, 1, 1)] + [*LOOK] + [("tap", tap) for tap in (1, 2, 1, 4, 1, 1, 1)]
# A check fill that finds something; then whatever is pressed, and what follows within a moment.
LOOKS = (("look", 20),) * 3
TO_A_CHECK = [*BEGIN[:-2], *LOOK, ("tick", ""), *LOOK, ("tick", "zeroed")]
ONCE_MORE = [("tap", 1), *LOOKS, ("tick", ""), *LOOK, ("tick", "zeroed")]
BEGINS = [*LOOKS, ("tick", "")]
# Further from the beginning: the way leads there.
BROKEN_ON_A_WAY: dict[str, tuple[Broken, list[Happening]]] = {
    "a start is meant for whatever is loaded by then": (
        ("fresh answers", LAPTOP, Front.drop, "self.wish and self.wish[0] < ENDED", "False"),
        [("request", 0), *LOOK, ("tap", 1), ("request", LOADED), *LOOK, ("tick", "")],
    ),
    "nobody is asked": (
        (
            "sign of life",
            CASES["sign of life"],
            make_ready.presence_minutes,
            "if not asked and",
            "if False and",
        ),
        [*BEGIN, ("tick", "time"), ("tick", "time")],
    ),
    "nobody checks": (
        (
            *("without a check fill", CHECKED, acts._start),
            *("not is_checked and app.store.settings.check_fill", "False"),
        ),
        [*BEGIN],
    ),
    "a kinked hose is let pass": (
        ("found: kinked", CHECKED, check_fill._may_go_on, "code <= _HARMLESS_MOST", "True"),
        [
            *(*TO_A_CHECK, ("tick", "kinked"), ("tick", "empty"), *LOOKS),
            *(*ONCE_MORE, ("tick", "kinked"), ("tick", "empty"), *LOOKS, ("tap", 4), *BEGINS),
        ],
    ),
    "a press meanwhile is not heard": (
        (
            *("fresh answers", CHECKED, check_fill.taps_of),
            *("return taps_count + app.tick.asked_count[_STOP_INDEX]", "return 0"),
        ),
        [*TO_A_CHECK, ("press", 1), ("tick", "fits"), ("tick", "empty"), *BEGINS],
    ),
    "a check fill was for whatever is loaded by then": (
        (
            *("without a check fill", CASES["check fill, a laptop"], Board.answer_load),
            *('or "service" in self.front.kept', ""),
        ),
        [*TO_A_CHECK, ("tick", "fits"), ("tick", "empty"), ("request", LOADED), *BEGINS],
    ),
    "a boost comes on top": (
        (
            *("more than the program", CASES["choosing"], changes._boost),
            *(
                "    program.level_pa = Span(level.least, min(level.start, pa_from_mmhg(most)),",
                "    Span(1, 1,",
            ),
        ),
        [*TO_A_BOOST, *LOOK, *BEGIN, *WHOLE_CYCLE, ("press", 2), *WHOLE_CYCLE],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    law, case, method, text, broken_text = BROKEN[name]
    _break(monkeypatch, method, text, broken_text)
    found = walk(case, states_most=3000, stop_at=law)
    assert any(law in broken for broken in found.broken), found


@pytest.mark.parametrize("name", BROKEN_ON_A_WAY)
def test_a_rule_that_is_broken_on_a_longer_way_is_found_out(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (law, case, method, text, broken_text), way = BROKEN_ON_A_WAY[name]
    assert wander(case, way) == ""
    _break(monkeypatch, method, text, broken_text)
    assert law in wander(case, way)


def _break(monkeypatch: pytest.MonkeyPatch, method: Callable[..., Any], text: str, broken_text: str) -> None:
    module = inspect.getmodule(method)
    owner_name, _, name = method.__qualname__.rpartition(".")
    owner = getattr(module, owner_name) if owner_name else module
    source = textwrap.dedent(inspect.getsource(method))
    assert source.count(text) == 1, f"{text!r} stands {source.count(text)} times in {method.__qualname__}"
    names: dict[str, Any] = {}
    exec(compile(source.replace(text, broken_text), name, "exec"), method.__globals__, names)
    monkeypatch.setattr(owner, name, names[name])
