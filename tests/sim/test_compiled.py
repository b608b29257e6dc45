"""The same source does the same, compiled or not: whole sessions, and the copying in and out."""

from collections.abc import Iterator
from typing import Any

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba.core.errors import NumbaError, UnsupportedBytecodeError
from numba.core.registry import cpu_target
from numba.core.runtime import _nrt_python, rtsys
from numba.core.runtime.nrtdynmod import create_nrt_module

from host_tools.plant.faults import parse_fault
from host_tools.plant.files.draw import draw_plant
from host_tools.plant.files.spec import load_plant
from host_tools.sim import loop
from host_tools.sim.compiled import freeze, thaw
from host_tools.sim.recording import TraceRows
from host_tools.sim.user_events import parse_event, presses_of
from soleus.core.basics.boots_table import read_boots
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.core.program.table import read_program

# 30 s: the check, the first fills, holds and trims.
TICKS = 3000
PROGRAM = {
    "id": "short",
    "minutes": 5,
    "pressure_mmhg": {"min": 20, "start": 40, "max": 60},
    "blocks": [{"pattern": "wave", "hold_s": 1, "release_s": 2, "rest_s": 0}],
}
LAYOUTS = [
    (valves, sensors) for valves in ("fill_vent", "three_way") for sensors in ("per_chamber", "manifold")
]

# Faults and presses, for the rarer paths of core and plant.
LIVES: dict[str, tuple[list[str], list[str]]] = {
    "healthy": ([], []),
    "busy person": ([], ["louder@12s", "pause@18s", "resume@22s", "softer@24s", "stop@28s"]),
    "leaks and a bad clock": (
        ["hose.left.calf:leak@5s", "leg.right:move@8s", "clock:wrong@20s", "supply:intermittent@10s+5s"],
        ["clear@27s", "start@28s"],
    ),
}


class Machine:
    """Controller, plant, presses and recorder at the start of one of the `LIVES`."""

    def __init__(self, valves: str, sensors: str, life: str) -> None:
        faults, events = LIVES[life]
        zones = ["foot", "calf", "thigh"]
        table = {
            "legs": 2,
            "chambers": zones,
            "zones": zones,
            "valves": valves,
            "sensors": sensors,
            "gate": True,
        }
        boots = read_boots(table)
        self.controller = Controller(boots)
        make_ready(self.controller, read_program(PROGRAM))
        self.plant = draw_plant(load_plant("nominal"), boots, 7)
        for fault in faults:
            self.plant.set_fault(parse_fault(fault, boots))
        self.presses = presses_of([parse_event(event) for event in events])
        self.rows = TraceRows(boots.count)

    @property
    def parts(self) -> list[Any]:
        return [self.controller, self.plant, self.presses, self.rows]


