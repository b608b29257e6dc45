"""What was done last for each chamber, and what for: a fill, a dose of pump air, or a bleed."""

from soleus.core.basics.boots import Boots
from soleus.core.regulate.ledger import Ledger
from soleus.core.regulate.phases import Phases
from soleus.core.regulate.regulation import HOLD, OFF


class Moves:
    def __init__(self, boots: Boots) -> None:
        count = boots.count
        self.phases = Phases(boots)
        self.ledger = Ledger(boots, self.phases.phase)
        self.last_move = [OFF] * count
        # The target that the move was made for, and the pressure before it.
        self.goal_pa = [0] * count
        self.before_pa = [0] * count
        self.planned_ms = [0] * count
        # Trims in a row since the last fill.
        self.trims_count = [0] * count
        # Filled because more was asked for, and not because air was lost.
        self.raised_bits = 0

    def aim(self, index: int, target_pa: int, pressure_pa: int) -> None:
        """A move teaches something only if its target still holds at its end."""
        self.goal_pa[index] = target_pa
        self.before_pa[index] = pressure_pa

    def take_goal(self, index: int, target_pa: int) -> None:
        if target_pa != self.goal_pa[index]:
            self.raised_bits |= 1 << index
        else:
            self.raised_bits &= ~(1 << index)
        self.goal_pa[index] = target_pa

    def reach(self, index: int) -> None:
        self.trims_count[index] = 0
        self.ledger.reached_bits |= 1 << index
        self.phases.go(index, HOLD)
