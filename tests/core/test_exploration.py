"""The walk through all states finds nothing in this core, and finds each of its laws broken in a broken one.

Here one leg with one and two chambers is walked completely; `make explore` does the same with three.
"""

import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from host_tools.catalogue.variants import SENSORS, VALVES
from host_tools.verify.explore import machine
from host_tools.verify.explore.cases import Case, all_cases
from host_tools.verify.explore.values import Values
from host_tools.verify.explore.walk import small_boots, small_program, walk
from soleus.core.basics.faults import FaultLatch
from soleus.core.controller import Controller
from soleus.core.interlock import Interlock
from soleus.core.regulate import regulation, shared, throttle
from soleus.core.regulate.air_path import AirPath
from soleus.core.regulate.chamber import holds
from soleus.core.regulate.chamber.sealed import SealedRegulator
from soleus.core.regulate.shared import SharedRegulator
from soleus.core.session.sequencer import Sequencer
from soleus.core.session.session import Session

LAYOUTS = [(valves, sensors) for valves in VALVES for sensors in SENSORS]
WALKED = [*all_cases(1), *all_cases(2, ("sequential", "wave"))]


@pytest.mark.parametrize("case", WALKED, ids=str)
def test_no_law_is_broken_in_any_state(case: Case) -> None:
    found = walk(case.valves, case.sensors, case.pattern, case.chambers)
    assert found.is_complete
    assert found.broken == {}
    assert found.states > 80


# What is broken, in which method, and which law it breaks: (method, its text, the broken text).
Change = tuple[Callable[..., Any], str, str]
INTERLOCK_OFF: Change = (Interlock.step, "if is_unknown or is_dead_headed or is_open:", "if False:")
BROKEN_CORES: dict[str, tuple[str, list[Change]]] = {
    "guards sleep in a pause": (
        "a tick without a look of the guards",
        [
            (Controller.step, "self.guards.step(", "state == 3 or self.guards.step("),
        ],
    ),
    "a fault doesn't end the session": (
        "energy with a latched fault",
        [
            (Session.step, "latch.code != faults.NONE or ", ""),
            (Controller.step, "self.latch.code == faults.NONE and is_energised", "True"),
        ],
    ),
    "the regulator goes on in a pause": (
        "energy while paused",
        [
            (Controller._enter, "self.regulator.vent_all()", "pass"),
            (Controller.step, "if state == RUNNING and", "if state in (RUNNING, 3) and"),
            (Session.is_energised, "self.state == RUNNING", "self.state in (RUNNING, 3)"),
        ],
    ),
    "a dose is given to nobody": (
        "the pump runs against closed valves",
        [
            INTERLOCK_OFF,
            (SealedRegulator.step, "= air.joined_bits\n", "= air.joined_bits & ~phase_bits[DOSE]\n"),
            (SealedRegulator.step, " if joined_bits & seal_bits else 0", ""),
        ],
    ),
    "the same, and the interlock catches it": (
        "an illegal wish",
        [
            (SealedRegulator.step, "= air.joined_bits\n", "= air.joined_bits & ~phase_bits[DOSE]\n"),
            (SealedRegulator.step, " if joined_bits & seal_bits else 0", ""),
        ],
    ),
    "the valves change hands at once": (
        "without an overlap",
        [(AirPath.join, "wanted_bits | (self.overlap_bits & keep_bits)", "wanted_bits")],
    ),
    "what is filled isn't sealed": (
        "filled and vented at once",
        [
            INTERLOCK_OFF,
            (SealedRegulator.step, "(keep_bits | joined_bits) &", "(keep_bits & ~joined_bits) &"),
            (
                SealedRegulator.step,
                "commands.fill_bits = joined_bits & seal_bits",
                "commands.fill_bits = joined_bits",
            ),
            (SealedRegulator.step, "if joined_bits & seal_bits", "if joined_bits"),
        ],
    ),
    "the next chamber doesn't wait": (
        "before the distal one has its pressure",
        [(Sequencer._is_stage_over, "return reached_bits & raised_bits == raised_bits", "return True")],
    ),
    "the distal chamber is let go first": (
        "a distal one isn't",
        [(Sequencer.step, "& ~self.rested_bits", "& ~self.rested_bits & ~int(self.stage_index == 1)")],
    ),
    "stop waits for the rotor": (
        "stop, and the session goes on",
        [(Session._stop, "self._go(VENTING)", "self._wind_down(VENTING)")],
    ),
    "stop looks at the chambers at once": (
        "stop, and a chamber that was kept isn't open",
        [
            (Controller._actuate, "session.state_ms >= self._last_survey_after_ms()", "True"),
            (
                Controller._survey,
                "if self.gauges.emptying.shortest_vent_ms() < SURVEY_AFTER_MS:",
                "if False:",
            ),
        ],
    ),
    "a fault forgives itself": (
        "a latched fault ended without a person",
        [(Session._stay_in_fault, "buttons & BUTTON_CLEAR and ", "")],
    ),
    "the last cause is kept": (
        "a later fault took the place of the first",
        [(FaultLatch.trip, "if self.code != NONE:", "if False:")],
    ),
}


