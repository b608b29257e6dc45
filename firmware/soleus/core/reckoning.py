"""What is reckoned of a full chamber between two looks, where one sensor on the manifold sees one at a time.

The neighbour above it on the leg squeezes it while it fills, by 15 mmHg and more, unless it is let out a
little now and then. How much of the neighbour's pressure comes through is learned from looks before and
after.
"""

from .boots import Boots
from .gauges import Gauges
from .learned import Learned
from .regulation import FILL, OFF, PEEK, RISE_LEAST_PA_S, RISE_MOST_PA_S
from .sealed_regulator import SealedRegulator
from .units import clamp, pa_from_mmhg

FALL_START_PA_S = pa_from_mmhg(60)
SQUEEZE_START_PERMILLE = 100
SQUEEZE_MOST_PERMILLE = 300
# How wrong a reckoning may well be: the squeeze by so much of the neighbour's rise, a vent by so much of what
# it was to let out.
SQUEEZE_UNSURE_PERMILLE = 40
VENT_UNSURE_PERMILLE = 300
UNSURE_MOST_PA = pa_from_mmhg(6)
ERROR_MOST_PA = pa_from_mmhg(12)
# It is let down when its neighbour has squeezed it so far, to just below.
SQUEEZED_PA = pa_from_mmhg(2)
SQUEEZED_UNDER_PA = pa_from_mmhg(1) // 4
# A smaller rise of the neighbour says little.
RISE_SEEN_PA = pa_from_mmhg(15)
# Just filled, a chamber's air cools, and under its pressure tissue gives way: quickly at first, half of it in
# twelve seconds.
SAG_PERMILLE = 60
SAG_HALF_MS = 12_000
UNSEEN_MOST_MS = 60_000


