"""Legs that don't keep still: muscles bulge into the chambers for a moment, at times drawn beforehand."""

import numpy as np

EPISODES = 512
# What `leg:move` does: a strong contraction every second.
RESTLESS_PERIOD_MS = 1000.0
RESTLESS_RISE_MS = 300.0
RESTLESS_HOLD_MS = 200.0
RESTLESS_ML = 25.0


class Legs:
    """Each leg repeats its own list of movements."""

    def __init__(
        self,
        legs: int,
        per_leg: int,
        size: float,
        gap_ms: np.ndarray,
        rise_ms: np.ndarray,
        hold_ms: np.ndarray,
        bulge_ml: np.ndarray,
        share: np.ndarray,
    ) -> None:
        self.legs = legs
        self.per_leg = per_leg
        self.size = size
        self.gap_ms = gap_ms
        self.rise_ms = rise_ms
        self.hold_ms = hold_ms
        self.bulge_ml = bulge_ml
        self.share = share
        self.episode = np.zeros(legs, np.int64)
        self.start_ms = gap_ms[:, 0].copy()
        self.is_restless = np.zeros(legs, np.int64)
        self.restless_from_ms = np.zeros(legs)

    def heal(self) -> None:
        for leg in range(self.legs):
            self.is_restless[leg] = 0

    def advance(self, now_ms: int, moved_ml: np.ndarray) -> None:
        """Write the volume that each chamber loses now to the muscle under it."""
        for leg in range(self.legs):
            if now_ms < self.start_ms[leg] and not self.is_restless[leg]:
                self.write(leg, 0.0, moved_ml)
            else:
                self.write(leg, self.bulge(leg, now_ms), moved_ml)

    def bulge(self, leg: int, now_ms: int) -> float:
        if self.is_restless[leg]:
            since_ms = (now_ms - self.restless_from_ms[leg]) % RESTLESS_PERIOD_MS
            return RESTLESS_ML * trapezoid(since_ms, RESTLESS_RISE_MS, RESTLESS_HOLD_MS)
        k = self.episode[leg]
        since_ms = now_ms - self.start_ms[leg]
        if since_ms > 2.0 * self.rise_ms[leg, k] + self.hold_ms[leg, k]:
            k = (k + 1) % EPISODES
            self.episode[leg] = k
            self.start_ms[leg] = now_ms + self.gap_ms[leg, k]
            return 0.0
        return float(self.bulge_ml[leg, k] * trapezoid(since_ms, self.rise_ms[leg, k], self.hold_ms[leg, k]))

    def write(self, leg: int, bulge_ml: float, moved_ml: np.ndarray) -> None:
        k = self.episode[leg]
        for position in range(self.per_leg):
            share = 1.0 if self.is_restless[leg] else self.share[(7 * k + position) % EPISODES]
            moved_ml[leg * self.per_leg + position] = bulge_ml * share * self.size


def trapezoid(since_ms: float, rise_ms: float, hold_ms: float) -> float:
    """Up, stay, down: from 0 to 1 and back."""
    if since_ms < rise_ms:
        return since_ms / rise_ms
    if since_ms < rise_ms + hold_ms:
        return 1.0
    return max(0.0, 1.0 - (since_ms - rise_ms - hold_ms) / rise_ms)
