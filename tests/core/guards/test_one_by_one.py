"""One sensor shows the same for all that are joined: who doesn't fill is found by trying each alone."""

import pytest

from soleus.core.basics import faults
from soleus.core.basics.faults import MACHINE_INDEX, MANIFOLD_INDEX, FaultLatch
from soleus.core.basics.limits import STUCK_MS, TICK_MS, VENT_MOST_MS
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.guards.one_by_one import VentFailureThrough
from soleus.core.session.session import DONE, FAULT, RUNNING
from tests.core.fake_air import STOP, Machine, boots, gauges_for

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


# --- whose air the manifold shows, when an open chamber is looked at ---

FULL_PA = pa_from_mmhg(40)
RELIEF_PA = pa_from_mmhg(150)


def looked_at(looks: list[tuple[int, int, int]]) -> FaultLatch:
    """Open chambers are joined one by one, each with what the manifold had before and what it shows then."""
    the_boots, latch = boots(valves="three_way", sensors="manifold"), FaultLatch()
    gauges = gauges_for(the_boots)
    gauges.is_zeroed = True
    gauges.emptying.unchanged_ms = VENT_MOST_MS + TICK_MS
    guard = VentFailureThrough(the_boots, latch, gauges)
    for index, before_pa, shown_pa in looks:
        bit = 1 << index
        gauges.overview.seen_bits = gauges.overview.unvented_bits = bit
        gauges.unjoined_pa, gauges.manifold_pa, gauges.smooth_pa[index] = before_pa, shown_pa, shown_pa
        guard.step(0)
    return latch


def test_a_chamber_that_shows_what_the_manifold_had_before_has_kept_it() -> None:
    latch = looked_at([(CALF, FULL_PA, FULL_PA - 20)])
    assert (latch.code, latch.chamber_index, latch.value) == (faults.VENT_FAILURE, CALF, FULL_PA - 20)


def test_one_that_takes_the_manifolds_air_isnt_blamed_but_the_one_that_gave_it() -> None:
    """Its three-way valve never closes, so joining it changes nothing."""
    half_pa = FULL_PA // 2
    latch = looked_at([(FOOT, FULL_PA, half_pa), (CALF, half_pa, half_pa + 5)])
    assert (latch.code, latch.chamber_index) == (faults.VENT_FAILURE, CALF)


def test_a_manifold_that_is_at_its_relief_again_has_the_pump_behind_it() -> None:
    assert looked_at([(FOOT, RELIEF_PA, FULL_PA)] * 9).code == faults.NONE
    latch = looked_at([(FOOT, RELIEF_PA, FULL_PA), (CALF, RELIEF_PA, FULL_PA)])
    assert (latch.code, latch.chamber_index) == (faults.PUMP_RUNAWAY, MANIFOLD_INDEX)


def test_a_sensor_that_shows_the_very_same_joined_or_not_is_stuck() -> None:
    ticks = STUCK_MS // TICK_MS
    assert looked_at([(FOOT, FULL_PA, FULL_PA)] * (ticks - 1)).code == faults.NONE
    latch = looked_at([(FOOT, FULL_PA, FULL_PA)] * ticks)
    assert (latch.code, latch.chamber_index) == (faults.SENSOR_STUCK, MANIFOLD_INDEX)
