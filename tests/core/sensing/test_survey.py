"""A chamber is known to be empty when it was cut off from the air for a moment and showed no pressure."""

from itertools import pairwise

import pytest

from soleus.core.basics.units import pa_from_mmhg
from soleus.core.controller import ROTOR_STOPS_MS, SURVEY_AFTER_MS, UNSEEN_SURVEY_AFTER_MS
from soleus.core.program.timeline import STAGE_REST
from soleus.core.sensing.emptying import STILL_MS
from soleus.core.sensing.survey import LOOK_MS, OPEN_BETWEEN_MS
from soleus.core.session.session import DONE, RUNNING, VENTING
from tests.core.fake_air import STOP, TICK_MS, Machine, boots, program

FOOT, CALF, THIGH = range(3)
LAYOUTS = {
    f"{valves}, {sensors}": {"valves": valves, "sensors": sensors}
    for valves in ("fill_vent", "three_way")
    for sensors in ("per_chamber", "manifold")
}
each_layout = pytest.mark.parametrize("layout", LAYOUTS)
TOGETHER = "fill_vent, per_chamber"
one_by_one = pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != TOGETHER])


def stopped(layout: str, *blocked: int) -> Machine:
    """All chambers were under pressure; now everything is open, but what is blocked keeps what it has."""
    machine = Machine(boots(**LAYOUTS[layout])).started()
    machine.until_state(RUNNING)
    machine.until_pressed()
    machine.air.blocked.update(blocked)
    machine.tick(STOP)
    assert machine.state == VENTING
    # What the pump's rotor still brings has a way out first.
    return machine.run(ROTOR_STOPS_MS / 1000)


def looked_at(machine: Machine) -> list[int]:
    """The chambers that are cut off from the air in this tick."""
    commands = machine.controller.commands
    bits = commands.fill_bits | commands.seal_bits
    return [index for index in range(machine.controller.boots.count) if bits >> index & 1]


def looks(machine: Machine, most_s: float) -> list[tuple[list[int], int]]:
    """Who was looked at, one look after the other, and for how long; [] where everything was open."""
    found: list[tuple[list[int], int]] = []
    for _ in machine.ticks(round(most_s * 1000 / TICK_MS)):
        who = looked_at(machine)
        if found and found[-1][0] == who:
            found[-1] = (who, found[-1][1] + TICK_MS)
        else:
            found.append((who, TICK_MS))
        if machine.state != VENTING:
            break
    return found


@each_layout
def test_nobody_looks_before_the_air_has_had_its_time(layout: str) -> None:
    machine = stopped(layout)
    took_s = machine.until(lambda machine: looked_at(machine) != [])
    after_ms = UNSEEN_SURVEY_AFTER_MS if "manifold" in layout else SURVEY_AFTER_MS
    assert abs(took_s * 1000 + ROTOR_STOPS_MS - after_ms) <= 2 * TICK_MS


def test_with_a_sensor_and_a_vent_valve_each_all_are_looked_at_together() -> None:
    machine = stopped(TOGETHER)
    seen = [who for who, _ in looks(machine, 10)]
    assert seen == [[], [FOOT, CALF, THIGH], []]
    assert machine.state == DONE


@one_by_one
def test_otherwise_one_after_the_other_foot_first(layout: str) -> None:
    machine = stopped(layout)
    seen = [who for who, _ in looks(machine, 10)]
    assert [who for who in seen if who] == [[FOOT], [CALF], [THIGH]]
    assert machine.state == DONE


@each_layout
def test_a_look_is_long_enough_to_see_and_too_short_to_squeeze(layout: str) -> None:
    machine = stopped(layout)
    lasted_ms = [ms for who, ms in looks(machine, 10) if who]
    assert all(STILL_MS <= ms <= LOOK_MS + TICK_MS for ms in lasted_ms)


# Where a sensor shows the pressure beside the open vent, nobody has to look.
each_unseen = pytest.mark.parametrize("layout", [name for name in LAYOUTS if "manifold" in name])
each_seen = pytest.mark.parametrize("layout", [name for name in LAYOUTS if "per_chamber" in name])


@each_seen
def test_what_shows_its_pressure_beside_an_open_vent_is_not_closed_for_a_look(layout: str) -> None:
    """It can't be empty, and would only be slowed."""
    machine = stopped(layout, CALF)
    assert all(CALF not in who for who, _ in looks(machine, 4.5))
    assert machine.state == VENTING
    assert machine.controller.gauges.emptying.empty_bits == 0b101


@each_seen
def test_what_shows_its_pressure_only_when_it_is_closed_is_opened_again(layout: str) -> None:
    """A sensor beside a wide open vent: it sees the chamber's air only as long as that stands still."""
    machine = stopped(layout, CALF)
    machine.air.pressure_pa[CALF] = pa_from_mmhg(30)
    looked_ms, opened_ms = [0], [0]
    while machine.state == VENTING:
        is_closed = CALF in looked_at(machine)
        machine.air.offset_pa[CALF] = 0 if is_closed else pa_from_mmhg(-28)
        spans = looked_ms if is_closed else opened_ms
        machine.tick()
        spans[-1] += TICK_MS
        if is_closed and CALF not in looked_at(machine):
            looked_ms.append(0)
        if not is_closed and CALF in looked_at(machine):
            opened_ms.append(0)
    assert len(looked_ms) >= 3, "it is looked at again and again"
    assert max(looked_ms) <= LOOK_MS + TICK_MS
    assert min(opened_ms[1:-1]) >= OPEN_BETWEEN_MS
    assert not machine.controller.gauges.emptying.empty_bits & (1 << CALF)


@each_unseen
def test_what_is_not_empty_is_opened_again_before_the_next_look(layout: str) -> None:
    machine = stopped(layout, CALF)
    found = looks(machine, 4.8)
    assert machine.state == VENTING
    assert machine.controller.gauges.emptying.empty_bits == 0b101
    repeated = [(who, ms) for who, ms in found if who == [CALF]]
    assert len(repeated) >= 2
    assert all(ms <= LOOK_MS + TICK_MS for _, ms in repeated[:-1])
    opened_ms = [after[1] for before, after in pairwise(found[:-1]) if before[0] == [CALF]]
    assert opened_ms
    assert min(opened_ms) >= OPEN_BETWEEN_MS


@each_layout
def test_what_was_blocked_is_seen_empty_once_its_air_is_out(layout: str) -> None:
    machine = stopped(layout, CALF)
    machine.run(4)
    machine.air.blocked.clear()
    machine.until_state(DONE, 5)
    assert max(machine.air.pressure_pa) < pa_from_mmhg(10)


@each_layout
def test_a_look_never_runs_the_pump_and_is_never_refused(layout: str) -> None:
    machine = stopped(layout, CALF)
    assert all(commands.pump_permille == 0 for commands in machine.ticks(480))
    assert machine.controller.interlock.refused_count == 0


@each_layout
def test_no_cycle_begins_before_every_chamber_of_the_last_was_seen_empty(layout: str) -> None:
    machine = Machine(boots(**LAYOUTS[layout]), program(rest_s=0, release_s=2)).started()
    machine.until(
        lambda m: m.controller.sequencer.cycles_count == 0 and m.controller.sequencer.keep_bits == 0b111
    )
    machine.until(lambda m: m.controller.sequencer.stage_kind() == STAGE_REST)
    cycles = 0
    while cycles < 3:
        machine.tick()
        if machine.controller.sequencer.cycles_count > cycles:
            cycles += 1
            assert machine.controller.gauges.emptying.empty_bits == 0b111
