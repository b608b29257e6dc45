"""Plays one machine, or two side by side: keeps their history, and does what a page asks."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from host_tools.live.acts import Act, Anew, Past, Press, Repeat, Seek, Speed
from host_tools.live.frames.frame import About, Checklist, Frame, Panel
from host_tools.live.frames.history import History
from host_tools.live.frames.update import LaneUpdate, Update, encoded
from host_tools.live.source import RefusedError, Repeated, Source

PERIOD_S = 0.05
# A laptop that was asleep doesn't catch up.
CATCH_UP_MOST_S = 0.25
# A page's trace shows so much, and its strip the whole session.
TRACE_MS = 120_000
TRACE_ROWS, STRIP_ROWS = 600, 400
# Two machines side by side get these together, unless one of them is meant.
FOR_BOTH = (Press, Speed, Anew, Seek)


class Player:
    def __init__(self, sources: Sequence[Source], choices: dict[str, Any]) -> None:
        self.on_update: Callable[[Update], None] = lambda _: None
        # Whoever has a page open needs everything anew.
        self.on_anew: Callable[[], None] = lambda: None
        self._lanes = [_Lane(source) for source in sources]
        self._choices = choices
        self._lock = threading.Lock()
        self._last_s = time.monotonic()
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)

    def start(self) -> None:
        """Again is once: a server may come back to a machine that plays."""
        if not self._thread.is_alive():
            self._thread.start()

    def close(self) -> None:
        self._is_stopping.set()
        self._thread.join()
        for lane in self._lanes:
            lane.source.close()

    def hello(self) -> str:
        """All that a page needs to begin."""
        with self._lock:
            lanes = [lane.hello() for lane in self._lanes]
            return encoded({"kind": "hello", "lanes": lanes, "choices": self._choices})

    def act(self, act: Act) -> dict[str, Any]:
        """What was done, or `error`: why it wasn't."""
        try:
            with self._lock:
                answer = self._do(act)
        except RefusedError as error:
            return {"error": str(error)}
        if isinstance(act, Anew):
            self.on_anew()
        return answer

    def step(self) -> None:
        now_s = time.monotonic()
        passed_s, self._last_s = min(now_s - self._last_s, CATCH_UP_MOST_S), now_s
        with self._lock:
            update = Update(tuple(lane.advance(passed_s) for lane in self._lanes))
        self.on_update(update)

    def _run(self) -> None:
        while not self._is_stopping.is_set():
            next_s = time.monotonic() + PERIOD_S
            self.step()
            # A moment at least, so that an act gets its turn.
            self._is_stopping.wait(max(next_s - time.monotonic(), 0.001))

    def _do(self, act: Act) -> dict[str, Any]:
        lanes = self._meant(act)
        if isinstance(act, Past):
            return {"lines": [lane.history.lines(act.from_ms, act.to_ms, TRACE_ROWS) for lane in lanes]}
        if isinstance(act, Repeat):
            return _repeated([lane.source.repeat() for lane in self._lanes])
        done = _done_by([lane.source for lane in lanes], act)
        if isinstance(act, Anew):
            for lane in lanes:
                lane.begin_anew()
        return {"done": done}

    def _meant(self, act: Act) -> "list[_Lane]":
        if act.lane is not None:
            if act.lane >= len(self._lanes):
                raise RefusedError("there is only one machine here")
            return [self._lanes[act.lane]]
        return self._lanes if isinstance(act, (*FOR_BOTH, Past)) else self._lanes[:1]


class _Lane:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.begin_anew()

    def begin_anew(self) -> None:
        self.history = History()
        self._about: About = self.source.about
        self._frame: Frame | None = None
        self._panel: Panel | None = None
        self._checklist: Checklist | None = None
        past = self.source.past()
        self._knows_all = bool(past)
        for frame in past:
            self.history.add(frame)
        self.history.add_events(self.source.new_events())

    def advance(self, passed_s: float) -> LaneUpdate:
        source = self.source
        frames, events, panel = source.advance(passed_s), source.new_events(), source.panel()
        if not self._knows_all:
            for frame in frames:
                self.history.add(frame)
        self.history.add_events(events)
        if frames:
            self._frame = frames[-1]
        checklist = source.checklist()
        new_panel = panel if panel != self._panel else None
        new_checklist = checklist if checklist != self._checklist else None
        self._panel, self._checklist = panel, checklist
        return LaneUpdate(
            tuple(frames),
            tuple(events),
            new_panel,
            new_checklist,
            source.trouble,
            source.silent_s(),
            source.speed,
        )

    def hello(self) -> dict[str, Any]:
        now_ms = self._frame["at_ms"] if self._frame else 0
        end_ms = self._about["duration_ms"] or now_ms
        return {
            "about": self._about,
            "frame": self._frame,
            "panel": self._panel,
            "checklist": self._checklist,
            "events": self.history.events,
            "trace": self.history.lines(max(now_ms - TRACE_MS, 0), now_ms, TRACE_ROWS),
            "strip": self.history.lines(0, end_ms, STRIP_ROWS),
            "trouble": self.source.trouble,
            "silent_s": round(self.source.silent_s(), 1),
            "speed": self.source.speed,
        }


def _done_by(sources: list[Source], act: Act) -> str:
    """What one of two can't do the other does all the same: a recording has no fastest speed."""
    done, refused = [], []
    for source in sources:
        try:
            done.append(source.act(act))
        except RefusedError as error:
            refused.append(error)
    if not done:
        raise refused[0]
    return done[0]


def _repeated(each: list[Repeated]) -> dict[str, Any]:
    """Of two machines, both: a command for each."""
    files: dict[str, str] = {}
    for number, repeated in enumerate(each, start=1):
        mark = f"{number}_" if number > 1 else ""
        for name, text in repeated["files"].items():
            files[name.replace("test_", f"test_{mark}", 1) if mark else name] = text
    return {"command": "\n".join(repeated["command"] for repeated in each), "files": files}
