"""A program: what the boots do for how long.

These are only the data. `table.py` reads them from a table that may hold anything, `fit.py` checks them
against a pair of boots, and `layout.py` lays them out as a timeline. All of it comes before a session, so a
chip unloads these modules afterwards.
"""

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


class Program:
    id: str
    title: str
    purpose: str
    when: str
    # The group in which a person looks for it, such as "night".
    need: str
    mode: str
    source: str
    words: list
    minutes: Span
    pressure_mmhg: Span
    level_pa: Span
    # How long the person may press nothing; 0: the program doesn't ask for it.
    presence_check_minutes: int
    blocks: list

    def level_most_pa(self, boots: Boots) -> int:
        """The highest level at which no chamber, boosts included, is above what the board allows."""
        boost_pa = max([max(block.offsets_pa(boots)) for block in self.blocks])
        return min(self.level_pa.most, boots.target_most_pa - max(boost_pa, 0))
