"""The rules of the core hold in all its files, and each rule is seen to fail on a snippet that breaks it."""

import ast

import pytest

from host_tools.basics import paths
from host_tools.basics.paths import CORE_PACKAGE
from tests.core.rules.core_rules import Core, broken_rules, step_functions, unit_of


def core_sources() -> dict[str, str]:
    return {path.relative_to(CORE_PACKAGE).as_posix(): path.read_text() for path in paths.core_sources()}


def test_the_core_keeps_its_rules() -> None:
    assert broken_rules(core_sources()) == []


def test_a_step_is_seen_to_reach_every_part_of_the_core() -> None:
    core = Core({file: ast.parse(text) for file, text in core_sources().items()})
    reached = {file for _, file, _ in step_functions(core)}
    assert {
        "controller.py",
        "session/session.py",
        "session/sequencer.py",
        "guards/guards.py",
        "basics/faults.py",
        "interlock.py",
    } <= reached
    assert any("regulate" in file for file in reached)


@pytest.mark.parametrize(
    ("snippet", "breach"),
    [
        ("GAIN = 0.5", "0.5 is not an integer"),
        ("GAIN = 1j", "1j is not an integer"),
        ("HALF = A / 2", "`/` gives a float"),
        ("half = 8\nhalf /= 2", "`/` gives a float"),
        ("x = float(3)", "float() works with floats"),
        ("x = round(3)", "round() works with floats"),
        ("MOST = 1_073_741_824", "is 2**30 or more"),
        ("LEAST = -1_073_741_824", "is 2**30 or more"),
        ("BIT = 1 << 30", "is 2**30 or more"),
        ("DAYS_MS = 60 * 24 * 60 * 60_000", "is 2**30 or more"),
        ("import time", "imports time"),
        ("import soleus.drivers", "imports soleus.drivers"),
        ("import soleus.corevalve", "imports soleus.corevalve"),
        ("from enum import Enum", "imports from enum"),
        ("from dataclasses import dataclass", "imports from dataclasses"),
        ("def f() -> None:\n    from typing import Any", "imports from typing"),
        ("from micropython import const", "imports from micropython"),
        ("from ..drivers import valves", "imports from ..drivers"),
        ("from soleus import app", "imports from soleus"),
        ("def f(a: int, /) -> None: ...", "positional-only"),
        ("async def f() -> None: ...", "AsyncFunctionDef"),
        ("match 3:\n    case 3: pass", "Match"),
        ("@cache\ndef f() -> None: ...", "decorator cache"),
    ],
)
def test_a_breach_anywhere_in_the_core_is_found(snippet: str, breach: str) -> None:
    assert breach in the_one_breach({"bad.py": snippet})


@pytest.mark.parametrize(
    ("snippet", "breach"),
    [
        ("HOLD_MOST = 4000", "HOLD_MOST doesn't say its unit"),
        ("class A:\n    def __init__(self) -> None:\n        self.target = 0", "target doesn't say its unit"),
        ("class A:\n    def __init__(self) -> None:\n        self.wanted = [0] * 8", "wanted doesn't say"),
        ("def f(delay: int) -> None: ...", "delay doesn't say its unit"),
        ("def f(*, ramp: int) -> None: ...", "ramp doesn't say its unit"),
        ("def level(x: Chamber) -> int: ...", "level doesn't say its unit"),
        ("ok = a.least_pa < b.hold_ms", "different units"),
        ("ok = 0 < least_pa < hold_ms", "different units"),
        ("sum_pa = least_pa + most_mmhg", "different units"),
        ("sum_pa += dt_ms", "different units"),
        ("sum_pa += rise_pa_s", "different units"),
        ("a.setpoint_pa[3] = b.level_mmhg[3]", "different units"),
        ("a.least = least_pa", "a.least loses the unit of least_pa"),
    ],
)
def test_a_magnitude_without_its_unit_is_found(snippet: str, breach: str) -> None:
    assert breach in the_one_breach({"bad.py": snippet})


@pytest.mark.parametrize(
    "snippet",
    [
        "FIRST, HOLD = range(2)",
        "RAISE = 0\nHOLD = 1\nRELEASE = 2",
        "HOLD_MOST_MS = 4000\nMINUTES = 3\nTARGET_LEAST_PA = pa_from_mmhg(10)",
        "NAMES_OF_LEVEL = ('low', 'high')",
        "def f(is_ramp: int, timeline: Timeline, target: str) -> bool: ...",
        "share_permille = raised_ms * 1000 // ramp_ms",
        "total_pa = full_pa * stage_ms // ramp_ms",
        "from . import units\nfrom .units import clamp\nimport soleus.core",
        "from soleus.core.basics.units import clamp",
        "MOST = 1_073_741_823\nLEAST = -1_073_741_823\nBIT = 1 << 29",
    ],
)
def test_what_keeps_the_rules_is_left_alone(snippet: str) -> None:
    assert broken_rules({"good.py": snippet}) == []


