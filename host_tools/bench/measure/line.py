"""A line of a report: declared before its test begins, so that none can go missing."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

PASSED, FAILED, NOT_APPLICABLE, WAITING = "passed", "FAILED", "not applicable", "waiting"


@dataclass
class Line:
    key: str  # "leak.left.calf"
    title: str
    unit: str
    least: float | None
    most: float | None
    source: str  # where the limit comes from
    value: float | None = None
    text: str = ""  # a value that is no number
    uncertainty: float | None = None
    status: str = WAITING
    note: str = ""

    def measure(self, value: float, uncertainty: float | None = None, note: str = "") -> None:
        self.value, self.uncertainty, self.note = float(value), uncertainty, note
        is_low = self.least is not None and value < self.least
        is_high = self.most is not None and value > self.most
        self.status = FAILED if is_low or is_high or not np.isfinite(value) else PASSED

    def judge(self, is_well: bool, text: str, note: str = "") -> None:
        self.text, self.note, self.status = text, note, PASSED if is_well else FAILED

    def fail(self, why: str) -> None:
        self.status, self.note = FAILED, why

    def leave_out(self, why: str) -> None:
        self.status, self.note = NOT_APPLICABLE, why

    @property
    def shown(self) -> str:
        if self.value is None:
            return self.text or "–"
        digits = 0 if abs(self.value) >= 100 else 1 if abs(self.value) >= 10 else 2
        plus = f" ± {self.uncertainty:.{digits}f}" if self.uncertainty else ""
        return f"{self.value:.{digits}f}{plus}"

    @property
    def limit(self) -> str:
        if self.least is not None and self.most is not None:
            return f"{self.least:g} to {self.most:g}"
        if self.most is not None:
            return f"at most {self.most:g}"
        return f"at least {self.least:g}" if self.least is not None else "–"


@dataclass
class Curve:
    """What was seen while a step ran, for the report and for a twin."""

    key: str  # "leak.left.calf"
    step: str
    chamber: str
    time_s: np.ndarray
    mmhg: np.ndarray
    facts: dict[str, Any] = field(default_factory=dict)
