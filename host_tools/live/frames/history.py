"""Keeps what the traces on the page are drawn from: a page that comes later gets it, too."""

from typing import TypedDict

import numpy as np

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
        # Whole columns from the start, filled row by row: a list of lists would grow by a megabyte a minute.
        self._count = 0
        self._at_ms = np.zeros(ROWS_MOST, np.int64)
        self._state: list[str] = []
        self._pressure_mmhg = self._wanted_mmhg = np.zeros((0, 0))

    def add(self, frame: Frame) -> None:
        if self._count == 0:
            chambers = len(frame["pressure_mmhg"])
            self._pressure_mmhg, self._wanted_mmhg = np.zeros((2, ROWS_MOST, chambers))
        if self._count == ROWS_MOST:
            self._thin_out()
        self._at_ms[self._count] = frame["at_ms"]
        self._pressure_mmhg[self._count] = frame["pressure_mmhg"]
        self._wanted_mmhg[self._count] = frame["wanted_mmhg"]
        self._state.append(frame["state"])
        self._count += 1

    def add_events(self, events: list[Event]) -> None:
        self.events += events
        del self.events[:-EVENTS_MOST]

    def lines(self, from_ms: int, to_ms: int, most: int) -> Lines:
        """At most so many rows of that time; of several that fall together, the last one counts."""
        first, last = np.searchsorted(self._at_ms[: self._count], [from_ms, to_ms + 1])
        step = max(-(-(last - first) // most), 1)
        picks = slice(first + (last - first - 1) % step, last, step) if last > first else slice(0, 0)
        return {
            "at_ms": self._at_ms[picks].tolist(),
            "state": self._state[picks],
            "pressure_mmhg": self._pressure_mmhg[picks].tolist(),
            "wanted_mmhg": self._wanted_mmhg[picks].tolist(),
        }

    def _thin_out(self) -> None:
        """Every second row of the older half goes: a long session fits, and the latest minutes stay whole."""
        half = ROWS_MOST // 2
        del self._state[1:half:2]
        self._count = len(self._state)
        kept = np.r_[0:half:2, half:ROWS_MOST]
        for column in (self._at_ms, self._pressure_mmhg, self._wanted_mmhg):
            column[: self._count] = column[kept]
