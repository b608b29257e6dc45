"""Breadth first through everything that can happen to one machine; and what its laws say of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from host_tools.verify.panel.board import HEELS_MS, READ_MS, rooms_loaded
from host_tools.verify.panel.machine import Case, Happening, Machine, State
from soleus.panel.table import TAP_LOUDER, TAP_START


def program(
    minutes: tuple[int, int, int], mmhg: tuple[int, int, int], need: str = "after a run"
) -> dict[str, Any]:
    """The plainest there is, with its least, usual and most minutes and mmHg."""
    return {
        "id": "easy",
        "need": need,
        "minutes": _span(minutes),
        "pressure_mmhg": _span(mmhg),
        "blocks": [{"pattern": "uniform"}],
    }


def _span(numbers: tuple[int, int, int]) -> dict[str, int]:
    return {"min": numbers[0], "start": numbers[1], "max": numbers[2]}


# 20 mmHg is the softest there is; 20 to 30 leave room for a boost, and for louder.
SHORT, LONG = program((10, 10, 10), (20, 20, 20)), program((25, 25, 25), (20, 20, 20))
NIGHT, LOUDER = program((20, 20, 20), (20, 20, 20), "night"), program((10, 10, 10), (20, 20, 25))
WIDE = program((10, 20, 25), (20, 25, 30))
FIRST, USED_TO_IT = 2, 3

# Whoever presses, and all that may happen to a machine. Most have no display: choosing is walked apart.
_ALONE: dict[str, Any] = {"has_display": False, "completed": USED_TO_IT, "requests": ()}
_IN_ORDER: dict[str, Any] = {**_ALONE, "has_mishaps": False}
CASES = {
    "presses": Case({"easy": SHORT}, **_IN_ORDER),
    "mishaps": Case({"easy": SHORT}, **_ALONE),
    "sign of life": Case({"easy": LONG}, **_IN_ORDER),
    "at night": Case({"easy": NIGHT}, **_IN_ORDER),
    "louder": Case({"easy": LOUDER}, **_IN_ORDER),
    "first sessions": Case({"easy": LOUDER}, **{**_IN_ORDER, "completed": FIRST}),
    "a laptop": Case({"easy": LOUDER}, has_display=False, completed=FIRST),
    "check fill": Case({"easy": SHORT}, **{**_IN_ORDER, "has_check_fill": True}),
    "check fill, a laptop": Case(
        {"easy": SHORT}, has_display=False, completed=USED_TO_IT, has_check_fill=True
    ),
    "choosing": Case({"easy": WIDE}, completed=USED_TO_IT, requests=()),
    "everything": Case({"easy": WIDE}, completed=FIRST, max_pressure_mmhg=25),
}


@dataclass(frozen=True)
class Walked:
    """`broken`: law -> the shortest way to where it was broken."""

    states: int
    transitions: int
    depth: int
    broken: dict[str, list[Happening]]
    is_complete: bool


def walk(case: Case, states_most: int | None = None, stop_at: str | None = None) -> Walked:
    machine = Machine(case)
    with rooms_loaded(machine.board):
        return _walk(machine, states_most, stop_at)


def _walk(machine: Machine, states_most: int | None, stop_at: str | None) -> Walked:
    machine.board.look()
    first = machine.read()
    came_from: dict[State, Any] = {first: None}
    level, depth, transitions = [first], 0, 0
    broken: dict[str, list[Happening]] = {}
    while level:
        following: list[State] = []
        for state in level:
            machine.write(state)
            for what in machine.happenings():
                machine.write(state)
                law = machine.happen(what)
                if law and law not in broken:
                    broken[law] = [*_way(came_from, state), what]
                after = machine.read()
                transitions += 1
                if after not in came_from:
                    came_from[after] = (state, what)
                    following.append(after)
            is_found = stop_at is not None and any(stop_at in law for law in broken)
            if is_found or (states_most and len(came_from) > states_most):
                return Walked(len(came_from), transitions, depth, broken, False)
        level = following
        depth += bool(level)
    return Walked(len(came_from), transitions, depth, broken, True)


# Most people know the way: start, four times yes, start. Then the sensors are found in order.
BEGIN: tuple[Happening, ...] = (
    ("tap", TAP_START),
    *(("look", READ_MS), ("tap", TAP_LOUDER)) * 4,
    ("tap", TAP_START),
    *(("look", HEELS_MS), ("tick", ""), ("look", HEELS_MS), ("tick", "zeroed")),
)


def wander(case: Case, wishes: Iterable[int | Happening]) -> str:
    """One way through it, as wished where that is possible; a number chooses among what is.

    Returns the first law that is broken, and the way there.
    """
    machine = Machine(case)
    way: list[Happening] = []
    with rooms_loaded(machine.board):
        machine.board.look()
        machine.read()
        for wish in wishes:
            possible = machine.happenings()
            if isinstance(wish, int):
                wish = possible[wish % len(possible)]
            if wish not in possible:
                continue
            way.append(wish)
            law = machine.happen(way[-1])
            if law:
                return f"{law}: {way}"
            machine.read()
    return ""


def _way(came_from: dict[State, Any], state: State) -> list[Happening]:
    way = []
    while came_from[state]:
        state, what = came_from[state]
        way.append(what)
    return way[::-1]
