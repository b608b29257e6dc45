"""Boots made of the simplest air that will do: whole pascals, first-order filling and venting.

Pressures here are what they are for the sake of the core's logic, not of physics; the physical plant has
tests of its own.
"""

from collections.abc import Callable, Iterator
from typing import Any

from soleus.core.basics.boots import Boots
from soleus.core.basics.boots_table import read_boots
from soleus.core.basics.signals import (
    BUTTON_ALIVE,
    BUTTON_CLEAR,
    BUTTON_FIRMER,
    BUTTON_PAUSE,
    BUTTON_RESUME,
    BUTTON_SOFTER,
    BUTTON_START,
    BUTTON_STOP,
    Commands,
    Readings,
)
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.core.program.program import Program
from soleus.core.program.table import read_program
from soleus.core.sensing.chamber_gauges import ChamberGauges
from soleus.core.sensing.gauges import Gauges
from soleus.core.sensing.manifold_gauges import ManifoldGauges

TICK_MS = 10
START, STOP, PAUSE, RESUME = BUTTON_START, BUTTON_STOP, BUTTON_PAUSE, BUTTON_RESUME
LOUDER, SOFTER, CLEAR, ALIVE = BUTTON_FIRMER, BUTTON_SOFTER, BUTTON_CLEAR, BUTTON_ALIVE

# The whole pump into one chamber raises it by this in a tick: 40 mmHg/s.
PUMP_PA = pa_from_mmhg(40) * TICK_MS // 1000
# An open vent lets go of a thirtieth of what is left in a tick: below 10 mmHg within a second.
VENT_DIVISOR = 30


def boots(legs: int = 1, **keys: Any) -> Boots:
    table = {
        "legs": legs,
        "chambers": ["foot", "calf", "thigh"],
        "zones": ["foot", "calf", "thigh"],
        "valves": "fill_vent",
        "sensors": "per_chamber",
    }
    return read_boots(table | keys)


def gauges_for(the_boots: Boots) -> Gauges:
    if the_boots.has_manifold_sensor_only:
        return ManifoldGauges(the_boots)
    return ChamberGauges(the_boots)


def program(minutes: int = 20, pressure: Any = None, **block: Any) -> Program:
    """One block of a sequential pattern, unless told otherwise."""
    return blocks_program([{"pattern": "sequential", **block}], minutes, pressure)


def blocks_program(blocks: list[dict[str, Any]], minutes: int = 20, pressure: Any = None) -> Program:
    pressure_mmhg = pressure or {"min": 40, "start": 50, "max": 60}
    return read_program({"id": "test", "minutes": minutes, "pressure_mmhg": pressure_mmhg, "blocks": blocks})


# What air on its way through a torn chamber adds to a reading.
PASSING_PA = pa_from_mmhg(5)


class Air:
    """Chambers that fill and empty as commanded; a `blocked` one keeps what it has, a `torn` one nothing."""

    def __init__(self, the_boots: Boots) -> None:
        self.boots = the_boots
        self.pressure_pa = [0] * the_boots.count
        self.offset_pa = [0] * the_boots.count
        self.blocked: set[int] = set()
        self.torn: set[int] = set()
        self.flicker_pa = 0

    def advance(self, commands: Commands) -> None:
        joined = [i for i in range(self.boots.count) if commands.fill_bits >> i & 1]
        for index in range(self.boots.count):
            is_sealed = commands.fill_bits if self.boots.is_three_way else commands.seal_bits
            if index in joined:
                self.pressure_pa[index] += PUMP_PA * commands.pump_permille // 1000 // len(joined)
            elif not is_sealed >> index & 1 and index not in self.blocked:
                self.pressure_pa[index] -= -(-self.pressure_pa[index] // VENT_DIVISOR)
        for index in self.torn:
            is_blown_through = index in joined and commands.pump_permille > 0
            self.pressure_pa[index] = PASSING_PA if is_blown_through else 0
        if joined and (self.boots.is_three_way or self.boots.has_manifold_sensor_only):
            mean_pa = sum(self.pressure_pa[i] for i in joined) // len(joined)
            for index in joined:
                self.pressure_pa[index] = mean_pa

    def show(self, readings: Readings, commands: Commands) -> None:
        # Where air comes and goes without a change of pressure, a sensor still shows its noise.
        self.flicker_pa = 1 - self.flicker_pa if self.torn else 0
        for index, pa in enumerate(self.pressure_pa):
            readings.chamber_pa[index] = pa + self.offset_pa[index] + self.flicker_pa
        joined = [pa for i, pa in enumerate(self.pressure_pa) if commands.fill_bits >> i & 1]
        readings.manifold_pa = max(joined, default=0) + self.flicker_pa


class Machine:
    """A controller with a program on fake air, and a finger for its buttons."""

    def __init__(self, the_boots: Boots | None = None, the_program: Program | None = None) -> None:
        self.controller = Controller(the_boots or boots())
        self.air = Air(self.controller.boots)
        make_ready(self.controller, the_program or program())

    @property
    def state(self) -> int:
        return self.controller.session.state

    @property
    def target_pa(self) -> list[int]:
        return self.controller.sequencer.target_pa

    def tick(self, buttons: int = 0, dt_ms: int = TICK_MS) -> Commands:
        controller = self.controller
        self.air.advance(controller.commands)
        self.air.show(controller.readings, controller.commands)
        controller.readings.buttons = buttons
        return controller.step(controller.readings, dt_ms)

    def ticks(self, count: int) -> Iterator[Commands]:
        for _ in range(count):
            yield self.tick()

    def run(self, seconds: float) -> "Machine":
        for _ in range(round(seconds * 1000 / TICK_MS)):
            self.tick()
        return self

    def until(self, is_so: Callable[["Machine"], bool], most_s: float = 120.0) -> float:
        """How many seconds it took; fails the test when it takes too long."""
        for count in range(round(most_s * 1000 / TICK_MS)):
            if is_so(self):
                return count * TICK_MS / 1000
            self.tick()
        raise AssertionError(f"not so within {most_s} s; state {self.state}")

    def until_state(self, state: int, most_s: float = 120.0) -> float:
        return self.until(lambda machine: machine.state == state, most_s)

    def started(self) -> "Machine":
        self.tick(START)
        return self

    def until_pressed(self) -> "Machine":
        """Somewhere in a cycle, with all chambers kept and the last of them well on its way."""
        all_bits = self.controller.boots.all_bits
        self.until(
            lambda machine: (
                machine.controller.sequencer.keep_bits == all_bits
                and min(machine.air.pressure_pa) > pa_from_mmhg(15)
            )
        )
        return self


def is_all_vent(commands: Commands) -> bool:
    return (commands.fill_bits, commands.seal_bits, commands.pump_permille, commands.gate_on) == (0, 0, 0, 0)
