# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN204, ANN205, ARG002, E402, N801, PTH102, PTH104
"""What the whole app takes of the heap, without any virtual board around it. Runs on MicroPython.

Every new name takes room for good, so this script uses names that the firmware has, too.
"""

import gc
import json
import os
import sys


class Led:
    """Any of the chip's peripherals: takes everything, answers 0."""

    OUT = IN = PULL_UP = PULL_DOWN = ATTN_11DB = PERIODIC = 1

    def __init__(self, *_, **__):
        pass

    def value(self, level=0):
        return 1

    def duty_u16(self, duty=0):
        return 0

    def read_uv(self):
        return 165_000

    def writeto(self, address, content):
        pass

    def readfrom_into(self, address, buffer):
        pass

    def memory(self, content=b""):
        return b""

    def init(self, *_, **__):
        pass

    def deinit(self):
        pass

    def feed(self):
        pass


class machine:
    Pin = PWM = ADC = I2C = Timer = RTC = WDT = Led
    PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5

    @staticmethod
    def reset_cause():
        return 1

    @staticmethod
    def unique_id():
        return b"123456"


sys.modules["machine"] = machine
if "select" not in sys.modules:
    try:
        import select
    except ImportError:

        class select:
            POLLIN = 1

            class poll:
                def register(self, *_):
                    pass

        sys.modules["select"] = select

os.mkdir("programs")
os.rename("easy-run.json", "programs/easy-run.json")


class boot:
    CONTROL_TIMER = 0
    SAFE_PINS_FILE = "safe_pins.json"
    WATCHDOG = Led()

    @staticmethod
    def vent():
        pass


def load():
    global index
    index = gc.mem_alloc()
    gc.threshold(2048)
    __import__("soleus.app")


def run():
    global names, state
    names = gc.mem_alloc()
    from soleus import app

    state = app.App(app.read_board(), boot)
    state.tick.run(None)
    assert state.tick.failure is None, state.tick.failure


def show():
    print(
        json.dumps(
            {
                "before": index,
                "imported": names,
                "running": gc.mem_alloc(),
                "maxsize": sys.maxsize,
                "warnings": state.warnings,
            }
        )
    )


index = names = 0
state = None
values = [load, run, show]


def step(*_):
    gc.collect()
    values.pop(0)()
    if values:
        js.setTimeout(step, 0)


# MicroPython for WebAssembly can't look for garbage while anything runs: each step is a call of its own.
import js

js.setTimeout(step, 0)
