"""The chambers around the legs: the air in each, its pressure, and what slowly changes its room."""

from math import exp

import numpy as np

from host_tools.plant.parts.cloth import Cloth
from host_tools.plant.parts.gas import air_flow, chamber_pressure
from host_tools.plant.parts.units import BEAT_S

BLOOD_HALF_MMHG = 30.0


class Chambers:
    """Index = leg * chambers per leg + position, distal first. Air is the state; pressure follows from it."""

    def __init__(
        self,
        per_leg: int,
        dead_ml: np.ndarray,
        slack_ml: np.ndarray,
        slack_mmhg: np.ndarray,
        compliance: np.ndarray,
        coupling: np.ndarray,
        leak: np.ndarray,
        creep_share: np.ndarray,
        creep_s: np.ndarray,
        blood_ml: np.ndarray,
        blood_out_s: float,
        blood_back_s: float,
        heat_share: float,
        cooling_s: float,
        cloth: Cloth,
        slow_creep_share: np.ndarray,
        slow_creep_s: np.ndarray,
    ) -> None:
        count = len(dead_ml)
        index = np.arange(count)
        self.count = count
        self.per_leg = per_leg
        self.dead_ml = dead_ml
        self.slack_ml = slack_ml
        self.per_slack_mmhg = 1.0 / slack_mmhg
        self.compliance = compliance
        self.leak = leak
        self.below = np.where(index % per_leg > 0, index - 1, index)
        self.above = np.where(index % per_leg < per_leg - 1, index + 1, index)
        # The push between two neighbours is mutual, so both have the same number.
        self.from_below = np.where(self.below != index, 0.5 * (coupling + coupling[self.below]), 0.0)
        self.from_above = np.where(self.above != index, 0.5 * (coupling + coupling[self.above]), 0.0)
        self.creep_full = creep_share * compliance
        self.creep_rate = 1.0 - np.exp(-BEAT_S / creep_s)
        self.cloth = cloth
        self.slow_creep_full = slow_creep_share * compliance
        self.slow_creep_rate = 1.0 - np.exp(-BEAT_S / slow_creep_s)
        self.blood_ml = blood_ml
        self.blood_out_rate = 1.0 - exp(-BEAT_S / blood_out_s)
        self.blood_back_rate = 1.0 - exp(-BEAT_S / blood_back_s)
        self.heat_share = heat_share
        self.cooling = exp(-BEAT_S / cooling_s)
        self.air_ml = dead_ml.copy()
        self.gained_ml = np.zeros(count)
        self.pressure_mmhg = np.zeros(count)
        self.node_mmhg = np.zeros(count)
        self.creep_ml = np.zeros(count)
        self.slow_creep_ml = np.zeros(count)
        self.squeezed_ml = np.zeros(count)
        self.moved_ml = np.zeros(count)
        self.heat_ml = np.zeros(count)
        self.room_ml = slack_ml.copy()
        self.hole_k = np.zeros(count)
        # What a leg leaves behind that isn't in its boot.
        self.left_ml = np.zeros(count)

    def heal(self) -> None:
        for i in range(self.count):
            self.hole_k[i] = 0.0
            self.left_ml[i] = 0.0

    def relax(self) -> float:
        """Advance what changes slowly, once a beat; return the air that leaked out.

        Fabric creeps; blood leaves a pressed leg within seconds and comes back over tens of seconds;
        freshly compressed air is warm and cools; seams leak.
        """
        leaked_ml = 0.0
        pressure_mmhg, air_ml, leak, hole_k = self.pressure_mmhg, self.air_ml, self.leak, self.hole_k
        creep_ml, creep_full, creep_rate = self.creep_ml, self.creep_full, self.creep_rate
        slow_ml, slow_full, slow_rate = self.slow_creep_ml, self.slow_creep_full, self.slow_creep_rate
        squeezed_ml, blood_ml = self.squeezed_ml, self.blood_ml
        heat_ml, room_ml, slack_ml, moved_ml = self.heat_ml, self.room_ml, self.slack_ml, self.moved_ml
        left_ml = self.left_ml
        out_rate, back_rate, cooling = self.blood_out_rate, self.blood_back_rate, self.cooling
        for i in range(len(pressure_mmhg)):
            pressure = pressure_mmhg[i]
            creep_ml[i] += (creep_full[i] * pressure - creep_ml[i]) * creep_rate[i]
            slow_ml[i] += (slow_full[i] * pressure - slow_ml[i]) * slow_rate[i]
            pressed = max(0.0, pressure)
            squeezing_ml = blood_ml[i] * pressed / (pressed + BLOOD_HALF_MMHG) - squeezed_ml[i]
            squeezed_ml[i] += squeezing_ml * (out_rate if squeezing_ml > 0.0 else back_rate)
            heat_ml[i] *= cooling
            room_ml[i] = slack_ml[i] + creep_ml[i] + squeezed_ml[i] - moved_ml[i] + slow_ml[i] + left_ml[i]
            leak_ml = leak[i] * pressure
            if hole_k[i] > 0.0:
                leak_ml += air_flow(hole_k[i], pressure)
            leak_ml *= BEAT_S
            air_ml[i] -= leak_ml
            leaked_ml += leak_ml
        return float(leaked_ml)

    def settle(self, everywhere: bool) -> None:
        """Add the air gained, and find the pressures: of the chambers that gained, or of all.

        Air that comes in brings its warmth; air that goes out takes a share of the warmth along.
        """
        pressure, below, above = self.pressure_mmhg, self.below, self.above
        from_below, from_above = self.from_below, self.from_above
        air, gained, heat, dead, room = self.air_ml, self.gained_ml, self.heat_ml, self.dead_ml, self.room_ml
        per_slack_mmhg, compliance, heat_share = self.per_slack_mmhg, self.compliance, self.heat_share
        cloth = self.cloth
        for i in range(len(pressure)):
            gained_ml = gained[i]
            if gained_ml == 0.0 and not everywhere:
                continue
            heat[i] += heat_share * gained_ml if gained_ml > 0.0 else heat[i] * gained_ml / air[i]
            air[i] += gained_ml
            gained[i] = 0.0
            push_ml = from_below[i] * pressure[below[i]] + from_above[i] * pressure[above[i]]
            pressure[i] = chamber_pressure(
                float(air[i] + heat[i]),
                float(dead[i]),
                float(room[i] + cloth.stretched_ml[i] - push_ml),
                float(per_slack_mmhg[i]),
                float(compliance[i]),
                float(pressure[i]),
            )
            if cloth.remembers:
                cloth.follow(i, pressure[i])
