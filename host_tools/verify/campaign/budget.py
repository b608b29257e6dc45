"""How soon a trial's fault was named, compared with what the requirements table promises for such a fault.

The table gives a budget for each code and, for each fault that trips it, the moment from which the budget
counts. A trial is measured if the table has its fault on such a layout. Where a row of the table has a budget
of its own, that also goes for the trials like it.
"""

from dataclasses import dataclass
from functools import cache

from host_tools.basics.paths import CHECKOUT
from host_tools.catalogue.boards import load_board
from host_tools.safety.requirements import REQUIREMENTS, Requirement, Since, Trip
from host_tools.safety.trip_run import seen_s
from host_tools.sim.figures.metrics import FaultResult
from host_tools.sim.trace import Trace
from host_tools.verify.campaign.plan import kind_of
from soleus.core.basics.boots import Boots

# Half a tick: times are sums of hundredths.
_ROUNDING_S = 0.005


@dataclass(frozen=True)
class Took:
    requirement: str
    took_s: float
    budget_s: float

    @property
    def is_late(self) -> bool:
        return self.took_s > self.budget_s + _ROUNDING_S


def took(
    found: FaultResult, component: str, mode: str, onset_s: float, trace: Trace, boots: Boots
) -> Took | None:
    """None if the table promises nothing for this fault and this code."""
    requirement = next(each for each in REQUIREMENTS if each.code == found.code)
    trips = _alike(requirement, kind_of(component), mode, boots)
    if not trips or (trips[0].since in _OF_A_CHAMBER and found.chamber not in boots.names):
        return None
    since_s = seen_s(trace, boots, requirement, trips[0].since, found.chamber, onset_s)
    budget_s = max(requirement.budget_of(trip) for trip in trips) / 1000
    return Took(requirement.id, found.at_s - since_s, budget_s)


_OF_A_CHAMBER = (Since.SHOWN, Since.FILLED, Since.LET_GO)


def _alike(requirement: Requirement, kind: str, mode: str, boots: Boots) -> list[Trip]:
    """The rows with such a fault on boots with the same kinds of valves and sensors."""
    return [trip for trip in requirement.trips if _is_alike(trip, kind, mode, boots)]


def _is_alike(trip: Trip, kind: str, mode: str, boots: Boots) -> bool:
    component, _, when = trip.fault.partition(":")
    if (kind_of(component), when.partition("@")[0]) != (kind, mode):
        return False
    return _boots_of(trip.board).has_manifold_sensor_only == boots.has_manifold_sensor_only


@cache
def _boots_of(board: str) -> Boots:
    return load_board(str(CHECKOUT / board) if "/" in board else board).boots
