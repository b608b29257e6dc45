"""A real controller whose gauges, guards and clocks say anything; its state can be read and written."""

from typing import Any

from host_tools.explore.unknown import Buttons, Goal, Oracle, Subset, anything, subsets
from soleus.core import faults
from soleus.core.boots import Boots
from soleus.core.controller import Controller
from soleus.core.gauges import Gauges
from soleus.core.guards import Guards
from soleus.core.program import Program
from soleus.core.regulation import DOSE, HOLD, PUMP_MOST_PERMILLE
from soleus.core.session import PAUSED, RUNNING
from soleus.core.survey import Survey
from soleus.core.units import pa_from_mmhg
from soleus.core.zeroing import Zeroing

TICK_MS = 10
# Far below, a little below, at, and above what is wanted: each beyond a different limit of the regulators.
OFFSETS_PA = tuple(pa_from_mmhg(mmhg) for mmhg in (-40, -2, 0, 15))
# Where nothing is wanted: empty, or not.
OPEN_PA = (0, pa_from_mmhg(15))
# A pump at any power but none and full.
SOME_PERMILLE = 500

# Clocks: anything before every tick.
FREE = {
    "session": ("state_ms", "run_ms", "silent_ms"),
    "sequencer": ("stage_ms", "cycle_ms"),
    "survey": ("look_ms", "open_ms"),
    "regulator": ("phase_ms", "out_ms", "throttled_ms", "group_ms"),
}
# What was learned, what only guards look at, and what each tick writes before it is read. A chamber that
# was trimmed too often counts as reached, which it may do at its next look anyway. `goal_pa`: see `Goal`.
FORGOTTEN = {
    "session": ("ended_by",),
    "sequencer": ("cycles_count", "wanted_pa", "target_pa", "level_pa", "rested_bits"),
    "survey": (),
    "regulator": (
        *("fill_ms", "fill_share_us", "held_ms", "dose_us", "restless_ms", "collapse_count", "collapse_pa"),
        *("coast_rise_count", "coast_rise_pa", "coast_rise_index", "late_coast_pa", "late_pa", "before_pa"),
        *("coast_lead_pa", "shut_lead_pa", "lead_pa", "rise_pa_s", "fall_pa_s", "worked_permille_ms"),
        *("planned_ms", "last_move", "coasted_bits", "pump_before_permille", "trims_count", "goal_pa"),
    ),
}

State = tuple[int, ...]


class AnyGauges(Gauges):
    """Pressures relative to what is wanted; the rest is open."""

    def __init__(self, boots: Boots, machine: "Machine") -> None:
        super().__init__(boots)
        self.machine = machine
        self.pressure_pa: Any = _Each(self.smooth_pa)
        self.age_ms: Any = _Each(lambda _: anything(machine.oracle))

    def step(self, readings: Any, commands: Any, keep_bits: int, dt_ms: int) -> None:
        self.offset_pa: dict[int, int] = {}
        self.fresh: dict[int, bool] = {}
        self.keep_bits = keep_bits
        self.empty_bits: Any = Subset(self.machine.oracle, self.boots.all_bits & ~keep_bits)

    def smooth_pa(self, index: int) -> int:
        target_pa = self.machine.controller.sequencer.target_pa[index]
        if index not in self.offset_pa:
            self.offset_pa[index] = self.machine.oracle.choose(OFFSETS_PA if target_pa else OPEN_PA)
        return int(target_pa + self.offset_pa[index])

    def is_fresh(self, index: int) -> bool:
        if index not in self.fresh:
            self.fresh[index] = self.machine.oracle.either()
        return self.fresh[index]

    def shortest_vent_ms(self) -> Any:
        """A chamber that was kept until now has not been open for long."""
        return 0 if self.keep_bits else anything(self.machine.oracle)

    def forget_empty(self) -> None:
        self.empty_bits = 0


class AnyGuards(Guards):
    """Whatever real guards may do: latch a fault, or rest chambers."""

    def __init__(self, boots: Boots, machine: "Machine") -> None:
        super().__init__(boots, machine.controller.latch)
        self.machine = machine

    def step(self, *arguments: Any) -> None:
        self.machine.has_guarded = True
        oracle = self.machine.oracle
        if self.latch.code == faults.NONE and oracle.either():
            self.latch.trip(faults.OVER_TRIP, 0, 1, 0, 0)
        elif self.latch.code != faults.NONE:
            # What comes later must not take the place of the first cause.
            self.latch.trip(faults.LATE_TICK, 0, 1, 0, 0)
        elif self.machine.controller.session.state == RUNNING:
            self.notices.rested_bits |= oracle.choose(subsets(self.boots.all_bits & ~self.notices.rested_bits))


class AnySurvey(Survey):
    """What a survey left behind when it was broken off may be anything when the next one begins."""

    def __init__(self, boots: Boots, machine: "Machine") -> None:
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


