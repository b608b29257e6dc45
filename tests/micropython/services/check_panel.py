# ruff: noqa: PTH123
# ... because it runs on MicroPython.
"""Walks through the panel with the taps of a file, and prints where each leads. Runs on CPython, too."""

import json

from soleus.core.session import dose
from soleus.panel.screens import PLACES, line_of, row_of
from soleus.panel.walk import Walk


class Facts:
    """A wearer's second session, on boots with a display."""

    has_display = True
    program = "easy-run"
    minutes, mmhg = 15, 40
    ranges = (10, 20, 40, 60)
    is_gentle = is_flat = False
    is_gentle_due = True
    completed = 1
    today = week = 2
    needs_one_more = 1
    left = None
    legs = 2

    def __init__(self) -> None:
        self.changes = self.whole = {}
        self.zones = ["foot", "calf", "thigh"]
        self.menu = [["after a run", ["easy-run", "long-run"]], ["night", ["bedtime"]]]


def walked(taps: list) -> list:
    walk = Walk(Facts())
    seen = []
    for tap, dt_ms in taps:
        walk.step(0, dt_ms)
        walk.step(tap, 20)
        row = row_of(PLACES[walk.place])
        wish, walk.wish = walk.wish, None
        light = (walk.light(), walk.beeps())
        seen.append(
            (row[0], line_of(row), walk.questions.index, light, list(wish or ()), list(walk.choice or ()))
        )
    days = dose.with_day([1, 20, 21], 22)
    seen.append(
        (days, dose.on_day(days, 22, [5]), dose.in_week(days, 22, []), dose.day_at((22, 7, 9), 90_000))
    )
    return seen


if __name__ == "__main__":
    with open("taps.json") as file:
        print(json.dumps(walked(json.load(file))))
