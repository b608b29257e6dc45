"""Guards asked only when they may have something to say, and guards asked in every tick, come to the same:
the same fault, of the same chamber, in the same tick."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soleus.core.basics import faults, limits
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import FaultLatch
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.guards.guards import Guards
from soleus.core.regulate.regulation import FILL, HOLD, OFF
from tests.core.fake_air import boots
from tests.core.guards.guard_adapters import bits_of, stand_in
from tests.core.guards.plain import Tick
from tests.core.guards.test_plain import ALL, BITS, COUNT, Both, runs, said

# A tick and how often it comes; who is seen empty; what the regulator says; the supply; the session's state.
Moment = tuple[tuple[Tick, int], int, dict[str, int], int, str]
LAYOUTS = [
    ("fill_vent", "per_chamber"),
    ("fill_vent", "manifold"),
    ("three_way", "per_chamber"),
    ("fill_vent", "per_chamber_and_manifold"),
]


class EveryTick(Guards):
    """In the same order, whatever the gauges show."""

    def step(self, readings: Any, is_running: bool, is_service: bool, at_ms: int, dt_ms: int) -> None:
        is_active, when = is_running or is_service, (at_ms, dt_ms)
        self.late_tick.step(*when)
        self.sensor_range.step(readings, *when)
        self.overpressure.step(*when)
        self.prolonged.step(self.sequencer.keep_bits, is_active, *when)
        self.vent_failure.step(at_ms)
        self.sensor_zero_drift.step(*when)
        if is_active:
            active = self.active
            active.session_cap.energised_ms += dt_ms
            active.session_cap.step(at_ms)
            active.supply_low.step(readings, *when)
            active.sensor_stuck.step(*when)
            active.sensor_erratic.step(*when)
            active.sensors_apart.step(*when)
            active.kink.step(at_ms)
            active.rises_unasked.step(*when)
            active.pump_runaway.step(*when)
        if not is_running:
            return
        self.fill_timeout.learn()
        self.fill_timeout.check_after_ms = 0
        self.fill_timeout.step(*when)
        self.leak.step(at_ms)
        self._end_when_all_rest(at_ms)


class Watched:
    """What guards read of sequencer and ledger."""

    def __init__(self) -> None:
        self.sequencer: Any = stand_in(keep_bits=0, timeline=stand_in(active_bits=ALL))
        self.ledger: Any = stand_in(
            fill_share_us=[0] * COUNT,
            dose_us=[0] * COUNT,
            held_ms=[0] * COUNT,
            held_bits=0,
            filled_bits=0,
            coast_rise_pa=3000,
            coast_rise_index=1,
            collapse_pa=[limits.COLLAPSE_MANIFOLD_PA + 1, 0, 16_000],
            share_anew=lambda: None,
        )

    def tell(self, tick: Tick, reached_bits: int, collapsed_bits: int, coast_rise_count: int) -> None:
        sequencer, ledger = self.sequencer, self.ledger
        kept_pa = [pa for index, pa in enumerate(tick.target_pa) if tick.keep_bits >> index & 1]
        sequencer.keep_bits, sequencer.target_pa = tick.keep_bits, tick.target_pa
        sequencer.least_target_pa = min(kept_pa, default=limits.TARGET_MOST_PA)
        ledger.phase, ledger.coast_rise_count = tick.phase, coast_rise_count
        ledger.collapsed_bits = collapsed_bits
        ledger.collapse_count = [limits.COLLAPSE_COUNT * (collapsed_bits >> i & 1) for i in range(COUNT)]
        # Who is filled isn't reached yet.
        filling_bits = bits_of([phase == FILL for phase in tick.phase])
        ledger.reached_bits = reached_bits & ~filling_bits

    def move(self, tick: Tick) -> None:
        """The regulator's turn, after the guards', in a session that runs and isn't late."""
        ledger = self.ledger
        held_bits = 0
        for index, phase in enumerate(tick.phase):
            if phase == OFF:
                ledger.fill_share_us[index] = 0
            elif phase == FILL:
                ledger.fill_share_us[index] += tick.dt_ms * 1000
            elif ledger.reached_bits >> index & 1:
                ledger.held_ms[index] += tick.dt_ms
                ledger.dose_us[index] += tick.dt_ms * 100
                held_bits |= 1 << index
        ledger.filled_bits = bits_of([us > 0 for us in ledger.fill_share_us])
        ledger.held_bits = held_bits


