"""With one sensor on the manifold: who may be filled together, who is to be looked at, and what is reckoned
of a full chamber between two looks.

The neighbour above it on the leg squeezes it while it fills, by 15 mmHg and more, unless it is let out a
little now and then. How much of the neighbour's pressure comes through is learned from looks before and
after.
"""

from .boots import Boots
from .gauges import Gauges
from .learned import SQUEEZE_MOST_PERMILLE, Learned
from .regulation import FILL, HOLD, OFF, PEEK
from .units import clamp, pa_from_mmhg

# A held chamber is joined to the resting manifold for a moment when it was last seen so long ago.
LOOK_AFTER_MS = 3000
LOOK_BEFORE_FILL_AFTER_MS = 5000
# Where nobody looks for seconds a chamber is left a little too high: tissue gives way.
EXTRA_PERMILLE = 10
# It is let down when its neighbour has squeezed it so far, to a little below.
SQUEEZED_PA = pa_from_mmhg(2)
SQUEEZED_UNDER_PA = pa_from_mmhg(1)
# A smaller rise of the neighbour says little.
RISE_SEEN_PA = pa_from_mmhg(15)
# Under a steady pressure tissue gives way: 2 permille of it a second, for a while.
SAG_MS = 500_000
SAG_MOST_MS = 15_000


class Unseen:
    def __init__(self, boots: Boots, learned: Learned) -> None:
        self.boots = boots
        self.learned = learned
        # When it was last seen, and how long ago that is: its pressure, the neighbour's; and what has been
        # let out of it since.
        self.seen_pa = [0] * boots.count
        self.above_seen_pa = [0] * boots.count
        self.let_out_pa = [0] * boots.count
        self.unseen_ms = [0] * boots.count

    def see(self, index: int, gauges: Gauges, phase: list, refill_bits: int, flow_permille: int) -> None:
        """It has just been measured."""
        pressure_pa = gauges.smooth_pa[index]
        above_pa = self._above_pa(index, gauges, phase, refill_bits, flow_permille)
        risen_pa = above_pa - self.above_seen_pa[index]
        if phase[index] == PEEK and risen_pa >= RISE_SEEN_PA:
            squeezed_pa = pressure_pa - self.seen_pa[index] + self.let_out_pa[index] + self._sag_pa(index)
            self._learn(index, squeezed_pa, risen_pa)
        self.seen_pa[index] = pressure_pa
        self.above_seen_pa[index] = above_pa
        self.let_out_pa[index] = 0
        self.unseen_ms[index] = 0

    def extra_pa(self, target_pa: int) -> int:
        return target_pa * EXTRA_PERMILLE // 1000

    def over_pa(
        self,
        index: int,
        gauges: Gauges,
        phase: list,
        refill_bits: int,
        flow_permille: int,
        target_pa: int,
        dt_ms: int,
    ) -> int:
        """How much is to be let out of it now."""
        self.unseen_ms[index] = min(self.unseen_ms[index] + dt_ms, SAG_MOST_MS)
        above_pa = self._above_pa(index, gauges, phase, refill_bits, flow_permille)
        # Bound: 40_000 Pa * 300 permille.
        squeezed_pa = (above_pa - self.above_seen_pa[index]) * self.learned.squeeze_permille[index] // 1000
        come_in_pa = squeezed_pa - self.let_out_pa[index] - self._sag_pa(index)
        over_pa = gauges.smooth_pa[index] + come_in_pa - target_pa
        return over_pa + SQUEEZED_UNDER_PA if over_pa > SQUEEZED_PA else 0

    def let_out(self, index: int, over_pa: int) -> None:
        self.let_out_pa[index] += over_pa

    def next_look(self, gauges: Gauges, phase: list, is_before_fill: bool) -> int:
        """The held chamber that was last seen too long ago, or -1."""
        oldest_index = -1
        oldest_ms = LOOK_BEFORE_FILL_AFTER_MS if is_before_fill else LOOK_AFTER_MS
        for index in range(self.boots.count):
            if phase[index] == HOLD and gauges.age_ms[index] > oldest_ms:
                oldest_index = index
                oldest_ms = gauges.age_ms[index]
        return oldest_index

    def fill_group(self, fill_bits: int, refill_bits: int, target_pa: list) -> int:
        """Who is filled now: one sensor is right for all at one target at a time, and air must not flow
        from those that are nearly full to empty ones."""
        if fill_bits & refill_bits:
            fill_bits &= refill_bits
        group_bits = 0
        group_pa = 0
        for index in range(self.boots.count):
            if not fill_bits & (1 << index):
                continue
            if group_bits == 0 or target_pa[index] < group_pa:
                group_bits = 0
                group_pa = target_pa[index]
            if target_pa[index] == group_pa:
                group_bits |= 1 << index
        return group_bits

    def _learn(self, index: int, squeezed_pa: int, risen_pa: int) -> None:
        """Bound: 40_000 Pa * 1000."""
        seen_permille = clamp(squeezed_pa * 1000 // risen_pa, 0, SQUEEZE_MOST_PERMILLE)
        known = self.learned.squeeze_permille
        known[index] = (known[index] + 3 * seen_permille) // 4

    def _sag_pa(self, index: int) -> int:
        """Bound: 40_000 Pa * 15_000 ms."""
        return max(self.seen_pa[index], 0) * self.unseen_ms[index] // SAG_MS

    def _above_pa(self, index: int, gauges: Gauges, phase: list, refill_bits: int, flow_permille: int) -> int:
        """In the neighbour above it on the leg."""
        above = index + 1
        if above % self.boots.chambers_per_leg == 0 or phase[above] == OFF:
            return 0
        pressure_pa = gauges.smooth_pa[above]
        if phase[above] != FILL:
            return pressure_pa
        if gauges.is_fresh(above):
            # What its valve and hose take is only in the reading.
            return max(pressure_pa - self.learned.hose_pa(above, flow_permille), 0)
        # Filled from empty, it was last seen in the cycle before.
        return pressure_pa if refill_bits & (1 << above) else 0
