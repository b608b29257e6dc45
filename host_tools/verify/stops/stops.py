"""A stop when every chamber is full, on a board with a plant; and what open vents alone would take."""

from dataclasses import dataclass

import numpy as np

from host_tools.plant.plant import Plant
from host_tools.sim.simulate import Session, simulate
from host_tools.sim.trace import Trace
from soleus.core.basics.limits import TICK_MS
from soleus.core.basics.signals import Commands, Readings
from soleus.core.program.program import Program
from soleus.core.program.table import read_program

AIM_MMHG, AIM_S = 5.0, 5.0
LEVELS_MMHG = (80, 110)
# Long enough for a slow pump to fill all chambers of two legs once at the whole level.
LOOK_UNTIL_S = 240
GIVE_UP_S = 60


@dataclass(frozen=True)
class Stop:
    board: str
    plant: str
    level_mmhg: int
    seed: int
    # When it was pressed, and the least that a chamber held then.
    at_s: float
    least_mmhg: float
    took_s: float
    vents_s: float
    last_chamber: str


def stop_of(board: str, plant: str, level_mmhg: int, seed: int) -> Stop | None:
    """None where the session ended before any chamber was filled: a battery that is nearly empty."""
    program = all_at_once(level_mmhg)
    whole = simulate(program, board, plant, seed=seed, until=f"{LOOK_UNTIL_S}s").trace
    row = _fullest(whole)
    if whole.pressure_mmhg[row].max() < AIM_MMHG:
        return None
    at_s = float(whole.time_s[row])
    stopped = simulate(program, board, plant, seed=seed, event=[f"stop@{at_s:.2f}s"])
    took_s, last = _until_empty(stopped, at_s)
    before = simulate(program, board, plant, seed=seed, until=f"{at_s:.2f}s")
    vents_s, _ = _let_out(before.plant)
    least_mmhg = float(whole.pressure_mmhg[row].min())
    names = whole.chamber_names
    return Stop(board, plant, level_mmhg, seed, at_s, least_mmhg, took_s, vents_s, names[last])


def all_at_once(level_mmhg: int) -> Program:
    """Every chamber is full at the same time, which is the most that a stop has to let out."""
    pressure = {"min": level_mmhg, "start": level_mmhg, "max": level_mmhg}
    block = {"pattern": "uniform", "hold_s": 10}
    return read_program({"id": "stops", "minutes": 5, "pressure_mmhg": pressure, "blocks": [block]})


def _fullest(trace: Trace) -> int:
    """After the soft start, if it came so far."""
    least_mmhg = trace.pressure_mmhg.min(axis=1)
    return int(np.where(trace.cycle > 0, least_mmhg + trace.pressure_mmhg.max(), least_mmhg).argmax())


def _until_empty(session: Session, at_s: float) -> tuple[float, int]:
    """The session is over at 10 mmHg; from there the vents stay open."""
    trace = session.trace
    above = trace.pressure_mmhg.max(axis=1) >= AIM_MMHG
    if not above[-1]:
        row = int(np.nonzero(above)[0][-1])
        return float(trace.time_s[row]) - at_s, int(trace.pressure_mmhg[row].argmax())
    more_s, last = _let_out(session.plant)
    return float(trace.time_s[-1]) - at_s + more_s, last


def _let_out(plant: Plant) -> tuple[float, int]:
    """How long the vents alone take from here, and which chamber is the last."""
    pressure_mmhg = plant.truth.pressure_mmhg
    commands, readings = Commands(), Readings(len(pressure_mmhg))
    last = int(pressure_mmhg.argmax())
    for tick in range(GIVE_UP_S * 1000 // TICK_MS):
        if pressure_mmhg.max() < AIM_MMHG:
            return tick * TICK_MS / 1000, last
        last = int(pressure_mmhg.argmax())
        plant.tick(commands, readings)
    return float(GIVE_UP_S), last
