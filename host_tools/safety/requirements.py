"""The safety requirements: for each the hazard, the guard, its limits and reaction, and faults that trip it.

Ids, names and reactions come from the core (`fault_table.TABLE`, `faults.RESTED`), limits from `limits.py`,
and the guards are the core's own classes. tests/sim/test_requirements.py trips every one, and docs/safety.md
is made from this table.
"""

from dataclasses import dataclass
from enum import Enum

from host_tools.basics.defaults import DEFAULT_BOARD, DEFAULT_PLANT
from host_tools.plant.parts.units import PA_PER_MMHG
from soleus.core.basics import fault_table, faults, limits
from soleus.core.basics.limits import (
    FILL_MOST_MS,
    OVER_TARGET_MS,
    PRESSED_MOST_MS,
    RISES_MS,
    SESSION_CAP_MS,
    SUPPLY_LOW_MS,
    TICK_MS,
    VENT_MOST_MS,
)
from soleus.core.basics.units import mmhg_from_pa
from soleus.core.guards.air import FillTimeout, Kink, Leak, PumpRunaway, RisesUnasked
from soleus.core.guards.machine import LateTick, SessionCap, SupplyLow
from soleus.core.guards.pressure import Overpressure, ProlongedPressure, VentFailure
from soleus.core.guards.second_opinion import SecondOpinion
from soleus.core.guards.sensors import (
    SensorErratic,
    SensorRange,
    SensorStuck,
    SensorZeroDrift,
)
from soleus.core.guards.shared_air import SensorsDisagree
from soleus.core.sensing.zeroing import Zeroing

# Boots, plants and a program that only this table needs.
OWN = "docs/data/safety"
DEVKIT, DUO, MANIFOLD = "esp32-devkit", DEFAULT_BOARD, "esp32-c3-manifold"
JOINED = f"{OWN}/three-way-measured.toml"
EIGHT = f"{OWN}/eight-chambers.toml"
SILENT = f"{OWN}/silent-sensors.toml"
OFF_ZERO = f"{OWN}/off-zero-sensors.toml"
STRONG_PUMP = f"{OWN}/strong-pump.toml"
HARDLY_A_REST = f"{OWN}/hardly-a-rest.toml"

# The time that pressure guards may take after their debounce, and that sensor guards may take in all.
REACTION_MS = 100
SENSOR_MS = 200
# From the beginning of a fill to the end of the next cycle's.
TWO_FILLS_MS = 90_000


class Since(Enum):
    """When the time of a reaction begins: as soon as the broken part can show in the readings."""

    BROKEN = "it broke"
    SHOWN = "a sensor showed more than the limit"
    FILLED = "the chamber was next filled"
    LET_GO = "the chamber was next let go"
    AT_REST = "joined, resting chambers read further apart than the limit"
    LATE = "the late tick came"
    STARTED = "the session was started"
    LOW = "the supply was measured too low"
    PUMPED = "the pump was next switched on"
    HALTED = "the pump was next told to stop"


@dataclass(frozen=True)
class Budget:
    """A time of its own, for boards or sessions on which a reading can't show the cause as soon."""

    ms: int
    where: str
    why: str  # it takes so long, and is safe all the same


LOW_TARGET = Budget(
    10_000,
    "at a target of 25 mmHg or less",
    "three fills collapse before it is believed, and each settles for 200 ms before it is judged. Nothing"
    " gets into the chamber meanwhile, and at the valve there is never more than the target",
)
ONE_SENSOR_LOOKS = Budget(
    7500,
    "one sensor on the manifold",
    "it sees an open chamber only when it is its turn to be joined, one every 580 ms. All that time the vent"
    " is open, and no air comes in: the pressure only falls",
)
AT_THE_NEXT_STOP = Budget(
    1000,
    "a sensor on each chamber",
    "a pump is seen only through an open valve. When it has been told to stop, the rotor needs 200 ms, and a"
    " moving leg can do the same for four spans of 100 ms. In that time the chamber rises by 20 to 45 mmHg",
)


