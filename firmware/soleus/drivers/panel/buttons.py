"""What a person presses: start/stop, softer, louder, and a stop input that waits for nothing.

Contacts bounce for some milliseconds; a press counts once it has lasted. Start/stop acts when it is
let go, because held it means pause; the stop input acts while it is down.
"""

from machine import Pin
from micropython import const

from soleus.core.basics.signals import (
    BUTTON_CLEAR,
    BUTTON_LOUDER,
    BUTTON_PAUSE,
    BUTTON_RESUME,
    BUTTON_SOFTER,
    BUTTON_START,
    BUTTON_STOP,
)
from soleus.core.session.session import CHECKING, DONE, IDLE, PAUSED, RUNNING, SERVICE

_DEBOUNCE_MS = const(30)
_PAUSE_AFTER_MS = const(1000)
_CLEAR_AFTER_MS = const(3000)
_HELD_MOST_MS = const(60_000)


class Contact:
    def __init__(self, pin: int, is_active_low: bool) -> None:
        self.pin = Pin(pin, Pin.IN, Pin.PULL_UP if is_active_low else Pin.PULL_DOWN)
        self.pressed_level = 0 if is_active_low else 1
        self.held_ms = 0
        # How long the press that was just let go had lasted; 0 in every other tick.
        self.released_after_ms = 0

    def step(self, dt_ms: int) -> None:
        self.released_after_ms = 0
        if self.pin.value() == self.pressed_level:
            self.held_ms = min(self.held_ms + dt_ms, _HELD_MOST_MS)
            return
        if self.held_ms >= _DEBOUNCE_MS:
            self.released_after_ms = self.held_ms
        self.held_ms = 0

    def has_just_passed(self, ms: int, dt_ms: int) -> bool:
        return self.held_ms - dt_ms < ms <= self.held_ms


class Buttons:
    def __init__(self, table: dict) -> None:
        is_active_low = table.get("active_low", True)
        self.start_stop = self._contact(table, "start_stop", is_active_low)
        self.softer = self._contact(table, "softer", is_active_low)
        self.louder = self._contact(table, "louder", is_active_low)
        self.stop = self._contact(table, "stop", is_active_low)
        # A hold that has done its work is not also a press.
        self.is_hold_done = False

    def _contact(self, table: dict, key: str, is_active_low: bool) -> "Contact | None":
        return Contact(table[key], is_active_low) if key in table else None

    def step(self, state: int, dt_ms: int) -> int:
        """The core's button bits of this tick."""
        bits = 0
        if self.stop:
            self.stop.step(dt_ms)
            if self.stop.held_ms:
                bits |= BUTTON_STOP
        if self.start_stop:
            bits |= self._start_stop(self.start_stop, state, dt_ms)
        if self.softer:
            self.softer.step(dt_ms)
            if self.softer.has_just_passed(_DEBOUNCE_MS, dt_ms):
                bits |= BUTTON_SOFTER
        if self.louder:
            self.louder.step(dt_ms)
            if self.louder.has_just_passed(_DEBOUNCE_MS, dt_ms):
                bits |= BUTTON_LOUDER
        return bits

    def _start_stop(self, contact: Contact, state: int, dt_ms: int) -> int:
        contact.step(dt_ms)
        if contact.has_just_passed(_CLEAR_AFTER_MS, dt_ms) and (not self.stop or self.stop.held_ms):
            self.is_hold_done = True
            return BUTTON_CLEAR
        if contact.has_just_passed(_PAUSE_AFTER_MS, dt_ms):
            self.is_hold_done = True
            return BUTTON_PAUSE if state == RUNNING else 0
        if not contact.released_after_ms:
            return 0
        was_hold = self.is_hold_done
        self.is_hold_done = False
        return 0 if was_hold else pressed(state)


def pressed(state: int) -> int:
    """What a short press of start/stop means now."""
    if state in (IDLE, DONE):
        return BUTTON_START
    if state == PAUSED:
        return BUTTON_RESUME
    if state in (RUNNING, CHECKING, SERVICE):
        return BUTTON_STOP
    return 0
