"""The readings and commands of a target, tick by tick, as long as a bench is connected."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from soleus.core.basics.boots import Boots

COLUMNS = ("at_ms", "state", "fault", "fill", "seal", "pump", "manifold_pa")


@dataclass(frozen=True)
class Piece:
    """Some ticks in a row. Commands are those given at the end of the tick whose reading is beside them."""

    at_ms: np.ndarray
    state: np.ndarray
    fault: np.ndarray
    fill: np.ndarray
    seal: np.ndarray
    pump: np.ndarray
    # (ticks, chambers), zeroed. With one sensor on the manifold, every column shows that one; it is right for
    # the chambers that are joined.
    mmhg: np.ndarray
    manifold_mmhg: np.ndarray

    def __len__(self) -> int:
        return len(self.at_ms)

    def __getitem__(self, ticks: slice) -> "Piece":
        return Piece(**{name: getattr(self, name)[ticks] for name in self.__dataclass_fields__})

    @property
    def time_s(self) -> np.ndarray:
        return (self.at_ms - self.at_ms[0]) / 1000.0


class Tape:
    """Grows with every tick that a target reports."""

    def __init__(self, boots: Boots) -> None:
        self._chamber_count = boots.count
        self._has_one_sensor = boots.has_manifold_sensor_only
        self._rows: list[dict[str, np.ndarray]] = []
        self._joined: dict[str, np.ndarray] | None = None
        self.length = 0

    def append(self, columns: dict[str, Any]) -> None:
        rows = {name: np.asarray(values) for name, values in columns.items()}
        if self._has_one_sensor:
            rows["mmhg"] = np.repeat(rows["manifold_mmhg"][:, None], self._chamber_count, axis=1)
        if len(rows["at_ms"]):
            self._rows.append(rows)
            self.length += len(rows["at_ms"])

    def since(self, mark: int) -> Piece:
        """Everything from tick `mark` on."""
        wanted, parts = self.length - mark, []
        for rows in reversed(self._rows):
            if wanted <= 0:
                break
            parts.append({name: values[-wanted:] for name, values in rows.items()})
            wanted -= len(rows["at_ms"])
        if not parts:
            return self._empty()
        joined = {name: np.concatenate([part[name] for part in reversed(parts)]) for name in parts[0]}
        return Piece(**{name: joined[name] for name in Piece.__dataclass_fields__})

    def forget(self) -> None:
        """Drop all ticks: a long endurance run needs each cycle only once."""
        self._rows.clear()
        self.length = 0

    def _empty(self) -> Piece:
        none = np.zeros(0)
        return Piece(none, none, none, none, none, none, np.zeros((0, self._chamber_count)), none)
