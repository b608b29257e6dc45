"""One sensor shows the same for all that are joined: who doesn't fill is found by trying each alone."""

import pytest

from soleus.core.basics import faults
from soleus.core.basics.faults import MACHINE_INDEX
from soleus.core.session.session import DONE, FAULT, RUNNING
from tests.core.fake_air import STOP, Machine, boots

FOOT, CALF, THIGH = range(3)
each_kind_of_valves = pytest.mark.parametrize("valves", ["three_way", "fill_vent"])


def pressed(valves: str) -> Machine:
    """One sensor on the manifold, and all chambers at their pressure in the second cycle."""
    machine = Machine(boots(valves=valves, sensors="manifold")).started()
    machine.until_state(RUNNING)
    sequencer = machine.controller.sequencer
    machine.until(lambda _: sequencer.cycles_count == 1 and sequencer.keep_bits == 0b111, 200)
    machine.until(lambda m: m.controller.regulator.ledger.reached_bits == 0b111, 60)
    return machine


def rested(machine: Machine) -> list[tuple[int, int]]:
    notices = machine.controller.guards.notices
    return [(index, notices.code[index]) for index in range(3) if notices.rested_bits >> index & 1]


@each_kind_of_valves
@pytest.mark.parametrize("torn", [FOOT, CALF, THIGH])
def test_the_one_that_takes_everybodys_air_is_rested_and_no_other(valves: str, torn: int) -> None:
    machine = pressed(valves)
    machine.air.torn.add(torn)
    machine.until(lambda m: rested(m) != [] or m.state != RUNNING, 300)
    # The others go on.
    machine.run(60)
    assert machine.state == RUNNING
    assert rested(machine) == [(torn, faults.FILL_TIMEOUT)]
    assert machine.controller.interlock.refused_count == 0


@each_kind_of_valves
def test_when_a_second_one_alone_doesnt_fill_either_it_is_neither_of_them(valves: str) -> None:
    machine = pressed(valves)
    machine.air.torn.update((FOOT, CALF, THIGH))
    machine.until_state(FAULT, 300)
    latch = machine.controller.latch
    assert (latch.code, latch.chamber_index) == (faults.NO_AIR, MACHINE_INDEX)
    assert rested(machine) == []


@each_kind_of_valves
def test_a_stop_ends_a_trial_and_the_next_session_begins_without_one(valves: str) -> None:
    machine = pressed(valves)
    machine.air.torn.add(FOOT)
    guard = machine.controller.guards.fill_timeout
    machine.until(lambda _: guard.parted_bits != 0, 300)
    machine.air.torn.clear()
    machine.tick(STOP)
    machine.until_state(DONE)
    machine.started().until_state(RUNNING)
    assert guard.parted_bits == 0
    machine.until(lambda m: m.controller.sequencer.keep_bits == 0b111, 60)
    assert rested(machine) == []
