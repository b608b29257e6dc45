"""Service: one actuation at a time, asked for by a bench, with guards and interlock in force.

An act has two parts. In the first, some valves are energised and the pump may run, until a chamber
reaches `stop_pa` or the time is over; the pump's rotor is given `coast_ms` to stop; then the second part
holds other valves until the act ends. Both run here, tick by tick, so that nothing depends on the speed of
a link. When an act is over, a bench falls silent, a fault trips or a person stops, everything vents.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import SERVICE_ACT_MOST_MS, SERVICE_SILENT_MOST_MS
from soleus.core.basics.signals import Commands, all_vent
from soleus.core.regulate.regulation import FILL, HOLD, OFF, PEEK
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer
from soleus.core.session.session import STOPPED

ACT_COAST_MOST_MS = 60_000


class Act:
    """What is energised, when that ends, and how high the pressure may be."""

    def __init__(self) -> None:
        self.fill_bits = 0
        self.seal_bits = 0
        self.pump_permille = 0
        # The pump stops as soon as one of the filled chambers shows this.
        self.stop_pa = 0
        # ... or after this time at the latest.
        self.run_ms = 0
        # From the pump's stop to the second part.
        self.coast_ms = 0
        self.then_fill_bits = 0
        self.then_seal_bits = 0
        # The whole act; then all vent.
        self.for_ms = 0
        # The target that the guard of overpressure takes for the chambers that this act joins.
        self.limit_pa = 0

    def take(self, other: "Act") -> None:
        self.fill_bits = other.fill_bits
        self.seal_bits = other.seal_bits
        self.pump_permille = other.pump_permille
        self.stop_pa = other.stop_pa
        self.run_ms = other.run_ms
        self.coast_ms = other.coast_ms
        self.then_fill_bits = other.then_fill_bits
        self.then_seal_bits = other.then_seal_bits
        self.for_ms = other.for_ms
        self.limit_pa = other.limit_pa


def service_for(boots: Boots) -> "Service":
    return Service(boots)


class Service:
    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        # A bench ends it by falling silent.
        self.ended_by = STOPPED
        self.asked = Act()
        self.act = Act()
        # Each has one writer, so that the tick never takes half an act: `ask` counts up, the tick follows.
        self.asked_count = 0
        self.handled_count = 0
        self.act_ms = 0
        self.stopped_ms = 0
        self.is_stopped = False
        self.silent_ms = 0

    def ask(self, act: Act) -> None:
        """Called beside the tick. `service_requests.act_from` makes the act of what a bench asks for."""
        self.asked.take(act)
        self.asked_count = (self.asked_count + 1) & 0xFFFF
        self.silent_ms = 0

    def renew(self) -> None:
        """The bench is still there."""
        self.silent_ms = 0

    def begin(self) -> None:
        self.handled_count = self.asked_count
        self.silent_ms = 0
        self._end_act()

    def has_fallen_silent(self) -> bool:
        return self.silent_ms >= SERVICE_SILENT_MOST_MS

    def step(self, gauges: Gauges, sequencer: Sequencer, phase: list, commands: Commands, dt_ms: int) -> None:
        self.silent_ms = min(self.silent_ms + dt_ms, SERVICE_SILENT_MOST_MS)
        if self.handled_count != self.asked_count:
            self.handled_count = self.asked_count
            self._begin_act()
        else:
            self.act_ms = min(self.act_ms + dt_ms, SERVICE_ACT_MOST_MS)
        if self.act_ms >= self.act.for_ms:
            self._end_act()
        self._command(gauges, commands, dt_ms)
        self._tell(sequencer, phase, commands)

    def _begin_act(self) -> None:
        self.act.take(self.asked)
        self.act_ms = 0
        self.stopped_ms = 0
        self.is_stopped = False

    def _end_act(self) -> None:
        self.act.for_ms = 0
        self.act_ms = 0
        self.stopped_ms = 0
        self.is_stopped = False

    def _command(self, gauges: Gauges, commands: Commands, dt_ms: int) -> None:
        act = self.act
        all_vent(commands)
        if act.for_ms == 0:
            return
        if self.is_stopped:
            self.stopped_ms = min(self.stopped_ms + dt_ms, ACT_COAST_MOST_MS)
        elif self.act_ms >= act.run_ms or self._has_reached(gauges):
            self.is_stopped = True
        if self.is_stopped and self.stopped_ms >= act.coast_ms:
            commands.fill_bits = act.then_fill_bits
            commands.seal_bits = act.then_seal_bits
            return
        commands.fill_bits = act.fill_bits
        commands.seal_bits = act.seal_bits
        commands.pump_permille = 0 if self.is_stopped else act.pump_permille

    def _has_reached(self, gauges: Gauges) -> bool:
        if self.act.pump_permille == 0:
            return False
        for index in range(self.boots.count):
            is_filled = self.act.fill_bits & (1 << index)
            if is_filled and gauges.age_ms[index] == 0 and gauges.pressure_pa[index] >= self.act.stop_pa:
                return True
        return False

    def _tell(self, sequencer: Sequencer, phase: list, commands: Commands) -> None:
        """Tells the guards which chambers are kept under pressure, and how high it may be."""
        kept_bits = commands.fill_bits | commands.seal_bits
        for index in range(self.boots.count):
            bit = 1 << index
            if not kept_bits & bit:
                phase[index] = OFF
                sequencer.target_pa[index] = 0
                sequencer.setpoint_pa[index] = 0
                continue
            if commands.fill_bits & bit:
                phase[index] = FILL if commands.pump_permille else PEEK
            else:
                phase[index] = HOLD
            if commands.fill_bits & bit or sequencer.target_pa[index] == 0:
                sequencer.target_pa[index] = self.act.limit_pa
        sequencer.keep_bits = kept_bits
        sequencer.forget_targets()
