"""Looking at bits first comes to the same as looking at every chamber in every tick."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soleus.core.basics import limits
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import FaultLatch, Notices
from soleus.core.basics.limits import JUMP_PA
from soleus.core.basics.signals import MANIFOLD_BIT, Commands, Readings
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.guards.air import FillTimeout, RisesUnasked
from soleus.core.guards.pressure import Overpressure, ProlongedPressure, VentFailure
from soleus.core.guards.sensors import SensorErratic, SensorStuck
from soleus.core.regulate.regulation import DOSE, FILL, HOLD, OFF
from tests.core.fake_air import boots, gauges_for
from tests.core.guards.guard_adapters import stand_in
from tests.core.guards.plain import PlainFillTimeout, PlainGuards, PlainMachine, Tick

COUNT = 3
ALL = (1 << COUNT) - 1
SENSORS = ("per_chamber", "manifold")
# A run of equal ticks is one draw, so that limits in time are passed; around every limit, and far from it.
PRESSURES_PA = [
    *(0, 1, limits.NO_AIR_PA, limits.NO_AIR_PA - 1),
    *(limits.VENTED_PA - 1, limits.VENTED_PA, limits.VENTED_PA + 1),
    *(limits.PRESSED_PA - 1, limits.PRESSED_PA, limits.PRESSED_PA + 1),
    *(JUMP_PA, JUMP_PA + 1, -limits.ZERO_DRIFT_MOST_PA - 1),
    *(pa_from_mmhg(40) + limits.OVER_TARGET_PA, pa_from_mmhg(40) + limits.OVER_TARGET_PA + 1),
    *(limits.OVER_TRIP_PA, limits.OVER_TRIP_PA + 1),
]
BITS = st.integers(0, ALL)


@st.composite
def runs(draw: st.DrawFn) -> tuple[Tick, int]:
    keep_bits = draw(BITS)
    tick = Tick(
        readings_pa=draw(st.lists(st.sampled_from(PRESSURES_PA), min_size=COUNT, max_size=COUNT)),
        missing_bits=draw(st.sampled_from([0, 0, 0, 0b010, MANIFOLD_BIT])),
        keep_bits=keep_bits,
        fill_bits=draw(BITS),
        seal_bits=draw(st.sampled_from([keep_bits, ALL, 0])),
        is_pumping=draw(st.booleans()),
        dt_ms=draw(st.sampled_from([10, 10, 7, 60, 900])),
        phase=draw(st.lists(st.sampled_from([OFF, FILL, DOSE, HOLD]), min_size=COUNT, max_size=COUNT)),
        target_pa=draw(
            st.lists(st.sampled_from([pa_from_mmhg(40), pa_from_mmhg(60)]), min_size=COUNT, max_size=COUNT)
        ),
    )
    return tick, draw(st.sampled_from([1, 2, 13, 40, 230]))


class Both:
    """The core's gauges, and the plain ones; and what else the core's guards look at."""

    def __init__(self, the_boots: Boots) -> None:
        self.boots = the_boots
        self.gauges, self.readings, self.commands = gauges_for(the_boots), Readings(COUNT), Commands()
        self.gauges.is_zeroed = True
        self.sequencer: Any = stand_in(keep_bits=0, target_pa=[0] * COUNT)
        self.ledger: Any = stand_in(phase=[OFF] * COUNT)
        self.machine = PlainMachine(the_boots)
        self.at_ms = 0

    def step(self, tick: Tick) -> None:
        self.at_ms += tick.dt_ms
        self.readings.chamber_pa[:] = tick.readings_pa
        self.readings.manifold_pa = tick.readings_pa[0]
        self.readings.missing_bits = tick.missing_bits
        self.commands.fill_bits, self.commands.seal_bits = tick.fill_bits, tick.seal_bits
        self.commands.pump_permille = 1000 * tick.is_pumping
        self.sequencer.keep_bits, self.sequencer.target_pa = tick.keep_bits, tick.target_pa
        self.ledger.phase = tick.phase
        self.gauges.step(self.readings, self.commands, tick.keep_bits, tick.dt_ms)
        self.machine.step(tick)


def said(latch: FaultLatch) -> tuple[int, int, int, int, int]:
    return latch.code, latch.chamber_index, latch.value, latch.limit, latch.at_ms


each_layout = pytest.mark.parametrize("sensors", SENSORS)
of_runs = given(st.lists(runs(), min_size=1, max_size=12))
with_patience = settings(deadline=None, max_examples=50)


@each_layout
@with_patience
@given(of_runs=st.lists(runs(), min_size=1, max_size=12), zero_pa=st.sampled_from([0, 300, -300]))
def test_gauges_know_each_chamber_as_if_it_were_alone(
    sensors: str, of_runs: list[tuple[Tick, int]], zero_pa: int
) -> None:
    both = Both(boots(sensors=sensors))
    if sensors == "per_chamber":
        both.gauges.zero_pa[1] = both.machine.chambers[1].zero_pa = zero_pa
    for tick, times in of_runs:
        for _ in range(min(times, 40)):
            both.step(tick)
            gauges, chambers = both.gauges, both.machine.chambers
            assert gauges.pressure_pa == [chamber.pressure_pa for chamber in chambers]
            assert gauges.smooth_pa == [chamber.smooth_pa for chamber in chambers]
            assert gauges.age_ms == [chamber.age_ms for chamber in chambers]
            vented_ms = [gauges.emptying.vented_for_ms(index) for index in range(COUNT)]
            assert vented_ms == [chamber.vented_ms for chamber in chambers]
            assert gauges.emptying.still_ms == [chamber.still_ms for chamber in chambers]
            assert gauges.emptying.empty_bits == sum(
                chamber.is_empty << i for i, chamber in enumerate(chambers)
            )


def test_a_manifolds_zero_is_taken_off_its_readings() -> None:
    both = Both(boots(sensors="manifold"))
    both.gauges.manifold_zero_pa = 300
    both.step(Tick([5000] * COUNT, 0, ALL, ALL, ALL, False, 60, [HOLD] * COUNT, [0] * COUNT))
    assert both.gauges.manifold_pa == 4700


@each_layout
@with_patience
@of_runs
def test_guards_trip_as_if_they_looked_at_every_chamber_in_every_tick(
    sensors: str, of_runs: list[tuple[Tick, int]]
) -> None:
    the_boots = boots(sensors=sensors)
    both = Both(the_boots)
    plain = PlainGuards(both.machine)
    names = ("stuck", "erratic", "over", "unvented", "rises")
    ours = {name: FaultLatch() for name in names}
    gauges, commands, sequencer = both.gauges, both.commands, both.sequencer
    stuck = SensorStuck(the_boots, ours["stuck"], gauges, commands, both.ledger)
    erratic = SensorErratic(the_boots, ours["erratic"], gauges)
    over = Overpressure(the_boots, ours["over"], gauges, sequencer)
    unvented = VentFailure(the_boots, ours["unvented"], gauges)
    rises = RisesUnasked(the_boots, ours["rises"], gauges, commands, sequencer)
    for tick, times in of_runs:
        for _ in range(times):
            both.step(tick)
            at_ms, dt_ms = both.at_ms, tick.dt_ms
            stuck.step(at_ms, dt_ms)
            erratic.step(at_ms, dt_ms)
            over.step(at_ms, dt_ms)
            unvented.step(at_ms)
            rises.step(at_ms, dt_ms)
            plain.stuck(tick, at_ms)
            plain.erratic(tick, at_ms)
            plain.over(tick, over.over_trip_samples, at_ms)
            plain.unvented(at_ms)
            plain.rises(tick, at_ms)
            for name in names:
                assert said(ours[name]) == said(plain.latch(name)), name
            # What comes after the first is looked at, too.
            for latch in (*ours.values(), *plain.latches.values()):
                latch.clear()


@each_layout
@with_patience
@given(
    of_runs=st.lists(st.tuples(runs(), st.booleans()), min_size=1, max_size=12),
    dt_ms=st.sampled_from([900, 20_000, 59_999]),
)
def test_pressure_is_counted_for_each_chamber_from_its_own_beginning(
    sensors: str, of_runs: list[tuple[tuple[Tick, int], bool]], dt_ms: int
) -> None:
    the_boots = boots(sensors=sensors)
    both = Both(the_boots)
    plain, latch = PlainGuards(both.machine), FaultLatch()
    guard = ProlongedPressure(the_boots, latch, both.gauges)
    for (tick, times), is_running in of_runs:
        tick.dt_ms = dt_ms
        for _ in range(min(times, 13)):
            both.step(tick)
            guard.step(tick.keep_bits, is_running, both.at_ms, dt_ms)
            plain.prolonged(tick, both.at_ms, is_running=is_running)
            assert said(latch) == said(plain.latch("prolonged"))
            latch.clear()
            plain.latch("prolonged").clear()


@pytest.mark.parametrize("sensors", SENSORS)
@pytest.mark.parametrize("valves", ["fill_vent", "three_way"])
@with_patience
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(PRESSURES_PA[:6]), min_size=COUNT, max_size=COUNT),
            st.lists(st.sampled_from([FILL, FILL, HOLD, OFF]), min_size=COUNT, max_size=COUNT),
            BITS,
            st.sampled_from([0, 0, 0b010, MANIFOLD_BIT]),
            BITS,
            st.sampled_from([10, 60, 60, 37]),
            st.sampled_from([1, 30, 200, 800]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_a_fill_without_end_is_found_on_its_tick_however_seldom_it_is_looked_for(
    valves: str, sensors: str, of_runs: list[tuple[list[int], list[int], int, int, int, int, int]]
) -> None:
    the_boots = boots(valves=valves, sensors=sensors)
    both = Both(the_boots)
    notices, plain_notices = Notices(COUNT), Notices(COUNT)
    latch, plain_latch = FaultLatch(), FaultLatch()
    ledger: Any = stand_in(reached_bits=0, filled_bits=0, share_anew=lambda: None)
    guard, plain = FillTimeout(the_boots, latch, notices, both.gauges, ledger), PlainFillTimeout(the_boots)
    share_us = [0] * COUNT
    grown_us = [0] * COUNT
    for readings_pa, phase, held_bits, missing_bits, joined_bits, dt_ms, times in of_runs:
        # Chambers that share their air may be filled on while they count as reached; others aren't.
        reached_bits = held_bits if valves == "three_way" else held_bits & bits_not_filling(phase)
        tick = Tick(readings_pa, missing_bits, ALL, joined_bits, ALL, True, dt_ms, phase, [0] * COUNT)
        for _ in range(times):
            both.step(tick)
            share_us = [us + more for us, more in zip(share_us, grown_us, strict=True)]
            share_us = [0 if phase[index] == OFF else share_us[index] for index in range(COUNT)]
            ledger.fill_share_us, ledger.phase, ledger.reached_bits = share_us, phase, reached_bits
            ledger.filled_bits = sum((us > 0) << index for index, us in enumerate(share_us))
            guard.step(both.at_ms, dt_ms)
            plain.step(
                share_us, reached_bits, phase, both.machine.chambers, plain_notices, plain_latch, both.at_ms
            )
            assert said(latch) == said(plain_latch)
            assert notices.__dict__ == plain_notices.__dict__
            # The regulator's turn, after the guards'.
            grown_us = [dt_ms * 1000 if phase[index] == FILL else 0 for index in range(COUNT)]
            for some in (notices, plain_notices, latch, plain_latch):
                some.clear()


def bits_not_filling(phase: list[int]) -> int:
    return sum((one not in (FILL, OFF)) << index for index, one in enumerate(phase))
