"""The rows of a comparison, the same in the terminal, in docs/ and in the picture."""

from collections.abc import Callable
from typing import NamedTuple

from host_tools.compare.figures import Figures


class Row(NamedTuple):
    name: str
    unit: str
    decimals: int
    of: Callable[[Figures], float]

    @property
    def heading(self) -> str:
        return f"{self.name}, {self.unit}" if self.unit else self.name

    def text(self, one: Figures) -> str:
        return f"{self.of(one):,.{self.decimals}f}"


def rows_of(found: list[Figures]) -> list[Row]:
    """A row for each zone of the boots where zones differ."""
    zones = list(found[0].pressed_min)
    return [
        Row("cycles", "", 0, lambda one: one.cycles),
        Row("air moved", "l", 1, lambda one: one.air_l),
        *(Row(f"{zone} pressed", "min", 1, _pressed(zone)) for zone in zones),
        *(Row(f"{zone} mean", "mmHg", 1, _mean(zone)) for zone in zones),
        Row("highest", "mmHg", 1, lambda one: one.highest_mmhg),
        Row("clicks", "", 0, lambda one: one.clicks),
        Row("pump on", "min", 1, lambda one: one.pump_min),
        Row("energy", "Wh", 2, lambda one: one.energy_wh),
    ]


def _pressed(zone: str) -> Callable[[Figures], float]:
    return lambda one: one.pressed_min[zone]


def _mean(zone: str) -> Callable[[Figures], float]:
    return lambda one: one.mean_mmhg[zone]