class Reckoning:
    def __init__(self, boots: Boots, learned: Learned) -> None:
        self.boots = boots
        self.learned = learned
        learned.fall_pa_s = [FALL_START_PA_S] * boots.count
        # How much of the pressure of the neighbour above comes through; it outlives the session, too.
        self.squeeze_permille = [SQUEEZE_START_PERMILLE] * boots.count
        self.squeeze_most_permille = SQUEEZE_MOST_PERMILLE
        # When it was last seen, and how long ago that is: its pressure, the neighbour's; and what has been
        # let out of it since.
        self.seen_pa = [0] * boots.count
        self.above_seen_pa = [0] * boots.count
        self.let_out_pa = [0] * boots.count
        self.unseen_ms = [0] * boots.count

    def see(self, index: int, gauges: Gauges, regulator: SealedRegulator) -> None:
        """It has just been measured."""
        pressure_pa = gauges.smooth_pa[index]
        above_pa = self._above_pa(index, gauges, regulator)
        risen_pa = above_pa - self.above_seen_pa[index]
        if regulator.phase[index] == PEEK and risen_pa >= RISE_SEEN_PA:
            come_in_pa = self._come_in_pa(index, risen_pa, regulator.held_ms[index])
            self._learn(index, pressure_pa - self.seen_pa[index] - come_in_pa, risen_pa)
        self.seen_pa[index] = pressure_pa
        self.above_seen_pa[index] = above_pa
        self.let_out_pa[index] = 0
        self.unseen_ms[index] = 0

    def over_pa(
        self, index: int, gauges: Gauges, target_pa: int, regulator: SealedRegulator, dt_ms: int
    ) -> int:
        """How much is to be let out of it now."""
        self.unseen_ms[index] = min(self.unseen_ms[index] + dt_ms, UNSEEN_MOST_MS)
        risen_pa = self._above_pa(index, gauges, regulator) - self.above_seen_pa[index]
        come_in_pa = self._come_in_pa(index, risen_pa, regulator.held_ms[index])
        over_pa = gauges.smooth_pa[index] + come_in_pa - target_pa
        return over_pa + SQUEEZED_UNDER_PA if over_pa > SQUEEZED_PA else 0

    def let_out(self, index: int, open_ms: int) -> None:
        """Its vent was open for so long. Bound: 27_000 Pa/s * 1_000 ms."""
        self.let_out_pa[index] += self.learned.fall_pa_s[index] * open_ms // 1000

    def _come_in_pa(self, index: int, risen_pa: int, held_ms: int) -> int:
        """Since it was last seen, all told. Bound: 40_000 Pa * 300 permille."""
        squeezed_pa = risen_pa * self.squeeze_permille[index] // 1000
        return squeezed_pa - self.let_out_pa[index] - self._sag_pa(index, held_ms)

    def _learn(self, index: int, error_pa: int, risen_pa: int) -> None:
        """So much more is in it than was reckoned: in part the neighbour has squeezed it more, in part its
        vent has let out less; each in proportion to the square of how wrong it may well be.
        Bound: 1_200 Pa * 800 Pa * 800 Pa."""
        error_pa = clamp(error_pa, -ERROR_MOST_PA, ERROR_MOST_PA) * 3 // 4
        let_out_pa = self.let_out_pa[index]
        squeeze_pa = min(risen_pa * SQUEEZE_UNSURE_PERMILLE // 1000, UNSURE_MOST_PA)
        vent_pa = min(let_out_pa * VENT_UNSURE_PERMILLE // 1000, UNSURE_MOST_PA)
        squeeze_pa2 = squeeze_pa * squeeze_pa
        squeezed_pa = error_pa * squeeze_pa2 // (squeeze_pa2 + vent_pa * vent_pa)
        squeeze_permille = self.squeeze_permille[index] + squeezed_pa * 1000 // risen_pa
        self.squeeze_permille[index] = clamp(squeeze_permille, 0, SQUEEZE_MOST_PERMILLE)
        if vent_pa:
            self._note_less_fall(index, error_pa - squeezed_pa, let_out_pa)

    def _note_less_fall(self, index: int, less_pa: int, let_out_pa: int) -> None:
        """Of what was to be let out, so much wasn't. Bound: 27_000 Pa/s * 1_200 Pa."""
        falls_pa_s = self.learned.fall_pa_s
        less_pa = clamp(less_pa, -let_out_pa // 2, let_out_pa // 2)
        fall_pa_s = falls_pa_s[index] - falls_pa_s[index] * less_pa // let_out_pa
        falls_pa_s[index] = clamp(fall_pa_s, RISE_LEAST_PA_S, RISE_MOST_PA_S)

    def _sag_pa(self, index: int, held_ms: int) -> int:
        """Of SAG_PERMILLE, which is what it comes to in the end, what falls between the last look and now.
        Bound: 60_000 ms * 1000; 16_000 Pa * 60 permille, of which at most 1000 permille."""
        unseen_ms = min(self.unseen_ms[index], held_ms)
        most_pa = max(self.seen_pa[index], 0) * SAG_PERMILLE // 1000
        gone_permille = unseen_ms * 1000 // (held_ms + SAG_HALF_MS)
        left_permille = SAG_HALF_MS * 1000 // (held_ms - unseen_ms + SAG_HALF_MS)
        return most_pa * gone_permille // 1000 * left_permille // 1000

    def _above_pa(self, index: int, gauges: Gauges, regulator: SealedRegulator) -> int:
        """In the neighbour above it on the leg."""
        above = index + 1
        if above % self.boots.chambers_per_leg == 0 or regulator.phase[above] == OFF:
            return 0
        pressure_pa = gauges.smooth_pa[above]
        if regulator.phase[above] != FILL:
            return pressure_pa
        if gauges.is_fresh(above):
            # What its valve and hose take is only in the reading.
            return max(pressure_pa - self.learned.hose_pa(above, regulator.flow_permille), 0)
        # Filled from empty, it was last seen in the cycle before.
        return pressure_pa if regulator.refill_bits & (1 << above) else 0
