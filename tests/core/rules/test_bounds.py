"""Whatever sensors, clock and person do: small integers, legal commands, and a fault that stays."""

from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.boots_table import read_boots
from soleus.core.basics.signals import BUTTON_CLEAR, BUTTON_START, BUTTON_STOP, MANIFOLD_BIT, Commands
from soleus.core.controller import AT_MOST_MS, Controller
from soleus.core.make_ready import make_ready
from soleus.core.program.table import read_program
from soleus.core.regulate.regulation import PHASE_NAMES
from soleus.core.session.session import DONE, FAULT, IDLE, PAUSED, STATE_NAMES
from tests.core.chaos import (
    ANY_DT_MS,
    BROKEN_DT_MS,
    READING_LIMIT_PA,
    RIGHT,
    SMALL_INT_LIMIT,
    STEADY_DT_MS,
    ChaosBoots,
    Scenario,
    Watched,
    integers,
    loaded,
    scenarios,
)

RESTING = (IDLE, PAUSED, DONE, FAULT)


class Witness:
    """Looks at the machine after every tick, and remembers what must not change."""

    def __init__(self, controller: Controller) -> None:
        self.controller = controller
        self.state = controller.session.state
        self.latched = self._latched()
        # `step()` makes no new objects, so what holds integers now holds them for ever.
        self.holders = list({id(held.holder): held.holder for held in integers(controller)}.values())
        self.contents = [
            holder if isinstance(holder, list) else vars(holder).values() for holder in self.holders
        ]
        self.seen_contents: list[tuple[Any, ...]] = [() for _ in self.holders]
        self.seen: set[str] = set()

    def look(self, buttons: int) -> None:
        controller = self.controller
        self.seen.add(STATE_NAMES[controller.session.state])
        self.seen.update(PHASE_NAMES[phase] for phase in controller.regulator.phase)
        self._refuse_large()
        refuse_illegal(controller.commands, controller.boots)
        if controller.session.state in RESTING:
            assert everything(controller.commands) == (0, 0, 0, 0)
        assert controller.interlock.refused_count == 0
        self._refuse_forgetting(buttons)

    def _refuse_large(self) -> None:
        for number, contents in enumerate(self.contents):
            held = tuple(contents)
            if held == self.seen_contents[number]:
                continue
            self.seen_contents[number] = held
            largest = max(abs(value) for value in held if isinstance(value, int))
            name = type(self.holders[number]).__name__
            assert largest < SMALL_INT_LIMIT, f"{name} holds {largest}: {held}"

    def _refuse_forgetting(self, buttons: int) -> None:
        is_cleared = self.state == FAULT and buttons & BUTTON_CLEAR and self.controller.session.state == IDLE
        if self.latched[0] != faults.NONE and not is_cleared:
            assert self._latched() == self.latched
        assert (self.controller.latch.code != faults.NONE) == (self.controller.session.state == FAULT)
        self.latched, self.state = self._latched(), self.controller.session.state

    def _latched(self) -> tuple[int, ...]:
        latch = self.controller.latch
        return latch.code, latch.chamber_index, latch.value, latch.limit, latch.at_ms


def refuse_illegal(commands: Commands, boots: Boots) -> None:
    fill_bits, seal_bits, pump_permille, gate_on = everything(commands)
    assert 0 <= pump_permille <= 1000
    assert 0 <= fill_bits | seal_bits <= boots.all_bits
    assert gate_on in (0, 1)
    assert fill_bits or not pump_permille, "the pump runs against closed valves"
    if boots.is_three_way:
        assert not seal_bits, "these boots have no vent valves to close"
    else:
        # With the pump off, an open vent is the way out for what its rotor still brings.
        is_blown_through = pump_permille and fill_bits & ~seal_bits
        assert not is_blown_through, "the pump's air would blow through an open vent"
    assert gate_on or not (fill_bits or seal_bits or pump_permille)


def everything(commands: Commands) -> tuple[int, int, int, int]:
    return commands.fill_bits, commands.seal_bits, commands.pump_permille, commands.gate_on


def live(controller: Controller, some_scenarios: list[Scenario], seed: int) -> set[str]:
    """The states and phases that were seen on the way; a broken law fails the test."""
    chaos, witness = ChaosBoots(controller, seed, Watched), Witness(controller)
    chaos.settle()
    for scenario in some_scenarios:
        for tick in range(scenario.ticks):
            buttons = scenario.buttons if tick == 0 else 0
            chaos.tick(scenario, buttons)
            witness.look(buttons)
    return witness.seen


