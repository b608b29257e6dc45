"""Light and sound: green waits, blue works, yellow is paused, red is a fault.

Blinking with a beep calls a person: to a fault, or to a presence check.
"""

import asyncio

from micropython import const

from soleus.core.controller import Controller
from soleus.core.session.session import CHECKING, FAULT, PAUSED, RUNNING, SERVICE, VENTING
from soleus.drivers.panel.buzzer import Buzzer
from soleus.drivers.panel.led import BLUE, GREEN, OFF, RED, YELLOW, Led
from soleus.store.state_store import Settings

_PERIOD_MS = const(250)
# The first two of every eight periods sound: that is heard, and can be borne until a person comes.
_BEEP_PERIODS = const(8)
_BEEP_SOUNDS = const(2)


async def show_indicators(
    controller: Controller, led: "Led | None", buzzer: "Buzzer | None", settings: Settings
) -> None:
    period = 0
    while True:
        period = (period + 1) % _BEEP_PERIODS
        asks_for_presence = controller.session.asks_for_presence()
        is_calling = controller.session.state == FAULT or asks_for_presence
        if led:
            colour = YELLOW if asks_for_presence else colour_of(controller.session.state)
            led.show(OFF if is_calling and period % 2 else colour)
        if buzzer:
            buzzer.sound(is_calling and settings.sound and period < _BEEP_SOUNDS)
        await asyncio.sleep_ms(_PERIOD_MS)


def colour_of(state: int) -> int:
    if state == FAULT:
        return RED
    if state == PAUSED:
        return YELLOW
    if state in (CHECKING, RUNNING, SERVICE, VENTING):
        return BLUE
    return GREEN
