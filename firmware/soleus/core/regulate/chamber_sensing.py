"""Stands for `Unseen` where each chamber has a sensor."""

from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer


class AllSeen:
    reckoning = None

    def see(self, _index: int, _gauges: Gauges, _target_pa: int, _regulator: object) -> int:
        return 0

    def hold(self, _index: int, _gauges: Gauges, _target_pa: int, _regulator: object, _dt_ms: int) -> None:
        pass

    def extra_pa(self, _target_pa: int) -> int:
        return 0

    def is_let_down(self, _index: int, _regulator: object) -> bool:
        return False

    def share_bits(self, _asking: int, _gauges: Gauges, _sequencer: Sequencer, _regulator: object) -> int:
        return 0

    def fill(
        self, _index: int, _gauges: Gauges, _sequencer: Sequencer, _regulator: object, _dt_ms: int
    ) -> None:
        pass
