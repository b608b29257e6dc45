"""Ticks to frames: picks some of the many, counts what happened between them, and notes what changed."""

from collections.abc import Callable
from typing import Any

import numpy as np

from host_tools.live.frames.frame import Event, Frame
from host_tools.live.guards.in_core import Near
from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.safety import fault_help
from soleus.core.basics import fault_table
from soleus.core.program.timeline import STAGE_NAMES
from soleus.core.regulate.regulation import PHASE_NAMES
from soleus.core.session.session import STATE_NAMES

Columns = dict[str, np.ndarray]


class Beside:
    """What ticks don't hold, as it is after the newest of them."""

    def __init__(self) -> None:
        self.level_mmhg = 0.0
        self.run_ms = 0
        self.left_ms = 0
        self.rested: dict[int, str] = {}
        self.energy_wh: float | None = None
        self.asks_for_life = False
        self.near: list[Near] = []


class Framer:
    def __init__(self, names: list[str], knows_manifold: bool = True) -> None:
        self._names = names
        self._knows_manifold = knows_manifold
        self._clicks = 0
        self._last_bits = (0, 0)
        self._state = -1
        self._fault = 0
        self._rested: dict[int, str] = {}
        self.events: list[Event] = []

    def frames(self, columns: Columns, beside: Beside, most: int) -> list[Frame]:
        """At most so many, evenly over the ticks; the last tick is always one of them."""
        count = len(columns["time_ms"])
        if count == 0:
            return []
        self._note_changes(columns, beside)
        clicks = self._count_clicks(columns)
        picks = np.unique(np.linspace(0, count, min(most, count) + 1).round().astype(int)[1:] - 1)
        return [self._frame(columns, int(k), int(clicks[k]), beside) for k in picks]

    def _frame(self, columns: Columns, k: int, clicks: int, beside: Beside) -> Frame:
        def at(name: str) -> Any:
            return columns[name][k].item()

        return {
            "at_ms": at("time_ms"),
            "state": STATE_NAMES[at("state")],
            "fault": code_of(at("fault_code")),
            "cycle": at("cycle"),
            "stage": STAGE_NAMES[at("stage_kind")],
            "level_mmhg": beside.level_mmhg,
            "run_ms": beside.run_ms,
            "left_ms": beside.left_ms,
            "pressure_mmhg": tenths(columns["pressure_mmhg"][k]),
            "wanted_mmhg": tenths(columns["setpoint_pa"][k] / PA_PER_MMHG),
            "target_mmhg": tenths(columns["target_pa"][k] / PA_PER_MMHG),
            "phase": [PHASE_NAMES[phase] for phase in columns["phase"][k]],
            "fill_bits": at("fill_bits"),
            "seal_bits": at("seal_bits"),
            "pump_permille": at("pump_permille"),
            "gate_on": at("gate_on"),
            "missing_bits": at("missing_bits"),
            "rested_bits": sum(1 << index for index in beside.rested),
            "manifold_mmhg": round(at("manifold_mmhg"), 1) if self._knows_manifold else None,
            "supply_v": round(at("supply_v"), 2),
            "clicks": clicks,
            "energy_wh": beside.energy_wh,
            "asks_for_life": beside.asks_for_life,
            "near": beside.near,
        }

    def _count_clicks(self, columns: Columns) -> np.ndarray:
        """How often any valve had switched by each tick."""
        switched = np.zeros(len(columns["time_ms"]), np.int64)
        for column, last in zip(("fill_bits", "seal_bits"), self._last_bits, strict=True):
            bits = columns[column].astype(np.int64)
            changed = bits ^ np.concatenate(([last], bits[:-1]))
            switched += np.bitwise_count(changed)
        clicks = self._clicks + np.cumsum(switched)
        self._clicks = int(clicks[-1])
        self._last_bits = (int(columns["fill_bits"][-1]), int(columns["seal_bits"][-1]))
        return clicks

    def _note_changes(self, columns: Columns, beside: Beside) -> None:
        time_ms = columns["time_ms"]
        self._state = self._note(columns["state"], self._state, time_ms, self._note_state)
        self._fault = self._note(columns["fault_code"], self._fault, time_ms, self._note_fault)
        for index, code in beside.rested.items():
            if self._rested.get(index) != code:
                text = f"{self._names[index]} is left out: {code}, {fault_name(code)}"
                self.add(int(time_ms[-1]), "rested", text, fault_help.advice(code))
        self._rested = dict(beside.rested)

    def _note(
        self, column: np.ndarray, last: int, time_ms: np.ndarray, note: Callable[[int, int], None]
    ) -> int:
        for k in np.flatnonzero(column != np.concatenate(([last], column[:-1]))):
            note(int(column[k]), int(time_ms[k]))
        return int(column[-1])

    def _note_state(self, state: int, at_ms: int) -> None:
        self.add(at_ms, "state", STATE_NAMES[state])

    def _note_fault(self, fault: int, at_ms: int) -> None:
        if fault:
            code = code_of(fault)
            self.add(at_ms, "fault", f"{code} {fault_name(code)}", fault_help.advice(code))

    def add(self, at_ms: int, kind: Any, text: str, help_: str = "") -> None:
        self.events.append({"at_ms": at_ms, "kind": kind, "text": text, "help": help_})

    def taken_events(self) -> list[Event]:
        events, self.events = self.events, []
        return events


def code_of(fault: int) -> str:
    return str(fault_table.TABLE[fault][0]) if fault else ""


def fault_name(code: str) -> str:
    return next((str(name) for known, name, *_ in fault_table.TABLE if known == code), "unknown fault")


def tenths(values: np.ndarray) -> list[float]:
    # Adding 0 makes a zero of a minus zero.
    return [round(float(value), 1) + 0.0 for value in values]
