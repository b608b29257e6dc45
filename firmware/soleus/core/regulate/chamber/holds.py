"""Held chambers, where each has a sensor: watched in every tick, and trimmed when they leave their band."""

from soleus.core.basics.boots import Boots
from soleus.core.regulate.fills import Fills
from soleus.core.regulate.regulation import BAND_PA, HOLD, OUT_OF_BAND_MS, WAITING
from soleus.core.regulate.trims import Trims
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer

# A held chamber asks for air, or gives some back, beyond these.
TOP_UP_PA = BAND_PA * 4 // 5
BLEED_PA = BAND_PA * 11 // 10
# A stage that takes so long has a weak pump: it mustn't be spent on topping up.
PATIENT_MS = 20_000
TOP_UP_SLOW_PA = 3 * BAND_PA
# A chamber that rises by itself after it has been calm for a while: its leg has moved, and for so long its
# top-ups don't count as a leak.
CALM_MS = 1000
RESTLESS_MS = 8000


class ChamberHolds:
    def __init__(self, boots: Boots, fills: Fills, trims: Trims) -> None:
        self.boots = boots
        self.fills = fills
        self.trims = trims
        self.phases = fills.phases
        self.ledger = fills.ledger
        self.moves = fills.moves
        self.out_ms = [0] * boots.count
        self.top_up_pa = TOP_UP_PA

    def still_bits(self, gauges: Gauges, sequencer: Sequencer, dt_ms: int) -> int:
        """The chambers that are within their band. Nothing happens to them, and they are many, so time
        passes for all of them at once."""
        phases = self.phases
        ledger = self.ledger
        is_slow = phases.filling_count > 0 and sequencer.stage_ms > PATIENT_MS
        top_up_pa = TOP_UP_SLOW_PA if is_slow else TOP_UP_PA
        self.top_up_pa = top_up_pa
        held_bits = sequencer.keep_bits & phases.bits[HOLD] & ledger.reached_bits
        restless_bits = ledger.restless_bits
        target_pa = sequencer.target_pa
        smooth_pa = gauges.smooth_pa
        phase_ms = phases.phase_ms
        held_ms = ledger.held_ms
        out_ms = self.out_ms
        out_bits = 0
        for index in range(self.boots.count):
            if not held_bits & (1 << index):
                continue
            missing_pa = target_pa[index] - smooth_pa[index]
            if missing_pa > top_up_pa or missing_pa < -BLEED_PA:
                out_bits |= 1 << index
                continue
            phase_ms[index] += dt_ms
            out_ms[index] = 0
            if restless_bits and restless_bits & (1 << index):
                ledger.calm_down(index, dt_ms)
            else:
                held_ms[index] += dt_ms
        still_bits = held_bits & ~out_bits
        ledger.held_bits |= still_bits & ~restless_bits
        return still_bits

    def step(self, index: int, gauges: Gauges, target_pa: int, dt_ms: int) -> None:
        moves = self.moves
        missing_pa = target_pa - gauges.smooth_pa[index]
        if -BLEED_PA <= missing_pa <= self.top_up_pa:
            self.out_ms[index] = 0
            self.ledger.reached_bits |= 1 << index
            return
        self.out_ms[index] += dt_ms
        if self.out_ms[index] < OUT_OF_BAND_MS and target_pa == moves.goal_pa[index]:
            return
        self.out_ms[index] = 0
        moves.take_goal(index, target_pa)
        if self.trims.needs_fill(index, gauges, missing_pa):
            self.fills.begin(index)
        elif missing_pa > 0:
            self.phases.go(index, WAITING)
        else:
            if self.phases.phase_ms[index] > CALM_MS:
                self.ledger.begin_restless(index, RESTLESS_MS)
            self.trims.begin_bleed(index, gauges, target_pa, -missing_pa)
