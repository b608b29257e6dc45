"""A program: what the boots do for how long.

These are only the data. `table.py` reads them from a table that may hold anything, `fit.py` checks them
against a pair of boots, and `layout.py` lays them out as a timeline. All of it comes before a session, so a
chip unloads these modules afterwards.
"""

from soleus.core.basics.boots import Boots
from soleus.core.program.words import Span


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
