"""The last word on every command: whatever the rest of the core wants, only this leaves it."""

from soleus.core.basics.boots import Boots
from soleus.core.basics.signals import Commands, all_vent


class Interlock:
    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        # How often an illegal combination was caught. It stays at 0 in a session that nothing disturbs.
        self.refused_count = 0

    def step(self, commands: Commands, is_allowed: bool) -> None:
        if not is_allowed:
            all_vent(commands)
            return
        commands.gate_on = 1
        fill_bits = commands.fill_bits
        seal_bits = commands.seal_bits
        permille = commands.pump_permille
        is_unknown = permille < 0 or permille > 1000 or (fill_bits | seal_bits) & ~self.boots.all_bits != 0
        # A dead-headed manifold climbs 51 mmHg in 10 ms.
        is_dead_headed = permille != 0 and fill_bits == 0
        # Filling a chamber whose vent is open blows the pump's air through it. With the pump off, that is the
        # way out for what its rotor still brings. A three-way valve has no seal.
        is_blown_through = permille != 0 and fill_bits & ~seal_bits != 0
        is_open = seal_bits != 0 if self.boots.is_three_way else is_blown_through
        if is_unknown or is_dead_headed or is_open:
            self.refused_count += 1
            all_vent(commands)
