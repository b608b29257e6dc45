# ruff: noqa: ANN001, ANN002, ANN003, ANN101, ANN201, ANN202, ANN204, ARG002, E402, N801
"""What the whole app takes of the heap, without any virtual board around it. Runs on MicroPython."""

import gc
import json
import os
import sys


class Part:
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
    Pin = PWM = ADC = I2C = Timer = RTC = WDT = Part
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
    WATCHDOG = Part()

    @staticmethod
    def vent():
        pass


def import_app():
    global before
    before = gc.mem_alloc()
    gc.threshold(2048)
    __import__("soleus.app")


def start_app():
    global imported, running
    imported = gc.mem_alloc()
    from soleus import app

    running = app.App(app.read_board(), boot)
    running.tick.run(None)
    assert running.tick.failure is None, running.tick.failure


def tell():
    print(
        json.dumps(
            {
                "before": before,
                "imported": imported,
                "running": gc.mem_alloc(),
                "maxsize": sys.maxsize,
                "warnings": running.warnings,
            }
        )
    )


before = imported = 0
running = None
steps = [import_app, start_app, tell]


def next_step(*_):
    gc.collect()
    steps.pop(0)()
    if steps:
        js.setTimeout(next_step, 0)


# MicroPython for WebAssembly can't look for garbage while anything runs: each step is a call of its own.
import js

js.setTimeout(next_step, 0)
