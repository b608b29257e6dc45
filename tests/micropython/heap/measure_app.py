# ruff: noqa: PTH123, ANN001, ANN002, ANN003, ANN201, ANN204, ANN205, ARG002, E402, N801
# ... because it runs on MicroPython, where a chip's modules are put in place before what imports them.
"""How much heap the whole app takes, without a virtual board around it. Runs on MicroPython."""

import gc
import json
import os
import sys


class Led:
    """Stands for any of the chip's peripherals: takes every call, and reads a plausible value."""

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

    def writevto(self, address, content):
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
    Pin = PWM = ADC = SoftI2C = Timer = RTC = WDT = Led
    PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5

    @staticmethod
    def reset_cause():
        return 1

    @staticmethod
    def freq(hz=0):
        pass

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

REQUESTS = ("hello", "status", "programs", "settings", "self_test", "faults", "why", "versions")


def load():
    gc.threshold(2048)
    import boot

    boot.vent()
    __import__("soleus.app")


def run():
    global app
    import boot
    from soleus.app import App

    app = App(boot)
    app.tick.run(None)
    assert app.tick.failure is None, app.tick.failure
    if app.screen:
        for _ in range(app.screen.display.pages):
            app.screen.step()


def load_chain(chain):
    """One request's modules, each loaded by the one before it. A program is loaded in the header's place."""
    if chain[0] == "store.program_files":
        app.recorder.header = b""
    from soleus.app import load as load_one

    held[:] = [load_one(name) for name in chain]


def ask(request):
    """A request over the link, which keeps its last answer."""
    held[:] = [app.requests.answer({"do": request})]
    assert "error" not in held[0], held[0]


def note(moment):
    measured[moment] = gc.mem_alloc()


def unload(what):
    if gc.mem_alloc() > measured["highest"]:
        measured["highest"] = gc.mem_alloc()
        measured["highest_at"] = what
    held[:] = []
    if not app.recorder.header:
        app.recorder.prepare()
    from soleus.app import unload as unload_one

    for name in unloaded:
        unload_one(name)


def show():
    measured["warnings"] = app.warnings
    measured["maxsize"] = sys.maxsize
    print(json.dumps(measured))


def nothing():
    """Gives the garbage of the step before one more chance to be collected."""


def plan():
    yield note, "before"
    yield load, None
    yield nothing, None
    yield run, None
    yield nothing, None
    yield nothing, None
    yield note, "at_rest"
    for chain in chains:
        yield load_chain, chain
        yield nothing, None
        yield unload, chain
        yield nothing, None
    for request in REQUESTS:
        yield ask, request
        yield nothing, None
        yield unload, request
        yield nothing, None
    yield nothing, None
    yield nothing, None
    # Every module that is loaded for a moment has been there; the names that it brought stay.
    yield note, "afterwards"
    yield show, None


with open("chains.json") as file:
    chains, unloaded = json.load(file)
# Shifts what follows, see test_app_heap.py.
padding = bytearray(int(sys.argv[1]))
measured = {
    "before": 0,
    "at_rest": 0,
    "afterwards": 0,
    "highest": 0,
    "highest_at": "",
    "maxsize": 0,
    "warnings": 0,
}
held = []
app = None
steps = plan()
# As on a board: every module keeps the path that it was found by.
os.chdir("app")
sys.path[:] = ["", ".frozen"]


def step(*_):
    gc.collect()
    try:
        act, argument = next(steps)
    except StopIteration:
        return
    if argument is None:
        act()
    else:
        act(argument)
    js.setTimeout(step, 0)


# MicroPython for WebAssembly can't look for garbage while anything runs: each step is a call of its own.
import js

js.setTimeout(step, 0)
