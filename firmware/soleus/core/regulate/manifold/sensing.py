"""What one sensor on the manifold shows of a chamber: its pressure at a look, and an estimate in between."""

from soleus.core.basics.boots import Boots
from soleus.core.regulate.fills import Fills
from soleus.core.regulate.manifold.estimator import VENT_LATE_MS, Estimator
from soleus.core.regulate.regulation import BAND_PA, FILL
from soleus.core.sensing.gauges import Gauges

# Tissue gives way under a held chamber, so its pressure is left a little too high.
EXTRA_PERMILLE = 12
NO_LIMIT_PA = 1 << 20


class ManifoldSensing:
    def __init__(self, boots: Boots, fills: Fills) -> None:
        self.phases = fills.phases
        self.air = fills.air
        self.moves = fills.moves
        self.estimator = Estimator(boots, fills)
        # While other chambers wait to be filled, a chamber counts as reached when no more is missing.
        self.short_beside_fill_pa = 2 * BAND_PA
        # Beside a fill the sensor doesn't show what a dose brings, and a dose is too small to make up a large
        # deviation: such a chamber is filled again, however high it stands above the others.
        self.fill_beside_most_pa = NO_LIMIT_PA
        # A fill as a trim never counts as the fill from empty, when the hose is measured.
        self.refill_mask_bits = boots.all_bits
        # Their vents are open because of the estimate, and not because of a look.
        self.estimated_bits = 0
        # Their vents have been tried, whatever came of it.
        self.tried_bits = 0

    def see(self, index: int, gauges: Gauges, target_pa: int) -> int:
        """A chamber has just been measured: how far above its target should it be?"""
        self.estimator.see(index, gauges)
        self.estimated_bits &= ~(1 << index)
        return self.extra_pa(target_pa)

    def extra_pa(self, target_pa: int) -> int:
        return target_pa * EXTRA_PERMILLE // 1000

    def has_bled(self, _index: int, _gauges: Gauges, _target_pa: int) -> bool:
        """The reading is old: a bleed ends by the clock."""
        return False

    def is_let_down(self, index: int) -> bool:
        """A vent has closed: is the chamber near enough without a look?"""
        # Vents are told to open for whole ticks.
        open_ms = self.moves.planned_ms[index] = self.phases.phase_ms[index] - VENT_LATE_MS
        is_busy = self.phases.bits[FILL] & self.air.joined_bits != 0
        if not is_busy and not self.is_estimated(index):
            return False
        self.estimator.let_out(index, open_ms)
        # It is measured when it is its turn.
        self.moves.reach(index)
        return True

    def is_estimated(self, index: int) -> bool:
        return self.estimated_bits & (1 << index) != 0

    def is_untried(self, index: int) -> bool:
        return self.estimator.fall_at_pa[index] == 0 and not self.tried_bits & (1 << index)
