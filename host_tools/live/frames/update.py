"""What goes to the pages about twenty times a second; a slow page gets several of them as one."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from host_tools.live.frames.frame import Checklist, Event, Frame, Panel

FRAMES_MOST = 8
EVENTS_MOST = 200


@dataclass(frozen=True)
class LaneUpdate:
    """News of one machine."""

    frames: tuple[Frame, ...]
    events: tuple[Event, ...]
    # None: as it was.
    panel: Panel | None
    checklist: Checklist | None
    trouble: str
    silent_s: float
    speed: str

    def then(self, later: "LaneUpdate") -> "LaneUpdate":
        """Both as one: the newest frames, and every event."""
        return LaneUpdate(
            (self.frames + later.frames)[-FRAMES_MOST:],
            (self.events + later.events)[-EVENTS_MOST:],
            later.panel or self.panel,
            later.checklist or self.checklist,
            later.trouble,
            later.silent_s,
            later.speed,
        )


@dataclass(frozen=True)
class Update:
    lanes: tuple[LaneUpdate, ...]

    def then(self, later: "Update") -> "Update":
        return Update(tuple(a.then(b) for a, b in zip(self.lanes, later.lanes, strict=True)))

    @cached_property
    def text(self) -> str:
        """Encoded once, for however many pages."""
        lanes = [vars(lane) | {"silent_s": round(lane.silent_s, 1)} for lane in self.lanes]
        return encoded({"kind": "update", "lanes": lanes})


def encoded(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"), ensure_ascii=False)
