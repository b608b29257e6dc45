"""How air flows through an opening, and which pressure it has in a chamber."""

from math import exp, sqrt

from host_tools.plant.parts.units import AMBIENT_MMHG

# Below this drop the flow turns laminar, and the square root loses its infinite slope [G].
SOFT_MMHG2 = 0.2 * 0.2
PER_AMBIENT = 1.0 / AMBIENT_MMHG
# exp(-30) of 800 mL is 1e-10 mL: beyond it the slack is all taken up, and the exponential needs no call.
SLACK_IS_TAKEN_UP = 30.0
# Newton doubles its digits at each step: a step this small leaves an error far below it.
SETTLED_MMHG = 1e-4


def air_flow(conductance: float, drop_mmhg: float) -> float:
    """`Q = K dp / (dp^2 + delta^2)^(1/4)`: a square root that passes smoothly through zero."""
    return conductance * drop_mmhg / sqrt(sqrt(drop_mmhg * drop_mmhg + SOFT_MMHG2))


def air_flow_and_slope(conductance: float, drop_mmhg: float) -> tuple[float, float]:
    """The flow, and how it changes with the drop."""
    square = drop_mmhg * drop_mmhg
    softened = square + SOFT_MMHG2
    per_root = conductance / sqrt(sqrt(softened))
    return per_root * drop_mmhg, per_root * (0.5 * square + SOFT_MMHG2) / softened


def in_series(first: float, second: float) -> float:
    """The conductance of two openings one after the other: their drops add, at the same flow."""
    if first <= 0.0 or second <= 0.0:
        return 0.0
    return first * second / sqrt(first * first + second * second)


def chamber_pressure(
    air_ml: float,
    dead_ml: float,
    slack_ml: float,
    per_slack_mmhg: float,
    compliance: float,
    guess_mmhg: float,
) -> float:
    """The pressure at which `(1 + p/p0) V(p)` is the air that is there, by Newton from the last pressure.

    `V = dead + slack (1 - exp(-p/ps)) + C p`. Creep, blood, movement and the neighbours' push all come
    as part of `slack`, so they act as far as the chamber is unfolded: a flat chamber has no volume that
    a neighbour could squeeze out of it, and the air in it can't become negative.
    """
    pressure = guess_mmhg
    for _ in range(40):
        folded = 0.0
        exponent = pressure * per_slack_mmhg
        if exponent < SLACK_IS_TAKEN_UP:
            # From a stiff, full chamber the tangent may point far below zero, where exp() runs away.
            if exponent < -5.0:
                exponent = -5.0
                pressure = exponent / per_slack_mmhg
            folded = exp(-exponent)
        volume = dead_ml + slack_ml * (1.0 - folded) + compliance * pressure
        density = 1.0 + pressure * PER_AMBIENT
        slope = volume * PER_AMBIENT + density * (slack_ml * folded * per_slack_mmhg + compliance)
        step = (air_ml - density * volume) / slope
        pressure += step
        if abs(step) < SETTLED_MMHG:
            break
    return pressure
