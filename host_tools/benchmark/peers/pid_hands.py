"""The inner half of the PID peer: it chooses the chambers; a PID outside the loop chooses the pump's duty.

Every `PERIOD_MS` of a fill it stops the loop and asks for a duty: `measured_pa` against `setpoint_pa`, and
`is_new` when another group of chambers has been joined to the manifold.
"""

from typing import Any

from host_tools.benchmark.peers.valve_bank import ValveBank
from soleus.core.basics.boots import Boots
from soleus.core.regulate.regulation import DOSE, FILL

PERIOD_MS = 20
# Below this a pump stands still.
LEAST_PERMILLE = 350
# After so long without air the PID has reached its setpoint.
STILL_MS = 200


class PidHands(ValveBank):
    def __init__(self, boots: Boots) -> None:
        super().__init__(boots)
        self.band_pa = 0
        self.asks = 0
        self.asked_ms = 0
        self.is_new = 0
        self.group_bits = 0
        self.measured_pa = 0
        self.setpoint_pa = 0
        self.duty_permille = 0
        self.still_ms = 0

    def step(self, gauges: Any, sequencer: Any, commands: Any, dt_ms: int) -> None:
        self.begin_stage(sequencer, dt_ms)
        for index in range(self.boots.count):
            self._advance(index, gauges, sequencer.target_pa[index])
        topping = self.lowest_in(DOSE, gauges, sequencer)
        group_bits = 1 << topping if topping >= 0 else self.bits_in(FILL)
        self._ask(group_bits, gauges, sequencer, dt_ms)
        duty_permille = self.duty_permille if self.duty_permille >= LEAST_PERMILLE else 0
        self.drive(group_bits, sequencer, commands, duty_permille)
        self._watch_end(group_bits, duty_permille, dt_ms)

    def _advance(self, index: int, gauges: Any, target_pa: int) -> None:
        if self.phase[index] not in (FILL, DOSE):
            self.advance_closed(index, gauges, target_pa, self.band_pa)
            return
        is_alone = self.group_bits == 1 << index
        if gauges.is_fresh(index) and gauges.smooth_pa[index] >= target_pa and not is_alone:
            self.end_fill(index)

    def _ask(self, group_bits: int, gauges: Any, sequencer: Any, dt_ms: int) -> None:
        self.asks = 0
        if group_bits & ~self.group_bits:
            self.is_new = 1
            self.still_ms = 0
            self.asked_ms = PERIOD_MS
        self.group_bits = group_bits
        if not group_bits:
            self.duty_permille = 0
            return
        self.asked_ms += dt_ms
        if self.asked_ms < PERIOD_MS:
            return
        self.asked_ms = 0
        self.asks = 1
        sum_pa = 0
        count = 0
        for index in range(self.boots.count):
            if group_bits & (1 << index):
                self.setpoint_pa = sequencer.target_pa[index]
                sum_pa += gauges.smooth_pa[index] if gauges.is_fresh(index) else 0
                count += 1
        self.measured_pa = sum_pa // count

    def _watch_end(self, group_bits: int, duty_permille: int, dt_ms: int) -> None:
        self.still_ms = self.still_ms + dt_ms if group_bits and duty_permille == 0 else 0
        if self.still_ms < STILL_MS:
            return
        self.still_ms = 0
        for index in range(self.boots.count):
            if group_bits & (1 << index):
                self.end_fill(index)
