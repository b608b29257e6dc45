"""Looks whether the chambers are really empty: an open vent alone doesn't show it.

Where each chamber has a vent valve and a sensor of its own, all that were not yet seen empty are closed
together for a moment. Where the valves are three-way, or one sensor sits on the manifold, they are
joined to it one at a time, the pump at rest. Between looks everything is open again, so that a look
never keeps a leg under pressure. A chamber that shows pressure even beside its open vent stays open:
it isn't empty, and closing it would only slow it.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import VENTED_PA
from soleus.core.basics.signals import Commands, all_vent
from soleus.core.sensing.gauges import Gauges

LOOK_MS = 180
OPEN_BETWEEN_MS = 400


class Survey:
    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.is_one_by_one = boots.is_three_way or boots.has_manifold_sensor_only
        self.index = 0
        # The chambers that are closed now, to be looked at; those opened again, because they showed pressure.
        self.looked_bits = 0
        self.shown_bits = 0
        self.look_ms = 0
        self.open_ms = 0

    def begin(self) -> None:
        self.index = 0
        self.looked_bits = 0
        self.shown_bits = 0
        self.look_ms = 0
        self.open_ms = 0

    def step(self, gauges: Gauges, commands: Commands, dt_ms: int) -> None:
        all_vent(commands)
        if self.open_ms > 0:
            self.open_ms -= dt_ms
            return
        low_bits = self._low_bits(gauges)
        unseen_bits = self.looked_bits & ~gauges.emptying.empty_bits
        self.shown_bits |= unseen_bits & ~low_bits
        self.looked_bits = unseen_bits & ~self.shown_bits
        if self.looked_bits == 0 and self.shown_bits != 0:
            self._end_look()
            return
        if self.looked_bits == 0:
            self.look_ms = 0
            self.looked_bits = self._one_bit(low_bits) if self.is_one_by_one else low_bits
        if self.looked_bits == 0:
            return
        commands.seal_bits = 0 if self.boots.is_three_way else self.looked_bits
        commands.fill_bits = self.looked_bits if self.is_one_by_one else 0
        self.look_ms += dt_ms
        if self.look_ms > LOOK_MS:
            self._end_look()

    def _end_look(self) -> None:
        """Some chamber was not seen empty."""
        self.looked_bits = 0
        self.shown_bits = 0
        self.look_ms = 0
        self.index += 1
        self.open_ms = OPEN_BETWEEN_MS

    def _low_bits(self, gauges: Gauges) -> int:
        """The chambers that were not yet seen empty, but may be."""
        bits = 0
        for index in range(self.boots.count):
            bit = 1 << index
            is_low = self.boots.has_manifold_sensor_only or gauges.smooth_pa[index] < VENTED_PA
            if is_low and not gauges.emptying.empty_bits & bit:
                bits |= bit
        return bits

    def _one_bit(self, low_bits: int) -> int:
        """The chamber whose turn it is, or the next one that may be empty."""
        for _ in range(self.boots.count):
            if self.index >= self.boots.count:
                self.index = 0
            if low_bits & (1 << self.index):
                return 1 << self.index
            self.index += 1
        return 0
