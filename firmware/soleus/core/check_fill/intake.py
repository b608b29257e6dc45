"""How much air there is room for between a leg and its boot, as a chamber shows it.

The flow is known by what a usual hose takes of it. An empty boot takes more air than any leg leaves room for.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.units import clamp, pa_from_mmhg

# A hose of 4 mm by 1.5 m takes 1 mmHg of 47 mL/s [D]: the root of pascals is worth so many mL/s, times 100.
FLOW_PER_ROOT_X100 = 407
CHAMBERS_DESCRIBED = 5
# Cloth takes up its slack by this pressure [G]; from the second on it has taken all of it.
TAKEN_PA = pa_from_mmhg(16) // 10
TAKEN_MOST_PA = pa_from_mmhg(5)
# No leg leaves so much slack, in a chamber of five.
EMPTY_ML = 900
MOST_ML = 3000
FLOW_FROM_MS = 250
FLOW_TO_MS = 400
NOT_SEEN_PA = 10_000


class Intake:
    def __init__(self, boots: Boots) -> None:
        self.per_leg = boots.chambers_per_leg
        # How long each chamber had the whole pump, in sixtieths of a millisecond.
        self.fed_x60_ms = [0] * boots.count
        # What the hose takes of half of the flow: the least that was seen, because pressure comes on top.
        self.share_pa = NOT_SEEN_PA
        self.sum_pa = 0
        self.ticks_count = 0

    def feed(self, joined_bits: int, fed_ms: int, rise_pa: int, dt_ms: int) -> None:
        """`rise_pa`: of a chamber that has joined another one `fed_ms` ago. Bound: 15_000 ms * 60."""
        joined_count = 0
        for index in range(len(self.fed_x60_ms)):
            joined_count += joined_bits >> index & 1
        for index in range(len(self.fed_x60_ms)):
            if joined_bits & (1 << index):
                self.fed_x60_ms[index] += dt_ms * 60 // joined_count
        if joined_count == 2 and rise_pa > 0 and FLOW_FROM_MS < fed_ms <= FLOW_TO_MS:
            self.sum_pa += rise_pa
            self.ticks_count += 1
        elif self.ticks_count:
            self.share_pa = min(self.share_pa, max(self.sum_pa // self.ticks_count, 1))
            self.sum_pa = 0
            self.ticks_count = 0

    def room_ml(self, index: int, kept_pa: int) -> int:
        """`kept_pa`: what a chamber has kept of the air that it got. 0: nothing is known of the flow."""
        if self.share_pa == NOT_SEEN_PA:
            return 0
        # Bound: 2 * 250 mL/s * 15_000 ms.
        ml = 2 * flow_ml_s(self.share_pa) * (self.fed_x60_ms[index] // 60) // 1000
        return room_of_five_ml(ml * self.per_leg // CHAMBERS_DESCRIBED, kept_pa)


def room_of_five_ml(ml: int, kept_pa: int) -> int:
    """What a chamber that keeps this pressure of so much air would take in all.

    The first terms of 1 - exp(-p / 1.6 mmHg) [G]. Bound: 3300 * 3300, and 11_000 * 3300.
    """
    u = clamp(kept_pa, 1, TAKEN_MOST_PA) * 1000 // TAKEN_PA
    grown = 1000 + u + u * u // 2000 + u * u // 1000 * u // 6000
    return min(ml * grown // (grown - 1000), MOST_ML)


def flow_ml_s(share_pa: int) -> int:
    """The root by Newton's steps, from above. Bound: 40_000 * 10_000."""
    square = share_pa * 10_000
    root = 6000
    for _ in range(12):
        root = (root + square // root) // 2
    return root * FLOW_PER_ROOT_X100 // 10_000
