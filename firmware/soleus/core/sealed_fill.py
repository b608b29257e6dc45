"""The check fill of chambers that can be closed, each with a sensor of its own: ten in 15 s.

The pump hasn't the air to bring all of them to 20 mmHg in that time. So it rolls along them, two at a time.
Each gets the same air, and all are closed: some tenths of a mmHg show who keeps it. While two are joined,
what flows into them shows on their sensors. A chamber whose own sensor doesn't answer, or that stands as high
as the manifold, is known at once. Then one chamber of each leg gets more, which shows how much room there is,
while the others are watched. Suspects get that air instead.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import CHECK_FILL_MOST_MS
from soleus.core.basics.signals import Commands
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.check_fill.check_fill import (
    BEGIN,
    COAST,
    COAST_MS,
    LOOK,
    LOST_MORE_PERMILLE,
    LOST_PERMILLE,
    OVER,
    PROBE,
    ROLL,
    SETTLE,
    SETTLE_MS,
    STRETCHED_PA,
    WAIT,
    CheckFill,
)
from soleus.core.check_fill.findings import FINE, KINKED, NO_HOSE, OPEN, SWAPPED
from soleus.core.check_fill.intake import EMPTY_ML, Intake
from soleus.core.sensing.gauges import Gauges

# The pump's air is for the chambers of two legs, or of one.
ROLL_TWO_MS = 5500
ROLL_ONE_MS = 8000
SLOT_LEAST_MS = 450
# The sensors have just been zeroed, and what is smoothed follows.
ZEROED_MS = 200
# From here on both valves are open, and the pump has come up to its speed.
ANSWERS_MS = 80
SHUT_AFTER_MS = 120
FULL_AFTER_MS = 300
# What flows into one of two shows at least this much on its sensor.
ANSWER_PA = pa_from_mmhg(1) + pa_from_mmhg(7) // 10
# Behind a kink it shows this much more than the other one that is joined, or what no hose takes.
APART_PA = pa_from_mmhg(10)
HIGH_PA = pa_from_mmhg(30)
SHUT_PA = pa_from_mmhg(60)
# A leg that fills its boot is full early. Alone, a chamber's hose takes 27 mmHg of the whole flow.
FULL_PA = pa_from_mmhg(4)
FULL_PAIR_PA = pa_from_mmhg(12)
FULL_ALONE_PA = pa_from_mmhg(31)
LOOK_MS = 600
PROBE_UNTIL_MS = 12_300
LAST_LOOK_AT_MS = 14_400
# What one that has kept less than this may have kept no more is asked again; this is enough to need no more.
ENOUGH_PA = pa_from_mmhg(3)
# Where a chamber of a leg that fills its others seems to have so much room, its air goes elsewhere: the less
# air it has got, the more of that may be noise.
ENDLESS_ML = 1400
ENDLESS_ASKED_ML = 1000


class SealedFill(CheckFill):
    def __init__(self, boots: Boots) -> None:
        super().__init__(boots)
        self.intake = Intake(boots)
        self.slot_index = -1
        # Whose sensor has answered the chamber of this slot.
        self.answer_index = -1
        # What each showed when the slot began, and at the look that counts.
        self.before_pa = [0] * boots.count
        self.early_pa = [0] * boots.count
        # What may be nothing.
        self.least_pa = 0
        # Chambers that get more air; those of them that do so to be sure.
        self.probed_bits = 0
        self.suspect_bits = 0

    def advance(self, gauges: Gauges, commands: Commands, dt_ms: int) -> None:
        if self.check_ms >= CHECK_FILL_MOST_MS:
            self.stage = OVER
        stage = self.stage
        if stage == OVER:
            return
        if ROLL <= stage <= PROBE:
            self._fill(gauges, dt_ms)
        elif stage == LOOK:
            self._look(gauges)
        else:
            self._rest(gauges)
        commands.seal_bits = self.boots.all_bits
        commands.fill_bits = self.joined_bits
        if self.joined_bits and ROLL <= self.stage <= PROBE:
            commands.pump_permille = 1000

    def _fill(self, gauges: Gauges, dt_ms: int) -> None:
        rise_pa = 0
        if self.stage == ROLL and self.answer_index == self.slot_index:
            rise_pa = gauges.smooth_pa[self.slot_index] - self.before_pa[self.slot_index]
        self.intake.feed(self.joined_bits, self.stage_ms, rise_pa, dt_ms)
        if self.stage_ms >= SHUT_AFTER_MS:
            self._find_shut(gauges)
        is_full = not self.joined_bits or (self.stage_ms >= FULL_AFTER_MS and self._is_full(gauges))
        if self.stage == ROLL:
            self._roll(gauges, is_full)
        elif is_full or self.check_ms >= PROBE_UNTIL_MS:
            self.go(COAST)

    def _rest(self, gauges: Gauges) -> None:
        stage = self.stage
        stage_ms = self.stage_ms
        if stage == BEGIN:
            if stage_ms >= ZEROED_MS:
                self._begin_slot(gauges)
        elif stage == COAST:
            if stage_ms >= COAST_MS:
                self.joined_bits = 0
                self.go(SETTLE)
        elif stage == SETTLE:
            if stage_ms >= SETTLE_MS:
                self.go(LOOK)
        elif self.check_ms >= LAST_LOOK_AT_MS - LOOK_MS:
            self.go(LOOK)

    def _begin_slot(self, gauges: Gauges) -> None:
        """The next chamber joins, and the one before it stays."""
        count = self.boots.count
        self.slot_index += 1
        if self.slot_index == count:
            self.go(COAST)
            return
        before_index = self.slot_index - 1 if self.slot_index else count - 1
        self.joined_bits = 0
        for index in range(count):
            self.before_pa[index] = gauges.smooth_pa[index]
            is_next = index == self.slot_index or index == before_index
            if is_next and self.findings.found[index] != KINKED:
                self.joined_bits |= 1 << index
        self.answer_index = -1
        self.go(ROLL)

    def _roll(self, gauges: Gauges, is_full: bool) -> None:
        slot_index = self.slot_index
        if self.stage_ms >= ANSWERS_MS and self.answer_index != slot_index:
            for index in range(self.boots.count):
                is_up = gauges.smooth_pa[index] - self.before_pa[index] >= ANSWER_PA
                is_other = index != slot_index and self.joined_bits & (1 << index)
                if is_up and not is_other and self.answer_index != slot_index:
                    self.answer_index = index
        roll_ms = ROLL_ONE_MS if self.boots.legs == 1 else ROLL_TWO_MS
        if self.stage_ms < max(roll_ms // self.boots.count, SLOT_LEAST_MS) and not is_full:
            return
        if self.answer_index >= 0 and self.answer_index != slot_index:
            self._swap(slot_index, self.answer_index)
            self._swap(self.answer_index, slot_index)
        self._begin_slot(gauges)

    def _swap(self, index: int, other_index: int) -> None:
        self.findings.found[index] = SWAPPED
        self.findings.other_index[index] = other_index

    def _find_shut(self, gauges: Gauges) -> None:
        """A chamber that stands as high as the manifold gets no air."""
        highest_pa = highest_index = 0
        lowest_pa = SHUT_PA
        for index in range(self.boots.count):
            if self.joined_bits & (1 << index):
                pa = gauges.smooth_pa[index]
                lowest_pa = min(lowest_pa, pa)
                if pa > highest_pa:
                    highest_pa = pa
                    highest_index = index
        if highest_pa >= SHUT_PA or (highest_pa >= HIGH_PA and highest_pa - lowest_pa >= APART_PA):
            self.findings.found[highest_index] = KINKED
            self.joined_bits &= ~(1 << highest_index)

    def _is_full(self, gauges: Gauges) -> bool:
        share_pa = self.intake.share_pa
        full_pa = FULL_PAIR_PA
        if self.joined_bits & (self.joined_bits - 1) == 0:
            full_pa = FULL_ALONE_PA
            share_pa *= 4
        full_pa = min(full_pa, share_pa + FULL_PA)
        for index in range(self.boots.count):
            if self.joined_bits & (1 << index) and gauges.smooth_pa[index] >= full_pa:
                return True
        return False

    def _look(self, gauges: Gauges) -> None:
        is_end = self.stage_ms >= LOOK_MS
        self.look.take(gauges, self.boots.all_bits, is_end)
        if not is_end:
            return
        if self.check_ms >= LAST_LOOK_AT_MS:
            self._judge()
            self.stage = OVER
            return
        is_first = self.least_pa == 0
        for index in range(self.boots.count):
            if is_first or self.probed_bits & (1 << index):
                self.early_pa[index] = self.look.mean_pa[index]
        self.go(WAIT)
        if is_first:
            self.least_pa = self.look.noise_pa
            self._choose()

    def _choose(self) -> None:
        """Who gets more air: those that may have kept nothing, or little, or else one chamber of each leg."""
        bits = self._below_bits(self.least_pa * 6 // 5)
        per_leg = self.boots.chambers_per_leg
        leg_bits = (1 << per_leg) - 1
        middle_bits = 0
        for leg in range(self.boots.legs):
            middle_bit = 1 << leg * per_leg + per_leg // 2
            middle_bits |= middle_bit
            if bits >> leg * per_leg & leg_bits == leg_bits:
                # A whole leg: one chamber of it will tell.
                bits &= ~(leg_bits << leg * per_leg) | middle_bit
        self.suspect_bits = bits or self._below_bits(2 * self.least_pa)
        self.probed_bits = self.suspect_bits or middle_bits & self._below_bits(ENOUGH_PA)
        if self.probed_bits:
            self.joined_bits = self.probed_bits
            self.go(PROBE)

    def _below_bits(self, pa: int) -> int:
        bits = 0
        for index in range(self.boots.count):
            if self.findings.found[index] == FINE and self.early_pa[index] < pa:
                bits |= 1 << index
        return bits

    def _judge(self) -> None:
        """Who has kept nothing, or has lost it; where nearly all have kept too little, there is no leg."""
        findings = self.findings
        per_leg = self.boots.chambers_per_leg
        for leg in range(self.boots.legs):
            first_index = leg * per_leg
            middle_index = first_index + per_leg // 2
            fine_count = 0
            for index in range(first_index, first_index + per_leg):
                if self.intake.room_ml(index, self.early_pa[index]) < EMPTY_ML:
                    fine_count += 1
            is_seen = (
                findings.found[middle_index] == FINE and 2 * self.early_pa[middle_index] >= self.least_pa
            )
            room_ml = self.intake.room_ml(middle_index, self.early_pa[middle_index])
            is_empty = is_seen and fine_count <= per_leg // 3 and room_ml >= EMPTY_ML
            if is_empty:
                findings.no_leg_bits |= 1 << leg
            for index in range(first_index, first_index + per_leg):
                if findings.found[index] == FINE:
                    findings.found[index] = self._code_of(index, is_empty)
            if findings.found[middle_index] == FINE:
                findings.room_ml[leg] = room_ml

    def _code_of(self, index: int, is_empty: bool) -> int:
        early_pa = self.early_pa[index]
        is_asked = self.suspect_bits & (1 << index) != 0
        if 2 * early_pa < self.least_pa:
            return NO_HOSE if is_asked or not is_empty else FINE
        room_ml = self.intake.room_ml(index, early_pa)
        lost_pa = early_pa - self.look.mean_pa[index]
        # Less than noise may make of it counts where the chamber has taken much.
        lost_least_pa = self.least_pa // 2 if is_asked and room_ml >= EMPTY_ML else self.least_pa
        lost_permille = LOST_PERMILLE if early_pa < STRETCHED_PA else LOST_MORE_PERMILLE
        is_lost = lost_pa >= lost_least_pa and lost_pa * 1000 >= early_pa * lost_permille
        is_endless = room_ml >= (ENDLESS_ASKED_ML if is_asked else ENDLESS_ML)
        return OPEN if (is_lost or is_endless) and not is_empty else FINE


def service_for(boots: Boots) -> SealedFill:
    return SealedFill(boots)
