"""The last word on every command: whatever the rest of the core wants, only this leaves it."""

from .boots import Boots
from .signals import ALL_VENT, Commands


class Interlock:
    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        # How often an illegal combination was caught; it stays at zero, and tests say so.
        self.refused_count = 0

    def step(self, commands: Commands, is_allowed: bool) -> None:
        if not is_allowed:
            all_vent(commands)
            return
        commands.gate_on = 1
        if self._is_illegal(commands):
            self.refused_count += 1
            all_vent(commands)

    def _is_illegal(self, commands: Commands) -> bool:
        is_pump_on = commands.pump_permille != 0
        if commands.pump_permille < 0 or commands.pump_permille > 1000:
            return True
        if (commands.fill_bits | commands.seal_bits) & ~self.boots.all_bits:
            return True
        if is_pump_on and not commands.fill_bits:
            # A dead-headed manifold climbs 51 mmHg in 10 ms.
            return True
        if self.boots.is_three_way:
            return commands.seal_bits != 0
        # Filling a chamber whose vent is open blows the pump's air through it.
        return commands.fill_bits & ~commands.seal_bits != 0


def all_vent(commands: Commands) -> None:
    commands.fill_bits = ALL_VENT
    commands.seal_bits = ALL_VENT
    commands.pump_permille = ALL_VENT
    commands.gate_on = ALL_VENT
