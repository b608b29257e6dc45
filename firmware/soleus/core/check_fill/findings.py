"""What a check fill can find at a chamber, and what it found."""

from soleus.core.basics.boots import Boots

FINE = 0
# The air comes straight out again.
NO_HOSE = 1
# The air stays for a moment, and leaves.
OPEN = 2
# The air doesn't get there.
KINKED = 3
# Another chamber's sensor answers.
SWAPPED = 4


class Findings:
    def __init__(self, boots: Boots) -> None:
        self.found = [FINE] * boots.count
        # Whose sensor answered instead.
        self.other_index = [0] * boots.count
        # Legs whose boot takes so much air that there can't be a leg in it.
        self.no_leg_bits = 0
        # How much air lies between leg and boot, as if a leg had five chambers. 0: not known.
        self.room_ml = [0] * boots.legs
