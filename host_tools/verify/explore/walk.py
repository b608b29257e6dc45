"""Breadth first through all states of one pair of boots with one pattern."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from host_tools.verify.explore.laws import Before, broken_law
from host_tools.verify.explore.machine import Machine, State
from soleus.core.basics.boots import Boots
from soleus.core.basics.boots_table import read_boots
from soleus.core.program.program import Program
from soleus.core.program.table import read_program

CHAMBERS = ("foot", "calf", "thigh")
# No person can ask for less, so there is only this one level.
PRESSURE_MMHG = 20

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Walk:
    """The result. `broken`: law -> the first state in which it was broken, in the core's own numbers."""

    states: int
    transitions: int
    depth: int
    broken: dict[str, str]
    is_complete: bool


def walk(
    valves: str = "fill_vent",
    sensors: str = "per_chamber",
    pattern: str = "sequential",
    chambers: int = 3,
    states_most: int | None = None,
    stop_at: str | None = None,
    on_progress: Progress | None = None,
) -> Walk:
    """Walk from an idle machine to every state that it can reach.

    Ends early beyond `states_most`, or when a law is broken whose words contain `stop_at`.
    """
    machine = Machine(small_boots(valves, sensors, chambers), small_program(pattern))
    first = machine.read()
    level, seen, depth, transitions = [first], {first}, 0, 0
    broken: dict[str, str] = {}
    while level:
        following: list[State] = []
        for state in level:
            for after in _all_ticks(machine, state, pattern == "sequential", broken):
                transitions += 1
                if after not in seen:
                    seen.add(after)
                    following.append(after)
            if (states_most and len(seen) > states_most) or _has(broken, stop_at):
                return Walk(len(seen), transitions, depth, broken, False)
        level = following
        depth += bool(level)
        if on_progress:
            on_progress(len(seen), transitions)
    return Walk(len(seen), transitions, depth, broken, True)


def _has(broken: dict[str, str], words: str | None) -> bool:
    return words is not None and any(words in law for law in broken)


def _all_ticks(
    machine: Machine, state: State, is_sequential: bool, broken: dict[str, str]
) -> Iterator[State]:
    """Every state that can follow this one after one tick."""
    oracle = machine.oracle
    oracle.is_done = False
    machine.write(state)
    before = Before.of(machine)
    while not oracle.is_done:
        machine.write(state)
        machine.tick()
        law = broken_law(before, machine, is_sequential)
        if law and law not in broken:
            broken[law] = _described(machine, before)
        machine.controller.interlock.refused_count = 0
        yield machine.read()
        oracle.next()


def small_boots(valves: str, sensors: str, chambers: int) -> Boots:
    names = list(CHAMBERS[:chambers])
    table = {"legs": 1, "chambers": names, "zones": names, "valves": valves, "sensors": sensors, "gate": True}
    return read_boots(table)


def small_program(pattern: str) -> Program:
    block: dict[str, Any] = {"pattern": pattern, "ramp_s": 2, "pulses": 1}
    if pattern == "gradient":
        block["step_mmhg"] = 1
    pressure = {"min": PRESSURE_MMHG, "start": PRESSURE_MMHG, "max": PRESSURE_MMHG}
    return read_program({"id": "walk", "minutes": 5, "pressure_mmhg": pressure, "blocks": [block]})


def _described(machine: Machine, before: Before) -> str:
    controller = machine.controller
    commands = controller.commands
    return (
        f"{before} -> state {controller.session.state}, keep {controller.sequencer.keep_bits:b}, "
        f"phases {controller.regulator.phase}, fill {commands.fill_bits:b}, seal {commands.seal_bits:b}, "
        f"pump {commands.pump_permille}, buttons {machine.buttons.pressed:#x}"
    )
