"""A source of frames: frames out, acts in. A fifth kind is one more file in sources/."""

from typing import Protocol, TypedDict

from host_tools.live.acts import Act
from host_tools.live.frames.frame import About, Checklist, Event, Frame, Panel


class RefusedError(Exception):
    """An act that this source can't do now, in words for the page."""


class Repeated(TypedDict):
    command: str
    files: dict[str, str]  # what a person may keep, by its name


class Source(Protocol):
    about: About
    # What is wrong with the source itself, in words with what to do; empty while all is well.
    trouble: str
    speed: str

    def advance(self, passed_s: float) -> list[Frame]:
        """The frames since the last call, about twenty times a second; so much time has passed for whoever
        looks. Two machines side by side are told the same."""

    def new_events(self) -> list[Event]: ...

    def past(self) -> list[Frame]:
        """What is known before the first `advance`: a recording knows everything."""

    def panel(self) -> Panel | None: ...

    def checklist(self) -> Checklist | None:
        """Of a bench; others have none."""

    def silent_s(self) -> float:
        """How long ago the machine was last heard; 0 for one that is calculated here."""

    def act(self, act: Act) -> str:
        """Do it and say in words what was done, or raise `RefusedError`."""

    def repeat(self) -> Repeated:
        """How the session is had again, or `RefusedError`: not every machine does the same twice."""

    def close(self) -> None:
        """End what this source leads: a session is stopped and vented first."""
