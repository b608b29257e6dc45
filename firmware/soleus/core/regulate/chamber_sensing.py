"""What a chamber's own sensor shows of it: everything, at any time."""

from soleus.core.regulate.regulation import BAND_PA, FAR_PA
from soleus.core.sensing.gauges import Gauges


class ChamberSensing:
    def __init__(self) -> None:
        self.estimator = None
        # While other chambers wait to be filled, a chamber counts as reached when no more is missing.
        self.short_beside_fill_pa = BAND_PA
        # A chamber that stands higher above those that fill is not filled beside them.
        self.fill_beside_most_pa = FAR_PA
        # A fill as a trim still counts as the fill from empty, when the hose is measured.
        self.refill_mask_bits = 0

    def see(self, _index: int, _gauges: Gauges, _target_pa: int) -> int:
        """A chamber has just been measured: how far above its target should it be?"""
        return 0

    def has_bled(self, index: int, gauges: Gauges, target_pa: int) -> bool:
        """Beside an open vent a sensor never shows more than the chamber holds: surely enough is out."""
        return gauges.pressure_pa[index] <= target_pa * 3 // 4

    def is_let_down(self, _index: int) -> bool:
        """A vent has closed: is the chamber near enough without a look?"""
        return False
