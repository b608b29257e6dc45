"""What both regulators share: the phases of a chamber, and the numbers of the control law."""

from soleus.core.basics.units import clamp, pa_from_mmhg

OFF = 0  # open to the air
FILL = 1  # pump air goes in
COAST = 2  # pump off, its rotor still turning: the valve stays open
SETTLE = 3  # closed, waiting for the air to come to rest before it is measured
HOLD = 4  # closed, watched
WAITING = 5  # too low: waits for its turn on the manifold
DOSE = 6  # a measured time of pump air
BLEED = 7  # too high: the vent is open for a measured time
PEEK = 8  # joined to a resting manifold, to be measured
PHASES_COUNT = 9

PHASE_NAMES = ("off", "fill", "coast", "settle", "hold", "ask", "dose", "bleed", "peek")

COAST_MS = 300
# The end of the rotor's run-down, in which the pressure may hardly rise any more.
COAST_LATE_MS = 200
SETTLE_MS = 200
OVERLAP_MS = 10

# Near the target the pump slows, so that what still comes after the stop is small.
TAPER_PA = pa_from_mmhg(12)
# Below 20-30 % of duty a small pump stands still; a weak battery raises that by a third.
PUMP_LEAST_PERMILLE = 450
PUMP_MOST_PERMILLE = 1000
# Alone on the pump a chamber rises fast, and in an empty one little stands against the pump: its whole flow
# through one valve would drive the manifold 70 mmHg above the chamber.
LONE_TAPER_PA = pa_from_mmhg(20)

# A throttled pump that has turned this slowly for so long has nothing left to push.
THROTTLED_PERMILLE = 500
THROTTLED_MS = 150
# A dose from a resting pump: slow enough for a small one to be exact, and, with the sensor on the
# manifold, to stay well under the guard's margin.
DOSE_PERMILLE = 600

# A held chamber is left alone within this band.
BAND_PA = pa_from_mmhg(1)
# Beyond this a chamber isn't trimmed but filled or bled anew.
FAR_PA = pa_from_mmhg(6)
LEAD_MOST_PA = pa_from_mmhg(15)
LEAD_STEP_PA = pa_from_mmhg(3)
# A leg that moves makes a spike of less than a second; what lasts longer is trimmed.
OUT_OF_BAND_MS = 300

RISE_START_PA_S = pa_from_mmhg(50)
RISE_LEAST_PA_S = pa_from_mmhg(8)
RISE_MOST_PA_S = pa_from_mmhg(200)
DOSE_LEAST_MS = 10
DOSE_MOST_MS = 2000
BLEED_LEAST_MS = 20
BLEED_MOST_MS = 1000


def tapered_permille(missing_pa: int, taper_pa: int) -> int:
    """Pump duty for a chamber that is `missing_pa` away from where it should be."""
    if missing_pa <= 0:
        return 0
    if missing_pa >= taper_pa:
        return PUMP_MOST_PERMILLE
    return PUMP_LEAST_PERMILLE + missing_pa * (PUMP_MOST_PERMILLE - PUMP_LEAST_PERMILLE) // taper_pa


def duration_ms(distance_pa: int, speed_pa_s: int, least_ms: int, most_ms: int) -> int:
    """Bound: 20_000 Pa * 1000."""
    return clamp(distance_pa * 1000 // speed_pa_s, least_ms, most_ms)


def learned_speed_pa_s(speed_pa_s: int, moved_pa: int, took_ms: int) -> int:
    """Three quarters of the way from what was believed to what was seen. Bound: 20_000 Pa * 1000.

    A leg that moves meanwhile can fake any speed, so one move changes it by a factor of two at most.
    """
    seen_pa_s = clamp(moved_pa * 1000 // took_ms, speed_pa_s // 2, speed_pa_s * 2)
    return clamp((speed_pa_s + 3 * seen_pa_s) // 4, RISE_LEAST_PA_S, RISE_MOST_PA_S)


def learned_lead_pa(lead_pa: int, over_pa: int, most_pa: int) -> int:
    """Takes off half of the error, in small steps, because legs move."""
    step_pa = clamp(over_pa // 2, -LEAD_STEP_PA, LEAD_STEP_PA)
    return clamp(lead_pa + step_pa, -most_pa, most_pa)