@pytest.mark.parametrize("name", BROKEN_CORES)
def test_a_broken_core_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    law, changes = BROKEN_CORES[name]
    for method, text, broken_text in changes:
        _break(monkeypatch, method, text, broken_text)
    found = walk("fill_vent", "per_chamber", "sequential", 2, stop_at=law)
    assert any(law in broken for broken in found.broken), found


def test_three_way_valves_have_no_vents_to_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    _break(monkeypatch, *INTERLOCK_OFF)
    _break(monkeypatch, SharedRegulator.step, "commands.seal_bits = 0", "commands.seal_bits = keep_bits")
    assert walk("three_way", "per_chamber", "sequential", 1, stop_at="vent valve").broken


def test_every_limit_of_the_regulators_has_pressures_on_both_sides_of_it() -> None:
    """Far below, below, at and above what is wanted, as the code tells them apart."""
    cuts_pa = [-regulation.FAR_PA, -regulation.BAND_PA, regulation.BAND_PA, throttle.THROTTLE_ROOM_PA]
    cuts_pa += [-holds.TOP_UP_PA, holds.BLEED_PA]
    cuts_pa += [-shared.TOP_UP_PA, shared.BLEED_PA, shared.PUSH_PA]
    for least_pa, most_pa in zip(machine.OFFSETS_PA, machine.OFFSETS_PA[1:], strict=False):
        assert any(least_pa < cut_pa < most_pa for cut_pa in cuts_pa)
    assert all(machine.FAR_BELOW_PA < cut_pa < machine.ABOVE_PA for cut_pa in cuts_pa)
    # Between "far" and "within the band" lies what a dose brings.
    assert -regulation.FAR_PA < machine.BELOW_PA < -holds.TOP_UP_PA < machine.AT_PA


@pytest.mark.parametrize("valves", ["fill_vent", "three_way"])
def test_only_what_exists_is_forgotten(valves: str) -> None:
    """Names that a change of the core has left behind would hide what they once stood for."""
    names = {
        (part, name) for some in (machine.FREE, machine.FORGOTTEN) for part in some for name in some[part]
    }
    some_machines = [_machine(some, sensors) for some, sensors in LAYOUTS]
    parts = [part for some in some_machines for part in machine.parts_of(some.controller).items()]
    assert names <= {(part, name) for part, holder in parts for name in vars(holder)}
    assert _machine(valves).read() == _machine(valves).read()


def test_nothing_is_learned_from_one_state_to_the_next() -> None:
    """It would make what a state becomes depend on the states that were walked before it."""
    some = _machine("fill_vent")
    regulator: Any = some.controller.regulator
    before = Values(regulator.learned).get()
    first, oracle = some.read(), some.oracle
    level = {first}
    for _ in range(8):
        following = set()
        for state in level:
            oracle.is_done = False
            while not oracle.is_done:
                some.write(state)
                some.tick()
                following.add(some.read())
                oracle.next()
        level = set(sorted(following)[:200])
    assert Values(regulator.learned).get() == before


def _machine(valves: str, sensors: str = "per_chamber") -> machine.Machine:
    return machine.Machine(small_boots(valves, sensors, 2), small_program("sequential"))


def _break(monkeypatch: pytest.MonkeyPatch, method: Callable[..., Any], text: str, broken_text: str) -> None:
    owner_name, _, name = method.__qualname__.rpartition(".")
    # Again from the class: an earlier change of the same method stays.
    owner = getattr(inspect.getmodule(method), owner_name)
    source = getattr(owner.__dict__[name], "broken_source", None) or textwrap.dedent(
        inspect.getsource(method)
    )
    assert source.count(text) == 1, f"{text!r} stands {source.count(text)} times in {method.__qualname__}"
    source = source.replace(text, broken_text)
    names: dict[str, Any] = {}
    exec(compile(source, method.__qualname__, "exec"), method.__globals__, names)
    names[name].broken_source = source
    monkeypatch.setattr(owner, name, names[name])
