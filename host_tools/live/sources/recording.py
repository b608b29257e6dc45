"""A recording as a source: it plays, and a person may jump to any moment of it."""

from bisect import bisect_right
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from host_tools.live.about import about
from host_tools.live.acts import Act, Seek, Speed
from host_tools.live.framer import Beside, Framer
from host_tools.live.frames.frame import About, Event, Frame, Panel
from host_tools.live.guards.in_core import Near, near_in_core
from host_tools.live.guards.outside import Outside
from host_tools.live.guards.shown import TOLD_ON_THE_LINE
from host_tools.live.source import RefusedError, Repeated
from host_tools.log.log_file import Log, read_log
from host_tools.log.replay import Difference, replay
from host_tools.log.trace import trace_of
from host_tools.sim.trace import Trace
from soleus.core.controller import Controller

FRAME_EVERY_MS = 50
SPEEDS = ("0", "1", "4", "16")
# Between two looks at the core's counters, and how old one may be in a frame.
LOOK_MS, LOOK_OLD_MS = 50, 60
NOTE = "a recording; pressures are what the sensors gave"


class Recording:
    def __init__(self, path: str | Path, speed: str = "1") -> None:
        self.trouble = ""
        self.speed = speed if speed in SPEEDS else SPEEDS[-1]
        log = read_log(path)
        counted = _Counted(log)
        log, difference = _up_to_a_difference(log, counted)
        if log.torn_bytes:
            self.trouble = (
                f"the file is torn: its last {log.torn_bytes} bytes aren't whole. Shown is the rest."
            )
        trace = trace_of(log)
        self._frames, self._events = _frames_of(log, trace, counted)
        if difference:
            self._events.append(difference)
            self._events.sort(key=lambda event: event["at_ms"])
            self.trouble = f"{difference['text']}. What was recorded after that isn't shown."
        self._at_ms = [frame["at_ms"] for frame in self._frames]
        self._now_ms = float(self._at_ms[0])
        self._next = 0
        header = log.header
        self.about: About = about(
            log.boots,
            "recording",
            title=Path(path).name,
            program=(header.get("program") or {}).get("id", ""),
            board=str(header.get("board") or ""),
            minutes=int(header.get("minutes") or 0),
            pressure_mmhg=int(header.get("pressure_mmhg") or 0),
            speeds=list(SPEEDS),
            duration_ms=self._at_ms[-1],
            note=f"{NOTE}; recorded by {log.versions}, ended by {log.ended_by}",
        )

    def advance(self, passed_s: float) -> list[Frame]:
        self._now_ms = min(self._now_ms + passed_s * 1000 * float(self.speed), self._at_ms[-1])
        first = self._next
        while self._next < len(self._at_ms) and self._at_ms[self._next] <= self._now_ms:
            self._next += 1
        return self._frames[first : self._next]

    def past(self) -> list[Frame]:
        return self._frames

    def new_events(self) -> list[Event]:
        """All at once: a person may jump to any of them."""
        events, self._events = self._events, []
        return events

    def panel(self) -> Panel | None:
        return None

    def checklist(self) -> None:
        return None

    def silent_s(self) -> float:
        return 0.0

    def act(self, act: Act) -> str:
        match act:
            case Seek():
                self._now_ms = float(min(max(act.at_ms, self._at_ms[0]), self._at_ms[-1]))
                later = int(np.searchsorted(self._at_ms, self._now_ms, side="right"))
                self._next = max(later - 1, 0)
                return f"at {self._now_ms / 1000:.1f} s"
            case Speed():
                if act.speed not in SPEEDS:
                    raise RefusedError(f"a recording plays at {', '.join(SPEEDS[1:])} times its speed")
                self.speed = act.speed
                return f"speed {act.speed}"
            case _:
                raise RefusedError("a recording can't be changed any more")

    def repeat(self) -> Repeated:
        raise RefusedError("this is a recording already; `soleus log replay` repeats it")

    def close(self) -> None:
        pass


class _Counted:
    """What the core's own guards had counted, where every tick was recorded: the replay makes it again."""

    def __init__(self, log: Log) -> None:
        # The page's time begins with the recording.
        self._began_ms = min((block.at_ms for block in (*log.blocks[:1], *log.overview[:1])), default=0)
        self._at_ms: list[int] = []
        self._near: list[list[Near]] = []
        self._longest_dt_ms = 0

    def look(self, controller: Controller, dt_ms: int) -> None:
        self._longest_dt_ms = max(self._longest_dt_ms, dt_ms)
        at_ms = controller.at_ms - self._began_ms
        if self._at_ms and at_ms - self._at_ms[-1] < LOOK_MS:
            return
        self._at_ms.append(at_ms)
        self._near.append(near_in_core(controller, self._longest_dt_ms))
        self._longest_dt_ms = 0

    def near(self, at_ms: int) -> list[Near] | None:
        k = bisect_right(self._at_ms, at_ms) - 1
        return self._near[k] if k >= 0 and at_ms - self._at_ms[k] <= LOOK_OLD_MS else None


def _up_to_a_difference(log: Log, counted: "_Counted") -> tuple[Log, Event | None]:
    """Where this laptop's core gives another command than was recorded, the recording ends for the page."""
    found = replay(log, counted.look).difference if log.blocks else None
    if found is None:
        return log, None
    kept, left = [], found.tick
    for block in log.blocks:
        if left <= 0:
            break
        kept.append(replace(block, ticks=block.ticks[:left]))
        left -= len(block.ticks)
    event: Event = {
        "at_ms": found.at_ms,
        "kind": "differs",
        "text": _difference(found),
        "help": "`soleus log replay` tells more. Another core than the one that recorded it does that.",
    }
    return replace(log, blocks=kept), event


def _difference(found: Difference) -> str:
    return (
        f"tick {found.tick}, {found.at_ms} ms: this core gives {found.what} {found.came_out}, "
        f"recorded was {found.recorded}"
    )


def _frames_of(log: Log, trace: Trace, counted: "_Counted") -> tuple[list[Frame], list[Event]]:
    columns = {
        column.name: getattr(trace, column.name)
        for column in fields(Trace)
        if column.name not in ("chamber_names", "notes", "time_s")
    }
    columns["time_ms"] = np.round(trace.time_s * 1000).astype(np.int64)
    boots = log.boots
    knows_manifold = boots.has_manifold_sensor_only or boots.has_manifold_sensor_too
    framer = Framer(boots.names, knows_manifold=bool(knows_manifold))
    beside = Beside()
    beside.level_mmhg = int(log.header.get("pressure_mmhg") or 0)
    every = framer.frames(columns, beside, len(trace))
    return _thinned(log, every, counted), framer.taken_events()


def _thinned(log: Log, every: list[Frame], counted: "_Counted") -> list[Frame]:
    """Twenty a second at most, each with how long the session has run."""
    kept: list[Frame] = []
    outside = Outside(log.boots, TOLD_ON_THE_LINE)
    duration_ms = int(log.header.get("minutes") or 0) * 60_000
    run_ms = last_ms = 0
    for frame in every:
        at_ms = frame["at_ms"]
        if frame["state"] == "running":
            run_ms += at_ms - last_ms
        last_ms = at_ms
        if kept and at_ms - kept[-1]["at_ms"] < FRAME_EVERY_MS:
            continue
        frame["run_ms"], frame["left_ms"] = run_ms, max(duration_ms - run_ms, 0)
        seen = outside.near(frame)
        frame["near"] = counted.near(at_ms) or seen
        kept.append(frame)
    return kept
