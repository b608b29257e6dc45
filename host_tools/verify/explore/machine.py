"""A real controller whose gauges, guards and clocks say anything; its state can be read and written."""

from __future__ import annotations

from typing import Any

from host_tools.verify.explore.unknown import (
    Buttons,
    Candidates,
    Deferred,
    Goal,
    Oracle,
    Subset,
    anything,
    single_bits,
    subsets,
)
from host_tools.verify.explore.values import Clocks, Snapshot, Values
from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.controller import Controller
from soleus.core.guards.guards import Guards
from soleus.core.make_ready import make_ready
from soleus.core.program.program import Program
from soleus.core.regulate.fills import Fills
from soleus.core.regulate.manifold.estimator import Estimator
from soleus.core.regulate.manifold.sensing import ManifoldSensing
from soleus.core.regulate.manifold.turns import ManifoldTurns
from soleus.core.regulate.regulation import DOSE, FILL, HOLD, PUMP_MOST_PERMILLE
from soleus.core.regulate.shared import SharedRegulator
from soleus.core.sensing.emptying import Emptying
from soleus.core.sensing.gauges import Gauges
from soleus.core.sensing.survey import Survey
from soleus.core.sensing.zeroing import Zeroing
from soleus.core.session.session import PAUSED, RUNNING, VENTING

TICK_MS = 10
# Far below, a little below, at, and above what is wanted: each on another side of the regulators' limits.
FAR_BELOW_PA, BELOW_PA, AT_PA, ABOVE_PA = OFFSETS_PA = (
    pa_from_mmhg(-40),
    pa_from_mmhg(-11) // 2,
    0,
    pa_from_mmhg(15),
)
# Where nothing is wanted: empty, or not.
OPEN_PA = (0, pa_from_mmhg(15))
# A pump at any power but none and full.
SOME_PERMILLE = 500

# What the targets were made from: they are made anew in every tick here.
MADE = ("least_target_pa", "made_stage_index", "made_keep_bits", "made_level_pa")
# Clocks: anything before every tick.
FREE = {
    "session": ("state_ms", "run_ms", "silent_ms"),
    "sequencer": ("stage_ms", "cycle_ms"),
    "survey": ("look_ms", "open_ms"),
    "phases": ("phase_ms",),
    "holds": ("out_ms",),
    "fills": ("throttled_ms",),
    "shared": ("group_ms",),
}
# What was learned, what only guards look at, and what each tick writes before it is read. What isn't named
# here is kept, so a walk that no longer ends has met something new that counts or measures. A chamber that
# was trimmed too often counts as reached, which it may do at its next look anyway. `goal_pa`: see `Goal`.
FORGOTTEN = {
    "session": ("ended_by",),
    "sequencer": (
        *("cycles_count", "setpoint_pa", "target_pa", "level_pa", "rested_bits", "whole_pa", "is_cut_short"),
        *MADE,
    ),
    "ledger": (
        # The regulator's own list, kept with its phases.
        "phase",
        *("fill_share_us", "filled_bits", "held_ms", "held_bits", "dose_us", "restless_ms", "restless_bits"),
        *("collapse_count", "collapse_pa", "collapsed_bits"),
        *("coast_rise_count", "coast_rise_pa", "coast_rise_index"),
    ),
    "air": ("pump_before_permille", "rotor_permille", "flow_permille", "sharers_count"),
    "moves": ("before_pa", "planned_ms", "last_move", "trims_count", "goal_pa", "raised_bits"),
    "fills": (
        *("fill_ms", "inside_pa", "late_pa", "worked_permille_ms", "early_pa", "refill_bits"),
        *("stop_pa_s", "coasted_bits", "late_coast_pa", "ends_together", "slow_missing_pa", "is_full"),
    ),
    "doses": ("dose_permille", "dose_ms", "dose_extra_pa", "dosed_bits", "above_pa"),
    "holds": ("top_up_pa",),
    "shared": (
        *("lead_pa", "rise_pa_s", "fall_pa_s", "late_coast_pa", "before_pa", "planned_ms"),
        *("last_move", "trims_count"),
    ),
}

State = tuple[Any, ...]


