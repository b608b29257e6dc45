"""A person's acts in a simulated session: `pause@300s`, `louder@60s`, `stop@400s`."""

from dataclasses import dataclass

from host_tools.basics.errors import InputError
from host_tools.sim.loop import Acts
from host_tools.sim.times import time_ms
from soleus.core.basics.signals import (
    BUTTON_ALIVE,
    BUTTON_CLEAR,
    BUTTON_LOUDER,
    BUTTON_PAUSE,
    BUTTON_RESUME,
    BUTTON_SOFTER,
    BUTTON_START,
    BUTTON_STOP,
)

BUTTONS = {
    "start": BUTTON_START,
    "stop": BUTTON_STOP,
    "pause": BUTTON_PAUSE,
    "resume": BUTTON_RESUME,
    "louder": BUTTON_LOUDER,
    "softer": BUTTON_SOFTER,
    "clear": BUTTON_CLEAR,
    "alive": BUTTON_ALIVE,
}


@dataclass(frozen=True)
class Event:
    text: str
    button: int
    at_ms: int


def parse_event(text: str) -> Event:
    act, at, when = text.strip().partition("@")
    if not at or act not in BUTTONS:
        raise InputError("--event", "", text, f"ACT@TIME, such as pause@300s; acts are {', '.join(BUTTONS)}")
    return Event(text.strip(), BUTTONS[act], time_ms("--event", "time", when))


def acts_of(events: list[Event]) -> Acts:
    """All acts in order; the person presses start at once."""
    ordered = sorted(events, key=lambda event: event.at_ms)
    return Acts([0] + [e.at_ms for e in ordered], [BUTTON_START] + [e.button for e in ordered])