@dataclass(frozen=True)
class Trip:
    """A session in which a part breaks, as options of `soleus sim`, and the chamber that must be named."""

    fault: str
    board: str
    chamber: str | None  # "manifold" for its sensor, None for the machine itself
    since: Since = Since.BROKEN
    program: str = "easy-run"
    pressure: int = 40
    plant: str = DEFAULT_PLANT
    budget: Budget | None = None  # where the requirement's own doesn't hold

    @property
    def command(self) -> str:
        plant = "" if self.plant == DEFAULT_PLANT else f" --plant {self.plant}"
        fault = f" --fault {self.fault}" if self.fault else ""
        return f"soleus sim {self.program} --board {self.board}{plant} --pressure {self.pressure}{fault}"


@dataclass(frozen=True)
class Requirement:
    fault: int  # its row in `fault_table.TABLE`
    hazard: str
    guard: type
    limits: tuple[str, ...]  # names in limits.py
    debounce: tuple[str, ...]
    why: str  # this reaction, and not another
    budget_ms: int
    trips: tuple[Trip, ...] = ()
    # Where no broken part of the plant trips it: the test that does, and why no part can.
    unit_test: str = ""
    unreached: str = ""
    note: str = ""  # a limit that isn't a number of limits.py

    @property
    def code(self) -> str:
        return str(fault_table.TABLE[self.fault][0])

    @property
    def name(self) -> str:
        return str(fault_table.TABLE[self.fault][1])

    @property
    def id(self) -> str:
        return str(fault_table.TABLE[self.fault][2])

    def budget_of(self, trip: Trip) -> int:
        return trip.budget.ms if trip.budget else self.budget_ms

    @property
    def other_budgets(self) -> list[Budget]:
        return list(dict.fromkeys(trip.budget for trip in self.trips if trip.budget))

    @property
    def reaction(self) -> str:
        return "rest the chamber" if self.fault in faults.RESTED else "stop"


