"""The shortest time in which a pump could fill chambers: the fills of a session are compared with it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from host_tools.sim.trace import Trace

MANIFOLD_MOST_MMHG = 2000
CHAMBER_MOST_MMHG = 400
FLOW_LEAST_ML_S = 0.01


@dataclass(frozen=True)
class AirSupply:
    """The pump at full speed, and the way from the manifold into each chamber.

    `path_k` is the conductance of a chamber's valve and hose together, in mL/s per sqrt(mmHg): a flow Q
    loses (Q / path_k)**2 mmHg on that way.
    """

    flow_ml_s: Callable[[float], float]  # against the manifold's pressure in mmHg
    path_k: list[float]


def in_series(*conductances: float) -> float:
    """Valve and hose, one after the other."""
    if min(conductances) <= 0:
        return 0.0
    return float(sum(k**-2 for k in conductances) ** -0.5)


class FillLimit:
    """The least fill times in one trace. `starts[i]` are the ticks in which chamber i begins to fill."""

    def __init__(self, trace: Trace, air: AirSupply, starts: list[list[int]]) -> None:
        self._trace = trace
        self._air = air
        self._together: dict[int, list[int]] = {}
        for chamber, ticks in enumerate(starts):
            for tick in ticks:
                self._together.setdefault(tick, []).append(chamber)
        grid_mmhg = np.arange(MANIFOLD_MOST_MMHG + 1, dtype=float)
        self._manifold_mmhg = grid_mmhg
        self._pump_ml_s = np.array([air.flow_ml_s(float(mmhg)) for mmhg in grid_mmhg])
        self._s_per_ml: dict[float, np.ndarray] = {}
        self._seen: dict[tuple[int, int], float] = {}

    def least_s(self, chamber: int, start: int, reached: int) -> float:
        """The least time for the air that this chamber and those beside it took between these two ticks."""
        if (start, reached) not in self._seen:
            self._seen[start, reached] = self._integral_s(
                self._together.get(start, [chamber]), start, reached
            )
        return self._seen[start, reached]

    def _integral_s(self, chambers: list[int], start: int, reached: int) -> float:
        ticks = slice(start, reached + 1)
        air_ml = self._trace.air_ml[ticks][:, chambers].sum(axis=1)
        pressure_mmhg = self._trace.pressure_mmhg[ticks][:, chambers].mean(axis=1)
        path_k = sum(self._air.path_k[chamber] for chamber in chambers)
        s_per_ml = np.interp(pressure_mmhg, np.arange(CHAMBER_MOST_MMHG + 1), self._cost_s_per_ml(path_k))
        return max(0.0, float(np.trapezoid(s_per_ml, air_ml)))

    def _cost_s_per_ml(self, path_k: float) -> np.ndarray:
        """Seconds for 1 mL along this way, for each whole mmHg of chamber pressure.

        Q solves Q = pump(chamber + (Q / path_k)**2). The right side falls with Q, so halving finds it.
        """
        if path_k not in self._s_per_ml:
            chamber_mmhg = np.arange(CHAMBER_MOST_MMHG + 1, dtype=float)
            low, high = np.zeros_like(chamber_mmhg), np.full_like(chamber_mmhg, self._pump_ml_s.max())
            for _ in range(40):
                flow_ml_s = (low + high) / 2
                lost_mmhg = (flow_ml_s / max(path_k, FLOW_LEAST_ML_S)) ** 2
                possible = np.interp(chamber_mmhg + lost_mmhg, self._manifold_mmhg, self._pump_ml_s)
                low, high = (
                    np.where(possible > flow_ml_s, flow_ml_s, low),
                    np.where(possible > flow_ml_s, high, flow_ml_s),
                )
            self._s_per_ml[path_k] = 1 / np.maximum(low, FLOW_LEAST_ML_S)
        return self._s_per_ml[path_k]
