"""What a measurement after a fill, a dose or a bleed says: near enough, or what is to be done next."""

from soleus.core.basics.limits import COLLAPSE_PERMILLE
from soleus.core.regulate.chamber_sensing import ChamberSensing
from soleus.core.regulate.doses import Doses
from soleus.core.regulate.fills import Fills
from soleus.core.regulate.regulation import (
    BAND_PA,
    BLEED,
    BLEED_LEAST_MS,
    BLEED_MOST_MS,
    DOSE,
    DOSE_MOST_MS,
    FAR_PA,
    FILL,
    HOLD,
    PUMP_MOST_PERMILLE,
    SETTLE,
    WAITING,
    duration_ms,
)
from soleus.core.sensing.gauges import Gauges

# After so many trims in a row a chamber counts as reached; the guards judge what remains.
TRIMS_MOST = 4


class Trims:
    def __init__(self, fills: Fills, doses: Doses, sensing: ChamberSensing) -> None:
        self.fills = fills
        self.doses = doses
        self.sensing = sensing
        self.phases = fills.phases
        self.ledger = fills.ledger
        self.moves = fills.moves
        self.learned = fills.learned

    def judge(self, index: int, gauges: Gauges, target_pa: int) -> None:
        """A chamber has just been measured."""
        moves = self.moves
        missing_pa = target_pa - gauges.smooth_pa[index]
        missing_pa += self.sensing.see(index, gauges, target_pa)
        if target_pa == moves.goal_pa[index]:
            self._learn(index, gauges, missing_pa)
            self._note_collapse(index, target_pa, missing_pa)
        moves.last_move[index] = HOLD
        short_pa = self.sensing.short_beside_fill_pa if self.phases.bits[FILL] else BAND_PA
        if -BAND_PA <= missing_pa <= short_pa or moves.trims_count[index] >= TRIMS_MOST:
            moves.reach(index)
        elif self.needs_fill(index, gauges, missing_pa):
            self._fill_again(index)
        elif missing_pa > 0:
            moves.trims_count[index] += 1
            self.phases.go(index, WAITING)
        else:
            self.begin_bleed(index, gauges, target_pa, -missing_pa)

    def needs_fill(self, index: int, gauges: Gauges, missing_pa: int) -> bool:
        """Too far from the target for a dose. But a chamber that stands high above those that fill would
        lose its air to them: it gets doses of its own instead."""
        if missing_pa <= FAR_PA:
            return False
        pressure_pa = gauges.smooth_pa[index]
        above_pa = pressure_pa - self.doses.lowest_filling_pa(gauges, pressure_pa)
        return above_pa <= self.sensing.fill_beside_most_pa

    def begin_bleed(self, index: int, gauges: Gauges, target_pa: int, over_pa: int) -> None:
        moves = self.moves
        learned = self.learned
        moves.aim(index, target_pa, gauges.smooth_pa[index])
        moves.trims_count[index] += 1
        moves.planned_ms[index] = duration_ms(
            over_pa, learned.fall_pa_s[index], BLEED_LEAST_MS, BLEED_MOST_MS
        )
        # What is let out here and brought back later is no leak.
        pumped_ms = duration_ms(over_pa, learned.rise_pa_s[index], 0, DOSE_MOST_MS)
        self.ledger.dose_us[index] = max(self.ledger.dose_us[index] - pumped_ms * 1000, 0)
        self.phases.go(index, BLEED)

    def bleed(self, index: int, gauges: Gauges, target_pa: int) -> None:
        is_over = self.phases.phase_ms[index] >= self.moves.planned_ms[index]
        if not is_over and not self.sensing.has_bled(index, gauges, target_pa):
            return
        if self.sensing.is_let_down(index):
            return
        self.moves.last_move[index] = BLEED
        self.phases.go(index, SETTLE)

    def _fill_again(self, index: int) -> None:
        """As a trim: the trims in a row go on counting."""
        bit = 1 << index
        self.moves.trims_count[index] += 1
        self.ledger.reached_bits &= ~bit
        self.moves.raised_bits &= ~bit
        self.fills.worked_permille_ms[index] = 0
        self.fills.refill_bits |= self.sensing.refill_mask_bits & bit
        self.phases.go(index, FILL)

    def _learn(self, index: int, gauges: Gauges, missing_pa: int) -> None:
        moves = self.moves
        learned = self.learned
        moved_pa = gauges.smooth_pa[index] - moves.before_pa[index]
        move = moves.last_move[index]
        if move == FILL and self.fills.coasted_bits & (1 << index):
            learned.note_coast(index, missing_pa, self.fills.stop_pa_s[index])
        elif move == FILL:
            learned.note_shut(index, missing_pa)
        elif move == DOSE:
            self._learn_dose(index, moved_pa)
        elif move == BLEED:
            learned.note_fall(index, -moved_pa, moves.planned_ms[index])

    def _learn_dose(self, index: int, moved_pa: int) -> None:
        doses = self.doses
        full_speed_ms = self.moves.planned_ms[index] * doses.dose_permille // PUMP_MOST_PERMILLE
        if doses.flows_back(index):
            self.learned.note_pour(index, moved_pa, full_speed_ms, doses.above_pa[index])
        else:
            self.learned.note_dose(index, moved_pa, full_speed_ms)

    def _note_collapse(self, index: int, target_pa: int, missing_pa: int) -> None:
        """A kinked hose: the sensor beside the valve shows pressure only while air flows."""
        if self.moves.last_move[index] != FILL:
            return
        # Bound: 16_000 Pa * 600 permille.
        if missing_pa <= target_pa * COLLAPSE_PERMILLE // 1000:
            self.ledger.end_collapses(index)
        else:
            self.ledger.note_collapse(index, missing_pa)