REQUIREMENTS = (
    Requirement(
        fault=faults.OVER_TARGET,
        hazard="too much pressure",
        guard=Overpressure,
        limits=("OVER_TARGET_PA",),
        debounce=("OVER_TARGET_MS", "OVER_TARGET_DIP_MS"),
        why="Air comes in that nobody asked for; only opening everything is sure to stop it.",
        budget_ms=OVER_TARGET_MS + REACTION_MS,
        trips=(Trip("pump:stuck@60s", JOINED, "left.foot", Since.SHOWN),),
    ),
    Requirement(
        fault=faults.OVER_TRIP,
        hazard="too much pressure",
        guard=Overpressure,
        limits=("OVER_TRIP_PA",),
        debounce=("OVER_TRIP_SAMPLES", "OVER_TRIP_MANIFOLD_SAMPLES"),
        why="Above every target with its margin: whatever the cause, the leg is let go.",
        budget_ms=REACTION_MS,
        trips=(
            Trip("hose.left.calf:kink@60s", DEVKIT, "left.calf", Since.SHOWN),
            Trip("hose.left.foot:kink@95s", MANIFOLD, "left.foot", Since.SHOWN),
            Trip("valve.left.foot:off@80s", MANIFOLD, "left.foot", Since.SHOWN),
        ),
    ),
    Requirement(
        fault=faults.PROLONGED,
        hazard="pressure for too long",
        guard=ProlongedPressure,
        limits=("PRESSED_PA", "PRESSED_MOST_MS"),
        debounce=(),
        why="If one chamber wasn't released, the sequence itself is wrong.",
        budget_ms=PRESSED_MOST_MS + REACTION_MS,
        unit_test="tests/sim/test_requirements.py::test_a_sequence_that_never_lets_go_is_stopped",
        unreached="The sequencer lets go after 150 to 165 s, and E31 comes 5 s after that. It is there for a"
        " sequencer that is wrong, so the test takes the sequencer's own limit away.",
    ),
    Requirement(
        fault=faults.SENSOR_RANGE,
        hazard="a pressure that isn't known",
        guard=SensorRange,
        limits=("READING_LEAST_PA", "READING_MOST_PA"),
        debounce=("READING_BAD_MS",),
        why="A chamber that isn't measured may not be under pressure.",
        budget_ms=SENSOR_MS,
        trips=(
            Trip("sensor.left.calf:off@80s", DEVKIT, "left.calf"),
            Trip("sensor.manifold:off@65s", MANIFOLD, "manifold"),
        ),
    ),
    Requirement(
        fault=faults.SENSOR_SILENT,
        hazard="a pressure that isn't known",
        guard=SensorRange,
        limits=(),
        debounce=("READING_BAD_MS",),
        why="As above; an old reading is never used in the place of a new one.",
        budget_ms=SENSOR_MS,
        trips=(
            Trip("sensor.right.thigh:off@80s", DUO, "right.thigh"),
            Trip("sensor.left.calf:off@60s", DEVKIT, "left.calf", plant=SILENT),
            Trip("sensor.right.thigh:off@80s", DUO, "right.thigh"),
            Trip("sensor.manifold:off@60s", MANIFOLD, "manifold", plant=SILENT),
        ),
        note="no reading at all",
    ),
    Requirement(
        fault=faults.SENSOR_ZERO,
        hazard="a pressure that isn't known",
        guard=SensorZeroDrift,
        limits=("ZERO_MOST_PA", "ZERO_DRIFT_MOST_PA"),
        debounce=("ZERO_DRIFT_MS",),
        why="Every pressure would be wrong by as much; at the start no air has been moved yet.",
        budget_ms=3000,
        trips=(Trip("", DEVKIT, "left.foot", Since.STARTED, plant=OFF_ZERO),),
        note=f"the first at the start, where `{Zeroing.__name__}` looks; the other below 0, at every vent",
    ),
    Requirement(
        fault=faults.SENSOR_STUCK,
        hazard="a pressure that isn't known",
        guard=SensorStuck,
        limits=(),
        debounce=("STUCK_MS",),
        why="The pump is filling a chamber that nobody sees.",
        budget_ms=limits.STUCK_MS + REACTION_MS,
        trips=(
            Trip("sensor.left.calf:stuck@81s", DEVKIT, "left.calf", Since.FILLED),
            Trip("sensor.manifold:stuck@65s", MANIFOLD, "manifold"),
        ),
        note="not one different value",
    ),
    Requirement(
        fault=faults.SENSOR_ERRATIC,
        hazard="a pressure that isn't known",
        guard=SensorErratic,
        limits=("JUMP_PA",),
        debounce=("JUMP_COUNT", "JUMP_WINDOW_MS"),
        why="No value of such a sensor can be believed.",
        budget_ms=SENSOR_MS,
        trips=(
            Trip("sensor.left.foot:garbage@81s", DEVKIT, "left.foot"),
            Trip("sensor.manifold:garbage@65s", MANIFOLD, "manifold"),
        ),
    ),
    Requirement(
        fault=faults.SENSOR_DISAGREES,
        hazard="a pressure that isn't known",
        guard=SensorsDisagree,
        limits=("DISAGREE_PA",),
        debounce=("DISAGREE_MS",),
        why="One of them is wrong, and nothing tells for certain which.",
        budget_ms=limits.DISAGREE_MS + REACTION_MS,
        trips=(Trip("sensor.left.calf:wrong@70s", JOINED, "left.calf", Since.AT_REST),),
    ),
    Requirement(
        fault=faults.SENSOR_CONTRADICTED,
        hazard="a pressure that isn't known",
        guard=SecondOpinion,
        limits=("APART_PA", "APART_PERMILLE", "FAR_APART_PA", "FLOW_MOST_PERMILLE"),
        debounce=("APART_MS",),
        why="One of the two is wrong. What may squeeze a leg ends the session at the first look.",
        budget_ms=TWO_FILLS_MS,
        trips=(
            Trip("sensor.left.calf:half@1s", DEVKIT, "left.calf", Since.FILLED),
            Trip("sensor.left.calf:tube-off@80s", DUO, "left.calf", Since.FILLED),
            Trip("sensor.manifold:half@1s", DEVKIT, "manifold", Since.PUMPED),
        ),
        note="at the end of two fills in a row, or in a fill by 18 % more than the pump's whole flow",
    ),
    Requirement(
        fault=faults.FILL_TIMEOUT,
        hazard="air that goes nowhere",
        guard=FillTimeout,
        limits=("FILL_MOST_MS", "FILL_LEARNED_EXTRA_MS"),
        debounce=(),
        why="An empty chamber harms nobody: it is left open, named, and the others go on.",
        budget_ms=FILL_MOST_MS + REACTION_MS,
        trips=(
            Trip("garment.left.calf:off@80s", DEVKIT, "left.calf", Since.FILLED),
            Trip("valve.left.foot.fill:off@80s", DEVKIT, "left.foot", Since.FILLED),
            Trip("hose.left.foot:off@80s", MANIFOLD, "left.foot", Since.FILLED),
        ),
        note="twice the longest fill of this session, and a little",
    ),
    Requirement(
        fault=faults.KINK,
        hazard="a leg that can't be let go",
        guard=Kink,
        limits=("COLLAPSE_PERMILLE",),
        debounce=("COLLAPSE_COUNT",),
        why="What lets no air in lets none out, and the chamber isn't measured any more.",
        budget_ms=1000,
        trips=(
            Trip("hose.left.thigh:kink@80s", DUO, "left.thigh", Since.FILLED),
            Trip(
                "hose.left.thigh:kink@80s",
                DEVKIT,
                "left.thigh",
                Since.FILLED,
                program="eve-of-race",
                pressure=20,
                budget=LOW_TARGET,
            ),
        ),
        note="of what was filled is lost as soon as the valve closes",
    ),
    Requirement(
        fault=faults.LEAK,
        hazard="air that goes nowhere",
        guard=Leak,
        limits=("LEAK_MOST_PERMILLE",),
        debounce=("LEAK_HELD_MS", "LEAK_COUNT"),
        why="The pressure is held all the while; the chamber is left out to spare the pump and the others.",
        budget_ms=240_000,
        trips=(
            Trip("garment.left.foot:leak@80s", DEVKIT, "left.foot"),
            Trip("hose.left.calf:leak@80s", DEVKIT, "left.calf"),
        ),
    ),
    Requirement(
        fault=faults.VENT_FAILURE,
        hazard="a leg that can't be let go",
        guard=VentFailure,
        limits=("VENTED_PA", "VENT_MOST_MS"),
        debounce=(),
        why="A chamber that can't be emptied may not get more air; all that software still can do is open.",
        budget_ms=VENT_MOST_MS + REACTION_MS,
        trips=(
            Trip("valve.left.foot.vent:stuck@65s", DEVKIT, "left.foot", Since.LET_GO),
            Trip("valve.left.calf:stuck@65s", JOINED, "left.calf", Since.LET_GO),
            Trip(
                "valve.left.calf:stuck@65s",
                MANIFOLD,
                "left.calf",
                Since.LET_GO,
                budget=ONE_SENSOR_LOOKS,
            ),
        ),
    ),
    Requirement(
        fault=faults.RISES_UNASKED,
        hazard="air that nobody asked for",
        guard=RisesUnasked,
        limits=("RISES_PA",),
        debounce=("RISES_MS",),
        why="The pump reaches a chamber that can't be cut off from it.",
        budget_ms=RISES_MS + REACTION_MS,
        trips=(
            Trip(
                "valve.left.foot.fill:stuck@87s",
                EIGHT,
                "left.foot",
                Since.SHOWN,
                program=HARDLY_A_REST,
                pressure=80,
                plant=STRONG_PUMP,
            ),
        ),
        note="2 to 5 s after the chamber was let go; later E31, which asks for less, comes first",
    ),
    Requirement(
        fault=faults.LATE_TICK,
        hazard="a controller that isn't in control",
        guard=LateTick,
        limits=("TICK_MOST_MS", "TICK_VENTED_MOST_MS"),
        debounce=(),
        why="No reaction time can be promised any more. One that never comes back is the watchdog's.",
        budget_ms=TICK_MS,
        trips=(
            Trip("clock:delayed@65s", DEVKIT, None, Since.LATE),
            Trip("clock:slow@65s", MANIFOLD, None, Since.LATE),
            Trip("clock:intermittent@65s", DUO, None, Since.LATE),
        ),
    ),
    Requirement(
        fault=faults.SESSION_CAP,
        hazard="pressure for too long",
        guard=SessionCap,
        limits=("SESSION_CAP_MS",),
        debounce=(),
        why="Only a mistake in the session can have led here.",
        budget_ms=SESSION_CAP_MS + REACTION_MS,
        unit_test="tests/sim/test_requirements.py::test_a_session_that_has_lost_its_end_is_stopped",
        unreached="No program may be longer than 60 min, and nothing in the plant can lengthen it. It is"
        " there for a session that is wrong, so the test takes the session's end away.",
    ),
    Requirement(
        fault=faults.CLOCK_STOPPED,
        hazard="a controller that isn't in control",
        guard=LateTick,
        limits=(),
        debounce=("STILL_TICKS_MOST",),
        why="No limit in time would ever run out.",
        budget_ms=limits.STILL_TICKS_MOST * TICK_MS,
        trips=(Trip("clock:stuck@65s", DEVKIT, None), Trip("clock:stuck@65s", MANIFOLD, None)),
        note="no time between two ticks",
    ),
    Requirement(
        fault=faults.PUMP_RUNAWAY,
        hazard="air that nobody asked for",
        guard=PumpRunaway,
        limits=("RUNAWAY_RISE_PA", "RUNAWAY_MANIFOLD_PA"),
        debounce=("RUNAWAY_COUNT", "RUNAWAY_MANIFOLD_MS"),
        why="Opening everything, and the gate where there is one, is all that takes its air away.",
        budget_ms=SENSOR_MS,
        trips=(
            Trip("pump:stuck@95s", MANIFOLD, "manifold"),
            Trip(
                "pump:stuck@80s",
                DEVKIT,
                "left.foot",
                Since.HALTED,
                budget=AT_THE_NEXT_STOP,
            ),
        ),
        note="for each 100 ms after the first 200 of a stop; in a manifold at rest",
    ),
    Requirement(
        fault=faults.NO_AIR,
        hazard="air that goes nowhere",
        guard=FillTimeout,
        limits=("NO_AIR_PA",),
        debounce=("NO_AIR_COUNT",),
        why="No chamber can be filled: to look at the others one by one takes minutes and tells nothing.",
        budget_ms=2 * FILL_MOST_MS + REACTION_MS,
        trips=(
            Trip("pump:off@80s", DEVKIT, None, Since.PUMPED),
            Trip("pump:off@1s", MANIFOLD, None, Since.PUMPED),
            Trip("pump:off@1s", JOINED, None, Since.PUMPED),
        ),
        note="the most that was read while the chamber was filled; each as long as in E21",
    ),
    Requirement(
        fault=faults.SUPPLY_LOW,
        hazard="a machine that gives up",
        guard=SupplyLow,
        limits=(),
        debounce=("SUPPLY_LOW_MS",),
        why="Vents open by themselves without power; a planned end is better than a half-way one.",
        budget_ms=SUPPLY_LOW_MS + REACTION_MS,
        trips=(
            Trip("supply:off@80s", DUO, None, Since.LOW),
            Trip("supply:wrong@100s", DUO, None, Since.LOW, plant="tired"),
        ),
        note="`supply_least_mv` of the board; 0 where it doesn't measure its supply",
    ),
)


def requirement(code: str) -> Requirement:
    return next(each for each in REQUIREMENTS if each.code == code)


def in_words(name: str) -> str:
    """A limit of limits.py with its unit, which is the end of its name."""
    value: int = getattr(limits, name)
    if name.endswith("_PA"):
        return f"{_mmhg(value)} mmHg"
    if name.endswith("_MS"):
        return duration_in_words(value)
    if name.endswith("_PERMILLE"):
        return f"{value / 10:g} %"
    what = next(word for word in ("SAMPLES", "TICKS", "COUNT") if word in name)
    return {"SAMPLES": f"{value} samples", "TICKS": f"{value} ticks", "COUNT": f"{value} times"}[what]


def duration_in_words(ms: int) -> str:
    if ms % 60_000 == 0 and ms >= 60_000:
        return f"{ms // 60_000} min"
    return f"{ms / 1000:g} s" if ms >= 1000 else f"{ms} ms"


def _mmhg(pa: int) -> str:
    # RUNAWAY_RISE_PA is 2.5 mmHg; all others are whole.
    mmhg = pa / PA_PER_MMHG
    return str(mmhg_from_pa(pa)) if abs(mmhg - mmhg_from_pa(pa)) < 0.05 else f"{mmhg:.1f}"
