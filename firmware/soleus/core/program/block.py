"""One block of a program: a pattern with its modifiers. Apart from the program, to be loaded without it."""

from soleus.core.basics.boots import Boots
from soleus.core.program.words import GRADIENT, Span


class Block:
    """One pattern with its modifiers, for its share of the session."""

    pattern: int
    legs: int
    zone_bits: int
    boost_pa: list
    ramp_ms: Span
    hold_ms: Span
    release_ms: Span
    rest_ms: Span
    cycle_ms: Span
    share_percent: int
    step_pa: int
    zone_step_pa: int
    pulses: int
    pulse_ms: int
    relax_permille: int

    def offsets_pa(self, boots: Boots) -> list:
        """What each chamber gets above (or below) the session's level: boosts and steps together."""
        offsets = []
        for index in range(boots.count):
            zone = boots.zone_of[index]
            position = index % boots.chambers_per_leg
            active_before = [
                boots.zone_of[distal]
                for distal in range(position)
                if self.zone_bits >> boots.zone_of[distal] & 1 and self.zone_bits >> zone & 1
            ]
            zones_before = len([z for z in range(zone) if z in active_before])
            step_pa = self.step_pa if self.pattern == GRADIENT else 0
            offsets.append(
                self.boost_pa[zone] - len(active_before) * step_pa - zones_before * self.zone_step_pa
            )
        return offsets
