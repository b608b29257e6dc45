"""The phase of each chamber: one chamber is always in one phase, and knows for how long."""

from soleus.core.basics.boots import Boots
from soleus.core.regulate.regulation import FILL, OFF, PHASES_COUNT


class Phases:
    def __init__(self, boots: Boots) -> None:
        self.all_bits = boots.all_bits
        self.phase = [OFF] * boots.count
        self.phase_ms = [0] * boots.count
        # The same, asked the other way round: which chambers are in each phase, and how many are filled.
        self.bits = [0] * PHASES_COUNT
        self.bits[OFF] = boots.all_bits
        self.filling_count = 0

    def go(self, index: int, phase: int) -> None:
        bit = 1 << index
        before = self.phase[index]
        self.bits[before] &= ~bit
        self.bits[phase] |= bit
        if before == FILL:
            self.filling_count -= 1
        if phase == FILL:
            self.filling_count += 1
        self.phase[index] = phase
        self.phase_ms[index] = 0

    def go_all(self, chambers_bits: int, phase: int) -> None:
        for index in range(len(self.phase)):
            if chambers_bits & (1 << index):
                self.go(index, phase)

    def turn_all_off(self) -> None:
        """A bench writes `phase` alone and may stop at any moment, so nothing else is taken for granted."""
        for index in range(len(self.phase)):
            self.phase[index] = OFF
            self.phase_ms[index] = 0
        for phase in range(PHASES_COUNT):
            self.bits[phase] = 0
        self.bits[OFF] = self.all_bits
        self.filling_count = 0
