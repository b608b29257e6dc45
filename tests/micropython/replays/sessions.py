"""Whole sessions, each in a simulated pair of boots: every pattern and layout, faults, and a busy person."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from host_tools.catalogue.boards import Board, load_board
from host_tools.catalogue.programs import load_program_table
from host_tools.plant.faults import parse_fault
from host_tools.plant.files.on_board import on_board
from host_tools.plant.files.spec import PlantSpec, Range, load_plant
from host_tools.sim.check_fill import PROGRAM, Check, run_check
from host_tools.sim.simulate import simulate
from soleus.core.basics import faults
from soleus.core.basics.boots_table import read_boots
from soleus.core.check_fill.findings import KINKED, NO_HOSE, OPEN
from soleus.core.program.table import read_program
from soleus.core.session.session import STATE_NAMES

Table = Mapping[str, Any]

DUO = "esp32-s3-duo"
DEVKIT = "esp32-devkit"
ONE_SENSOR = "esp32-c3-manifold"


def _boots(legs: int, zones: Sequence[str], valves: str, sensors: str, gate: bool = False) -> Table:
    chambers = [f"c{number}" for number in range(len(zones))]
    return {
        "legs": legs,
        "chambers": chambers,
        "zones": list(zones),
        "valves": valves,
        "sensors": sensors,
        "gate": gate,
    }


def _program(pattern: str, **modifiers: Any) -> Table:
    return _blocks({"pattern": pattern, **modifiers})


def _blocks(*blocks: Table) -> Table:
    pressure = {"min": 30, "start": 50, "max": 70}
    return {"id": "test", "minutes": 5, "pressure_mmhg": pressure, "blocks": list(blocks)}


def _with_sensors(**changes: Any) -> PlantSpec:
    spec = load_plant("nominal")
    return spec.model_copy(update={"sensor": spec.sensor.model_copy(update=changes)})


# Unplugged, these don't answer, as digital sensors; the usual ones show less than 0 mmHg.
SILENT_SENSORS = _with_sensors(missing="silent")
SENSORS_OFF_ZERO = _with_sensors(offset_mmhg=Range(low=12.0, high=12.0))

# Its chambers are surely under pressure at 40 s, and at the full level at 110 s.
LONG_HOLD = _program("uniform", hold_s=60)

# Layouts that no board in boards/ has.
THREE_ZONES = ("foot", "calf", "thigh")
EIGHT_ZONES = ("foot", "foot", "calf", "calf", "calf", "thigh", "thigh", "thigh")
SEALED_ONE_SENSOR = _boots(2, THREE_ZONES, "fill_vent", "manifold")
SHARED = _boots(2, THREE_ZONES, "three_way", "per_chamber", gate=True)
SHARED_PAIR_ONE_SENSOR = _boots(2, THREE_ZONES, "three_way", "manifold")
ONE_LEG_OF_EIGHT = _boots(1, EIGHT_ZONES, "fill_vent", "per_chamber")
TWO_LEGS_OF_EIGHT = _boots(2, EIGHT_ZONES, "fill_vent", "per_chamber", gate=True)
TWO_CHAMBERS = _boots(1, ("foot", "calf"), "fill_vent", "per_chamber")

COMPLETED = "checking running venting done"
FAULTED = "checking running fault"


@dataclass(frozen=True)
class Case:
    program: str | Table
    board: str | Table
    faults: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    plant: str | PlantSpec = "nominal"
    # The states of the session and the faults that end it: a case must test what its name says.
    states: str = COMPLETED
    trips: tuple[int, ...] = ()
    # The chambers that are rested meanwhile.
    rests: tuple[str, ...] = ()


CASES = {
    "sequential, zones and boost": Case(
        _program("sequential", zones=["calf", "thigh"], boost_mmhg={"calf": 10}, zone_step_mmhg=5), DUO
    ),
    "wave, alternating legs": Case(_program("wave", legs="alternating", hold_s=2), DUO),
    "pulse": Case(_program("pulse", pulses=2, pulse_ms=800), DEVKIT),
    "gradient": Case(_program("gradient", step_mmhg=4), DUO, plant="small-leg"),
    "uniform, ramp, large leg": Case(_program("uniform", ramp_s=10), DEVKIT, plant="large-leg"),
    "flow, right leg": Case(_program("flow", ramp_s=4, legs="right"), DUO),
    "sequential, one sensor": Case(_program("sequential"), ONE_SENSOR),
    "wave, three-way": Case(_program("wave", cycle_s=60), SHARED),
    "sequential, three-way, left leg": Case(_program("sequential", legs="left"), SHARED),
    "uniform, three-way, one sensor": Case(_program("uniform"), SHARED_PAIR_ONE_SENSOR),
    "gradient, sealed, one sensor": Case(_program("gradient", step_mmhg=4), SEALED_ONE_SENSOR),
    "pulse, sealed, one sensor": Case(_program("pulse", legs="alternating"), SEALED_ONE_SENSOR),
    "four blocks, eight chambers": Case(
        _blocks(
            {"pattern": "uniform", "share_percent": 25},
            {"pattern": "wave", "share_percent": 25, "hold_s": 1},
            {"pattern": "gradient", "share_percent": 25, "step_mmhg": 2},
            {"pattern": "flow", "share_percent": 25},
        ),
        ONE_LEG_OF_EIGHT,
    ),
    "two legs of eight": Case(_program("sequential"), TWO_LEGS_OF_EIGHT),
    "two chambers, tired machine": Case(_program("sequential"), TWO_CHAMBERS, plant="tired"),
    "from the library": Case("bedtime", DEVKIT),
    "paused and resumed, twice": Case(
        _program("sequential"),
        DEVKIT,
        events=("pause@40s", "resume@55s", "pause@100s", "start@101s"),
        states="checking running paused running paused running venting done",
    ),
    "louder and softer": Case(
        _program("wave"),
        DUO,
        events=("louder@30s", "louder@31s", "softer@90s", "softer@100.05s", "softer@101s", "louder@200s"),
    ),
    "louder and softer, three-way, one sensor": Case(
        _program("wave"), ONE_SENSOR, events=("softer@40s", "softer@60s", "louder@120s", "louder@130s")
    ),
    "stopped, and started again": Case(
        _program("flow"),
        DEVKIT,
        events=("stop@61.37s", "start@80s", "stop@150s"),
        states="checking running venting done checking running venting done",
    ),
    "a pause that nobody ends": Case(
        _program("uniform"),
        TWO_CHAMBERS,
        events=("pause@30s",),
        states="checking running paused venting done",
    ),
    "sensor unplugged, cleared in vain, cleared, started again": Case(
        _program("sequential"),
        DEVKIT,
        faults=("sensor.left.calf:off@60s+20s",),
        events=("clear@62s", "clear@90s", "start@92s"),
        states="checking running fault idle checking running venting done",
        trips=(faults.SENSOR_RANGE,),
    ),
    "the one sensor unplugged, cleared, started again": Case(
        _program("sequential"),
        ONE_SENSOR,
        faults=("sensor.manifold:off@50s+5s",),
        events=("clear@60s", "clear@90s", "start@91s", "stop@150s"),
        states="checking running fault idle checking running venting done",
        trips=(faults.SENSOR_RANGE,),
    ),
    "sensor stuck": Case(
        _program("wave"),
        DUO,
        faults=("sensor.right.foot:stuck@70s",),
        states=FAULTED,
        trips=(faults.SENSOR_STUCK,),
    ),
    "sensor that answers nothing": Case(
        _program("sequential"),
        DEVKIT,
        plant=SILENT_SENSORS,
        faults=("sensor.left.foot:off@66s",),
        states=FAULTED,
        trips=(faults.SENSOR_SILENT,),
    ),
    "sensor garbled from the start": Case(
        _program("sequential"),
        DUO,
        faults=("sensor.left.calf:garbage@0s",),
        states="checking fault",
        trips=(faults.OVER_TRIP,),
    ),
    "one sensor, garbled from the start": Case(
        _program("sequential"),
        SEALED_ONE_SENSOR,
        faults=("sensor.manifold:garbage@0s",),
        states="checking fault",
        trips=(faults.OVER_TRIP,),
    ),
    "sensors too far from zero": Case(
        _program("sequential"),
        ONE_SENSOR,
        plant=SENSORS_OFF_ZERO,
        states="checking fault",
        trips=(faults.SENSOR_ZERO,),
    ),
    "softer, but a vent stays closed": Case(
        LONG_HOLD,
        DEVKIT,
        faults=("valve.left.knee.vent:stuck@110s",),
        events=(
            *(f"louder@{second}s" for second in (20, 22, 24, 26)),
            *(f"softer@{second}s" for second in range(111, 117)),
        ),
        states=FAULTED,
        trips=(faults.OVER_TARGET,),
    ),
    "clock that stands still": Case(
        _program("uniform"),
        SHARED,
        faults=("clock:stuck@40s",),
        states=FAULTED,
        trips=(faults.CLOCK_STOPPED,),
    ),
    "no power for pump and valves": Case(
        _program("sequential"), DUO, faults=("supply:off@60s",), states=FAULTED, trips=(faults.SUPPLY_LOW,)
    ),
    "pump stuck on, three-way, one sensor": Case(
        _program("sequential"),
        ONE_SENSOR,
        faults=("pump:stuck@100s",),
        states=FAULTED,
        trips=(faults.PUMP_RUNAWAY,),
    ),
    "vent stuck": Case(
        _program("sequential"),
        DUO,
        faults=("valve.left.calf.vent:stuck@45s",),
        states=FAULTED,
        trips=(faults.VENT_FAILURE,),
    ),
    "late tick": Case(
        LONG_HOLD, DEVKIT, faults=("clock:delayed@40s",), states=FAULTED, trips=(faults.LATE_TICK,)
    ),
    "clock that glitches": Case(
        _program("wave"), DUO, faults=("clock:wrong@75s",), states=FAULTED, trips=(faults.LATE_TICK,)
    ),
    # One chamber is rested, and the others go on.
    "hose off": Case(_program("wave"), DEVKIT, faults=("hose.left.knee:off@60s",), rests=("left.knee",)),
    "every hose off": Case(
        _program("sequential"),
        TWO_CHAMBERS,
        faults=("hose.left.c0:off@60s", "hose.left.c1:off@60s"),
        states=FAULTED,
        trips=(faults.FILL_TIMEOUT,),
        rests=("left.c0", "left.c1"),
    ),
    "a leak": Case(
        _program("sequential", hold_s=15),
        DEVKIT,
        faults=("hose.left.calf:leak@30s",),
        rests=("left.calf",),
    ),
    "kinked hose": Case(
        _program("sequential"),
        DEVKIT,
        faults=("hose.left.calf:kink@1s",),
        states=FAULTED,
        trips=(faults.KINK,),
    ),
    "nobody gives a sign of life": Case(
        {**_program("wave"), "sign_of_life_minutes": 2}, DEVKIT, events=("asleep@0s",)
    ),
    "a sign of life, once": Case(
        {**_program("wave"), "sign_of_life_minutes": 3}, DEVKIT, events=("asleep@0s", "alive@150s")
    ),
    # The valve drops out behind the pump's air: the manifold's sensor and the calf's contradict each other.
    "restless legs, loose plug": Case(
        _program("uniform", hold_s=10),
        DUO,
        faults=("leg.left:move@30s", "valve.right.calf.fill:intermittent@60s+60s"),
        states=FAULTED,
        trips=(faults.SENSOR_CONTRADICTED,),
    ),
}


@dataclass(frozen=True)
class CheckCase:
    board: str
    kind: str
    faults: tuple[str, ...]
    # The code for each chamber.
    found: tuple[int, ...]


# One of each kind of check fill, with several things wrong at once.
CHECKS = {
    "check fill, chambers that close": CheckCase(
        DUO,
        "sealed_fill",
        ("hose.left.calf:off@0s", "hose.right.thigh:kink@0s", "garment.right.foot:off@0s"),
        (0, 0, NO_HOSE, 0, 0, OPEN, 0, 0, 0, KINKED),
    ),
    "check fill, one after the other": CheckCase(
        ONE_SENSOR, "alone_fill", ("hose.left.calf:off@0s",), (0, NO_HOSE, 0, 0)
    ),
}


@dataclass(frozen=True)
class Recording:
    """Readings and commands on CPython: a row for each tick, in the order of `record.columns`."""

    boots: Table
    program: Table
    minutes: int
    pressure_mmhg: int
    rows: np.ndarray
    states: str
    trips: tuple[int, ...]
    rests: tuple[str, ...]
    check: str = ""


@functools.cache
def checked(name: str) -> Check:
    case = CHECKS[name]
    board = load_board(case.board)
    plant = on_board(load_plant("nominal"), board.table)
    return run_check(board, plant, [parse_fault(text, board.boots) for text in case.faults], seed=1)


@functools.cache
def recorded(name: str) -> Recording:
    if name in CHECKS:
        return _recorded_check(name)
    case = CASES[name]
    program = load_program_table(case.program) if isinstance(case.program, str) else case.program
    session = simulate(
        read_program(dict(program)),
        _board(case.board),
        case.plant,
        fault=case.faults,
        event=case.events,
        seed=1,
    )
    request, trace = session.request, session.trace
    return Recording(
        boots=request.board.table["boots"],
        program=program,
        minutes=request.minutes,
        pressure_mmhg=request.pressure_mmhg,
        rows=_rows(trace),
        states=" ".join(STATE_NAMES[state] for state in _changes(trace.state)),
        trips=tuple(int(code) for code in _changes(trace.fault_code) if code),
        rests=tuple(
            name
            for index, name in enumerate(trace.chamber_names)
            if session.controller.guards.notices.rested_bits >> index & 1
        ),
    )


def _recorded_check(name: str) -> Recording:
    case = CHECKS[name]
    columns = checked(name).columns
    return Recording(
        boots=load_board(case.board).table["boots"],
        program=load_program_table(PROGRAM),
        minutes=0,
        pressure_mmhg=0,
        rows=_rows(SimpleNamespace(**columns)),
        states=" ".join(STATE_NAMES[state] for state in _changes(columns["state"])),
        trips=(),
        rests=(),
        check=case.kind,
    )


def _board(board: str | Table) -> Board:
    if isinstance(board, str):
        return load_board(board)
    return Board("test", "made for a test", "esp32", read_boots(dict(board)), {"boots": board}, Path())


def _rows(trace: Any) -> np.ndarray:
    went_in = [trace.dt_ms, trace.buttons, trace.missing_bits, trace.manifold_reading_pa, trace.supply_mv]
    came_out = [trace.fill_bits, trace.seal_bits, trace.pump_permille, trace.gate_on, trace.state]
    return np.column_stack([*went_in, trace.reading_pa, *came_out, trace.fault_code]).astype(np.int32)


def _changes(values: np.ndarray) -> np.ndarray:
    """Each value once for as long as it stays the same."""
    return values[np.flatnonzero(np.diff(values, prepend=-1))]
