"""One tick of the machine: readings in, commands out.

    guards -> session -> sequencer -> regulator -> interlock

`step()` allocates nothing: it runs under `micropython.heap_lock()`. Everything it needs is built
before: by the constructor, and by `make_ready.py` for each session.
"""

from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import FaultLatch
from soleus.core.basics.signals import BUTTON_ALIVE, BUTTON_SERVICE, Commands, Readings, all_vent
from soleus.core.guards.guards import Guards
from soleus.core.interlock import Interlock
from soleus.core.program.timeline import STAGE_REST, Timeline
from soleus.core.regulate.chamber.sealed import SealedRegulator
from soleus.core.regulate.regulation import OVERLAP_MS
from soleus.core.sensing.gauges import Gauges
from soleus.core.sensing.survey import Survey
from soleus.core.sensing.zeroing import Zeroing
from soleus.core.service.service import Service
from soleus.core.session.sequencer import Sequencer
from soleus.core.session.session import CHECKING, RUNNING, SERVICE, STOPPED, VENTING, Session

# Before the sensors are zeroed, all vents are open for this long.
CHECK_VENT_MS = 1500
# Then the manifold is joined to the chambers for this long, to come to their pressure.
CHECK_JOIN_MS = 500
# A survey closes chambers, which slows those that are still emptying. So everything is open for this long
# first, and after a stop from its first tick.
SURVEY_AFTER_MS = 2500
# One sensor on the manifold can't see a chamber whose valve follows late. So at the end of a session the
# survey waits as long as the slowest boots need; two looks still fit in before a vent counts as failed.
UNSEEN_SURVEY_AFTER_MS = 3700
# A stop opens everything at once, but the pump's rotor still turns for so long: against closed valves it
# would drive the manifold to its relief. So what it fills stays joined, with its vent open.
ROTOR_STOPS_MS = 250
# The machine's own clock stops counting here (eleven days), far below 2**30.
AT_MOST_MS = 1_000_000_000


