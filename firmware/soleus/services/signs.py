"""Light and sound: green waits, blue works, yellow is paused, red and a beep are a fault."""

import asyncio

from soleus.core.controller import Controller
from soleus.core.session import CHECKING, FAULT, PAUSED, RUNNING, VENTING
from soleus.drivers.buzzer import Buzzer
from soleus.drivers.led import BLUE, GREEN, OFF, RED, YELLOW, Led

from .state_store import Settings

PERIOD_MS = 250
# Of every eight periods, the first two sound: a fault is heard, but can be lived with until somebody comes.
BEEP_PERIODS = 8
BEEP_SOUNDS = 2


async def show_signs(
    controller: Controller, led: "Led | None", buzzer: "Buzzer | None", settings: Settings
) -> None:
    period = 0
    while True:
        period = (period + 1) % BEEP_PERIODS
        is_fault = controller.session.state == FAULT
        if led:
            led.show(OFF if is_fault and period % 2 else colour_of(controller.session.state))
        if buzzer:
            buzzer.sound(is_fault and settings.sound and period < BEEP_SOUNDS)
        await asyncio.sleep_ms(PERIOD_MS)


def colour_of(state: int) -> int:
    if state == FAULT:
        return RED
    if state == PAUSED:
        return YELLOW
    if state in (CHECKING, RUNNING, VENTING):
        return BLUE
    return GREEN
