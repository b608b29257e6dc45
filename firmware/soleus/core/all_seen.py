"""Stands for `Unseen` where each chamber has a sensor."""

from .gauges import Gauges


class AllSeen:
    def see(self, _index: int, _gauges: Gauges, _phase: list, _refill_bits: int, _flow_permille: int) -> None:
        pass

    def extra_pa(self, _target_pa: int) -> int:
        return 0

    def over_pa(
        self,
        _index: int,
        _gauges: Gauges,
        _phase: list,
        _refill_bits: int,
        _flow_permille: int,
        _target_pa: int,
        _dt_ms: int,
    ) -> int:
        return 0

    def let_out(self, _index: int, _over_pa: int) -> None:
        pass

    def next_look(self, _gauges: Gauges, _phase: list, _is_before_fill: bool) -> int:
        return -1

    def fill_group(self, fill_bits: int, _refill_bits: int, _target_pa: list) -> int:
        return fill_bits
