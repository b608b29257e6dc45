"""What cheap boots do: valves and pump by the clock, no sensor. Times are set on one pair of boots."""

from typing import Any

from host_tools.benchmark.peers.valve_bank import FULL_PERMILLE, ValveBank
from soleus.core.basics.boots import Boots
from soleus.core.regulate.regulation import FILL


class Timed(ValveBank):
    """`fill_ms`: for each chamber, in the softer first cycle and then in all the others."""

    def __init__(self, boots: Boots) -> None:
        super().__init__(boots)
        self.fill_ms = [0] * (2 * boots.count)
        self.filled_ms = [0] * boots.count

    def step(self, _gauges: Any, sequencer: Any, commands: Any, dt_ms: int) -> None:
        self.begin_stage(sequencer, dt_ms)
        first = 0 if sequencer.cycles_count == 0 else self.boots.count
        for index in range(self.boots.count):
            if self.phase[index] == FILL:
                self.filled_ms[index] += dt_ms
                if self.filled_ms[index] >= self.fill_ms[first + index]:
                    self.end_fill(index)
            else:
                self.filled_ms[index] = 0
                if self.has_settled(index):
                    self.reach(index)
        self.drive(self.bits_in(FILL), sequencer, commands, FULL_PERMILLE)
