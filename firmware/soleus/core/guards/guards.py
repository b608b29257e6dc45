"""The guards look at the readings before anything else does, and can only take energy away.

Each watches one hazard, names its requirement in `fault_table.TABLE`, and either trips the latch, which ends
the session, or rests one chamber: `faults.RESTED` says which.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import FaultLatch, Notices
from soleus.core.basics.limits import OVER_TARGET_PA, OVER_TRIP_PA, RUNAWAY_COUNT, TICK_MOST_MS
from soleus.core.basics.signals import Commands, Readings
from soleus.core.guards.air import FillTimeout, Kink, Leak, PumpRunaway, RisesUnasked
from soleus.core.guards.machine import LateTick, SessionCap, SupplyLow
from soleus.core.guards.pressure import Overpressure, ProlongedPressure, VentFailure
from soleus.core.guards.sensors import (
    VENT_MOVES_MS,
    SensorErratic,
    SensorRange,
    SensorsDisagree,
    SensorStuck,
    SensorZeroDrift,
)
from soleus.core.regulate.sealed import SealedRegulator
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer


class Guards:
    def __init__(self, boots: Boots, latch: FaultLatch) -> None:
        self.boots = boots
        self.is_air_shared = boots.is_three_way
        self.is_manifold_seen = boots.has_manifold_sensor_only
        self.latch = latch
        self.notices = Notices(boots.count)
        self.late_tick = LateTick()
        self.supply_low = SupplyLow(boots)
        self.session_cap = SessionCap()
        self.sensor_range = SensorRange(boots)
        self.sensor_stuck = SensorStuck(boots)
        self.sensor_erratic = SensorErratic(boots)
        self.sensor_zero_drift = SensorZeroDrift(boots)
        self.sensors_disagree = SensorsDisagree(boots)
        self.overpressure = Overpressure(boots)
        self.prolonged = ProlongedPressure(boots)
        self.vent_failure = VentFailure(boots)
        self.fill_timeout = FillTimeout(boots)
        self.leak = Leak(boots)
        self.kink = Kink(boots)
        self.rises_unasked = RisesUnasked(boots)
        self.pump_runaway = PumpRunaway(boots)
        # A sensor was odd a moment ago, and somebody counts for how long, or how often.
        self.is_alert = False

    def begin(self, regulator: SealedRegulator) -> None:
        """A new session: a person has seen what ended the last one, and nothing of it counts any more."""
        regulator.ledger.begin_session()
        self.notices.clear()
        self.session_cap.begin()
        self.fill_timeout.begin()
        self.leak.begin()

    def step(
        self,
        readings: Readings,
        gauges: Gauges,
        commands: Commands,
        sequencer: Sequencer,
        regulator: SealedRegulator,
        is_running: bool,
        is_service: bool,
        at_ms: int,
        dt_ms: int,
    ) -> None:
        """`commands` are those of the tick before: they made these readings.

        In service the regulator rests, and with it those who watch its doses; an act ends by itself.
        Asked is only who may have something to say: in a healthy tick that is hardly anybody.
        """
        latch = self.latch
        is_active = is_running or is_service
        keep_bits = sequencer.keep_bits
        is_odd = self.is_alert or gauges.is_odd
        if dt_ms <= 0 or dt_ms > TICK_MOST_MS or self.late_tick.still_count:
            self.late_tick.step(commands, latch, at_ms, dt_ms)
        if is_odd:
            self.sensor_range.step(readings, latch, at_ms, dt_ms)
        highest_pa = gauges.highest_pa
        is_high = highest_pa > sequencer.least_target_pa + OVER_TARGET_PA or highest_pa > OVER_TRIP_PA
        if is_high or self.overpressure.is_counting:
            self.overpressure.step(gauges, keep_bits, sequencer.target_pa, latch, at_ms, dt_ms)
        if keep_bits or self.prolonged.pressed_bits:
            self.prolonged.step(gauges, keep_bits, is_active, latch, at_ms, dt_ms)
        if gauges.unvented_bits:
            self.vent_failure.step(gauges, latch, at_ms)
        if is_odd:
            self.sensor_zero_drift.step(gauges, latch, at_ms, dt_ms)
        if is_active:
            self._watch_session(readings, gauges, commands, sequencer, regulator, is_odd, at_ms, dt_ms)
        if is_running:
            self._rest_chambers(gauges, sequencer, regulator, at_ms, dt_ms)
        if is_odd:
            counting_bits = self.sensor_zero_drift.low_bits | self.sensor_erratic.counting_bits
            self.is_alert = self.sensor_range.is_alert or counting_bits != 0

    def _watch_session(
        self,
        readings: Readings,
        gauges: Gauges,
        commands: Commands,
        sequencer: Sequencer,
        regulator: SealedRegulator,
        is_odd: bool,
        at_ms: int,
        dt_ms: int,
    ) -> None:
        """Hazards of a machine that works, in a session or on a bench."""
        latch = self.latch
        ledger = regulator.ledger
        self.session_cap.step(latch, at_ms, dt_ms)
        if readings.supply_mv < self.boots.supply_least_mv or self.supply_low.low_ms:
            self.supply_low.step(readings, latch, at_ms, dt_ms)
        # Later than a moment after the last change of what is kept, only what is filled moves.
        moving_bits = commands.fill_bits if gauges.unchanged_ms >= VENT_MOVES_MS else gauges.read_bits
        if gauges.unmoved_bits & moving_bits or self.sensor_stuck.same_bits:
            self.sensor_stuck.step(gauges, commands, regulator.phase, latch, at_ms, dt_ms)
        if is_odd:
            self.sensor_erratic.step(gauges, latch, at_ms, dt_ms)
        if self.is_air_shared:
            self.sensors_disagree.step(gauges, regulator.phase, latch, at_ms, dt_ms)
        if ledger.collapsed_bits:
            self.kink.step(
                ledger.collapse_count,
                ledger.collapse_pa,
                sequencer.target_pa,
                latch,
                at_ms,
            )
        if gauges.empty_bits & gauges.pressed_bits or self.rises_unasked.rising_bits:
            self.rises_unasked.step(gauges, sequencer.keep_bits, commands, latch, at_ms, dt_ms)
        if self.is_manifold_seen or ledger.coast_rise_count >= RUNAWAY_COUNT:
            self.pump_runaway.step(
                gauges,
                commands,
                ledger.coast_rise_count,
                ledger.coast_rise_pa,
                ledger.coast_rise_index,
                latch,
                at_ms,
                dt_ms,
            )

    def _rest_chambers(
        self, gauges: Gauges, sequencer: Sequencer, regulator: SealedRegulator, at_ms: int, dt_ms: int
    ) -> None:
        notices = self.notices
        ledger = regulator.ledger
        fill_timeout = self.fill_timeout
        filled_bits = ledger.filled_bits
        rested_before_bits = notices.rested_bits
        if self.is_air_shared or ledger.reached_bits != fill_timeout.reached_bits:
            fill_timeout.learn(ledger.fill_share_us, ledger.reached_bits)
        # Time goes here, too, while it isn't asked.
        fill_timeout.room_ms -= dt_ms
        if filled_bits != fill_timeout.airy_bits or fill_timeout.room_ms <= TICK_MOST_MS:
            fill_timeout.step(
                ledger.fill_share_us,
                filled_bits,
                regulator.phase,
                gauges,
                notices,
                self.latch,
                at_ms,
            )
        if notices.rested_bits != rested_before_bits:
            ledger.share_anew()
        if ledger.held_bits != self.leak.watched_bits:
            self.leak.step(ledger.dose_us, ledger.held_ms, ledger.held_bits, notices, at_ms)
        if notices.rested_bits:
            self._end_when_all_rest(sequencer.timeline.active_bits, at_ms)

    def _end_when_all_rest(self, active_bits: int, at_ms: int) -> None:
        """Nothing is left to do: the session ends for what took the last chamber out of it."""
        notices = self.notices
        if notices.rested_bits & active_bits != active_bits:
            return
        last_index = notices.last_index
        code = notices.code[last_index]
        self.latch.trip(code, last_index, notices.value[last_index], notices.limit[last_index], at_ms)