@pytest.mark.parametrize(
    ("dt_ms", "examples"),
    [
        # Each example is a life of up to 2,400 ticks in integers that check themselves, looked at after
        # every one; other lives are tried in every run.
        pytest.param(STEADY_DT_MS, 80, id="steady clock"),
        pytest.param(ANY_DT_MS, 40, id="late clock"),
        pytest.param(BROKEN_DT_MS, 25, id="broken clock"),
    ],
)
def test_laws_hold_at_every_tick(dt_ms: st.SearchStrategy[int], examples: int) -> None:
    seen: set[str] = set()

    @settings(max_examples=examples, deadline=None)
    @given(loaded(), st.lists(scenarios(dt_ms), min_size=1, max_size=12), st.integers(0, 2**16))
    def laws_hold(controller: Controller, some_scenarios: list[Scenario], seed: int) -> None:
        lived = live(controller, some_scenarios, seed)
        for thing in lived:
            event(thing)
        seen.update(lived)

    laws_hold()
    # Laws held by a machine that never moved would say nothing.
    assert seen >= {"running", "fault", "off", "fill"}


BOARDS = {
    f"{valves} {sensors}": {
        "legs": 2,
        "chambers": ["foot", "calf", "thigh"],
        "zones": ["foot", "calf", "thigh"],
        "valves": valves,
        "sensors": sensors,
    }
    for valves in ("fill_vent", "three_way")
    for sensors in ("per_chamber", "manifold")
}
PROGRAM = {"id": "short", "minutes": 5, "pressure_mmhg": 40, "blocks": [{"pattern": "wave"}]}

# What the sensors of a machine at rest may show for as long as nobody comes.
FOR_EVER = {
    "calm": Scenario(1, 10, "none", 0, 0, 0, 12_000, 0, 0),
    "silent": Scenario(1, 10, "missing", 0, 2 * MANIFOLD_BIT - 1, 0, 12_000, 0, 0),
    "out of range": Scenario(1, 10, "extreme", READING_LIMIT_PA, 2 * MANIFOLD_BIT - 1, 0, 12_000, 0, 0),
    "below range": Scenario(1, 10, "extreme", -READING_LIMIT_PA, 2 * MANIFOLD_BIT - 1, 0, 12_000, 0, 0),
    "squeezed": Scenario(1, 10, "extreme", 5_000, 2 * MANIFOLD_BIT - 1, 0, 12_000, 0, 0),
}
# How to come to rest: what is pressed, in which weather, for how many ticks.
WAYS_TO_REST = {
    "switched on": [],
    "stopped": [(BUTTON_START, "calm", 500), (BUTTON_STOP, "calm", 3000)],
    "in fault": [(BUTTON_START, "calm", 500), (0, "silent", 100), (0, "calm", 100)],
}


@pytest.mark.parametrize("weather", FOR_EVER)
@pytest.mark.parametrize("way", WAYS_TO_REST)
@pytest.mark.parametrize("board", BOARDS)
def test_nothing_counts_beyond_its_bound_in_a_machine_left_at_rest(
    board: str, way: str, weather: str
) -> None:
    controller = at_rest(board, way)
    chaos = ChaosBoots(controller)
    wait(chaos, weather, 700)
    before = {held.name: held.value for held in integers(controller)}
    wait(chaos, weather, 100)
    assert controller.session.state in RESTING
    for held in list(integers(controller)):
        if held.value > before[held.name]:
            # It still counts: this is what it would come to after some days.
            held.put(SMALL_INT_LIMIT - 50)
    wait(chaos, weather, 100)
    beyond = [
        f"{held.name} = {held.value}" for held in integers(controller) if abs(held.value) >= SMALL_INT_LIMIT
    ]
    assert not beyond


@pytest.mark.parametrize("board", BOARDS)
def test_a_session_is_the_same_after_a_long_rest(board: str) -> None:
    rested = at_rest(board, "stopped")
    for _ in range(400):
        rested.step(rested.readings, 3000)
    rested.at_ms = AT_MOST_MS
    assert transcript(rested) == transcript(at_rest(board, "stopped"))
    assert rested.at_ms == AT_MOST_MS


def at_rest(board: str, way: str) -> Controller:
    return deepcopy(_come_to_rest(board, way))


@cache
def _come_to_rest(board: str, way: str) -> Controller:
    controller = Controller(read_boots(BOARDS[board]))
    make_ready(controller, read_program(PROGRAM))
    for button, weather, ticks in WAYS_TO_REST[way]:
        chaos = ChaosBoots(controller)
        chaos.tick(FOR_EVER[weather], button)
        wait(chaos, weather, ticks)
    assert controller.session.state in RESTING
    return controller


def wait(chaos: ChaosBoots, weather: str, ticks: int) -> None:
    for _ in range(ticks):
        chaos.tick(FOR_EVER[weather])


def transcript(controller: Controller) -> list[tuple[int, ...]]:
    """Two minutes of a session with well-behaved boots."""
    lines = []
    chaos = ChaosBoots(controller)
    for tick in range(12_000):
        chaos.tick(RIGHT, BUTTON_START if tick == 0 else 0)
        lines.append((controller.session.state, *everything(controller.commands)))
    return lines
