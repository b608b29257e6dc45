"""A rough life for the core: boots with worse sensors than real ones, and integers that watch their size."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

from hypothesis import reject
from hypothesis import strategies as st

from soleus.core.basics.boots_table import read_boots
from soleus.core.basics.errors import SettingError
from soleus.core.basics.signals import BUTTON_START, MANIFOLD_BIT
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.core.program.table import read_program
from tests.core.shapes import boots_tables, program_tables

# The chip allocates for an integer that is not in [-2**30, 2**30).
SMALL_INT_LIMIT = 2**30
READING_LIMIT_PA = 60_000
ALL_BUTTONS = 0xFF
PRESSES = [1 << button for button in range(8)]

# What the sensors show; most of the time the truth, or a session wouldn't live for long.
SENSOR_ERRORS = ("none",) * 8 + ("offset", "extreme", "wild", "noise", "spike", "stuck", "missing", "flicker")


class Watched(int):
    """An integer that passes itself on through arithmetic, and fails as soon as a result is too large."""


def _watching(operation: Callable[[int, Any], Any]) -> Callable[[int, Any], Any]:
    def watched(one: int, other: Any) -> Any:
        result = operation(one, other)
        if result is NotImplemented:
            return result
        in_bounds = -SMALL_INT_LIMIT < result < SMALL_INT_LIMIT
        assert in_bounds, f"{one}.{operation.__name__}({other}) is 2**30 or more"
        return Watched(result)

    return watched


for _name in ("add", "sub", "mul", "floordiv", "mod", "lshift", "rshift", "and", "or", "xor"):
    for _method in (f"__{_name}__", f"__r{_name}__"):
        setattr(Watched, _method, _watching(getattr(int, _method)))


@dataclass(frozen=True)
class Scenario:
    """Some ticks of the same weather."""

    ticks: int
    dt_ms: int
    sensor_error: str
    error_pa: int
    wrong_bits: int
    buttons: int
    supply_mv: int
    fill_pa_s: int
    vent_permille: int


RIGHT = Scenario(1, 10, "none", 0, 0, 0, 12_000, 4_000, 150)


def scenarios(dt_ms: st.SearchStrategy[int]) -> st.SearchStrategy[Scenario]:
    return st.builds(
        Scenario,
        ticks=st.integers(1, 200),
        dt_ms=dt_ms,
        sensor_error=st.sampled_from(SENSOR_ERRORS),
        error_pa=st.integers(-READING_LIMIT_PA, READING_LIMIT_PA),
        wrong_bits=st.integers(1, MANIFOLD_BIT * 2 - 1),
        buttons=st.one_of(st.just(0), st.sampled_from(PRESSES), st.integers(0, ALL_BUTTONS)),
        supply_mv=st.integers(0, 2**15),
        fill_pa_s=st.sampled_from([0, 500, 2_000, 4_000, 4_000, 8_000, 30_000, 1_000_000]),
        vent_permille=st.sampled_from([0, 5, 20, 150, 150, 1000]),
    )


# Mostly what a working machine measures; sometimes what only a broken clock does.
STEADY_DT_MS = st.sampled_from([10, 10, 10, 11, 9, 20, 40, 60])
ANY_DT_MS = st.one_of(STEADY_DT_MS, STEADY_DT_MS, STEADY_DT_MS, st.integers(0, 5000))
BROKEN_DT_MS = st.one_of(STEADY_DT_MS, st.integers(-70_000, 70_000))


@st.composite
def loaded(draw: st.DrawFn) -> Controller:
    """A machine of any shape with any program that it can run, in integers that watch themselves."""
    boots = read_boots(draw(boots_tables()))
    controller = Controller(boots)
    try:
        make_ready(controller, read_program(draw(program_tables(boots))))
    except SettingError:
        reject()
    for held in integers(controller):
        held.put(Watched(held.value))
    return controller


class ChaosBoots:
    """Chambers follow the commands at the speeds of the scenario; their sensors err as it says."""

    def __init__(self, controller: Controller, seed: int = 0, integer: type[int] = int) -> None:
        self.controller = controller
        self.integer = integer
        self.random = Random(seed)
        count = controller.boots.count
        self.pressure_pa = [0] * count
        self.shown_pa = [0] * count
        self.manifold_shown_pa = 0

    def settle(self) -> None:
        """An honest start: the check passes, and the session runs."""
        self.tick(RIGHT, BUTTON_START)
        for _ in range(330):
            self.tick(RIGHT)

    def tick(self, scenario: Scenario, buttons: int = 0) -> None:
        self._blow(scenario)
        self._show(scenario)
        self.controller.readings.buttons = self.integer(buttons)
        self.controller.readings.supply_mv = self.integer(scenario.supply_mv)
        self.controller.step(self.controller.readings, self.integer(scenario.dt_ms))

    def _blow(self, scenario: Scenario) -> None:
        commands, boots = self.controller.commands, self.controller.boots
        count = len(self.pressure_pa)
        dt_ms = min(max(scenario.dt_ms, 0), 100)
        for index in range(count):
            bit = 1 << index
            is_vented = not (commands.fill_bits if boots.is_three_way else commands.seal_bits) & bit
            if commands.fill_bits & bit:
                flow = scenario.fill_pa_s * int(commands.pump_permille)
                self.pressure_pa[index] += flow * dt_ms // 1_000_000
            if is_vented:
                self.pressure_pa[index] -= self.pressure_pa[index] * scenario.vent_permille // 1000
            self.pressure_pa[index] = min(self.pressure_pa[index], READING_LIMIT_PA)

    def _show(self, scenario: Scenario) -> None:
        readings, fill_bits = self.controller.readings, self.controller.commands.fill_bits
        readings.missing_bits = self.integer(self._missing_bits(scenario))
        for index, pressure_pa in enumerate(self.pressure_pa):
            is_wrong = bool(scenario.wrong_bits >> index & 1)
            self.shown_pa[index] = self._told(scenario, pressure_pa, self.shown_pa[index], is_wrong)
            readings.chamber_pa[index] = self.integer(self.shown_pa[index])
        joined_pa = [pa for index, pa in enumerate(self.pressure_pa) if fill_bits >> index & 1]
        truth_pa = max(joined_pa, default=0)
        is_wrong = bool(scenario.wrong_bits & MANIFOLD_BIT)
        self.manifold_shown_pa = self._told(scenario, truth_pa, self.manifold_shown_pa, is_wrong)
        readings.manifold_pa = self.integer(self.manifold_shown_pa)

    def _told(self, scenario: Scenario, truth_pa: int, last_pa: int, is_wrong: bool) -> int:
        if not is_wrong or scenario.sensor_error in ("none", "missing", "flicker"):
            return truth_pa
        if scenario.sensor_error == "stuck":
            return last_pa
        if scenario.sensor_error == "extreme":
            return scenario.error_pa
        if scenario.sensor_error == "spike":
            return scenario.error_pa if self.random.random() < 0.2 else truth_pa
        if scenario.sensor_error == "wild":
            return self.random.randint(-READING_LIMIT_PA, READING_LIMIT_PA)
        wrong_pa = scenario.error_pa // 20
        if scenario.sensor_error == "noise":
            wrong_pa = self.random.randint(-abs(wrong_pa), abs(wrong_pa))
        return min(truth_pa + wrong_pa, READING_LIMIT_PA)

    def _missing_bits(self, scenario: Scenario) -> int:
        error = scenario.sensor_error
        if error == "missing" or (error == "flicker" and self.random.random() < 0.5):
            return scenario.wrong_bits
        return 0


class Held(NamedTuple):
    """An integer, who holds it, and where."""

    holder: Any
    place: str | int
    name: str
    value: int

    def put(self, value: int) -> None:
        if isinstance(self.holder, list):
            self.holder[self.place] = value
        else:
            setattr(self.holder, str(self.place), value)


def integers(root: object) -> Iterator[Held]:
    """Every integer that can be reached from `root`."""
    seen = set()
    waiting = [(type(root).__name__, root)]
    while waiting:
        name, holder = waiting.pop()
        if id(holder) in seen:
            continue
        seen.add(id(holder))
        for place, value in enumerate(holder) if isinstance(holder, list) else vars(holder).items():
            where = f"{name}[{place}]" if isinstance(holder, list) else f"{type(holder).__name__}.{place}"
            if isinstance(value, int) and not isinstance(value, bool):
                yield Held(holder, place, where, value)
            elif isinstance(value, list) or hasattr(value, "__dict__"):
                waiting.append((where, value))
