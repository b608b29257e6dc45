"""The panel looks at the buttons every 20 ms, or later when the app has more to do."""

from types import SimpleNamespace

import pytest

from soleus.core.session.session import IDLE
from soleus.panel.front import Front
from soleus.panel.table import TAP_LOUDER
from tests.panel.desk import Desk


@pytest.mark.parametrize(
    ("looks_ms", "since_tap_ms", "is_taken"),
    [
        ([20] * 30, 0, True),
        ([20] * 5, 0, False),
        # A busy app: three looks in nine tenths of a second.
        ([300] * 3, 0, True),
        # Pressed at once, seen late.
        ([700], 680, False),
        ([300, 300], 150, False),
        ([300, 400], 150, True),
    ],
)
def test_an_answer_counts_by_how_long_its_question_stood_there_when_it_was_pressed(
    looks_ms: list[int], since_tap_ms: int, is_taken: bool
) -> None:
    walk = Desk().walk
    walk.ask()
    presses = SimpleNamespace(taps=0, taps_count=0)
    session = SimpleNamespace(state=IDLE)
    app = SimpleNamespace(
        presses=presses,
        may_load=lambda: True,
        controller=SimpleNamespace(session=session),
        screen=None,
    )
    front = Front(app, {})
    front.walk = walk
    for passed_ms in looks_ms[:-1]:
        front.step(passed_ms, 0)
    presses.taps, presses.taps_count = TAP_LOUDER, 1
    front.step(looks_ms[-1], since_tap_ms)
    assert walk.questions.index == int(is_taken)