def run_plain(machine: Machine) -> int:
    """The loop as plain Python, all the way down. The patch is undone before Numba could compile it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("run_tick", "pressed_buttons", "record", "has_ended"):
            patch.setattr(loop, name, getattr(loop, name).py_func)
        return int(loop.run_ticks.py_func(*machine.parts, TICKS))


@pytest.mark.parametrize("life", LIVES)
@pytest.mark.parametrize(("valves", "sensors"), LAYOUTS)
def test_compiled_and_plain_sessions_are_the_same_bit_for_bit(valves: str, sensors: str, life: str) -> None:
    plain, fast = Machine(valves, sensors, life), Machine(valves, sensors, life)
    plain_end = run_plain(plain)
    frozen = [freeze(part) for part in fast.parts]
    assert loop.run_ticks(*frozen, TICKS) == plain_end
    for part, frozen_part in zip(fast.parts, frozen, strict=True):
        thaw(frozen_part, part)
    ticks = plain.rows.ticks_count
    plain_columns, fast_columns = plain.rows.columns(ticks), fast.rows.columns(ticks)
    different = [
        name for name in plain_columns if plain_columns[name].tobytes() != fast_columns[name].tobytes()
    ]
    assert not different
    assert max(plain_columns["pump_permille"]) > 0
    for plain_part, fast_part in zip(plain.parts, fast.parts, strict=True):
        assert dict(leaves(plain_part)) == dict(leaves(fast_part))


def leaves(value: Any, name: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, Any]]:
    """Every number below `value`, by its path; an array counts as its bytes."""
    seen = set() if seen is None else seen
    if isinstance(value, np.ndarray):
        yield name, value.tobytes()
    elif isinstance(value, bool | int | float | np.generic):
        yield name, value
    elif id(value) not in seen:
        seen.add(id(value))
        held = enumerate(value) if isinstance(value, list) else getattr(value, "__dict__", {}).items()
        for place, inner in held:
            yield from leaves(inner, f"{name}.{place}", seen)


class Part:
    def __init__(self, count: int, is_open: bool, share: float, levels: list[int]) -> None:
        self.name = "text stays behind"
        self.count = count
        self.is_open = is_open
        self.share = share
        self.levels = levels
        self.heights = np.array([share, -share])

    def grow(self) -> int:
        self.count += 1
        return self.count

    def say_its_name(self) -> int:
        return len(self.name)

    def ask_for_bits(self) -> int:
        return self.count.bit_length()

    def call_what_is_not_there(self) -> int:
        return self.shrink()  # type: ignore[attr-defined]  # the mistake to be caught

    def open_something(self) -> int:
        with memoryview(b"text") as view:
            return len(view)


class Pair:
    def __init__(self, left: Part, right: Part) -> None:
        self.left = left
        self.right = right
        self.levels = right.levels


INT64 = st.integers(-(2**63), 2**63 - 1)
PARTS = st.builds(Part, INT64, st.booleans(), st.floats(allow_nan=False), st.lists(INT64, max_size=5))
for_all = settings(max_examples=60, deadline=None)


@for_all
@given(PARTS, PARTS)
def test_what_is_thawed_is_what_was_frozen(left: Part, right: Part) -> None:
    pair = Pair(left, right)
    before = dict(leaves(pair))
    frozen = freeze(pair)
    for part in (left, right):
        part.count, part.is_open, part.share = 0, not part.is_open, 0.5
        part.levels[:] = [0] * len(part.levels)
    thaw(frozen, pair)
    after = dict(leaves(pair))
    assert after == before
    assert [type(value) for value in after.values()] == [type(value) for value in before.values()]
    assert pair.levels is right.levels
    assert pair.left is left


@for_all
@given(PARTS)
def test_what_was_shared_stays_shared(part: Part) -> None:
    part.count, part.levels = 41, [*part.levels, 1]
    twice = Pair(part, part)
    frozen = freeze(twice)
    # Grown through one name, seen through the other.
    assert grow_left(frozen) == 42
    assert right_count(frozen) == 42
    write_last(frozen, 99)
    assert part.count == 41
    assert part.levels[-1] == 1
    thaw(frozen, twice)
    assert (part.count, part.levels[-1]) == (42, 99)
    assert twice.left is twice.right
    assert twice.levels is part.levels


@for_all
@given(PARTS, PARTS)
def test_what_was_apart_stays_apart(left: Part, right: Part) -> None:
    left.count, right.count = 1, 10
    frozen = freeze(Pair(left, right))
    assert grow_left(frozen) == 2
    assert right_count(frozen) == 10


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1])
def test_an_integer_that_does_not_fit_is_refused(value: int) -> None:
    with pytest.raises(OverflowError):
        freeze(Part(value, False, 0.0, []))
    with pytest.raises(OverflowError):
        freeze(Part(0, False, 0.0, [value]))


UNTRANSLATABLE = ("say_its_name", "ask_for_bits", "call_what_is_not_there", "open_something")


@pytest.mark.parametrize("method", UNTRANSLATABLE)
def test_a_method_that_cannot_be_translated_fails_loudly(method: str) -> None:
    namespace: dict[str, Any] = {}
    exec(f"def call(part):\n    return part.{method}()\n", namespace)
    with pytest.raises((NumbaError, UnsupportedBytecodeError)):
        numba.njit(namespace["call"])(freeze(Part(1, True, 0.5, [1])))


@numba.njit
def grow_left(pair: Any) -> int:
    return pair.left.grow()


@numba.njit
def right_count(pair: Any) -> int:
    return pair.right.count


@numba.njit
def write_last(pair: Any, value: int) -> None:
    pair.levels[-1] = value


def test_holders_are_counted_plainly_and_what_nobody_holds_is_freed() -> None:
    machine = Machine("fill_vent", "per_chamber", "healthy")
    _nrt_python.memsys_enable_stats()
    try:
        before = rtsys.get_allocation_stats()
        frozen = [freeze(part) for part in machine.parts]
        loop.run_ticks(*frozen, TICKS)
        thaw(frozen[1], machine.plant)
        held = rtsys.get_allocation_stats()
        del frozen
        after = rtsys.get_allocation_stats()
    finally:
        _nrt_python.memsys_disable_stats()
    assert held.mi_alloc - held.mi_free > before.mi_alloc - before.mi_free
    assert (after.alloc - after.free, after.mi_alloc - after.mi_free) == (
        before.alloc - before.free,
        before.mi_alloc - before.mi_free,
    )
    counting, _ = create_nrt_module(cpu_target.target_context)
    assert "atomicrmw" not in str(counting)
