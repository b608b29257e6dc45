"""A program: what the boots do for how long, read from a table that nobody trusts.

The host reads the table from a person's TOML, the device from the JSON that the host made of it;
both come through here. A `SettingError` names the key, the value and what would be right. What is needed
while a table is read, and while a program is held against a board, has modules of its own: a board lets
go of each as soon as it can.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.errors import SettingError
from soleus.core.program.timeline import Timeline
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
    mode: str
    source: str
    words: list
    minutes: Span
    pressure_mmhg: Span
    level_pa: Span
    # 0: the program doesn't ask whether the person is awake.
    sign_of_life_minutes: int
    blocks: list

    @staticmethod
    def from_table(table: dict) -> "Program":
        from soleus.core.program.table import read_block, read_program, refuse_wrong_shares

        if not isinstance(table, dict):
            raise SettingError("program", table, "a table of keys")
        program = Program()
        block_tables = read_program(program, table)
        program.blocks = [Block() for _ in block_tables]
        for number, block in enumerate(program.blocks):
            read_block(block, "blocks[{}]".format(number), block_tables[number])
        refuse_wrong_shares(program.blocks)
        return program

    def level_most_pa(self, boots: Boots) -> int:
        """The highest level at which no chamber, boosts included, is above what the board allows."""
        boost_pa = max([max(block.offsets_pa(boots)) for block in self.blocks])
        return min(self.level_pa.most, boots.target_most_pa - max(boost_pa, 0))

    def refuse_unfit(self, boots: Boots) -> None:
        """A program that these boots can't run is refused with the reason, never bent."""
        from soleus.core.program.fit import refuse_unfit

        refuse_unfit(self, boots)

    def settle(self, boots: Boots, minutes: int, pressure_mmhg: int) -> tuple:
        """Minutes, level, and the most that the level may become."""
        from soleus.core.program.fit import settle

        return settle(self, boots, minutes, pressure_mmhg)

    def lay_out(self, boots: Boots, minutes: int) -> Timeline:
        from soleus.core.program.layout import lay_out

        return lay_out(self, boots, minutes)