class Controller:
    def __init__(self, boots: Boots, has_bench: bool = True) -> None:
        self.boots = boots
        self.readings = Readings(boots.count)
        self.commands = Commands()
        self.latch = FaultLatch()
        self.gauges = _gauges_for(boots)
        self.zeroing = Zeroing(boots)
        self.session = Session()
        self.sequencer = Sequencer(boots, Timeline(boots))
        self.regulator = _regulator_for(boots)
        self.survey = Survey(boots)
        # A chip is given one when a bench comes: it has little memory, and most days no bench is there.
        self.service = _service_for(boots) if has_bench else None
        self.interlock = Interlock(boots)
        ledger = self.regulator.ledger
        self.guards = Guards(boots, self.latch, self.gauges, self.commands, self.sequencer, ledger)
        self.at_ms = 0
        # After a stop: how long the rotor may still turn.
        self.rotor_ms = 0
        self.way_out_bits = 0

    def step(self, readings: Readings, dt_ms: int) -> Commands:
        if dt_ms > 0 and self.at_ms < AT_MOST_MS:
            self.at_ms += dt_ms
        session = self.session
        commands = self.commands
        sequencer = self.sequencer
        gauges = self.gauges
        state = session.state
        gauges.step(readings, commands, sequencer.keep_bits, dt_ms)
        if self.rotor_ms > 0:
            # A manifold's sensor shows the rotor's air, and not what an open chamber has kept.
            gauges.overview.unvented_bits = 0
        self.guards.step(readings, state == RUNNING, state == SERVICE, self.at_ms, dt_ms)
        guards = self.guards
        sequencer.rested_bits = guards.notices.rested_bits | guards.fill_timeout.parted_bits
        is_zeroed = False
        if state == CHECKING:
            is_zeroed = self._check(readings, dt_ms)
        elif state == SERVICE:
            self._hear_bench(readings.buttons)
        buttons = readings.buttons
        if self.service is None:
            buttons &= ~BUTTON_SERVICE
        session.step(buttons, is_zeroed, gauges, self.latch, sequencer.whole_pa, dt_ms)
        state_before = state
        state = session.state
        if state != state_before:
            self._enter(state)
        if state == RUNNING and session.wind_down_ms <= 0:
            self._run(dt_ms)
        else:
            self._actuate(dt_ms)
        is_energised = state == RUNNING or session.is_energised()
        self.interlock.step(commands, self.latch.code == faults.NONE and is_energised)
        return commands

    def _hear_bench(self, buttons: int) -> None:
        service = self.service
        if service is None:
            return
        if buttons & BUTTON_ALIVE:
            service.renew()
        if service.has_fallen_silent():
            self.session.end_service(service.ended_by)

    def _check(self, readings: Readings, dt_ms: int) -> bool:
        """The self-check before a session: every sensor at zero with the vents open."""
        if self.session.state_ms < self._check_begins_ms():
            return False
        return self.zeroing.step(readings, self.gauges, self.latch, self.at_ms, dt_ms)

    def _check_begins_ms(self) -> int:
        return CHECK_VENT_MS + CHECK_JOIN_MS if self.boots.has_manifold_sensor_only else CHECK_VENT_MS

    def _joins_for_check(self) -> bool:
        """A sensor on the manifold is zeroed, too. Where chambers have their own, they are zeroed open."""
        state_ms = self.session.state_ms
        if self.boots.has_manifold_sensor_only:
            return state_ms >= CHECK_VENT_MS
        return self.boots.has_manifold_sensor_too and state_ms < CHECK_JOIN_MS

    def _enter(self, state: int) -> None:
        if state == CHECKING:
            self.zeroing.begin()
            self.guards.begin()
            self.sequencer.cycles_count = 0
        elif state == RUNNING:
            if self.session.run_ms == 0:
                self.sequencer.begin(self.session.asked_pa)
            else:
                self.sequencer.restart_cycle(self.session.asked_pa)
        elif state == SERVICE and self.service is not None:
            self.service.begin()
        else:
            self.rotor_ms = 0
            if state == VENTING and self.session.ended_by == STOPPED and not self._is_quiet():
                self.rotor_ms = ROTOR_STOPS_MS
                self._choose_way_out()
            # The air that guards look at is gone.
            fills = self.guards.fill_timeout
            fills.joined_bits = fills.begun_bits = 0
            self.sequencer.release_all()
            self.regulator.vent_all()
            self.gauges.emptying.forget_empty()
            self.survey.begin()

    def _actuate(self, dt_ms: int) -> None:
        """In every state but a session that runs."""
        session = self.session
        commands = self.commands
        if session.is_winding_down():
            # The pump's rotor stops with the valves as they are.
            commands.pump_permille = 0
        elif session.state == SERVICE and self.service is not None:
            self.service.step(self.gauges, self.sequencer, self.regulator.phase, commands, dt_ms)
        elif session.state == CHECKING and self._joins_for_check():
            self._join_all()
        elif session.state == VENTING and self.rotor_ms > 0:
            self._let_rotor_out(dt_ms)
        elif session.state == VENTING and session.state_ms >= self._last_survey_after_ms():
            self._survey(dt_ms)
        else:
            all_vent(self.commands)

    def _join_all(self) -> None:
        """With the pump off: the manifold comes to the pressure of the chambers."""
        commands = self.commands
        all_bits = self.boots.all_bits
        commands.fill_bits = all_bits
        is_open = self.boots.is_three_way or self.boots.has_manifold_sensor_too
        commands.seal_bits = 0 if is_open else all_bits
        commands.pump_permille = 0

    def _let_rotor_out(self, dt_ms: int) -> None:
        self.rotor_ms -= dt_ms
        commands = self.commands
        if self.rotor_ms <= 0:
            all_vent(commands)
            return
        if self.boots.is_three_way and self.rotor_ms < ROTOR_STOPS_MS - OVERLAP_MS:
            commands.fill_bits = self.way_out_bits
        commands.seal_bits = 0
        commands.pump_permille = 0

    def _choose_way_out(self) -> None:
        """A three-way valve that is joined is closed to the air. So an empty chamber takes the little that
        comes, the largest of them; the smallest that was filled stays until that one's valve has opened, or
        for as long as it takes where none is empty."""
        if not self.boots.is_three_way:
            return
        empty_bits = self.boots.all_bits & ~self.sequencer.keep_bits
        first_bit = self.commands.fill_bits & -self.commands.fill_bits
        self.way_out_bits = first_bit
        for index in range(self.boots.count):
            if empty_bits & (1 << index):
                self.way_out_bits = 1 << index
        self.commands.fill_bits = first_bit | self.way_out_bits

    def _is_quiet(self) -> bool:
        return self.commands.pump_permille == 0 and self.regulator.is_quiet()

    def _run(self, dt_ms: int) -> None:
        session = self.session
        sequencer = self.sequencer
        regulator = self.regulator
        gauges = self.gauges
        empty_bits = gauges.emptying.empty_bits
        # While one chamber is tried alone, the stage waits. A call costs a percent of the tick: while the
        # pump runs the answer is known.
        is_waiting = self.commands.pump_permille != 0 or self.guards.fill_timeout.parted_bits != 0
        is_quiet = not is_waiting and regulator.is_quiet()
        reached_bits = regulator.ledger.reached_bits
        sequencer.step(session.asked_pa, session.run_ms, reached_bits, empty_bits, is_quiet, dt_ms)
        regulator.step(gauges, sequencer, self.commands, dt_ms)
        if not sequencer.keep_bits and sequencer.stage_kind() == STAGE_REST:
            self._survey(dt_ms)

    def _last_survey_after_ms(self) -> int:
        return UNSEEN_SURVEY_AFTER_MS if self.boots.has_manifold_sensor_only else SURVEY_AFTER_MS

    def _survey(self, dt_ms: int) -> None:
        if self.gauges.emptying.shortest_vent_ms() < SURVEY_AFTER_MS:
            all_vent(self.commands)
        else:
            self.survey.step(self.gauges, self.commands, dt_ms)


def _service_for(boots: Boots) -> Service:
    from soleus.core.service.service import service_for

    return service_for(boots)


def _gauges_for(boots: Boots) -> Gauges:
    """A chip loads only the kind that its boots need."""
    if boots.has_manifold_sensor_only:
        from soleus.core.sensing.manifold_gauges import ManifoldGauges

        return ManifoldGauges(boots)
    from soleus.core.sensing.chamber_gauges import ChamberGauges

    return ChamberGauges(boots)


def _regulator_for(boots: Boots) -> SealedRegulator:
    """All kinds have the same public names. A chip that loads only its own saves 5 KB of heap."""
    if boots.is_three_way:
        from soleus.core.regulate.shared import regulator_for
    elif boots.has_manifold_sensor_only:
        from soleus.core.regulate.manifold.regulator import regulator_for
    else:
        from soleus.core.regulate.chamber.regulator import regulator_for
    return regulator_for(boots)  # pyright: ignore[reportReturnType] (alike by its names, not by its class)
