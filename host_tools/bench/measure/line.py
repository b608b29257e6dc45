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
        plus = f" ± {self.uncertainty:.{decimals_of(self.value)}f}" if self.uncertainty else ""
        return shown(self.value) + plus

    @property
    def limit(self) -> str:
        return within(self.least, self.most)


def shown(value: float) -> str:
    """With as many decimals as a person needs, and never as a power of ten."""
    return f"{value:.{decimals_of(value)}f}"


def decimals_of(value: float) -> int:
    return 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2


def within(least: float | None, most: float | None) -> str:
    if least is not None and most is not None:
        return f"{least:g} to {most:g}"
    if most is not None:
        return f"at most {most:g}"
    return f"at least {least:g}" if least is not None else "–"


@dataclass
class Curve:
    """What was seen while a step ran, for the report and for a twin."""

    key: str  # "leak.left.calf"
    step: str
    chamber: str
    time_s: np.ndarray
    mmhg: np.ndarray
    facts: dict[str, Any] = field(default_factory=dict)
