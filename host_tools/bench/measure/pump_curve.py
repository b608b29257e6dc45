"""The pump's flow, from the pressure in a rigid vessel that it fills: the volume is known, so is the air.

The sensor beside the valve shows the vessel's pressure plus the drop over the hose at that flow. One fit
over the fill and the run-down of the rotor gives the flow against the manifold's pressure, the rotor's time
constant, the valve and the hose. Only the first fill begins with an empty manifold: the air that the fill
before has left in it is fitted, too, or it would pass for a stronger pump.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.optimize import least_squares

from host_tools.plant.parts.units import AMBIENT_MMHG
from host_tools.sim.trace import TICK_S

SUBSTEPS = 5
# Usual parts, in mL/s/sqrt(mmHg): a fill valve, and the hose behind it.
VALVE_K, HOSE_K = 27.0, 47.0
VALVE_AND_HOSE_K = 1.0 / sqrt(VALVE_K**-2 + HOSE_K**-2)
# Pump, tubes and valve block together, with usual parts.
MANIFOLD_ML = 26.0
OPENS_AFTER_TICKS = 1
# An open relief valve lets the whole flow out at little more than its opening pressure.
RELIEF_MMHG, RELIEF_K = 145.0, 80.0


@dataclass(frozen=True)
class PumpCurve:
    """Flow against the manifold's pressure at the rotor's full speed; then the valve and the hose."""

    at_rest: float  # mL/s at 0 mmHg
    slope: float  # mL/s less for each mmHg
    relief_mmhg: float
    rotor_s: float
    hose_k: float
    valve_k: float
    trapped_mmhg: float
    rms_mmhg: float
    sigma: float  # relative standard deviation of the flow

    def flow_ml_s(self, mmhg: np.ndarray | float, speed: np.ndarray | float = 1.0) -> np.ndarray:
        """The flow through the valve while its outlet has this pressure."""
        return self._through(mmhg, self.valve_k, speed)

    def vessel_flow_ml_s(self, vessel_mmhg: float) -> float:
        """The flow through the hose into a chamber of this pressure."""
        return float(self._through(vessel_mmhg, 1.0 / sqrt(self.valve_k**-2 + self.hose_k**-2), 1.0))

    def _through(self, mmhg: np.ndarray | float, path_k: float, speed: np.ndarray | float) -> np.ndarray:
        p = np.asarray(mmhg, float)
        low, high = np.zeros_like(p), np.full_like(p, self.at_rest)
        for _ in range(40):
            flow = 0.5 * (low + high)
            given = self._given(p + (flow / path_k) ** 2, speed)
            low, high = np.where(given > flow, flow, low), np.where(given > flow, high, flow)
        return low

    def _given(self, manifold_mmhg: np.ndarray, speed: np.ndarray | float) -> np.ndarray:
        over = np.maximum(0.0, manifold_mmhg - self.relief_mmhg)
        pumped = speed * np.maximum(0.0, self.at_rest - self.slope * manifold_mmhg)
        return np.asarray(pumped - RELIEF_K * np.sqrt(over))


def fit_pump(
    mmhg: np.ndarray, pump: np.ndarray, vessel_ml: float, has_hose_between: bool = True
) -> PumpCurve:
    """`mmhg` and `pump`, in permille of its duty, tick by tick from before the fill until the air is still.

    A sensor on the manifold has both valve and hose between it and the vessel.
    """
    start = np.array([212.0, 0.35, RELIEF_MMHG, 0.09, HOSE_K, VALVE_K, 80.0])
    low = np.array([20.0, 0.0, 100.0, 0.02, 10.0, 8.0, 0.0])
    high = np.array([900.0, 4.0, 250.0, 0.3, 300.0, 150.0, 160.0])
    deviation = np.array([100.0, 0.06, 8.0, 0.03, 10.0, 2.0, 60.0])

    def off(values: np.ndarray) -> np.ndarray:
        shown = _run(values.tolist(), pump.tolist(), vessel_ml, has_hose_between)
        return np.concatenate([shown - mmhg, (values - start) / deviation])

    found = least_squares(off, start, bounds=(low, high), x_scale=deviation, diff_step=1e-3)
    rms = float(np.sqrt(np.mean(found.fun[: len(mmhg)] ** 2)))
    covariance = np.linalg.pinv(found.jac.T @ found.jac) * rms**2
    sigma = float(np.sqrt(abs(covariance[0, 0])) / found.x[0])
    q0, slope, relief, rotor_s, hose_k, valve_k, trapped = found.x.tolist()
    return PumpCurve(q0, slope, relief, rotor_s, hose_k, valve_k, trapped, rms, sigma)


def _run(values: list[float], pump: list[int], vessel_ml: float, has_hose_between: bool) -> np.ndarray:
    """The manifold follows within milliseconds, so each step is solved implicitly."""
    q0, slope, relief, rotor_s, hose_k, valve_k, trapped = values
    dt_s = TICK_S / SUBSTEPS
    keep = np.exp(-dt_s / rotor_s)
    path_k2 = 1.0 / (valve_k**-2 + hose_k**-2)
    # mmHg for each mL.
    stiff, vessel_stiff = AMBIENT_MMHG / MANIFOLD_ML, AMBIENT_MMHG / vessel_ml
    speed = vessel = flow = 0.0
    manifold = trapped
    shown = np.empty(len(pump))
    for k in range(len(pump)):
        # A command takes effect one beat after its tick.
        wanted = pump[k - 1] / 1000.0 if k else 0.0
        for _ in range(SUBSTEPS):
            speed = wanted + (speed - wanted) * keep
            lost = RELIEF_K * sqrt(manifold - relief) if manifold > relief else 0.0
            filled = manifold + dt_s * stiff * (speed * max(0.0, q0 - slope * manifold) - lost)
            flow = 0.0
            if k > OPENS_AFTER_TICKS and filled > vessel:
                half = 0.5 * dt_s * (stiff + vessel_stiff) * path_k2
                flow = sqrt(half * half + path_k2 * (filled - vessel)) - half
            manifold = filled - flow * dt_s * stiff
            vessel += flow * dt_s * vessel_stiff
        shown[k] = vessel + (flow / hose_k) ** 2 if has_hose_between else manifold
    return shown


def air_ml(mmhg: np.ndarray, pump: np.ndarray, curve: PumpCurve) -> np.ndarray:
    """The air that a filling chamber has taken so far, tick by tick."""
    keep = np.exp(-TICK_S / curve.rotor_s)
    speed = 0.0
    mean_speed = np.empty(len(mmhg))
    for k in range(len(mmhg)):
        wanted = pump[k - 1] / 1000.0 if k else 0.0
        before, speed = speed, wanted + (speed - wanted) * keep
        mean_speed[k] = 0.5 * (before + speed)
    return np.cumsum(curve.flow_ml_s(mmhg, mean_speed) * TICK_S)
