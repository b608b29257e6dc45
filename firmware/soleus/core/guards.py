"""The guards look at the readings before anything else does, and can only take energy away.

Each watches one hazard, names its requirement in `fault_table.TABLE`, and either trips the latch, which ends
the session, or rests one chamber: `faults.RESTED` says which.
"""

from .air_guards import FillTimeout, Kink, Leak, PumpRunaway, RisesUnasked
from .boots import Boots
from .faults import FaultLatch, Notices
from .gauges import Gauges
from .machine_guards import LateTick, SessionCap, SupplyLow
from .pressure_guards import Overpressure, ProlongedPressure, VentFailure
from .sealed_regulator import SealedRegulator
from .sensor_guards import SensorErratic, SensorRange, SensorsDisagree, SensorStuck, SensorZeroDrift
from .sequencer import Sequencer
from .signals import Commands, Readings


class Guards:
    def __init__(self, boots: Boots, latch: FaultLatch) -> None:
        self.boots = boots
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

    def begin(self, regulator: SealedRegulator) -> None:
        """A new session: a person has seen what ended the last one, and nothing of it counts any more."""
        regulator.coast_rise_count = 0
        for index in range(self.boots.count):
            regulator.collapse_count[index] = 0
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
        """
        latch = self.latch
        is_active = is_running or is_service
        keep_bits = sequencer.keep_bits
        self.late_tick.step(commands, latch, at_ms, dt_ms)
        self.sensor_range.step(readings, gauges.strange_bits, latch, at_ms, dt_ms)
        self.overpressure.step(
            gauges, keep_bits, sequencer.target_pa, sequencer.least_target_pa, latch, at_ms, dt_ms
        )
        self.prolonged.step(gauges, keep_bits, is_active, latch, at_ms, dt_ms)
        self.vent_failure.step(gauges, latch, at_ms)
        self.sensor_zero_drift.step(gauges, latch, at_ms, dt_ms)
        if not is_active:
            return
        self.session_cap.step(is_active, latch, at_ms, dt_ms)
        self.supply_low.step(readings, latch, at_ms, dt_ms)
        self.sensor_stuck.step(gauges, commands, regulator.phase, latch, at_ms, dt_ms)
        self.sensor_erratic.step(gauges, latch, at_ms, dt_ms)
        self.sensors_disagree.step(gauges, regulator.phase, latch, at_ms, dt_ms)
        if is_running:
            self.kink.step(regulator.collapse_count, regulator.collapse_pa, sequencer.target_pa, latch, at_ms)
        self.rises_unasked.step(gauges, keep_bits, commands, latch, at_ms, dt_ms)
        self.pump_runaway.step(
            gauges,
            commands,
            regulator.coast_rise_count,
            regulator.coast_rise_pa,
            regulator.coast_rise_index,
            latch,
            at_ms,
            dt_ms,
        )
        if is_running:
            self._rest_chambers(gauges, sequencer, regulator, at_ms, dt_ms)

    def _rest_chambers(
        self, gauges: Gauges, sequencer: Sequencer, regulator: SealedRegulator, at_ms: int, dt_ms: int
    ) -> None:
        self.fill_timeout.learn(regulator.fill_share_us, regulator.reached_bits)
        rested_before_bits = self.notices.rested_bits
        self.fill_timeout.step(
            regulator.fill_share_us,
            regulator.filled_bits,
            regulator.phase,
            gauges,
            self.notices,
            self.latch,
            at_ms,
            dt_ms,
        )
        if self.notices.rested_bits != rested_before_bits:
            regulator.share_anew()
        self.leak.step(
            regulator.dose_us,
            regulator.held_ms,
            regulator.held_bits,
            regulator.restless_ms,
            self.notices,
            at_ms,
        )
        self._end_when_all_rest(sequencer.timeline.active_bits, at_ms)

    def _end_when_all_rest(self, active_bits: int, at_ms: int) -> None:
        """Nothing is left to do: the session ends for what took the last chamber out of it."""
        notices = self.notices
        if notices.rested_bits & active_bits != active_bits:
            return
        last_index = notices.last_index
        code = notices.code[last_index]
        self.latch.trip(code, last_index, notices.value[last_index], notices.limit[last_index], at_ms)