class AnyGauges(Gauges):
    """Pressures relative to what is wanted; the rest is open."""

    def __init__(self, boots: Boots, machine: Machine) -> None:
        super().__init__(boots)
        self.machine = machine
        self.emptying: Any = AnyEmptying(boots, machine)
        self.pressure_pa: Any = _Each(self._seen_pa)
        self.smooth_pa: Any = _Each(self._seen_pa)
        self.age_ms: Any = _Each(lambda _: anything(machine.oracle))

    def step(self, _readings: Any, _commands: Any, keep_bits: int, _dt_ms: int) -> None:
        self.offset_pa: dict[int, Candidates] = {}
        self.fresh: dict[int, bool] = {}
        self.emptying.kept_bits = keep_bits
        self.emptying.empty_bits = Subset(self.machine.oracle, self.boots.all_bits & ~keep_bits)

    def _seen_pa(self, index: int) -> Any:
        target_pa = self.machine.controller.sequencer.target_pa[index]
        if index not in self.offset_pa:
            self.offset_pa[index] = Candidates(self.machine.oracle, OFFSETS_PA if target_pa else OPEN_PA)
        return Deferred(self.offset_pa[index], offset=target_pa)

    def is_fresh(self, index: int) -> bool:
        if index not in self.fresh:
            self.fresh[index] = self.machine.oracle.either()
        return self.fresh[index]


class AnyEmptying(Emptying):
    """How long chambers have been open is open, too."""

    def __init__(self, boots: Boots, machine: Machine) -> None:
        super().__init__(boots)
        self.machine = machine

    def shortest_vent_ms(self) -> Any:
        """A chamber that was kept until now has not been open for long."""
        return 0 if self.kept_bits else anything(self.machine.oracle)


class AnyGuards(Guards):
    """Whatever real guards may do: latch a fault, or rest chambers."""

    def __init__(self, boots: Boots, machine: Machine) -> None:
        controller = machine.controller
        super().__init__(
            boots,
            controller.latch,
            controller.gauges,
            controller.commands,
            controller.sequencer,
            controller.regulator.ledger,
        )
        self.machine = machine

    def step(self, *_: Any) -> None:
        self.machine.has_guarded = True
        oracle = self.machine.oracle
        if self.latch.code == faults.NONE and oracle.either():
            self.latch.trip(faults.OVER_TRIP, 0, 1, 0, 0)
        elif self.latch.code != faults.NONE:
            # What comes later must not take the place of the first cause.
            self.latch.trip(faults.LATE_TICK, 0, 1, 0, 0)
        elif self.machine.controller.session.state == RUNNING:
            if self.boots.has_manifold_sensor_only:
                self._try_one_by_one()
            if self.fill_timeout.parted_bits:
                return
            # One that nobody asks for may as well be rested later.
            rested: Any = Subset(oracle, self.boots.all_bits, surely=self.notices.rested_bits)
            self.notices.rested_bits = rested

    def _try_one_by_one(self) -> None:
        """At any time: all are parted, then all but one, and after it another one, or a new cycle."""
        all_bits, trial, sequencer = self.boots.all_bits, self.fill_timeout, self.machine.controller.sequencer
        alone = [all_bits & ~bit for bit in single_bits(all_bits)]
        before_bits = trial.parted_bits
        if not before_bits:
            trial.parted_bits = self.machine.oracle.choose((0, all_bits))
        elif before_bits == all_bits:
            trial.parted_bits = self.machine.oracle.choose((all_bits, *alone))
        elif not sequencer.keep_bits & ~before_bits:
            trial.parted_bits = self.machine.oracle.choose((before_bits, 0))
        else:
            trial.parted_bits = self.machine.oracle.choose((before_bits, all_bits, 0))
            if not trial.parted_bits:
                sequencer.release_early()


class AnySurvey(Survey):
    """What a survey left behind when it was broken off may be anything when the next one begins."""

    OWN = ("_index", "has_stepped", "is_one_by_one")

    def __init__(self, boots: Boots, machine: Machine) -> None:
        self.machine = machine
        self.is_going_on = 0
        self.has_stepped = False
        super().__init__(boots)

    def step(self, gauges: Gauges, commands: Any, dt_ms: int) -> None:
        if not self.is_going_on:
            self.looked_bits = self.machine.oracle.choose(subsets(self.boots.all_bits))
            self.shown_bits = self.machine.oracle.choose(subsets(self.boots.all_bits & ~self.looked_bits))
        self.is_going_on = 1
        self.has_stepped = True
        super().step(gauges, commands, dt_ms)

    def tidy(self) -> None:
        """At the end of a tick."""
        if not self.has_stepped:
            self.is_going_on = self.looked_bits = self.shown_bits = 0

    def renew(self) -> None:
        """Before a tick."""
        self.has_stepped = False
        self._index: int | None = None

    @property
    def index(self) -> int:
        if self._index is None:
            self._index = self.machine.oracle.choose(range(self.boots.count))
        return self._index

    @index.setter
    def index(self, index: int) -> None:
        self._index = index