class AnyZeroing(Zeroing):
    def __init__(self, boots: Boots, machine: "Machine") -> None:
        super().__init__(boots)
        self.machine = machine

    def step(self, *arguments: Any) -> bool:
        return self.machine.oracle.either()


class Machine:
    """`write` a state, `tick` once, `read` the state after it: for every answer of the oracle."""

    def __init__(self, boots: Boots, program: Program) -> None:
        self.oracle = Oracle()
        self.controller = Controller(boots)
        self.controller.load(program)
        controller: Any = self.controller
        controller.gauges = AnyGauges(boots, self)
        controller.guards = AnyGuards(boots, self)
        controller.zeroing = AnyZeroing(boots, self)
        controller.survey = AnySurvey(boots, self)
        self.has_guarded = False
        self.buttons = Buttons(self.oracle)
        self._parts = {name: getattr(controller, name) for name in FREE}
        self._initial = {name: _copy(vars(part)) for name, part in self._parts.items()}
        self._kept = self._kept_places()

    def tick(self) -> None:
        self.has_guarded = False
        self.buttons = Buttons(self.oracle)
        readings: Any = self.controller.readings
        readings.buttons = self.buttons
        self.controller.step(readings, TICK_MS)

    def write(self, state: State) -> None:
        for name, part in self._parts.items():
            self._restore(name, part)
        for (holder, place), value in zip(self._kept, state, strict=True):
            if isinstance(holder, list):
                holder[place] = value
            else:
                setattr(holder, place, value)
        controller: Any = self.controller
        controller.survey.renew()
        if controller.session.wind_down_ms:
            controller.session.wind_down_ms = anything(self.oracle, least=1)
        if hasattr(controller.regulator, "goal_pa"):
            goal = Goal(self.oracle)
            controller.regulator.goal_pa[:] = [goal if p == HOLD else 0 for p in controller.regulator.phase]

    def read(self) -> State:
        """Of the tick's end, without what is forgotten."""
        self._tidy()
        return tuple(
            holder[place] if isinstance(holder, list) else getattr(holder, place)
            for holder, place in self._kept
        )

    def _kept_places(self) -> list[tuple[Any, Any]]:
        controller = self.controller
        holders = [*self._parts.values(), controller.commands, controller.latch, controller.guards.notices]
        places: list[tuple[Any, Any]] = []
        for holder in holders:
            name = next((name for name, part in self._parts.items() if part is holder), "")
            dropped = (*FREE.get(name, ()), *FORGOTTEN.get(name, ()))
            for attribute, value in vars(holder).items():
                if attribute in dropped or not _is_state(holder, controller, attribute):
                    continue
                if isinstance(value, list):
                    places += [(value, index) for index in range(len(value))]
                elif isinstance(value, int):
                    places.append((holder, attribute))
        return places

    def _restore(self, name: str, part: Any) -> None:
        """Forgotten things as they were at the start; clocks at anything."""
        initial = self._initial[name]
        for attribute in FORGOTTEN[name]:
            if attribute in initial:
                _put(part, attribute, initial[attribute])
        for attribute in FREE[name]:
            if isinstance(initial.get(attribute), list):
                getattr(part, attribute)[:] = [anything(self.oracle) for _ in initial[attribute]]
            elif attribute in initial:
                setattr(part, attribute, anything(self.oracle))

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
            for attribute, value in self._initial["regulator"].items():
                _put(regulator, attribute, value)
        if session.state not in (RUNNING, PAUSED):
            controller.guards.notices.rested_bits = 0
        controller.survey.tidy()
        regulator.pump_permille = _some(regulator.pump_permille)
        controller.commands.pump_permille = _some(controller.commands.pump_permille)
        if hasattr(regulator, "served_bits"):
            regulator.served_bits &= sum(1 << index for index, p in enumerate(regulator.phase) if p == DOSE)
            regulator.overlap_ms = regulator.overlap_ms if regulator.overlap_bits else 0

class _Each:
    """A list that is asked for one of its values at a time."""

    def __init__(self, ask: Any) -> None:
        self._ask = ask

    def __getitem__(self, index: int) -> Any:
        return self._ask(index)


def _is_state(holder: Any, controller: Controller, attribute: str) -> bool:
    """Of latch and notices only what decides anything; of the rest all that can change."""
    if holder is controller.latch:
        return attribute == "code"
    if holder is controller.guards.notices:
        return attribute == "rested_bits"
    return attribute not in ("boots", "timeline", "machine", "_index", "is_one_by_one", "has_stepped")


def _some(permille: int) -> int:
    return permille if permille in (0, PUMP_MOST_PERMILLE) else SOME_PERMILLE


def _copy(values: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, list) else value for name, value in values.items()}


def _put(part: Any, attribute: str, value: Any) -> None:
    if isinstance(value, list):
        getattr(part, attribute)[:] = value
    else:
        setattr(part, attribute, value)
