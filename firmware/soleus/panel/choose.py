"""Choosing at the machine: for what, which program, how long, how firm, and what is different this time.

Only where there is a display. Loaded when a person chooses.
"""

from soleus.basics.annotations import Any
from soleus.panel.table import (
    BOOST,
    LEGS,
    MINUTES,
    NEED,
    OFFER,
    PRESSURE,
    PROGRAM,
    TAP_LOUDER,
    TAP_START,
)

MINUTES_STEP = 5
MMHG_STEP = 5
LEGS_WORDS = ("both legs", "left", "right")
# Where the choice of each place stands in `walk.choice`.
_NEED = 0
_PROGRAM = 1
_MINUTES = 2
_MMHG = 3
_BOOST = 4
_WITHOUT = 5
_LEGS = 6


def press(walk: Any, taps: int) -> None:
    """Softer and louder look at one choice after the other, start/stop takes it and goes on."""
    if walk.choice is None:
        walk.choice = [0] * 7
    way = 0 if taps & TAP_START else 1 if taps & TAP_LOUDER else -1
    place = walk.place
    if place in (MINUTES, PRESSURE):
        _change_number(walk, place, way)
    elif way:
        index = _LEGS - (LEGS - place) if place >= BOOST else _NEED + place - NEED
        walk.choice[index] = (walk.choice[index] + way) % len(choices(walk))
    if not way:
        _go_on(walk, place)


def choices(walk: Any) -> list:
    """All that can be chosen in this place, in words."""
    facts = walk.facts
    place = walk.place
    if place == NEED:
        return [need for need, _ in facts.menu]
    if place == PROGRAM:
        return facts.menu[chosen(walk, _NEED)][1]
    if place == LEGS:
        return list(LEGS_WORDS[: 3 if facts.legs == 2 else 1])
    return ["none"] + facts.zones


def words(walk: Any) -> str:
    """What is chosen now."""
    place = walk.place
    if place == MINUTES:
        return "{} min".format(chosen(walk, _MINUTES) or walk.facts.minutes)
    if place == PRESSURE:
        return "{} mmHg".format(chosen(walk, _MMHG) or walk.facts.mmhg)
    index = _LEGS - (LEGS - place) if place >= BOOST else _NEED + place - NEED
    return choices(walk)[chosen(walk, index)]


def chosen(walk: Any, index: int) -> int:
    return walk.choice[index] if walk.choice else 0


def _change_number(walk: Any, place: int, way: int) -> None:
    facts = walk.facts
    index, step, now, least = _MINUTES, MINUTES_STEP, facts.minutes, 0
    if place == PRESSURE:
        index, step, now, least = _MMHG, MMHG_STEP, facts.mmhg, 2
    value = (walk.choice[index] or now) + way * step
    walk.choice[index] = min(max(value, facts.ranges[least]), facts.ranges[least + 1])


def _go_on(walk: Any, place: int) -> None:
    facts = walk.facts
    if place == PROGRAM:
        program = words(walk)
        walk.choice[_MINUTES:] = [0] * 5
        if facts.is_gentle_due:
            walk.load(program, 0, 0, {"gentle": True}, OFFER)
        else:
            walk.load(program, 0, 0, None, MINUTES)
    elif place == LEGS:
        walk.load(facts.program, walk.choice[_MINUTES], walk.choice[_MMHG], changes(walk), OFFER)
    else:
        walk.go(place + 1)


def changes(walk: Any) -> dict:
    found = {}
    if walk.choice[_BOOST]:
        found["boost"] = walk.facts.zones[walk.choice[_BOOST] - 1]
    if walk.choice[_WITHOUT]:
        found["without"] = walk.facts.zones[walk.choice[_WITHOUT] - 1]
    if walk.choice[_LEGS]:
        found["legs"] = LEGS_WORDS[walk.choice[_LEGS]]
    return found
