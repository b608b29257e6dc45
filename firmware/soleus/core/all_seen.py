"""Stands for `Unseen` where each chamber has a sensor."""

from .gauges import Gauges
from .sequencer import Sequencer


class AllSeen:
    def see(self, _index: int, _gauges: Gauges, _target_pa: int, _regulator: object) -> int:
        return 0

    def hold(self, _index: int, _gauges: Gauges, _target_pa: int, _regulator: object, _dt_ms: int) -> None:
        pass

    def let_out(self, _index: int, _over_pa: int) -> None:
        pass

    def next_look(self, _gauges: Gauges, _phase: list, _is_before_fill: bool) -> int:
        return -1

    def fill(
        self, _index: int, _gauges: Gauges, _sequencer: Sequencer, _regulator: object, _dt_ms: int
    ) -> None:
        pass

    def fill_group(self, fill_bits: int, _refill_bits: int, _target_pa: list) -> int:
        return fill_bits
