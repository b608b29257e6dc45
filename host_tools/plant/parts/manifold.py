"""The manifold: a few tens of mL between the pump and the valves, so stiff that it is solved implicitly."""

import numpy as np

from host_tools.plant.parts.gas import PER_AMBIENT, air_flow, air_flow_and_slope, in_series
from host_tools.plant.parts.units import AMBIENT_MMHG

SOLVED_MMHG = 1e-4


class Manifold:
    """Its air is the state. A mechanical relief valve may stand on it (`relief_k` 0: none)."""

    def __init__(self, volume_ml: float, leak: float, relief_mmhg: float, relief_k: float) -> None:
        self.volume_ml = volume_ml
        self.leak = leak
        self.relief_mmhg = relief_mmhg
        self.relief_k = relief_k
        self.hole_k = 0.0
        self.is_relief_stuck = 0
        self.air_ml = volume_ml
        self.pressure_mmhg = 0.0

    def heal(self) -> None:
        self.hole_k = 0.0
        self.is_relief_stuck = 0

    def reliefs(self, over_mmhg: float) -> bool:
        return over_mmhg > 0.0 and self.relief_k > 0.0 and not self.is_relief_stuck

    def lost_flow(self, pressure_mmhg: float) -> float:
        """What leaves it other than through the valves."""
        over_mmhg = pressure_mmhg - self.relief_mmhg
        flow = self.leak * pressure_mmhg
        if self.hole_k > 0.0:
            flow += air_flow(self.hole_k, pressure_mmhg)
        if self.reliefs(over_mmhg):
            flow += air_flow(self.relief_k, over_mmhg)
        return flow

    def lost_slope(self, pressure_mmhg: float) -> float:
        over_mmhg = pressure_mmhg - self.relief_mmhg
        slope = self.leak
        if self.hole_k > 0.0:
            slope += air_flow_and_slope(self.hole_k, pressure_mmhg)[1]
        if self.reliefs(over_mmhg):
            slope += air_flow_and_slope(self.relief_k, over_mmhg)[1]
        return slope

    def pressure_after(
        self,
        dt_s: float,
        free_flow: float,
        per_stall: float,
        fill_k: np.ndarray,
        air_k: np.ndarray,
        hose_k: np.ndarray,
        chamber_mmhg: np.ndarray,
        hose_mmhg: np.ndarray,
        hose_room: float,
    ) -> float:
        """The pressure at the end of a substep, solved implicitly: at this pressure the flows balance.

        The excess of outflow rises with the pressure, so Newton's step is kept inside a shrinking bracket:
        where the drop is near zero, the square root would throw it from side to side.
        """
        room = self.volume_ml * PER_AMBIENT / dt_s
        before_mmhg = (self.air_ml / self.volume_ml - 1.0) * AMBIENT_MMHG
        low_mmhg, high_mmhg = -AMBIENT_MMHG, 20.0 * AMBIENT_MMHG
        pressure = self.pressure_mmhg
        for _ in range(60):
            excess = room * (pressure - before_mmhg) + self.lost_flow(pressure)
            slope = room + self.lost_slope(pressure)
            pumped = free_flow * (1.0 - pressure * per_stall)
            if pumped > 0.0:
                excess -= pumped
                slope += free_flow * per_stall
            for i in range(len(fill_k)):
                if fill_k[i] > 0.0:
                    flow, rise, _ = flow_into(
                        pressure,
                        float(chamber_mmhg[i]),
                        float(fill_k[i]),
                        float(air_k[i]),
                        float(hose_k[i]),
                        float(hose_mmhg[i]),
                        hose_room,
                    )
                    excess += flow
                    slope += rise
            if excess > 0.0:
                high_mmhg = pressure
            else:
                low_mmhg = pressure
            step = excess / slope
            if abs(step) < SOLVED_MMHG:
                return pressure - step
            pressure -= step
            if pressure <= low_mmhg or pressure >= high_mmhg:
                pressure = 0.5 * (low_mmhg + high_mmhg)
        return pressure


def flow_into(
    manifold_mmhg: float,
    chamber_mmhg: float,
    fill_k: float,
    air_k: float,
    hose_k: float,
    hose_mmhg: float,
    hose_room: float,
) -> tuple[float, float, float]:
    """Through one fill valve: the flow, its slope with the manifold's pressure, the pressure behind it.

    Behind the valve are the hose to the chamber and the opening to the air (`air_k`: the vent valve, or a
    hole). With the air shut, the valve and the hose are simply in series, unless the hose has a volume of its
    own: `hose_room` is what it takes in mL/s for each mmHg above `hose_mmhg`, where it was. Callers take
    plain floats out of their arrays: uncompiled, NumPy's own numbers are much slower.
    """
    if air_k <= 0.0 and hose_room <= 0.0:
        drop = manifold_mmhg - chamber_mmhg
        both = in_series(fill_k, hose_k)
        flow, slope = air_flow_and_slope(both, drop)
        share = both / fill_k
        return flow, slope, manifold_mmhg - drop * share * share
    node = node_pressure(manifold_mmhg, chamber_mmhg, fill_k, air_k, hose_k, hose_mmhg, hose_room)
    flow, in_slope = air_flow_and_slope(fill_k, manifold_mmhg - node)
    air_slope = air_flow_and_slope(air_k, node)[1]
    hose_slope = air_flow_and_slope(hose_k, node - chamber_mmhg)[1]
    return flow, in_slope * (1.0 - in_slope / (in_slope + air_slope + hose_slope + hose_room)), node


def node_pressure(
    manifold_mmhg: float,
    chamber_mmhg: float,
    fill_k: float,
    air_k: float,
    hose_k: float,
    hose_mmhg: float,
    hose_room: float,
) -> float:
    """The pressure where valve, hose and opening to the air meet."""
    low_mmhg = min(0.0, manifold_mmhg, chamber_mmhg)
    high_mmhg = max(0.0, manifold_mmhg, chamber_mmhg)
    if hose_room > 0.0:
        low_mmhg, high_mmhg = min(low_mmhg, hose_mmhg), max(high_mmhg, hose_mmhg)
    node = 0.5 * (low_mmhg + high_mmhg)
    for _ in range(60):
        in_flow, in_slope = air_flow_and_slope(fill_k, manifold_mmhg - node)
        air, air_slope = air_flow_and_slope(air_k, node)
        hose, hose_slope = air_flow_and_slope(hose_k, node - chamber_mmhg)
        excess = air + hose - in_flow
        if hose_room > 0.0:
            excess += hose_room * (node - hose_mmhg)
        if excess > 0.0:
            high_mmhg = node
        else:
            low_mmhg = node
        step = excess / (in_slope + air_slope + hose_slope + hose_room)
        if abs(step) < SOLVED_MMHG:
            return node - step
        node -= step
        if node <= low_mmhg or node >= high_mmhg:
            node = 0.5 * (low_mmhg + high_mmhg)
    return node
