"""Looks whether the chambers are really empty: an open vent alone doesn't show it.

Where each chamber has a vent valve and a sensor of its own, all that were not yet seen empty are closed
together for a moment. Where the valves are three-way, or one sensor sits on the manifold, they are
joined to it one at a time, the pump at rest. Between looks everything is open again, so that a look
never keeps a leg under pressure.
"""

from .boots import Boots
from .gauges import Gauges
from .interlock import all_vent
from .signals import Commands

LOOK_MS = 180
OPEN_BETWEEN_MS = 400


class Survey:
    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.is_one_by_one = boots.is_three_way or boots.has_manifold_sensor_only
        self.index = 0
        self.look_ms = 0
        self.open_ms = 0

    def begin(self) -> None:
        self.index = 0
        self.look_ms = 0
        self.open_ms = 0

    def step(self, gauges: Gauges, commands: Commands, dt_ms: int) -> None:
        all_vent(commands)
        unseen_bits = self.boots.all_bits & ~gauges.empty_bits
        if unseen_bits == 0:
            return
        if self.open_ms > 0:
            self.open_ms -= dt_ms
            return
        looked_bits = self._one_bit(unseen_bits) if self.is_one_by_one else unseen_bits
        commands.seal_bits = 0 if self.boots.is_three_way else looked_bits
        commands.fill_bits = looked_bits if self.is_one_by_one else 0
        self.look_ms += dt_ms
        if self.look_ms > LOOK_MS:
            # Still not empty.
            self.look_ms = 0
            self.index += 1
            self.open_ms = OPEN_BETWEEN_MS

    def _one_bit(self, unseen_bits: int) -> int:
        """The chamber whose turn it is, or the next one that was not yet seen empty."""
        for _ in range(self.boots.count):
            if self.index >= self.boots.count:
                self.index = 0
            if unseen_bits & (1 << self.index):
                return 1 << self.index
            self.index += 1
            self.look_ms = 0
        return 0
