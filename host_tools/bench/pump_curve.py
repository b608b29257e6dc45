"""The pump's flow from the pressure of a rigid vessel that it fills: known room, so air is pressure.

What the sensor shows beside the valve is the vessel plus what the hose takes at that flow. Fitted together
over the fill and the run-down of the rotor: the flow against that pressure, the rotor's time, the hose.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from host_tools.bench.tape import TICK_S

AMBIENT_MMHG = 760.0
SUBSTEPS = 5
ML_S_PER_L_MIN = 1000.0 / 60.0
# Of usual parts, mL/s/sqrt(mmHg): from the sensor beside a valve to the vessel, and from one on the manifold.
HOSE_K, VALVE_AND_HOSE_K = 47.0, 23.4


@dataclass(frozen=True)
class PumpCurve:
    """Free of the hose: flow against the pressure at the valve's outlet, rotor at full speed."""

    at_rest: float  # mL/s at 0 mmHg
    slope: float  # mL/s less for each mmHg
    bend: float  # ... and for its square
    rotor_s: float
    hose_k: float
    delay_s: float
    rms_mmhg: float
    sigma: float  # of the flow, relative

    def flow_ml_s(self, mmhg: np.ndarray | float) -> np.ndarray:
        p = np.asarray(mmhg, float)
        return np.maximum(0.0, self.at_rest - self.slope * p - self.bend * p * p)

    def vessel_flow_ml_s(self, vessel_mmhg: float) -> float:
        """What arrives in a chamber of this pressure through the hose."""
        node = vessel_mmhg
        for _ in range(50):
            node = 0.5 * node + 0.5 * (vessel_mmhg + (float(self.flow_ml_s(node)) / self.hose_k) ** 2)
        return float(self.flow_ml_s(node))


def fit_pump(mmhg: np.ndarray, pump: np.ndarray, vessel_ml: float, path_k: float = HOSE_K) -> PumpCurve:
    """`mmhg` beside the valve of the vessel, `pump` on or off, tick by tick, from rest to rest."""

    def modelled(values: np.ndarray) -> np.ndarray:
        return _run(values, pump, vessel_ml, len(mmhg))

    guess = np.array([210.0, 0.3, 0.0, 0.09, path_k, 0.014])
    low = np.array([20.0, -0.5, -0.01, 0.02, 15.0, 0.0])
    high = np.array([900.0, 4.0, 0.02, 0.3, 300.0, 0.06])
    # Ripple is not modelled; a bend as large as its own doubt is held near zero.
    prior = np.array([0.0, 0.0, 1 / 0.002, 0.0, 1 / 15.0, 1 / 0.01])

    def off(values: np.ndarray) -> np.ndarray:
        return np.concatenate([modelled(values) - mmhg, prior * (values - guess)])

    found = least_squares(off, guess, bounds=(low, high), x_scale=np.abs(guess) + 0.01)
    q0, slope, bend, rotor_s, hose_k, delay_s = found.x
    rms = float(np.sqrt(np.mean(found.fun[: len(mmhg)] ** 2)))
    covariance = np.linalg.pinv(found.jac.T @ found.jac) * rms**2
    return PumpCurve(
        q0, slope, bend, rotor_s, hose_k, delay_s, rms, float(np.sqrt(abs(covariance[0, 0])) / q0)
    )


def _run(values: np.ndarray, pump: np.ndarray, vessel_ml: float, ticks: int) -> np.ndarray:
    q0, slope, bend, rotor_s, hose_k, _ = values
    dt_s = TICK_S / SUBSTEPS
    keep = np.exp(-dt_s / rotor_s)
    speed = vessel = node = 0.0
    shown = np.empty(ticks)
    for k in range(ticks):
        # A command counts from the beat after its tick.
        wanted = pump[k - 1] / 1000.0 if k else 0.0
        for _ in range(SUBSTEPS):
            speed = wanted + (speed - wanted) * keep
            flow = speed * max(0.0, q0 - slope * node - bend * node * node)
            vessel += flow * dt_s * AMBIENT_MMHG / vessel_ml
            node = vessel + (flow / hose_k) ** 2
        shown[k] = node
    return shown


def air_ml(mmhg: np.ndarray, pump: np.ndarray, curve: PumpCurve) -> np.ndarray:
    """Air that a filling chamber has taken, tick by tick."""
    dt_s = TICK_S / SUBSTEPS
    keep = np.exp(-dt_s / curve.rotor_s)
    flow = curve.flow_ml_s(mmhg)
    total, speed = 0.0, 0.0
    taken = np.empty(len(mmhg))
    for k in range(len(mmhg)):
        wanted = pump[k - 1] / 1000.0 if k else 0.0
        for _ in range(SUBSTEPS):
            speed = wanted + (speed - wanted) * keep
            total += speed * flow[k] * dt_s
        taken[k] = total
    return taken