class AnyEstimator(Estimator):
    """A chamber may have to be let down at any tick."""

    def __init__(self, boots: Boots, fills: Fills, machine: Machine) -> None:
        super().__init__(boots, fills)
        self.machine = machine

    def over_pa(self, *_: Any) -> int:
        return int(self.machine.oracle.either())

    def is_calibration_look(self, *_: Any) -> bool:
        return self.machine.oracle.either()

    def let_out(self, *_: Any) -> None:
        pass


class AnySensing(ManifoldSensing):
    def __init__(self, boots: Boots, fills: Fills, machine: Machine) -> None:
        super().__init__(boots, fills)
        self.machine = machine
        self.estimator = AnyEstimator(boots, fills, machine)

    def see(self, _index: int, _gauges: Gauges, target_pa: int) -> int:
        return self.extra_pa(target_pa)

    def is_estimated(self, _index: int) -> bool:
        return self.machine.oracle.either()

    def is_untried(self, _index: int) -> bool:
        return self.machine.oracle.either()


class AnyTurns(ManifoldTurns):
    """Any chambers that fill may be ones that had lost air."""

    machine: Machine

    def fill_group_bits(self, target_pa: list) -> int:
        # All of them are one group, as none are.
        fill_bits = self.phases.bits[FILL]
        self.fills.refill_bits = self.machine.oracle.choose(subsets(fill_bits)[:-1] or [0])
        return super().fill_group_bits(target_pa)


class AnyZeroing(Zeroing):
    def __init__(self, boots: Boots, machine: Machine) -> None:
        super().__init__(boots)
        self.machine = machine

    def step(self, *_: Any) -> bool:
        return self.machine.oracle.either()


class Machine:
    """`write` a state, `tick` once, `read` the state after it: for every answer of the oracle."""

    def __init__(self, boots: Boots, program: Program) -> None:
        self.oracle = Oracle()
        self.controller = Controller(boots)
        make_ready(self.controller, program)
        controller: Any = self.controller
        controller.gauges = AnyGauges(boots, self)
        controller.guards = AnyGuards(boots, self)
        controller.zeroing = AnyZeroing(boots, self)
        self._survey = controller.survey = AnySurvey(boots, self)
        if boots.has_manifold_sensor_only and not boots.is_three_way:
            _put_any_sensing_in(controller.regulator, boots, self)
        _keep_from_learning(controller.regulator)
        self.has_guarded = False
        self.buttons = Buttons(self.oracle)
        # Which of the kept chambers have been reached since they are kept; only the laws look at it.
        self.once_reached_bits = 0
        parts = parts_of(controller)
        self._anew = Snapshot()
        for name, part in parts.items():
            forgotten = Values(part, FORGOTTEN.get(name, ()))
            self._anew.add(forgotten, forgotten.initial)
            self._anew.add_clocks(Clocks(part, FREE.get(name, ()), self.oracle))
        kept = {name: Values(part, _kept_names(name, part)) for name, part in parts.items()}
        self._kept = list(kept.values())
        self._kept += [Values(controller.commands), Values(controller.latch, ("code",))]
        self._kept += [Values(controller.guards.notices, ("rested_bits",))]
        self._kept += [Values(controller.guards.fill_timeout, ("parted_bits",))]
        self._kept += [Values(controller, ("rotor_ms", "way_out_bits"))]
        self._kept += [Values(self, ("once_reached_bits",))]
        self._reads = [read for values in self._kept for read in values.reads]
        self._regulator_at_rest = Snapshot()
        for name in regulator_parts(controller.regulator):
            self._regulator_at_rest.add(kept[name], kept[name].initial)
        self._goal = Goal(self.oracle)
        self._before: State = ()
        self._snapshot = Snapshot()

    def tick(self) -> None:
        self.has_guarded = False
        self.buttons = Buttons(self.oracle)
        controller: Any = self.controller
        controller.readings.buttons = self.buttons
        controller.step(controller.readings, TICK_MS)
        notices = controller.guards.notices
        if isinstance(notices.rested_bits, Subset):
            notices.rested_bits = notices.rested_bits.bits
        controller.sequencer.rested_bits = notices.rested_bits | controller.guards.fill_timeout.parted_bits

    def write(self, state: State) -> None:
        """Every state is written many times in a row, so all that depends on it alone is done once."""
        if state is not self._before:
            self._before = state
            self._snapshot = self._snapshot_of(state)
        self._snapshot.write()
        self._survey.renew()

    def _snapshot_of(self, state: State) -> Snapshot:
        controller: Any = self.controller
        snapshot = self._anew.copy()
        held = iter(state)
        for values in self._kept:
            snapshot.add(values, tuple(next(held) for _ in values.reads))
        snapshot.write()
        if controller.session.wind_down_ms:
            # Not yet run down.
            snapshot.add_numbers(vars(controller.session), {"wind_down_ms": anything(self.oracle) + 1})
        if controller.rotor_ms:
            snapshot.add_numbers(vars(controller), {"rotor_ms": anything(self.oracle) + 1})
        if not controller.boots.is_three_way:
            goals = [self._goal if phase == HOLD else 0 for phase in controller.regulator.phase]
            snapshot.add_list(controller.regulator.moves.goal_pa, goals)
        return snapshot

    def read(self) -> State:
        """Of the tick's end, without what is forgotten."""
        self._tidy()
        return tuple([read(of) for read, of in self._reads])

    def _tidy(self) -> None:
        """One form for all states that can't be told apart by what the core does next."""
        controller: Any = self.controller
        session, sequencer, regulator = controller.session, controller.sequencer, controller.regulator
        session.wind_down_ms = int(session.wind_down_ms > 0)
        is_regulated = session.state == RUNNING and not session.wind_down_ms
        if not session.wind_down_ms:
            session.after_wind_down = 0
        if not is_regulated:
            # Begun anew before they are looked at again.
            sequencer.stage_index = 0
            self._regulator_at_rest.write()
        if session.state not in (RUNNING, PAUSED):
            controller.guards.notices.rested_bits = 0
            controller.guards.fill_timeout.parted_bits = 0
        controller.rotor_ms = int(session.state == VENTING and controller.rotor_ms > 0)
        if not controller.rotor_ms:
            controller.way_out_bits = 0
        self._survey.tidy()
        self.once_reached_bits = sequencer.keep_bits & (
            self.once_reached_bits | regulator.ledger.reached_bits
        )
        controller.commands.pump_permille = _some(controller.commands.pump_permille)
        if controller.boots.is_three_way:
            regulator.pump_permille = _some(regulator.pump_permille)
            return
        air, doses = regulator.air, regulator.doses
        air.pump_permille = _some(air.pump_permille)
        air.overlap_ms = air.overlap_ms if air.overlap_bits else 0
        doses.dosed_mid_fill_bits &= regulator.phases.bits[DOSE]


