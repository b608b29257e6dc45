"""Cloth and flesh that give way and come back later: the pressure-volume law has two branches."""

import numpy as np

PLAYS = 3


class Cloth:
    """Hysteresis as the sum of three plays, of a third, two thirds and the whole of a width.

    A play follows the pressure like a cart on a loose hitch: not at all until the slack of the hitch is used
    up, then fully. So a chamber is stiff right after each turn of its pressure and softens as it goes on,
    and on the way down it is larger than it was at the same pressure on the way up. The air is not touched.
    """

    def __init__(self, give_ml_mmhg: np.ndarray, width_mmhg: np.ndarray) -> None:
        self.remembers = int(give_ml_mmhg.any())
        self.give_ml_mmhg = give_ml_mmhg
        self.half_mmhg = width_mmhg / 2.0
        self.place_mmhg = np.zeros((PLAYS, len(give_ml_mmhg)))
        self.stretched_ml = np.zeros(len(give_ml_mmhg))

    def follow(self, i: int, pressure_mmhg: float) -> None:
        total_mmhg = 0.0
        for k in range(PLAYS):
            half_mmhg = self.half_mmhg[i] * (k + 1.0) / PLAYS
            place = min(max(self.place_mmhg[k, i], pressure_mmhg - half_mmhg), pressure_mmhg + half_mmhg)
            self.place_mmhg[k, i] = place
            total_mmhg += place
        self.stretched_ml[i] = self.give_ml_mmhg[i] * total_mmhg / PLAYS
