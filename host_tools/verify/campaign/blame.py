"""Was the right one blamed? And how far did the pressure stand above what was asked for?"""

import numpy as np

from host_tools.catalogue.boards import load_board
from host_tools.output.view import spans
from host_tools.plant.faults import components
from host_tools.plant.files.on_board import has_bus
from host_tools.plant.parts.modes import BUS, CLOCK, GARMENT, HOSE, LEG, PUMP, SENSOR, SUPPLY, VALVE
from host_tools.sim.figures.metrics import SessionResult
from host_tools.sim.trace import Trace

# So far above the highest target no chamber may stand for long, whatever has broken.
FAR_ABOVE_MMHG = 30.0
MANIFOLD = "manifold"

_AT_A_CHAMBER = (SENSOR, VALVE, HOSE, GARMENT)
_OF_THE_MACHINE = (PUMP, CLOCK, SUPPLY, BUS)


def is_blamed_right(component: str, board: str, onset_s: float, result: SessionResult) -> bool | None:
    """Whether everything that was named after the onset is what broke; None where there is no one to name.

    What all chambers share is named without a chamber: "the pump gives no air".
    """
    the_board = load_board(board)
    kind, index = components(the_board.boots, has_bus(the_board.table))[component]
    named = [found for found in (result.fault, *result.notices) if found and found.at_s >= onset_s]
    if not named or kind == LEG:
        return None
    if component == "sensor.manifold":
        return all(found.chamber == MANIFOLD for found in named)
    if kind in _AT_A_CHAMBER:
        broken = the_board.boots.names[index % the_board.boots.count]
        return all(found.chamber == broken for found in named)
    if kind in _OF_THE_MACHINE:
        return all(found.chamber is None for found in named)
    return None


def far_above_s(trace: Trace) -> float:
    """The longest that a chamber stood far above the highest target of the session until then, in s."""
    wanted_mmhg = np.maximum.accumulate(trace.target_mmhg.max(axis=1))
    is_far = trace.pressure_mmhg > wanted_mmhg[:, None] + FAR_ABOVE_MMHG
    return longest_s(is_far, trace)


def longest_s(is_so: np.ndarray, trace: Trace) -> float:
    """The longest of any chamber, in true time: a broken clock makes longer ticks."""
    stretches = [stretch for chamber in is_so.T if chamber.any() for stretch in spans(chamber)]
    return max((float(trace.time_s[end - 1] - trace.time_s[start]) for start, end in stretches), default=0.0)