class _Each:
    """A list that is asked for one of its values at a time."""

    def __init__(self, ask: Any) -> None:
        self._ask = ask

    def __getitem__(self, index: int) -> Any:
        return self._ask(index)


def parts_of(controller: Any) -> dict[str, Any]:
    """All that holds the state of a session, by the names that are used above."""
    names = ("session", "sequencer", "survey")
    return {**{name: getattr(controller, name) for name in names}, **regulator_parts(controller.regulator)}


def regulator_parts(regulator: Any) -> dict[str, Any]:
    if isinstance(regulator, SharedRegulator):
        return {"shared": regulator, "ledger": regulator.ledger, "fills": regulator.fills}
    names = ("phases", "ledger", "air", "moves", "fills", "doses", "holds")
    return {name: getattr(regulator, name) for name in names}


def _put_any_sensing_in(regulator: Any, boots: Boots, machine: Machine) -> None:
    sensing = AnySensing(boots, regulator.fills, machine)
    turns = AnyTurns(boots, regulator.fills, regulator.doses, regulator.trims, sensing)
    turns.machine = machine
    regulator.trims.sensing = regulator.holds.sensing = regulator.sensing = sensing
    regulator.turns = turns


def _kept_names(name: str, part: Any) -> list[str]:
    """All that is neither free nor forgotten, and can change."""
    dropped = {*FREE.get(name, ()), *FORGOTTEN.get(name, ()), "boots", "timeline", "machine", *AnySurvey.OWN}
    return [attribute for attribute in vars(part) if attribute not in dropped]


def _keep_from_learning(regulator: Any) -> None:
    """It would be forgotten before the next tick."""
    if isinstance(regulator, SharedRegulator):
        vars(regulator)["_learn"] = _nothing
        return
    for name in dir(regulator.learned):
        if name.startswith("note_"):
            setattr(regulator.learned, name, _nothing)


def _nothing(*_: Any) -> None:
    pass


def _some(permille: int) -> int:
    return permille if permille in (0, PUMP_MOST_PERMILLE) else SOME_PERMILLE
