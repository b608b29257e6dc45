"""Light and sound: green waits, blue works, yellow is paused, red is a fault.

Blinking with a beep calls a person: to a fault, or to a presence check. At rest the panel says what they do.
"""

import asyncio

from micropython import const

from soleus.basics.annotations import Any
from soleus.basics.colours import BLUE, GREEN, OFF, RED, YELLOW
from soleus.core.session.session import CHECKING, FAULT, PAUSED, RUNNING, SERVICE, VENTING

_PERIOD_MS = const(250)
# The first two of every eight periods sound: that is heard, and can be borne until a person comes.
_BEEP_PERIODS = const(8)
_BEEP_SOUNDS = const(2)
# As many beeps as a question has for its number, and a rest.
_PANEL_PERIODS = const(16)
_COLOUR = const(7)


async def show_indicators(app: Any) -> None:
    led, buzzer, session = app.parts.led, app.parts.buzzer, app.controller.session
    period = 0
    while True:
        period = (period + 1) % _PANEL_PERIODS
        walk = app.front.walk
        asks = session.asks_for_presence()
        is_calling = asks or session.state == FAULT
        sounds = is_calling and period % _BEEP_PERIODS < _BEEP_SOUNDS
        colour = YELLOW if asks else colour_of(session.state)
        if walk:
            light = walk.light()
            colour, is_calling = light & _COLOUR, light > _COLOUR
            sounds = period % 2 == 0 and period // 2 < walk.beeps()
        if led:
            led.show(OFF if is_calling and period % 2 else colour)
        if buzzer:
            buzzer.sound(bool(sounds and app.store.settings.sound))
        await asyncio.sleep_ms(_PERIOD_MS)


def colour_of(state: int) -> int:
    if state == FAULT:
        return RED
    if state == PAUSED:
        return YELLOW
    if state in (CHECKING, RUNNING, SERVICE, VENTING):
        return BLUE
    return GREEN
