"""How near the guards are to their limits, as far as it shows from outside of the machine.

It counts as the guards themselves do, but only as often as the machine tells something. A guard that looks at
every tick sees more.
"""

from collections.abc import Collection

from host_tools.live.frames.frame import Frame
from host_tools.live.guards.in_core import Near, rounded
from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.safety.requirements import REQUIREMENTS
from soleus.core.basics import limits
from soleus.core.basics.boots import Boots

TRIP_MMHG = limits.OVER_TRIP_PA / PA_PER_MMHG
ABOVE_MMHG = limits.OVER_TARGET_PA / PA_PER_MMHG
BELOW_ZERO_MMHG = limits.ZERO_DRIFT_MOST_PA / PA_PER_MMHG
PRESSED_MMHG = limits.PRESSED_PA / PA_PER_MMHG
VENTED_MMHG = limits.VENTED_PA / PA_PER_MMHG
RISES_MMHG = limits.RISES_PA / PA_PER_MMHG


class Outside:
    def __init__(self, boots: Boots, tells: Collection[str]) -> None:
        """`tells`: the codes of what this kind of machine tells anything about."""
        self._boots = boots
        self._tells = tells
        # Since when, by chamber; None: it isn't so.
        self._pressed = _Since(boots.count)
        self._unvented = _Since(boots.count)
        self._rising = _Since(boots.count)
        # A place more: the manifold's sensor.
        self._missing = _Since(boots.count + 1)
        self._was_empty = [True] * boots.count

    def near(self, frame: Frame, gap_ms: int | None = None) -> list[Near]:
        """For each requirement, in their order. `gap_ms`: the longest between two ticks, where told."""
        at_ms, pressure_mmhg = frame["at_ms"], frame["pressure_mmhg"]
        is_open = [self._is_open(frame, index) for index in range(self._boots.count)]
        unvented = [o and p > VENTED_MMHG for o, p in zip(is_open, pressure_mmhg, strict=True)]
        self._was_empty = [
            o and (p <= VENTED_MMHG or was)
            for o, p, was in zip(is_open, pressure_mmhg, self._was_empty, strict=True)
        ]
        rising = [was and p > RISES_MMHG for was, p in zip(self._was_empty, pressure_mmhg, strict=True)]
        missing = [bool(frame["missing_bits"] >> k & 1) for k in range(self._boots.count + 1)]
        over = [p - t for p, t in zip(pressure_mmhg, frame["target_mmhg"], strict=True) if t > 0]
        pressed_ms = self._pressed.longest_ms([p >= PRESSED_MMHG for p in pressure_mmhg], at_ms)
        unvented_ms = self._unvented.longest_ms(unvented, at_ms)
        known: dict[str, Near] = {
            "E01": (max([0.0, *over]), ABOVE_MMHG),
            "E02": (max(pressure_mmhg), TRIP_MMHG),
            "E03": (pressed_ms / 1000, limits.PRESSED_MOST_MS / 1000),
            "E12": (self._missing.longest_ms(missing, at_ms), limits.READING_BAD_MS),
            "E13": (max(0.0, -min(pressure_mmhg)), BELOW_ZERO_MMHG),
            "E31": (unvented_ms / 1000, limits.VENT_MOST_MS / 1000),
            "E32": (self._rising.longest_ms(rising, at_ms), limits.RISES_MS),
            "E41": None if gap_ms is None else (gap_ms, limits.TICK_MOST_MS),
            "E42": _session(frame["run_ms"]),
            "E61": _supply(self._boots, frame["supply_v"]),
        }
        return [rounded(known.get(each.code)) if each.code in self._tells else None for each in REQUIREMENTS]

    def _is_open(self, frame: Frame, index: int) -> bool:
        if frame["fill_bits"] >> index & 1:
            return False
        return bool(self._boots.is_three_way) or not frame["seal_bits"] >> index & 1


class _Since:
    def __init__(self, count: int) -> None:
        self._since_ms: list[int | None] = [None] * count

    def longest_ms(self, is_so: list[bool], at_ms: int) -> int:
        """How long it has been so, for the one for which it has been so the longest."""
        since_ms = [
            (at_ms if since is None else since) if so else None
            for so, since in zip(is_so, self._since_ms, strict=True)
        ]
        self._since_ms = since_ms
        return max([0, *(at_ms - since for since in since_ms if since is not None)])


def _session(run_ms: int) -> Near:
    return (run_ms / 60_000, limits.SESSION_CAP_MS / 60_000) if run_ms else None


def _supply(boots: Boots, supply_v: float) -> Near:
    """Counted upside down: the limit is the least that is allowed."""
    is_known = boots.supply_least_mv and supply_v > 0
    return (supply_v, boots.supply_least_mv / 1000) if is_known else None