def built(kind: type[Guards], both: Both, watched: Watched) -> Guards:
    parts = both.gauges, both.commands, watched.sequencer, watched.ledger
    return kind(both.boots, FaultLatch(), *parts)


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    regulator = {
        "reached_bits": draw(BITS),
        "collapsed_bits": draw(st.sampled_from([0, 0, 0, 0b100, 0b010])),
        "coast_rise_count": draw(st.sampled_from([0, 0, limits.RUNAWAY_COUNT - 1, limits.RUNAWAY_COUNT])),
    }
    supply_mv = draw(st.sampled_from([12_000, 12_000, 1]))
    state = draw(st.sampled_from(["running", "running", "service", "paused"]))
    return draw(runs()), draw(BITS), regulator, supply_mv, state


@pytest.mark.parametrize(("valves", "sensors"), LAYOUTS)
@settings(deadline=None, max_examples=60)
@given(st.lists(moments(), min_size=1, max_size=10), st.booleans())
def test_who_is_not_asked_would_have_said_nothing(
    valves: str, sensors: str, of_moments: list[Moment], is_zeroed: bool
) -> None:
    said_codes(boots(valves=valves, sensors=sensors), of_moments, is_zeroed)


def moment(ticks: int, supply_mv: int = 12_000, reached_bits: int = 0, **changed: Any) -> Moment:
    """So many ticks of a session in which nothing happens but what is said here."""
    quiet: dict[str, Any] = {
        "readings_pa": [0] * COUNT,
        "missing_bits": 0,
        "keep_bits": ALL,
        "fill_bits": 0,
        "seal_bits": ALL,
        "is_pumping": False,
        "dt_ms": 60,
        "phase": [HOLD] * COUNT,
        "target_pa": [pa_from_mmhg(60)] * COUNT,
    }
    regulator = {"reached_bits": reached_bits, "collapsed_bits": 0, "coast_rise_count": 0}
    return (Tick(**{**quiet, **changed}), ticks), 0, regulator, supply_mv, "running"


