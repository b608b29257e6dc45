"""Pressure sensors as they are: late, a little off, noisy, coarse, and sometimes broken."""

from math import exp, floor

import numpy as np

from host_tools.plant.parts.modes import (
    DEAD,
    DELAYED,
    FLOAT,
    GARBAGE,
    HALF,
    INTERMITTENT,
    LOOSE_SLOT_MS,
    OFF,
    OK,
    SLOW,
    STUCK,
    TUBE_OFF,
    TUBE_PINCHED,
    WRONG,
)
from host_tools.plant.parts.noise import Noise, flickers
from host_tools.plant.parts.units import BEAT_MS, PA_PER_MMHG

MANIFOLD_BIT = 16
# The drivers tell the mean of so many readings of a manifold's sensor beside the others.
MEAN_TICKS = 4
WRONG_GAIN = 0.8
HALF_GAIN = 0.5
SLOW_LAG_MS = 1000.0
DELAY_BEATS = 20
PAST_BEATS = 32
PINCHED_LEAK_MS = 120_000.0
# Random steps, one a reading: after a minute a dead sensor is 1 mmHg away, a floating input 30.
DEAD_STEP_MMHG = 0.013
FLOAT_STEP_MMHG = 0.4
FLOAT_NOISE = 4.0


class Sensors:
    """One for each chamber, one on the manifold, or both: then the last one is on the manifold."""

    def __init__(
        self,
        manifold_index: int,
        is_silent_when_off: int,
        range_mmhg: float,
        floor_mmhg: float,
        count_pa: float,
        lag_ms: np.ndarray,
        gain: np.ndarray,
        offset_mmhg: np.ndarray,
        bow_mmhg: np.ndarray,
        noise_mmhg: np.ndarray,
        turns: int,
    ) -> None:
        count = len(gain)
        self.count = count
        # -1 where no sensor is on the manifold; 0 where it is the only one.
        self.manifold_index = manifold_index
        self.is_on_manifold = int(manifold_index == 0)
        self.chambers_count = 0 if self.is_on_manifold else count if manifold_index < 0 else count - 1
        self.is_silent_when_off = is_silent_when_off
        self.range_mmhg = range_mmhg
        self.per_range_mmhg = 1.0 / range_mmhg
        self.floor_mmhg = floor_mmhg
        self.count_pa = count_pa
        self.counts_per_mmhg = PA_PER_MMHG / count_pa
        self.follow_share = 1.0 - np.exp(-BEAT_MS / lag_ms)
        self.slow_share = 1.0 - exp(-BEAT_MS / SLOW_LAG_MS)
        self.pinched_share = 1.0 - exp(-BEAT_MS / PINCHED_LEAK_MS)
        self.gain = gain
        self.offset_mmhg = offset_mmhg
        self.bow_mmhg = bow_mmhg
        self.noise_mmhg = noise_mmhg
        self.felt_mmhg = np.zeros(count)
        self.past_mmhg = np.zeros((count, PAST_BEATS))
        self.newest = 0
        self.shown_pa = np.zeros(count, np.int64)
        self.mode = np.zeros(count, np.int64)
        # With two turns each half is read in every second tick, as the drivers do. The manifold's is last.
        self.half = count // 2 if turns > 1 else 0
        self.is_first_half = 1
        self.missing_bits = (1 << count) - (1 << self.half) if self.half else 0
        self.is_manifold_missing = int(self.half > 0)
        # Of the manifold's sensor beside the others: its newest reading, and what adds up to the next mean.
        self.manifold_pa = 0
        self.manifold_sum_pa = 0
        self.manifold_ticks = 0
        self.is_bus_hung = 0
        # Whose pressure each tap shows; more than there are chambers where one is on the manifold.
        self.tap = np.arange(count)

    def read_all_in_each_tick(self) -> None:
        """As the drivers do for a bench."""
        self.half = self.missing_bits = self.is_manifold_missing = 0

    def heal(self) -> None:
        self.is_bus_hung = 0
        for i in range(self.count):
            self.mode[i] = OK
            self.tap[i] = i

    def swap_taps(self, i: int, per_leg: int) -> None:
        """With the same chamber of the other leg, or with the next one."""
        count = self.chambers_count
        other = (i + per_leg if count > per_leg else i + 1) % count if count else i
        self.tap[i], self.tap[other] = other, i

    def follow(self, node_mmhg: np.ndarray, manifold_mmhg: float) -> None:
        """Let each membrane follow its pressure for a beat."""
        self.newest = (self.newest + 1) % PAST_BEATS
        for i in range(self.count):
            true_mmhg = manifold_mmhg if i == self.manifold_index else node_mmhg[self.tap[i]]
            share = self.follow_share[i]
            mode = self.mode[i]
            if mode == SLOW:
                share = self.slow_share
            elif mode == TUBE_OFF:
                true_mmhg = 0.0
            elif mode == TUBE_PINCHED:
                true_mmhg, share = 0.0, self.pinched_share
            elif mode in (DEAD, FLOAT):
                share = 0.0
            self.felt_mmhg[i] += (true_mmhg - self.felt_mmhg[i]) * share
            self.past_mmhg[i, self.newest] = self.felt_mmhg[i]

    def read_chambers(self, chamber_pa: list[int], now_ms: int, noise: Noise) -> int:
        """Fill in the chambers' readings; return the bits of those without one."""
        missing_bits = 0
        for i in range(self.chambers_count):
            if self.half and self.is_first_half != int(i < self.half):
                # It keeps what it showed.
                missing_bits |= self.missing_bits & 1 << i
                continue
            chamber_pa[i] = self.reading(i, now_ms, noise)
            missing_bits |= self.is_missing(i, now_ms) << i
        self.is_first_half = 1 - self.is_first_half
        self.missing_bits = missing_bits
        return missing_bits

    def read_manifold(self, before_pa: int, now_ms: int, noise: Noise) -> int:
        """After the chambers. Beside those it is in the second half, and comes as a mean, as on a board."""
        if not self.half or self.is_first_half:
            self.is_manifold_missing = self.is_missing(self.manifold_index, now_ms)
            self.manifold_pa = self.reading(self.manifold_index, now_ms, noise)
        if self.is_on_manifold:
            return self.manifold_pa
        if self.is_manifold_missing:
            return before_pa
        self.manifold_sum_pa += self.manifold_pa
        self.manifold_ticks += 1
        if self.manifold_ticks < MEAN_TICKS:
            return before_pa
        mean_pa = self.manifold_sum_pa // MEAN_TICKS
        self.manifold_sum_pa = self.manifold_ticks = 0
        return mean_pa

    def reading(self, i: int, now_ms: int, noise: Noise) -> int:
        """What sensor `i` shows; 0 without a reading."""
        noise_mmhg = noise.normal() * self.noise_mmhg[i]
        mode = self.mode[i]
        if mode == STUCK:
            return int(self.shown_pa[i])
        if self.is_bus_hung:
            return 0
        if mode == OFF or (mode == INTERMITTENT and flickers(now_ms // LOOSE_SLOT_MS, i)):
            return 0 if self.is_silent_when_off else self.counted(self.floor_mmhg)
        if mode == DEAD:
            self.felt_mmhg[i] += noise.normal() * DEAD_STEP_MMHG
        elif mode == FLOAT:
            self.felt_mmhg[i] = self.inside(self.felt_mmhg[i] + noise.normal() * FLOAT_STEP_MMHG)
            noise_mmhg *= FLOAT_NOISE
        felt_mmhg = self.felt_mmhg[i]
        if mode == DELAYED:
            felt_mmhg = self.past_mmhg[i, (self.newest - DELAY_BEATS) % PAST_BEATS]
        # An ADC's curve bows between its ends.
        part = felt_mmhg * self.per_range_mmhg
        shown_mmhg = (
            felt_mmhg * self.gain[i] + self.offset_mmhg[i] + 4.0 * self.bow_mmhg[i] * part * (1.0 - part)
        )
        if mode == WRONG:
            shown_mmhg = felt_mmhg * WRONG_GAIN
        elif mode == HALF:
            shown_mmhg = felt_mmhg * HALF_GAIN + self.offset_mmhg[i]
        elif mode == GARBAGE:
            shown_mmhg = self.floor_mmhg + (self.range_mmhg - self.floor_mmhg) * noise.uniform()
        shown_pa = self.counted(shown_mmhg + noise_mmhg)
        self.shown_pa[i] = shown_pa
        return shown_pa

    def is_missing(self, i: int, now_ms: int) -> int:
        if self.is_bus_hung:
            return 1
        if not self.is_silent_when_off:
            return 0
        mode = self.mode[i]
        is_out = mode == OFF or (mode == INTERMITTENT and flickers(now_ms // LOOSE_SLOT_MS, i))
        return 1 if is_out else 0

    def counted(self, mmhg: float) -> int:
        """In pascals: clipped to the sensor's range and rounded to whole counts."""
        counts = floor(self.inside(mmhg) * self.counts_per_mmhg + 0.5)
        return floor(counts * self.count_pa + 0.5)

    def inside(self, mmhg: float) -> float:
        """Clipped to what the sensor can show."""
        return min(max(mmhg, self.floor_mmhg), self.range_mmhg)