STEP = """
from .valves import Valves

class Controller:
    def __init__(self, valves: Valves) -> None:
        self.valves = valves
        self.names = ["left", "right"]
        self.run_ms = 0

    def step(self, dt_ms: int) -> int:
        '''Text here is no text at run time.'''
        self.run_ms += dt_ms
        for index in range(4):
            self.valves.move(index)
        return max(self.run_ms, 0)
"""
VALVES = """
class Valves:
    def __init__(self) -> None:
        self.open_bits = 0
        self.memory = [0, 0]

    def move(self, index: int) -> int:
        {}
        return helped(index)

def helped(index: int) -> int:
    return index

def unreached(index: int) -> str:
    return "text {{}}".format([index])
"""


def test_a_step_that_takes_no_memory_passes() -> None:
    assert (
        broken_rules({"controller.py": STEP, "valves.py": VALVES.format("self.open_bits |= 1 << index")})
        == []
    )


@pytest.mark.parametrize(
    ("statement", "breach"),
    [
        ("x = [index]", "builds a list"),
        ("x = {}", "builds a dict"),
        ("x = {index}", "builds a set"),
        ("x = (index, 1)", "builds a tuple"),
        ("return index, 1", "builds a tuple"),
        ("x = f'{index}'", "builds text"),
        ("x = 'valve'", "handles text"),
        ("x = b'valve'", "handles text"),
        ("x = min(i for i in self.memory)", "has a generator"),
        ("x = [i for i in self.memory]", "has a comprehension"),
        ("x = {i for i in self.memory}", "has a comprehension"),
        ("x = {i: i for i in self.memory}", "has a comprehension"),
        ("x = lambda: index", "makes a function"),
        ("def inner() -> None: ...", "makes a function"),
        ("x = max(*self.memory)", "unpacks arguments"),
        ("x = helped(**index)", "unpacks arguments"),
        ("x = self.memory[1:]", "slices"),
        ("try:\n            pass\n        finally:\n            pass", "has try/except"),
        ("raise ValueError", "raises an exception"),
        ("with index:\n            pass", "has a with statement"),
        ("import soleus.core", "imports"),
        ("global x", "writes a global name"),
        ("yield index", "is a generator"),
        ("x = index**2", "raises to a power"),
        ("del self.memory", "deletes"),
        ("x = Valves()", "makes a Valves"),
        ("self.memory.append(index)", "calls append()"),
        ("x = sorted(self.memory)", "calls sorted()"),
        ("for i, x in enumerate(self.memory):\n            pass", "calls enumerate()"),
        ("x = range(3)", "makes a range outside a for loop"),
        ("self.later_bits = 3", "makes the attribute later_bits"),
        ("x = self.move", "takes move as a value"),
        ("x = helped", "takes helped as a value"),
        ("x = unreached(index)", "unreached() handles text"),
    ],
)
def test_an_allocation_that_a_step_reaches_is_found(statement: str, breach: str) -> None:
    breaches = broken_rules({"controller.py": STEP, "valves.py": VALVES.format(statement)})
    assert any(breach in found for found in breaches), breaches


@pytest.mark.parametrize("parameters", ["self, *index: int", "self, **index: int"])
def test_a_step_may_not_take_any_number_of_arguments(parameters: str) -> None:
    valves = VALVES.format("pass").replace("self, index: int", parameters)
    breaches = broken_rules({"controller.py": STEP, "valves.py": valves})
    assert breaches == ["valves.py:7: move() takes *args or **kwargs"]


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("target_pa", "pa"),
        ("HOLD_MOST_MS", "ms"),
        ("minutes", "minutes"),
        ("rise_pa_s", "pa_s"),
        ("pa", None),
        ("least", None),
    ],
)
def test_units_are_read_from_the_end_of_a_name(name: str, unit: str | None) -> None:
    assert unit_of(name) == unit


def the_one_breach(sources: dict[str, str]) -> str:
    breaches = broken_rules(sources)
    assert len(breaches) == 1, breaches
    return breaches[0]
