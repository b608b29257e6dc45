"""What is learned of each chamber where one sensor sits on the manifold."""

from soleus.core.basics.boots import Boots
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.regulate.learned import Learned
from soleus.core.regulate.regulation import LEAD_MOST_PA, learned_lead_pa

# The manifold's sensor sees the drop over the valve as well. Until it is known, most of a reading is taken
# for the flow's: that is the safe side.
DROP_START_PA = pa_from_mmhg(100)


class ManifoldLearned(Learned):
    def __init__(self, boots: Boots) -> None:
        super().__init__(boots)
        # Fills end throttled and say nothing about the speed, so every dose has to.
        self.dose_seen_ms = 0
        self.drop_most_pa = DROP_START_PA
        self.drop_pa = [DROP_START_PA] * boots.count

    def note_coast(self, index: int, missing_pa: int, stop_pa_s: int) -> None:  # noqa: ARG002 (as in Learned)
        """A throttled fill comes to the target from below, and no sensor sees the chamber sag afterwards."""
        self.coast_lead_pa[index] = learned_lead_pa(self.coast_lead_pa[index], -missing_pa, LEAD_MOST_PA)

    def note_fall(self, index: int, moved_pa: int, took_ms: int) -> None:  # as `Learned`
        """`Estimator` learns that: it knows how much the pressure falls by itself meanwhile."""

    def note_drop(self, index: int, seen_pa: int, flow_permille: int) -> None:
        full_pa = self.full_drop_pa(seen_pa, flow_permille)
        is_first = self.drop_pa[index] == self.drop_most_pa
        self.drop_pa[index] = full_pa if is_first else (self.drop_pa[index] + full_pa) // 2
