"""Two-point control: full pump until the sensor says enough, again when it says too little."""

from typing import Any

from host_tools.benchmark.peers.valve_bank import ValveBank
from soleus.core.boots import Boots
from soleus.core.regulation import BLEED, DOSE, FILL, HOLD

FULL_PERMILLE = 1000


class OnOff(ValveBank):
    def __init__(self, boots: Boots) -> None:
        super().__init__(boots)
        # Tuned once for all boots: how far before the target to stop, and how far off to act.
        self.lead_pa = 0
        self.band_pa = 0

    def step(self, gauges: Any, sequencer: Any, commands: Any, dt_ms: int) -> None:
        self.begin_stage(sequencer, dt_ms)
        for index in range(self.boots.count):
            self._advance(index, gauges, sequencer.target_pa[index])
        topping = self.lowest_in(DOSE, gauges, sequencer)
        wanted_bits = 1 << topping if topping >= 0 else self.bits_in(FILL)
        self.drive(wanted_bits, sequencer, commands, FULL_PERMILLE)

    def _advance(self, index: int, gauges: Any, target_pa: int) -> None:
        phase = self.phase[index]
        pressure_pa = gauges.smooth_pa(index)
        if phase in (FILL, DOSE):
            if gauges.is_fresh(index) and pressure_pa >= target_pa - self.lead_pa:
                self.end_fill(index)
        elif phase == BLEED:
            if pressure_pa <= target_pa or self.phase_ms[index] > 2000:
                self.go(index, HOLD)
        elif phase == HOLD:
            self._hold(index, gauges, target_pa)
        elif self.has_settled(index):
            self.go(index, HOLD)
            self._hold(index, gauges, target_pa)

    def _hold(self, index: int, gauges: Any, target_pa: int) -> None:
        """A chamber that isn't seen now, because its sensor is on the manifold, is left alone."""
        pressure_pa = gauges.smooth_pa(index)
        if self.phase_ms[index] > 0 and not gauges.is_fresh(index):
            self.reached_bits |= 1 << index
        elif pressure_pa < target_pa - self.band_pa:
            is_first = not self.reached_bits & (1 << index)
            self.go(index, FILL if is_first else DOSE)
        elif pressure_pa > target_pa + self.band_pa:
            self.go(index, BLEED)
        else:
            self.reached_bits |= 1 << index
