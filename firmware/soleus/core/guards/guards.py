"""The guards look at the readings before anything else does, and can only take energy away.

Each guard watches one hazard. It either trips the latch, which ends the session, or rests one chamber:
`faults.RESTED` says which. `fault_table.TABLE` names the requirement behind each fault.

A guard is given what it watches when it is built. Most guards step only in the ticks in which they may have
something to say: each `if` here is a quick look that finds those, and in a healthy tick there are hardly any.
`test_guards_asked.py` shows that a guard which isn't asked would have said nothing.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import FaultLatch, Notices
from soleus.core.basics.limits import (
    OVER_TARGET_PA,
    OVER_TRIP_PA,
    RUNAWAY_COUNT,
    SESSION_CAP_MS,
    TICK_MOST_MS,
)
from soleus.core.basics.signals import Commands, Readings
from soleus.core.guards.air import FillTimeout, Kink, Leak, PumpRunaway, RisesUnasked
from soleus.core.guards.machine import LateTick, SessionCap, SupplyLow
from soleus.core.guards.pressure import Overpressure, ProlongedPressure, VentFailure
from soleus.core.guards.sensors import (
    VENT_MOVES_MS,
    SensorErratic,
    SensorRange,
    SensorsApart,
    SensorStuck,
    SensorZeroDrift,
)
from soleus.core.regulate.ledger import Ledger
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer


class Guards:
    def __init__(
        self,
        boots: Boots,
        latch: FaultLatch,
        gauges: Gauges,
        commands: Commands,
        sequencer: Sequencer,
        ledger: Ledger,
    ) -> None:
        self.boots = boots
        self.latch = latch
        self.overview = gauges.overview
        self.sequencer = sequencer
        self.ledger = ledger
        self.notices = Notices(boots.count)
        self.late_tick = LateTick(commands, latch)
        self.sensor_range = SensorRange(boots, latch)
        self.sensor_zero_drift = SensorZeroDrift(boots, latch, gauges)
        self.overpressure = Overpressure(boots, latch, gauges, sequencer)
        self.prolonged = ProlongedPressure(boots, latch, gauges)
        self.vent_failure = _vent_failure_for(boots, latch, gauges)
        self.active = ActiveGuards(boots, latch, gauges, commands, sequencer, ledger)
        self.fill_timeout = _fill_timeout_for(latch, self.notices, gauges, ledger, self.active, sequencer)
        self.leak = Leak(boots, self.notices, ledger)
        # A sensor was odd a moment ago, and a guard still counts for how long, or how often.
        self.is_alert = False

    def begin(self) -> None:
        """A new session: a person has seen how the last one ended, and nothing of it counts any more."""
        self.ledger.begin_session()
        self.notices.clear()
        self.active.session_cap.begin()
        self.fill_timeout.begin()
        self.leak.begin()

    def step(self, readings: Readings, is_running: bool, is_service: bool, at_ms: int, dt_ms: int) -> None:
        """The commands are still those of the tick before: they made these readings.

        In service the regulator is at rest, and so are the guards that watch its fills and holds.
        """
        overview = self.overview
        sequencer = self.sequencer
        is_active = is_running or is_service
        is_odd = self.is_alert or overview.is_odd
        if dt_ms <= 0 or dt_ms > TICK_MOST_MS or self.late_tick.still_count:
            self.late_tick.step(at_ms, dt_ms)
        if is_odd:
            self.sensor_range.step(readings, at_ms, dt_ms)
        highest_pa = overview.highest_pa
        is_high = highest_pa > sequencer.least_target_pa + OVER_TARGET_PA or highest_pa > OVER_TRIP_PA
        if is_high or self.overpressure.is_counting:
            self.overpressure.step(at_ms, dt_ms)
        keep_bits = sequencer.keep_bits
        if keep_bits or self.prolonged.pressed_bits:
            self.prolonged.step(keep_bits, is_active, at_ms, dt_ms)
        if overview.unvented_bits:
            self.vent_failure.step(at_ms)
        if is_odd:
            self.sensor_zero_drift.step(at_ms, dt_ms)
        if is_active:
            self.active.step(readings, is_odd, at_ms, dt_ms)
        if is_running:
            self.fill_timeout.step(at_ms, dt_ms)
            if self.ledger.held_bits != self.leak.watched_bits or self.notices.rested_bits:
                self._watch_rested(at_ms)
        self.is_alert = is_odd and self._is_counting()

    def _is_counting(self) -> bool:
        """A sensor was odd, and a guard counts for how long, or how often."""
        counting_bits = self.sensor_zero_drift.low_bits | self.active.sensor_erratic.counting_bits
        return self.sensor_range.is_alert or counting_bits != 0

    def _watch_rested(self, at_ms: int) -> None:
        if self.ledger.held_bits != self.leak.watched_bits:
            self.leak.step(at_ms)
        if self.notices.rested_bits:
            self._end_when_all_rest(at_ms)

    def _end_when_all_rest(self, at_ms: int) -> None:
        """No chamber is left to fill: the session ends with the fault that rested the last one."""
        notices = self.notices
        active_bits = self.sequencer.timeline.active_bits
        if notices.rested_bits & active_bits != active_bits:
            return
        last_index = notices.last_index
        code = notices.code[last_index]
        self.latch.trip(code, last_index, notices.value[last_index], notices.limit[last_index], at_ms)


def _fill_timeout_for(
    latch: FaultLatch,
    notices: Notices,
    gauges: Gauges,
    ledger: Ledger,
    active: "ActiveGuards",
    sequencer: Sequencer,
) -> FillTimeout:
    """A chip loads only the kind that its boots need."""
    boots = gauges.boots
    if boots.has_manifold_sensor_only:
        from soleus.core.guards.one_by_one import OneByOne

        return OneByOne(boots, latch, notices, gauges, ledger, sequencer)
    if boots.has_manifold_sensor_too:
        from soleus.core.guards.second_opinion import SecondOpinion

        return SecondOpinion(latch, notices, gauges, ledger, active.commands, active.supply_low)
    return FillTimeout(boots, latch, notices, gauges, ledger)


def _vent_failure_for(boots: Boots, latch: FaultLatch, gauges: Gauges) -> VentFailure:
    if boots.has_manifold_sensor_only:
        from soleus.core.guards.one_by_one import VentFailureThrough

        return VentFailureThrough(boots, latch, gauges)
    return VentFailure(boots, latch, gauges)


def _pump_runaway_for(
    boots: Boots, latch: FaultLatch, gauges: Gauges, commands: Commands, ledger: Ledger
) -> PumpRunaway:
    if boots.has_manifold_sensor_only:
        from soleus.core.guards.one_by_one import PumpRunawayThrough

        return PumpRunawayThrough(boots, latch, gauges, commands, ledger)
    return PumpRunaway(boots, latch, gauges, commands, ledger)


def _sensors_apart_for(latch: FaultLatch, gauges: Gauges, ledger: Ledger) -> SensorsApart:
    boots = gauges.boots
    if boots.is_three_way and not boots.has_manifold_sensor_only:
        from soleus.core.guards.shared_air import SensorsDisagree

        return SensorsDisagree(boots, latch, gauges, ledger)
    return SensorsApart()


class ActiveGuards:
    """The hazards of a machine that works, in a session or on a bench."""

    def __init__(
        self,
        boots: Boots,
        latch: FaultLatch,
        gauges: Gauges,
        commands: Commands,
        sequencer: Sequencer,
        ledger: Ledger,
    ) -> None:
        self.boots = boots
        self.is_air_shared = boots.is_three_way
        self.is_manifold_seen = boots.has_manifold_sensor_only
        self.overview = gauges.overview
        self.emptying = gauges.emptying
        self.commands = commands
        self.ledger = ledger
        self.session_cap = SessionCap(latch)
        self.supply_low = SupplyLow(boots, latch)
        self.sensor_stuck = SensorStuck(boots, latch, gauges, commands, ledger)
        self.sensor_erratic = SensorErratic(boots, latch, gauges)
        self.sensors_apart = _sensors_apart_for(latch, gauges, ledger)
        self.kink = Kink(boots, latch, sequencer, ledger)
        self.rises_unasked = RisesUnasked(boots, latch, gauges, commands, sequencer)
        self.pump_runaway = _pump_runaway_for(boots, latch, gauges, commands, ledger)

    def step(self, readings: Readings, is_odd: bool, at_ms: int, dt_ms: int) -> None:
        overview = self.overview
        emptying = self.emptying
        ledger = self.ledger
        session_cap = self.session_cap
        energised_ms = session_cap.energised_ms + dt_ms
        session_cap.energised_ms = energised_ms
        if energised_ms > SESSION_CAP_MS:
            session_cap.step(at_ms)
        if readings.supply_mv < self.boots.supply_least_mv or self.supply_low.low_ms:
            self.supply_low.step(readings, at_ms, dt_ms)
        # A while after the kept chambers have last changed, air moves only in those that are filled.
        still_bits = overview.still_bits
        if still_bits and emptying.unchanged_ms >= VENT_MOVES_MS:
            still_bits &= self.commands.fill_bits
        if still_bits or self.sensor_stuck.same_bits:
            self.sensor_stuck.step(at_ms, dt_ms)
        if is_odd:
            self.sensor_erratic.step(at_ms, dt_ms)
        if self.is_air_shared:
            self.sensors_apart.step(at_ms, dt_ms)
        if ledger.collapsed_bits:
            self.kink.step(at_ms)
        if emptying.empty_bits & overview.pressed_bits or self.rises_unasked.rising_bits:
            self.rises_unasked.step(at_ms, dt_ms)
        if self.is_manifold_seen or ledger.coast_rise_count >= RUNAWAY_COUNT:
            self.pump_runaway.step(at_ms, dt_ms)
