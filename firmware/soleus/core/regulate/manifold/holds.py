"""Held chambers, where one sensor on the manifold sees one at a time: let down by the estimate."""

from soleus.core.regulate.fills import Fills
from soleus.core.regulate.manifold.sensing import ManifoldSensing
from soleus.core.regulate.regulation import FAR_PA
from soleus.core.regulate.trims import Trims
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer

# Unseen, a vent is not opened for less: valves differ by some milliseconds, which add up over many short
# openings.
OPEN_LEAST_MS = 40


class ManifoldHolds:
    def __init__(self, fills: Fills, trims: Trims, sensing: ManifoldSensing) -> None:
        self.fills = fills
        self.trims = trims
        self.sensing = sensing
        self.ledger = fills.ledger
        self.moves = fills.moves

    def still_bits(self, _gauges: Gauges, _sequencer: Sequencer, _dt_ms: int) -> int:
        """None: an estimate changes in every tick."""
        return 0

    def step(self, index: int, gauges: Gauges, target_pa: int, dt_ms: int) -> None:
        """The pressure was seen a while ago: enough for a new target, too little for a trim."""
        if target_pa == self.moves.goal_pa[index]:
            self.ledger.reached_bits |= 1 << index
            self._let_down(index, gauges, target_pa, dt_ms)
            return
        self.moves.take_goal(index, target_pa)
        self.sensing.estimated_bits &= ~(1 << index)
        missing_pa = target_pa - gauges.smooth_pa[index]
        if missing_pa > FAR_PA:
            self.fills.begin(index)
        elif missing_pa < -FAR_PA:
            self.trims.begin_bleed(index, gauges, target_pa, -missing_pa)

    def _let_down(self, index: int, gauges: Gauges, target_pa: int, dt_ms: int) -> None:
        over_pa = self.sensing.estimator.over_pa(index, gauges, target_pa, dt_ms)
        if over_pa <= 0:
            return
        self.sensing.estimated_bits |= 1 << index
        self.trims.begin_bleed(index, gauges, target_pa, over_pa)
        planned_ms = self.moves.planned_ms
        planned_ms[index] = max(planned_ms[index], OPEN_LEAST_MS)
