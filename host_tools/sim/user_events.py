"""What a person does in a simulated session: `pause@300s`, `louder@60s`, `stop@400s`."""

from dataclasses import dataclass

import numpy as np

from host_tools.basics.errors import InputError
from host_tools.basics.times import time_ms
from soleus.core.basics.limits import PAUSE_MOST_MS, SESSION_CAP_MS
from soleus.core.basics.signals import (
    BUTTON_ALIVE,
    BUTTON_CLEAR,
    BUTTON_FIRMER,
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
    "louder": BUTTON_FIRMER,
    "softer": BUTTON_SOFTER,
    "clear": BUTTON_CLEAR,
    "alive": BUTTON_ALIVE,
    # Presses nothing from then on, even when the machine asks for a sign of life.
    "asleep": 0,
}

ASLEEP = BUTTONS["asleep"]
# A machine that has ended obeys these.
AFTER_THE_END = (BUTTON_START, BUTTON_CLEAR)
AROUND_A_PROGRAM_MS = 120_000
# No session is longer than its cap, one forgotten pause, check and vent together.
RUN_MOST_MS = SESSION_CAP_MS + PAUSE_MOST_MS + AROUND_A_PROGRAM_MS
NEVER_MS = 1 << 40


@dataclass(frozen=True)
class Event:
    text: str
    button: int
    at_ms: int


def parse_event(text: str) -> Event:
    name, at, when = text.strip().partition("@")
    if not at or name not in BUTTONS:
        raise InputError("--event", "", text, f"ACT@TIME, such as pause@300s; acts are {', '.join(BUTTONS)}")
    return Event(text.strip(), BUTTONS[name], time_ms("--event", "time", when))


def refuse_beyond_the_end(events: list[Event], session_ms: int) -> None:
    """What nobody could feel any more would only make the simulation longer."""
    # Besides the program: the check, the last release, the vent.
    longest_ms = session_ms + AROUND_A_PROGRAM_MS
    if any(event.button == BUTTON_PAUSE for event in events):
        longest_ms += PAUSE_MOST_MS
    end_ms = longest_ms
    for event in sorted(events, key=lambda event: event.at_ms):
        if event.at_ms > RUN_MOST_MS or (event.at_ms > end_ms and event.button not in AFTER_THE_END):
            most_ms = min(end_ms, RUN_MOST_MS)
            expected = f"a time in the session, which is over after {most_ms // 1000}s at the latest"
            raise InputError("--event", "", event.text, expected)
        if event.button == BUTTON_START:
            end_ms = event.at_ms + longest_ms


class Presses:
    """A person's presses of buttons, in order of time."""

    def __init__(self, at_ms: list[int], buttons: list[int]) -> None:
        self.at_ms = np.array(at_ms, np.int64)
        self.buttons = np.array(buttons, np.int64)
        self.next_index = 0
        # Until then the person answers when the machine asks for a sign of life.
        self.asleep_at_ms = NEVER_MS
        # Counts the time since the machine was done or in fault.
        self.after_end_ms = 0
        # For a bench, which looks for the end itself.
        self.is_endless = 0


def presses_of(events: list[Event]) -> Presses:
    """All events in order of time; start is pressed at once."""
    ordered = sorted(events, key=lambda event: event.at_ms)
    presses = Presses([0] + [e.at_ms for e in ordered], [BUTTON_START] + [e.button for e in ordered])
    presses.asleep_at_ms = min([e.at_ms for e in ordered if e.button == ASLEEP], default=NEVER_MS)
    return presses
