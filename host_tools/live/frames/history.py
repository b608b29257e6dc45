"""Keeps what the traces on the page are drawn from: a page that comes later gets it, too."""

from bisect import bisect_left, bisect_right
from typing import TypedDict

from host_tools.live.frames.frame import Event, Frame

ROWS_MOST = 40_000
EVENTS_MOST = 2000


class Lines(TypedDict):
    """Columns over time, thinned out."""

    at_ms: list[int]
    state: list[str]
    pressure_mmhg: list[list[float]]
    wanted_mmhg: list[list[float]]


class History:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self._at_ms: list[int] = []
        self._state: list[str] = []
        self._pressure_mmhg: list[list[float]] = []
        self._wanted_mmhg: list[list[float]] = []

    def add(self, frame: Frame) -> None:
        self._at_ms.append(frame["at_ms"])
        self._state.append(frame["state"])
        self._pressure_mmhg.append(frame["pressure_mmhg"])
        self._wanted_mmhg.append(frame["wanted_mmhg"])
        if len(self._at_ms) > ROWS_MOST:
            self._thin_out()

    def add_events(self, events: list[Event]) -> None:
        self.events += events
        del self.events[:-EVENTS_MOST]

    def lines(self, from_ms: int, to_ms: int, most: int) -> Lines:
        """At most so many rows of that time; of several that fall together, the last one counts."""
        first, last = bisect_left(self._at_ms, from_ms), bisect_right(self._at_ms, to_ms)
        step = max(-(-(last - first) // most), 1)
        picks = range(first + (last - first - 1) % step, last, step) if last > first else range(0)
        return {
            "at_ms": [self._at_ms[k] for k in picks],
            "state": [self._state[k] for k in picks],
            "pressure_mmhg": [self._pressure_mmhg[k] for k in picks],
            "wanted_mmhg": [self._wanted_mmhg[k] for k in picks],
        }

    def _thin_out(self) -> None:
        """Every second row of the older half goes: a long session fits, and the latest minutes stay whole."""
        half = ROWS_MOST // 2
        for column in (self._at_ms, self._state, self._pressure_mmhg, self._wanted_mmhg):
            del column[1:half:2]
