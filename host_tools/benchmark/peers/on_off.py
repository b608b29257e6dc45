"""Two-point control: full pump until the sensor says enough, again when it says too little."""

from typing import Any

from host_tools.benchmark.peers.valve_bank import FULL_PERMILLE, ValveBank
from soleus.core.basics.boots import Boots
from soleus.core.regulate.regulation import DOSE, FILL


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
        if self.phase[index] not in (FILL, DOSE):
            self.advance_closed(index, gauges, target_pa, self.band_pa)
        elif gauges.is_fresh(index) and gauges.smooth_pa[index] >= target_pa - self.lead_pa:
            self.end_fill(index)
