"""A session without the fault, to learn when its phases are: check, fill, hold, release, rest."""

from functools import lru_cache

import numpy as np

from host_tools.catalogue.boards import load_board
from host_tools.plant.faults import parse_fault
from host_tools.plant.files.on_board import has_bus
from host_tools.plant.parts.modes import GARMENT, HOSE, SENSOR, VALVE
from host_tools.sim.simulate import simulate
from host_tools.sim.trace import Trace
from host_tools.verify.campaign.plan import Machine, Trial
from soleus.core.program import timeline
from soleus.core.regulate import regulation
from soleus.core.session.session import CHECKING, RUNNING

# Long enough for the check and two cycles of most programs.
REHEARSED_S = 240
_KINDS_WITH_A_CHAMBER = (SENSOR, VALVE, HOSE, GARMENT)
_STAGES = {
    "first fill": timeline.STAGE_RAISE,
    "fill": timeline.STAGE_RAISE,
    "hold": timeline.STAGE_HOLD,
    "release": timeline.STAGE_RELEASE,
    "rest": timeline.STAGE_REST,
}
_PHASES = {"first fill": regulation.FILL, "fill": regulation.FILL, "hold": regulation.HOLD}


def onset_s(trial: Trial) -> float:
    """When the trial's fault begins: `jitter` of the way through the ticks of its phase."""
    trace = rehearsed(trial.machine)
    ticks = phase_ticks(trace, trial.phase, _chamber_of(trial))
    return float(trace.time_s[ticks[int(trial.jitter * len(ticks))]])


@lru_cache(maxsize=4)
def rehearsed(machine: Machine) -> Trace:
    session = simulate(
        machine.program,
        machine.board,
        machine.plant,
        pressure=machine.pressure,
        event=[f"stop@{REHEARSED_S}s"],
        seed=machine.seed,
    )
    return session.trace


def phase_ticks(trace: Trace, phase: str, chamber: int | None) -> np.ndarray:
    """The ticks of a phase in the second cycle; for a component of one chamber, of that chamber's own phase.

    If a program leaves the chamber out or has no such phase, take what is nearest: the phase of any chamber,
    or any moment of the session.
    """
    if phase == "check":
        return np.flatnonzero(trace.state == CHECKING)
    is_running = trace.state == RUNNING
    is_its_cycle = is_running & (trace.cycle == (0 if phase == "first fill" else 1))
    is_stage = is_its_cycle & (trace.stage_kind == _STAGES[phase])
    choices = [is_stage, is_its_cycle, is_running]
    if phase in _PHASES:
        is_phase = trace.phase == _PHASES[phase]
        choices.insert(0, is_its_cycle & is_phase.any(axis=1))
        if chamber is not None:
            choices.insert(0, is_its_cycle & is_phase[:, chamber])
    return next(ticks for ticks in map(np.flatnonzero, choices) if len(ticks))


def _chamber_of(trial: Trial) -> int | None:
    board = load_board(trial.board)
    boots = board.boots
    fault = parse_fault(f"{trial.component}:{trial.mode}@0s", boots, has_bus(board.table))
    if fault.kind not in _KINDS_WITH_A_CHAMBER or (fault.kind == SENSOR and boots.has_manifold_sensor_only):
        return None
    return fault.index % boots.count
