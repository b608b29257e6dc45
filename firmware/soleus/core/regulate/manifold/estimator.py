"""The estimate of a full chamber's pressure between two looks, where one sensor sees one chamber at a time.

The neighbour above on the leg squeezes a full chamber while it fills, by 15 mmHg and more, unless a little
is let out now and then. How fast the chamber's vent is was measured when the vent was tried; how much of
the neighbour's pressure comes through is learned from looks before and after. A look shows the error of the
estimate. It is put down to the squeeze, to the vent and to the sag, to each by its variance: with gains as
in a Kalman filter.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.units import clamp, pa_from_mmhg
from soleus.core.regulate.fills import Fills
from soleus.core.regulate.regulation import BLEED, FILL, OFF, PEEK, RISE_LEAST_PA_S, RISE_MOST_PA_S
from soleus.core.sensing.gauges import Gauges

FALL_START_PA_S = pa_from_mmhg(60)
# Flow goes with the root of the pressure, and a chamber is the stiffer the fuller it is. From one pressure to
# another that is a straight line from p + p^2 / (110 mmHg) below open air, p being midway between them.
FALL_STIFF_PA = pa_from_mmhg(110)
FALL_AT_MOST_PA = pa_from_mmhg(130)
# A coil releases its valve more slowly than it pulls it, so a vent is open for so much less than commanded.
VENT_LATE_MS = 5
# A shorter opening lets out less than the sensor's noise.
FALL_SEEN_MS = 40
# What a chamber loses by itself between two looks a third of a second apart, as far as this estimate goes:
# chosen on simulated boots, about twice what was measured.
FRESH_SAG_PERMILLE = 6
SQUEEZE_START_PERMILLE = 130
SQUEEZE_MOST_PERMILLE = 300
# The variance of the squeeze, in permille squared: at the start, and what each look adds.
VARIANCE_START = 100 * 100
VARIANCE_MORE = 15 * 15
# The standard errors of what was let out, as a part of it, and of the sag, as a part of its most. Chosen on
# simulated boots, as the variances above.
VENT_ERROR_PERMILLE = 150
SAG_ERROR_PERMILLE = 250
# Larger values are cut off here: their squares must stay small enough for a chip.
LET_OUT_MOST_PA = pa_from_mmhg(120)
ERROR_MOST_PA = pa_from_mmhg(12)
# A chamber is let down when its neighbour has squeezed it so far above its target, to just below that.
SQUEEZED_PA = pa_from_mmhg(2)
SQUEEZED_UNDER_PA = pa_from_mmhg(1) // 4
# A smaller rise of the neighbour says little.
RISE_SEEN_PA = pa_from_mmhg(15)
# After a fill the air cools and the tissue gives way: half of it in the first nine seconds, and at a high
# pressure hardly more than at a middling one.
SAG_MOST_PA = pa_from_mmhg(9)
SAG_HALF_PA = pa_from_mmhg(40)
SAG_HALF_MS = 9_000
UNSEEN_MOST_MS = 60_000


class Estimator:
    def __init__(self, boots: Boots, fills: Fills) -> None:
        self.chambers_per_leg = boots.chambers_per_leg
        self.fills = fills
        self.phases = fills.phases
        self.ledger = fills.ledger
        self.moves = fills.moves
        self.air = fills.air
        self.learned = fills.learned
        self.learned.fall_pa_s = [FALL_START_PA_S] * boots.count
        # How much of the pressure of the neighbour above comes through; it outlives the session, too.
        self.squeeze_permille = [SQUEEZE_START_PERMILLE] * boots.count
        self.squeeze_most_permille = SQUEEZE_MOST_PERMILLE
        # How uncertain that still is: anew at each start, because the leg may be another one.
        self.squeeze_variance = [VARIANCE_START] * boots.count
        # At the last look: the pressure, and that of the neighbour above. Since then: what was let out, and
        # how much time has passed.
        self.seen_pa = [0] * boots.count
        self.above_seen_pa = [0] * boots.count
        self.let_out_pa = [0] * boots.count
        self.unseen_ms = [0] * boots.count
        self.fall_at_most_pa = FALL_AT_MOST_PA
        # The pressure at which its vent is as fast as `fall_pa_s` says; 0 until that was measured.
        self.fall_at_pa = [0] * boots.count

    def see(self, index: int, gauges: Gauges) -> None:
        """The chamber has just been measured."""
        pressure_pa = gauges.smooth_pa[index]
        above_pa = self._above_pa(index, gauges)
        risen_pa = above_pa - self.above_seen_pa[index]
        if self.phases.phase[index] == PEEK and risen_pa >= RISE_SEEN_PA:
            error_pa = pressure_pa - self.seen_pa[index] - self.come_in_pa(index, gauges)
            self._learn_squeeze(index, error_pa, risen_pa)
        self._fit_fall(index, clamp(pressure_pa, 1, FALL_AT_MOST_PA))
        if self.moves.last_move[index] == BLEED and self.air.joined_bits == 1 << index:
            fallen_pa = self.moves.before_pa[index] - pressure_pa
            self._learn_fall(index, fallen_pa, pressure_pa, self.moves.planned_ms[index])
        self.seen_pa[index] = pressure_pa
        self.above_seen_pa[index] = above_pa
        self.let_out_pa[index] = 0
        self.unseen_ms[index] = 0

    def over_pa(self, index: int, gauges: Gauges, target_pa: int, dt_ms: int) -> int:
        """How much is to be let out of it now."""
        self.unseen_ms[index] = min(self.unseen_ms[index] + dt_ms, UNSEEN_MOST_MS)
        come_in_pa = self.come_in_pa(index, gauges)
        over_pa = gauges.smooth_pa[index] + come_in_pa - target_pa
        # Correct only what came in since the last look: what was too much then was near enough.
        is_squeezed = over_pa > SQUEEZED_PA and come_in_pa > 0
        return over_pa + SQUEEZED_UNDER_PA if is_squeezed else 0

    def come_in_pa(self, index: int, gauges: Gauges) -> int:
        """What has come in since the last look, less what has gone. Bound: 40_000 Pa * 300 permille."""
        risen_pa = self._above_pa(index, gauges) - self.above_seen_pa[index]
        squeezed_pa = risen_pa * self.squeeze_permille[index] // 1000
        return squeezed_pa - self.let_out_pa[index] - self._sag_pa(index, self.ledger.held_ms[index])

    def is_calibration_look(self, index: int, gauges: Gauges) -> bool:
        """Its squeeze was not learned since the start, and the neighbour has risen since the last look."""
        if self.squeeze_variance[index] < VARIANCE_START:
            return False
        return self._above_pa(index, gauges) - self.above_seen_pa[index] >= RISE_SEEN_PA

    def let_out(self, index: int, open_ms: int) -> None:
        """Its vent was open for so long. Bound: 27_000 Pa/s * 1_000 ms."""
        self.let_out_pa[index] += self.learned.fall_pa_s[index] * open_ms // 1000

    def _learn_squeeze(self, index: int, error_pa: int, risen_pa: int) -> None:
        """`error_pa`: so much more was measured than estimated.
        Bound: 10_000 * 25_000; 12 mmHg * 300_000; 1000 permille * 1_600 Pa."""
        error_pa = clamp(error_pa, -ERROR_MOST_PA, ERROR_MOST_PA)
        let_out_pa = min(self.let_out_pa[index], LET_OUT_MOST_PA)
        before_variance = self.squeeze_variance[index]
        by_squeeze = before_variance * (variance_of(risen_pa) // 1000) // 1000
        by_vent = variance_of(let_out_pa * VENT_ERROR_PERMILLE // 1000)
        by_sag = variance_of(self._sag_most_pa(index) * SAG_ERROR_PERMILLE // 1000)
        by_all = by_squeeze + by_vent + by_sag + 1
        squeeze_permille = self.squeeze_permille[index] + error_pa * by_squeeze // by_all * 1000 // risen_pa
        self.squeeze_permille[index] = clamp(squeeze_permille, 0, SQUEEZE_MOST_PERMILLE)
        left_variance = before_variance * (1000 - by_squeeze * 1000 // by_all) // 1000
        self.squeeze_variance[index] = min(left_variance + VARIANCE_MORE, VARIANCE_START - 1)
        if let_out_pa:
            self._correct_fall(index, error_pa * by_vent // by_all, let_out_pa)

    def _correct_fall(self, index: int, too_much_pa: int, let_out_pa: int) -> None:
        """`too_much_pa` of the estimated `let_out_pa` is still inside. Bound: 27_000 Pa/s * 1_600 Pa."""
        fall_pa_s = self.learned.fall_pa_s[index]
        fall_pa_s -= fall_pa_s * too_much_pa // let_out_pa
        self.learned.fall_pa_s[index] = clamp(fall_pa_s, RISE_LEAST_PA_S, RISE_MOST_PA_S)

    def _fit_fall(self, index: int, pressure_pa: int) -> None:
        """The higher the pressure, the faster the air leaves.
        Bound: 17_400 Pa squared; 55_500 Pa * 10_000; 27_000 Pa/s * 23_000."""
        at_pa = self.fall_at_pa[index]
        if at_pa == 0:
            return
        mean_pa = (at_pa + pressure_pa) // 2
        flat_pa = mean_pa + mean_pa * mean_pa // FALL_STIFF_PA
        times_x10000 = (pressure_pa + flat_pa) * 10_000 // (at_pa + flat_pa)
        falls_pa_s = self.learned.fall_pa_s
        falls_pa_s[index] = clamp(falls_pa_s[index] * times_x10000 // 10_000, RISE_LEAST_PA_S, RISE_MOST_PA_S)
        self.fall_at_pa[index] = pressure_pa

    def _learn_fall(self, index: int, fallen_pa: int, pressure_pa: int, took_ms: int) -> None:
        """Bound: 40_000 Pa * 1000."""
        if took_ms < FALL_SEEN_MS:
            return
        fallen_pa -= pressure_pa * FRESH_SAG_PERMILLE // 1000
        fall_pa_s = clamp(fallen_pa * 1000 // took_ms, RISE_LEAST_PA_S, RISE_MOST_PA_S)
        falls_pa_s = self.learned.fall_pa_s
        is_first = self.fall_at_pa[index] == 0
        falls_pa_s[index] = fall_pa_s if is_first else (3 * falls_pa_s[index] + fall_pa_s) // 4
        self.fall_at_pa[index] = clamp(pressure_pa, 1, FALL_AT_MOST_PA)

    def _sag_pa(self, index: int, held_ms: int) -> int:
        """The part of the whole sag that falls between the last look and now.
        Bound: 60_000 ms * 1000; 1_500 Pa * 1000 permille."""
        unseen_ms = min(self.unseen_ms[index], held_ms)
        most_pa = self._sag_most_pa(index)
        gone_permille = unseen_ms * 1000 // (held_ms + SAG_HALF_MS)
        left_permille = SAG_HALF_MS * 1000 // (held_ms - unseen_ms + SAG_HALF_MS)
        return most_pa * gone_permille // 1000 * left_permille // 1000

    def _sag_most_pa(self, index: int) -> int:
        """Bound: 1_500 Pa * 40_000 Pa."""
        seen_pa = max(self.seen_pa[index], 0)
        return SAG_MOST_PA * seen_pa // (seen_pa + SAG_HALF_PA)

    def _above_pa(self, index: int, gauges: Gauges) -> int:
        """The pressure of the neighbour above it on the leg, or 0."""
        above = index + 1
        if above % self.chambers_per_leg == 0 or self.phases.phase[above] == OFF:
            return 0
        pressure_pa = gauges.smooth_pa[above]
        if self.phases.phase[above] != FILL:
            return pressure_pa
        if gauges.is_fresh(above):
            # What its valve and hose take is only in the reading.
            return max(pressure_pa - self.learned.hose_pa(above, self.air.flow_permille), 0)
        # A chamber that is filled from empty was last seen in the cycle before.
        return pressure_pa if self.fills.refill_bits & (1 << above) else 0


def variance_of(pressure_pa: int) -> int:
    """Squared, in units of 8 Pa: small enough for a chip. Bound: 40_000 Pa / 8, squared."""
    units = pressure_pa // 8
    return units * units
