"""A button or a stop input: a contact to ground, or to the supply.

Contacts bounce for some milliseconds, so a press counts once it has lasted for `DEBOUNCE_MS`. What a press
means is decided by `services/presses.py`.
"""

from machine import Pin
from micropython import const

DEBOUNCE_MS = const(30)
_HELD_MOST_MS = const(60_000)


class Contact:
    def __init__(self, pin: int, is_active_low: bool) -> None:
        self.pin = Pin(pin, Pin.IN, Pin.PULL_UP if is_active_low else Pin.PULL_DOWN)
        self.pressed_level = 0 if is_active_low else 1
        self.held_ms = 0
        # After the step in which a press ends, how long it has lasted; 0 after all others.
        self.released_after_ms = 0

    def step(self, dt_ms: int) -> None:
        self.released_after_ms = 0
        if self.pin.value() == self.pressed_level:
            self.held_ms = min(self.held_ms + dt_ms, _HELD_MOST_MS)
            return
        if self.held_ms >= DEBOUNCE_MS:
            self.released_after_ms = self.held_ms
        self.held_ms = 0

    def has_just_passed(self, ms: int, dt_ms: int) -> bool:
        return self.held_ms - dt_ms < ms <= self.held_ms
