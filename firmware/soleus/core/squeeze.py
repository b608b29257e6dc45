"""What the neighbour above presses into a chamber that nobody sees meanwhile.

With one sensor on the manifold only the chamber that is being filled is seen. The full one below it on
the leg is squeezed by it, by 15 mmHg and more, unless it is let out a little now and then. How much of
the neighbour's pressure comes through is learned from looks before and after.
"""

from .boots import Boots
from .learned import Learned
from .units import pa_from_mmhg

# A smaller rise of the neighbour says little.
RISE_SEEN_PA = pa_from_mmhg(15)
# Under a steady pressure tissue gives way: 2 permille of it a second, for a while.
SAG_MS = 500_000
SAG_MOST_MS = 15_000


class Squeeze:
    def __init__(self, boots: Boots, learned: Learned) -> None:
        self.learned = learned
        # When it was last seen, and how long ago that is: its pressure, the neighbour's; and what has been
        # let out of it since.
        self.seen_pa = [0] * boots.count
        self.above_seen_pa = [0] * boots.count
        self.let_out_pa = [0] * boots.count
        self.unseen_ms = [0] * boots.count

    def see(self, index: int, pressure_pa: int, above_pa: int, was_held: bool) -> None:
        """It has just been measured."""
        risen_pa = above_pa - self.above_seen_pa[index]
        if was_held and risen_pa >= RISE_SEEN_PA:
            squeezed_pa = pressure_pa - self.seen_pa[index] + self.let_out_pa[index] + self._sag_pa(index)
            self.learned.note_squeeze(index, squeezed_pa, risen_pa)
        self.seen_pa[index] = pressure_pa
        self.above_seen_pa[index] = above_pa
        self.let_out_pa[index] = 0
        self.unseen_ms[index] = 0

    def come_in_pa(self, index: int, above_pa: int, dt_ms: int) -> int:
        """Since it was last seen, less what has gone out. Bound: 40_000 Pa * 300 permille."""
        self.unseen_ms[index] = min(self.unseen_ms[index] + dt_ms, SAG_MOST_MS)
        risen_pa = above_pa - self.above_seen_pa[index]
        squeezed_pa = risen_pa * self.learned.squeeze_permille[index] // 1000
        return squeezed_pa - self.let_out_pa[index] - self._sag_pa(index)

    def _sag_pa(self, index: int) -> int:
        """Bound: 40_000 Pa * 15_000 ms."""
        return max(self.seen_pa[index], 0) * self.unseen_ms[index] // SAG_MS
