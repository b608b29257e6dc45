"""What can be tested: the simulator, a virtual board or a real one, all through the same methods."""

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from host_tools.bench.targets.tape import Tape
from host_tools.catalogue.boards import Board
from soleus.core.session.session import STATE_NAMES


class BenchError(Exception):
    """The target did not do what a step needs; the step's lines fail with this message."""


class NotApplicableError(BenchError):
    """This target doesn't have what the step tests."""


@dataclass(frozen=True)
class Identity:
    """The unit, and what runs on it."""

    serial: str
    board: str
    firmware: str
    calibrated_on: str = ""
    facts: dict[str, str] = field(default_factory=dict)


class Target(Protocol):
    board: Board
    tape: Tape
    kind: str
    # Seconds of the target's own time since it was connected.
    now_s: float

    def identity(self) -> Identity: ...

    def begin_service(self) -> None:
        """Press SERVICE; the check follows while the bench waits."""
        ...

    def act(self, table: dict[str, int]) -> None: ...

    def wait(self, seconds: float, is_silent: bool = False) -> None:
        """Let time pass while ticks come onto the tape; `is_silent`: as if the bench were gone."""
        ...

    def renew(self) -> None:
        """Say that the bench is still there; `wait` does it by itself."""
        ...

    def clock_s(self) -> float:
        """The target's own time now, as exactly as it is known here."""
        ...

    def state(self) -> int: ...

    def press(self, button: str) -> float:
        """Press `stop`, `start` or `clear`, as a person at the machine would; the target's time then, in
        seconds."""
        ...

    def load(self, program: str, minutes: int, mmhg: int) -> None: ...

    def zero_mmhg(self) -> list[float]: ...

    def fault(self) -> dict[str, Any] | None:
        """Code, place, value and limit of the latched fault."""
        ...

    def plug_reference(self, chamber: int | None, reference_ml: float) -> None:
        """Asks a person: a rigid vessel on this hose instead of the boot, or everything back as it was."""
        ...

    def gauge_mmhg(self, chamber: int) -> float:
        """Asks a person to read the reference gauge on this hose."""
        ...

    def raw(self) -> np.ndarray:
        """What each sensor's converter shows now."""
        ...

    def keep_calibration(self, pairs: dict[int, list[list[int]]], day: str) -> None:
        """Store two points [raw, pa] for each of these sensors on the device."""
        ...

    def hang(self) -> float:
        """Stop the processor; return the seconds until the outputs are off."""
        ...

    def close(self) -> None: ...


def state_name(state: int) -> str:
    return STATE_NAMES[state]
