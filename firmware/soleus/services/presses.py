"""What a press of a person's buttons means for the core.

Start/stop acts when it is released, because held down it means pause, or clear a fault. The stop input acts
while it is down. No press starts a session: the panel is told of each, asks its questions, and starts.
"""

from time import ticks_ms

from micropython import const

from soleus.core.basics.signals import (
    BUTTON_CLEAR,
    BUTTON_FIRMER,
    BUTTON_PAUSE,
    BUTTON_RESUME,
    BUTTON_SOFTER,
    BUTTON_STOP,
)
from soleus.core.session.session import CHECKING, PAUSED, RUNNING, SERVICE
from soleus.drivers.panel.buttons import DEBOUNCE_MS, Contact

_PAUSE_AFTER_MS = const(1000)
_CLEAR_AFTER_MS = const(3000)
# As in `panel/table.py`.
_TAP_START = const(1)
_TAP_SOFTER = const(2)
_TAP_LOUDER = const(4)
_TAP_STOP = const(8)


class Presses:
    def __init__(self, table: dict) -> None:
        """`table` has the pins of the contacts that this board has, by their names."""
        self.start_stop = _contact(table, "start_stop")
        self.softer = _contact(table, "softer")
        self.louder = _contact(table, "louder")
        self.stop = _contact(table, "stop")
        # A hold that has done its work is not also a press.
        self.is_hold_done = False
        contacts = (self.start_stop, self.softer, self.louder, self.stop)
        self.reads = [contact.pin.value for contact in contacts if contact]
        self.pressed_level = 0 if table.get("active_low", True) else 1
        # Every contact was up in the last tick.
        self.were_up = False
        # For the panel: which button was pressed last, when, and how many presses there were; it wraps.
        self.taps = self.taps_count = 0
        self.tapped_ms = 0

    def step(self, state: int, dt_ms: int) -> int:
        """The core's button bits of this tick."""
        are_up = self._are_up()
        if are_up and self.were_up:
            # Nearly always: four contacts one by one would be an eighth of the tick.
            return 0
        self.were_up = are_up
        return self._step_each(state, dt_ms)

    def _are_up(self) -> bool:
        pressed_level, are_up = self.pressed_level, True
        for read in self.reads:
            if read() == pressed_level:
                are_up = False
        return are_up

    def _step_each(self, state: int, dt_ms: int) -> int:
        bits = 0
        if self.start_stop:
            bits |= self._start_stop(self.start_stop, state, dt_ms)
        # Of two in one tick the panel is told the last: a no before a yes, and stop before all.
        if self._is_new(self.louder, _TAP_LOUDER, dt_ms):
            bits |= BUTTON_FIRMER
        if self._is_new(self.softer, _TAP_SOFTER, dt_ms):
            bits |= BUTTON_SOFTER
        self._is_new(self.stop, _TAP_STOP, dt_ms)
        if self.stop and self.stop.held_ms:
            bits |= BUTTON_STOP
        return bits

    def _is_new(self, contact: "Contact | None", tap: int, dt_ms: int) -> bool:
        if contact is None:
            return False
        contact.step(dt_ms)
        if not contact.has_just_passed(DEBOUNCE_MS, dt_ms):
            return False
        self._tap(tap)
        return True

    def _tap(self, tap: int) -> None:
        self.taps = tap
        self.tapped_ms = ticks_ms()
        self.taps_count = (self.taps_count + 1) & 0xFFFF

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
        if was_hold:
            return 0
        self._tap(_TAP_START)
        return pressed(state)


def pressed(state: int) -> int:
    """What a short press of start/stop means now."""
    if state == PAUSED:
        return BUTTON_RESUME
    if state in (RUNNING, CHECKING, SERVICE):
        return BUTTON_STOP
    return 0


def _contact(table: dict, name: str) -> "Contact | None":
    return Contact(table[name], table.get("active_low", True)) if name in table else None