HELD_TICKS = limits.LEAK_HELD_MS // 60 + 2
OPEN: dict[str, Any] = {"keep_bits": 0, "seal_bits": 0, "phase": [OFF] * COUNT}
LEAKY = [moment(HELD_TICKS, reached_bits=0b001), moment(3, **OPEN)]
ENDLESS = moment(limits.FILL_MOST_MS // 60 + 5, phase=[FILL, HOLD, HOLD], readings_pa=[2000] * COUNT)
REACHED = moment(50, phase=[FILL, HOLD, HOLD]), moment(2, reached_bits=0b001)
AGAIN = moment(
    (2 * 3000 + limits.FILL_LEARNED_EXTRA_MS) // 60 + 5, phase=[FILL, HOLD, HOLD], readings_pa=[2000] * COUNT
)
STORIES: dict[str, tuple[list[Moment], set[int]]] = {
    "nothing": ([moment(200)], set()),
    "a supply that gives up": ([moment(40, supply_mv=1)], {faults.SUPPLY_LOW}),
    "a fill without end": ([ENDLESS], {faults.FILL_TIMEOUT}),
    "a fill longer than twice the last": ([*REACHED, moment(3, **OPEN), AGAIN], {faults.FILL_TIMEOUT}),
    "one leaky hold after the other": (LEAKY * limits.LEAK_COUNT, {faults.LEAK}),
    "one leaky hold too few": (LEAKY * (limits.LEAK_COUNT - 1), set()),
    "every chamber leaks": (
        [moment(HELD_TICKS, reached_bits=ALL), moment(3, **OPEN)] * limits.LEAK_COUNT,
        {faults.LEAK},
    ),
    "a zero that has drifted": (
        [moment(80, **OPEN, readings_pa=[0, 0, -limits.ZERO_DRIFT_MOST_PA - 100])],
        {faults.SENSOR_ZERO},
    ),
    "somewhat above the target": (
        [moment(25, readings_pa=[pa_from_mmhg(60) + limits.OVER_TARGET_PA + 1] * COUNT)],
        {faults.OVER_TARGET},
    ),
    "a sensor that stands still while its chamber empties": (
        [moment(3, readings_pa=[8000] * COUNT), moment(40, **OPEN, readings_pa=[8000] * COUNT, dt_ms=10)],
        {faults.SENSOR_STUCK},
    ),
    "two fills that show no air": (
        [
            moment(ticks, phase=phase)
            for ticks, phase in ((760, [FILL, HOLD, HOLD]), (760, [HOLD, FILL, HOLD]))
        ],
        {faults.FILL_TIMEOUT, faults.NO_AIR},
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_every_slow_story_ends_as_if_all_were_asked_in_every_tick(story: str) -> None:
    of_moments, codes = STORIES[story]
    assert said_codes(boots(), of_moments, is_zeroed=True) == codes


MANIFOLD_STORIES: dict[str, tuple[list[Moment], set[int]]] = {
    "a manifold that rises by itself": (
        [moment(20), moment(3, readings_pa=[limits.RUNAWAY_MANIFOLD_PA + 1] * COUNT)],
        {faults.PUMP_RUNAWAY},
    ),
    "a reading out of range": (
        [moment(3, readings_pa=[limits.READING_MOST_PA + 1] * COUNT)],
        {faults.SENSOR_RANGE},
    ),
    "kept for minutes": ([moment(limits.PRESSED_MOST_MS // 60 + 2)], {faults.PROLONGED}),
    # Time does in a pause what nobody sees.
    "kept for minutes, but for a pause": (
        [
            moment(limits.PRESSED_MOST_MS // 120),
            (*moment(limits.UNSEEN_EMPTY_MS // 60 + 2, **OPEN)[:4], "paused"),
            moment(limits.PRESSED_MOST_MS // 60 - 200),
        ],
        set(),
    ),
}


@pytest.mark.parametrize("story", MANIFOLD_STORIES)
def test_so_does_every_story_of_one_sensor_on_the_manifold(story: str) -> None:
    of_moments, codes = MANIFOLD_STORIES[story]
    assert said_codes(boots(sensors="manifold"), of_moments, is_zeroed=True) == codes


def test_the_cap_is_asked_in_every_tick_in_which_something_may_be_energised() -> None:
    both, watched = Both(boots()), Watched()
    guards = built(Guards, both, watched)
    guards.active.session_cap.energised_ms = limits.SESSION_CAP_MS - 20
    both.readings.supply_mv = 12_000
    tick = Tick([0] * COUNT, 0, 0, 0, 0, False, 10, [OFF] * COUNT, [0] * COUNT)
    watched.tell(tick, 0, 0, 0)
    codes = []
    for is_running, is_service in ((True, False), (False, False), (False, True), (True, False)):
        both.step(tick)
        guards.step(both.readings, is_running, is_service, 77, 10)
        codes.append(guards.latch.code)
    assert codes == [faults.NONE] * 3 + [faults.SESSION_CAP]
    assert guards.latch.at_ms == 77


def said_codes(the_boots: Boots, of_moments: list[Moment], is_zeroed: bool) -> set[int]:
    """Of both, once they are found to be the same."""
    the_boots.supply_least_mv = 10_000
    both, watched, codes = Both(the_boots), Watched(), {faults.NONE}
    both.gauges.is_zeroed = is_zeroed
    asked, every = built(Guards, both, watched), built(EveryTick, both, watched)
    for (tick, times), empty_bits, regulator, supply_mv, state in of_moments:
        # A clock that stands still, and one that doesn't.
        tick.dt_ms = 0 if times == 13 else tick.dt_ms
        both.readings.supply_mv = supply_mv
        for _ in range(times):
            both.step(tick)
            both.gauges.emptying.empty_bits |= empty_bits & ~tick.keep_bits
            watched.tell(tick, **regulator)
            outcomes = []
            for guards in (asked, every):
                shares_anew = []
                watched.ledger.share_anew = lambda shares_anew=shares_anew: shares_anew.append(True)
                is_running, is_service = state == "running", state == "service"
                guards.step(both.readings, is_running, is_service, both.at_ms, tick.dt_ms)
                outcomes.append((said(guards.latch), dict(vars(guards.notices)), shares_anew))
            assert outcomes[0] == outcomes[1]
            codes |= {asked.latch.code, *asked.notices.code}
            if state == "running" and tick.dt_ms <= limits.TICK_MOST_MS:
                watched.move(tick)
            # What comes after the first is looked at, too.
            for guards in (asked, every):
                guards.latch.clear()
            if asked.notices.rested_bits == ALL:
                asked.notices.clear()
                every.notices.clear()
    return codes - {faults.NONE}


def test_what_a_sensor_did_is_remembered_until_it_has_been_calm() -> None:
    """One odd reading keeps its guards awake for as long as they count, and no longer."""
    the_boots = boots()
    both, watched = Both(the_boots), Watched()
    guards = built(Guards, both, watched)
    tick = Tick([0] * COUNT, 0, 0, 0, 0, False, 10, [OFF] * COUNT, [0] * COUNT)
    alert = []
    for pa in (0, limits.JUMP_PA + 1, *[limits.JUMP_PA + 1] * 8):
        tick.readings_pa = [pa] * COUNT
        both.step(tick)
        watched.tell(tick, 0, 0, 0)
        both.readings.supply_mv = 12_000
        guards.step(both.readings, True, False, 0, 10)
        alert.append(guards.is_alert)
    assert alert == [False, *[True] * 7, *[False] * 2]
