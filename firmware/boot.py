"""Every output to its safe state, before anything else.

Power-on and the reset button release the pins of an ESP32, and the pull-downs on the board close the gates.
A soft reset releases nothing, nor does a reset by the watchdog or by a program: an energised valve stays
energised until a program changes it. So this runs first, needs no other file of Soleus, and `main.py` uses
the same few lines when the app ends.
"""

import json
import sys

from machine import WDT, Pin, Timer

# Written from the board's description: {"low": [pins], "high": [pins], "lamp": [pins]}.
SAFE_PINS_FILE = "safe_pins.json"
# Long enough for the slowest flash write, which stops everything; 1000 is the least the chip allows.
WATCHDOG_MS = 1500
CONTROL_TIMER = 0
FEED_TIMER = 1


def vent() -> None:
    """Everything de-energised. Allocates nothing: a full heap is one of the reasons to come here."""
    for pin in LOW:
        pin.init(Pin.OUT, value=0)
    for pin in HIGH:
        pin.init(Pin.OUT, value=1)
    for pin in RELEASED:
        pin.init(Pin.IN)


def stay_vented() -> None:
    """Vent, with no tick from here on. The watchdog can't be stopped, so a timer feeds it."""
    vent()
    _CONTROL.deinit()
    # A tick may have come in between.
    vent()
    _FEED_TIMER.init(period=WATCHDOG_MS // 4, mode=Timer.PERIODIC, callback=_feed)


def stop_feeding() -> None:
    """From here on only good ticks feed the watchdog."""
    _FEED_TIMER.deinit()


def _feed(_timer: Timer) -> None:
    """Whoever stands before the machine sees that it only rests: its lamp blinks white."""
    WATCHDOG.feed()
    for pin in LAMP:
        pin.value(not pin.value())


def _pins_to_rest() -> tuple:
    try:
        with open(SAFE_PINS_FILE) as file:
            table = json.load(file)
        low = {pin: Pin(pin) for pin in table["low"]}
        lamp = [low[pin] for pin in table.get("lamp", ())]
        return list(low.values()), [Pin(pin) for pin in table["high"]], [], lamp
    except (OSError, ValueError, KeyError, TypeError):
        pass
    # It is not known which pins are outputs: release all of them, as a hard reset would, except those of
    # flash, USB and console.
    chips = (
        ("C3", list(range(11, 22)), 22),
        ("S3", [19, 20, 43, 44] + list(range(22, 38)), 49),
        ("", [1, 3, 20, 24] + list(range(6, 12)) + list(range(28, 32)) + list(range(34, 40)), 40),
    )
    chip = getattr(sys.implementation, "_machine", "")
    not_ours, count = next((not_ours, count) for name, not_ours, count in chips if name in chip)
    return [], [], [Pin(pin) for pin in range(count) if pin not in not_ours], []


LOW, HIGH, RELEASED, LAMP = _pins_to_rest()
vent()
# Never needed again, and the heap is small.
del _pins_to_rest
# Writes the end of the log when the app has failed; the app sets it when it starts.
keep_log = None
WATCHDOG = WDT(timeout=WATCHDOG_MS)
_CONTROL = Timer(CONTROL_TIMER)
_FEED_TIMER = Timer(FEED_TIMER)
stay_vented()
