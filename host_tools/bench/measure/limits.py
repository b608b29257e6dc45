"""The limits of a unit's figures: from the board file's [bench] table, or else the default."""

from dataclasses import dataclass
from typing import Any

from host_tools.catalogue.bench_defaults import DEFAULTS
from host_tools.catalogue.boards import Board
from host_tools.plant.parts.units import CHAMBERS_DESCRIBED


@dataclass(frozen=True)
class Limits:
    board: Board
    reference_ml: float | None = None

    def value(self, key: str) -> float:
        if key == "reference_ml" and self.reference_ml:
            return self.reference_ml
        return float(self._table().get(key, DEFAULTS[key][0]))

    def source(self, key: str) -> str:
        where = "board.toml" if key in self._table() else "default for every board"
        return f"[bench] {key}, {where}"

    def size(self) -> float:
        """Fewer chambers share the same leg, so each is larger."""
        return CHAMBERS_DESCRIBED / self.board.boots.chambers_per_leg

    def _table(self) -> dict[str, Any]:
        return dict(self.board.table.get("bench", {}))
