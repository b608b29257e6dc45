"""What all peers have in common: which chambers are joined to the manifold, and how the pump stops.

The peers don't differ in this, so it is done well for each: the next valve opens a tick before the last one
closes, and the last one stays open until the rotor has run down.
"""

from typing import Any

from soleus.core.basics.boots import Boots
from soleus.core.regulate.ledger import Ledger
from soleus.core.regulate.regulation import BLEED, COAST, COAST_MS, DOSE, FILL, HOLD, OFF, SETTLE, SETTLE_MS

FULL_PERMILLE = 1000
BLEED_MOST_MS = 2000


class ValveBank:
    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.phase = [OFF] * boots.count
        self.phase_ms = [0] * boots.count
        self.ledger = Ledger(boots, self.phase)
        self.joined_bits = 0
        self.pump_permille = 0

    def bits_in(self, phase: int) -> int:
        bits = 0
        for index in range(self.boots.count):
            if self.phase[index] == phase:
                bits |= 1 << index
        return bits

    def go(self, index: int, phase: int) -> None:
        self.phase[index] = phase
        self.phase_ms[index] = 0

    def reach(self, index: int) -> None:
        self.go(index, HOLD)
        self.ledger.reached_bits |= 1 << index

    def begin_stage(self, sequencer: Any, dt_ms: int) -> None:
        """Vent the chambers that a new stage opens, and start the fills that it asks for."""
        for index in range(self.boots.count):
            self.phase_ms[index] += dt_ms
            if not sequencer.keep_bits & (1 << index):
                self.go(index, OFF)
                self.ledger.reached_bits &= ~(1 << index)
            elif self.phase[index] == OFF:
                self.go(index, FILL)
        if sequencer.stage_ms == 0:
            self.ledger.reached_bits &= ~sequencer.raise_bits()

    def end_fill(self, index: int) -> None:
        """The last chamber at the manifold waits for the rotor to stop; the others close at once."""
        others = (self.bits_in(FILL) | self.bits_in(DOSE)) & ~(1 << index)
        self.go(index, SETTLE if others else COAST)

    def has_settled(self, index: int) -> bool:
        if self.phase[index] == COAST and self.phase_ms[index] >= COAST_MS:
            self.go(index, SETTLE)
        return self.phase[index] == SETTLE and self.phase_ms[index] >= SETTLE_MS

    def see_hold(self, index: int, gauges: Any, target_pa: int, band_pa: int) -> None:
        """A chamber that isn't measured now, because the one sensor is on the manifold, is left alone."""
        pressure_pa = gauges.smooth_pa[index]
        if self.phase_ms[index] > 0 and not gauges.is_fresh(index):
            self.ledger.reached_bits |= 1 << index
        elif pressure_pa < target_pa - band_pa:
            is_first = not self.ledger.reached_bits & (1 << index)
            self.go(index, FILL if is_first else DOSE)
        elif pressure_pa > target_pa + band_pa:
            self.go(index, BLEED)
        else:
            self.ledger.reached_bits |= 1 << index

    def advance_closed(self, index: int, gauges: Any, target_pa: int, band_pa: int) -> None:
        """A chamber that gets no pump air: it bleeds, settles or holds."""
        phase = self.phase[index]
        if phase == BLEED:
            if gauges.smooth_pa[index] <= target_pa or self.phase_ms[index] > BLEED_MOST_MS:
                self.go(index, HOLD)
        elif phase == HOLD:
            self.see_hold(index, gauges, target_pa, band_pa)
        elif self.has_settled(index):
            self.go(index, HOLD)
            self.see_hold(index, gauges, target_pa, band_pa)

    def drive(self, wanted_bits: int, sequencer: Any, commands: Any, duty_permille: int) -> None:
        """`wanted_bits` get pump air now; a chamber that coasts has the manifold to itself."""
        coasting_bits = self.bits_in(COAST)
        if coasting_bits:
            wanted_bits, duty_permille = coasting_bits, 0
        if not wanted_bits:
            duty_permille = 0
        joined_bits = wanted_bits
        if duty_permille and wanted_bits & self.joined_bits == 0:
            joined_bits |= self.joined_bits
        self.joined_bits = joined_bits & sequencer.keep_bits
        self.pump_permille = duty_permille
        commands.fill_bits = self.joined_bits
        commands.seal_bits = (sequencer.keep_bits | self.joined_bits) & ~self.bits_in(BLEED)
        commands.fill_bits &= commands.seal_bits
        commands.pump_permille = duty_permille if commands.fill_bits else 0

    def lowest_in(self, phase: int, gauges: Any, sequencer: Any) -> int:
        """The chamber in this phase that is furthest below its target; -1 if there is none."""
        found = -1
        most_pa = -(1 << 29)
        for index in range(self.boots.count):
            missing_pa = sequencer.target_pa[index] - gauges.smooth_pa[index]
            if self.phase[index] == phase and missing_pa > most_pa:
                found, most_pa = index, missing_pa
        return found

    def vent_all(self) -> None:
        for index in range(self.boots.count):
            self.go(index, OFF)
        self.ledger.reached_bits = 0
        self.joined_bits = 0
        self.pump_permille = 0

    def is_quiet(self) -> bool:
        return self.pump_permille == 0 and self.bits_in(COAST) == 0
