"""Whatever the sensors, the clock and the person do: small integers, legal commands, and a fault that stays."""

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from soleus.core import faults
from soleus.core.boots import Boots
from soleus.core.controller import Controller
from soleus.core.program import Program
from soleus.core.regulation import PHASE_NAMES
from soleus.core.session import DONE, FAULT, IDLE, PAUSED, STATE_NAMES
from soleus.core.signals import BUTTON_CLEAR, BUTTON_START, BUTTON_STOP, MANIFOLD_BIT, Commands
from tests.core.wild import (
    ANY_DT_MS,
    BROKEN_DT_MS,
    READING_LIMIT_PA,
    SMALL_INT_LIMIT,
    STEADY_DT_MS,
    Spell,
    Watched,
    WildBoots,
    integers,
    loaded,
    put,
    spells,
)

RESTING = (IDLE, PAUSED, DONE, FAULT)


class Witness:
    """Looks at the machine after every tick, and remembers what must not change."""

    def __init__(self, controller: Controller) -> None:
        self.controller = controller
        self.state = controller.session.state
        self.latched = self._latched()
        # `step()` makes no new objects, so what holds integers now holds them for ever.
        self.holders = {id(holder): holder for holder, _, _ in integers(controller)}.values()
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
        for holder in self.holders:
            held = holder if isinstance(holder, list) else vars(holder).values()
            largest = max(abs(value) for value in held if isinstance(value, int))
            assert largest < SMALL_INT_LIMIT, f"{type(holder).__name__} holds {largest}: {held}"

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
        assert not fill_bits & ~seal_bits, "the pump's air would blow through an open vent"
    assert gate_on or not (fill_bits or seal_bits or pump_permille)


def everything(commands: Commands) -> tuple[int, int, int, int]:
    return commands.fill_bits, commands.seal_bits, commands.pump_permille, commands.gate_on


def live(controller: Controller, some_spells: list[Spell], seed: int) -> set[str]:
    """The states and phases that were seen on the way; a broken law fails the test."""
    wild, witness = WildBoots(controller, seed), Witness(controller)
    wild.settle()
    for spell in some_spells:
        for tick in range(spell.ticks):
            buttons = spell.buttons if tick == 0 else 0
            wild.tick(spell, buttons)
            witness.look(buttons)
    return witness.seen


@pytest.mark.parametrize(
    ("dt_ms", "examples"),
    [
        pytest.param(STEADY_DT_MS, 250, id="steady clock"),
        pytest.param(ANY_DT_MS, 100, id="late clock"),
        pytest.param(BROKEN_DT_MS, 60, id="broken clock"),
    ],
)
def test_laws_hold_at_every_tick(dt_ms: st.SearchStrategy[int], examples: int) -> None:
    seen: set[str] = set()

    @settings(max_examples=examples, deadline=None)
    @given(loaded(), st.lists(spells(dt_ms), min_size=1, max_size=12), st.integers(0, 2**16))
    def laws_hold(controller: Controller, some_spells: list[Spell], seed: int) -> None:
        lived = live(controller, some_spells, seed)
        for thing in lived:
            event(thing)
        seen.update(lived)

    laws_hold(); print(sorted(seen))
    # Laws held by a machine that never moved would say nothing.
    assert seen >= {"running", "fault", "off", "fill"}
