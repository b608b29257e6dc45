# ruff: noqa: ANN001, ANN002, ANN201, ANN204, E402, PTH123
# ... because it runs on MicroPython, and the chip's modules come first.
"""Prints the words that the display shows, a line of JSON for each case. Runs on MicroPython."""

import json
import sys


class machine:  # noqa: N801 (a module's name)
    SoftI2C = object


class ssd1306:  # noqa: N801 (a module's name)
    class SSD1306_I2C:  # noqa: N801 (the name that the driver has)
        pass


sys.modules["machine"] = machine
sys.modules["ssd1306"] = ssd1306

from soleus.core.basics import fault_table, faults
from soleus.core.basics.boots_table import read_boots
from soleus.core.controller import Controller
from soleus.core.session.session import CHECKING, DONE, FAULT, PAUSED, RUNNING
from soleus.panel.screens import session_lines
from soleus.services.fault_place import fault_place
from soleus.services.fault_screen import draw_fault
from soleus.services.screen import draw

WIDTH, HEIGHT, LETTER = 128, 64, 8


class Canvas:
    """Takes note of every word, and refuses those that don't fit."""

    def __init__(self):
        self.words = []

    def text(self, text, left, top, *_):
        assert left + LETTER * len(text) <= WIDTH, (text, left)
        assert top + LETTER <= HEIGHT, (text, top)
        self.words.append(text)

    def pixel(self, *_):
        return 0

    def fill(self, *_):
        pass

    fill_rect = rect = fill


def shown(controller, title="easy-run", fault=None):
    canvas = Canvas()
    draw(canvas, controller, title, fault, session_lines())
    return canvas.words


with open("boots.json") as file:
    BOOTS = json.load(file)


def in_fault(board, code, index, mmhg_pa=(), state_ms=6000):
    controller = Controller(read_boots(BOOTS[board]))
    controller.latch.trip(code, index, 1300, 1000, 60_000)
    controller.session.state, controller.session.state_ms = FAULT, state_ms
    for _ in range(40):
        for place, pa in enumerate(mmhg_pa):
            controller.readings.chamber_pa[place] = pa
        controller.gauges.step(controller.readings, controller.commands, 0, 10)
    row = fault_table.TABLE[code]
    fault = (
        60_000,
        row,
        fault_place(controller, index),
        "Something has happened to it. Look at the plug.",
        draw_fault,
    )
    pages = []
    for turn in range(6):
        controller.session.state_ms = state_ms + 4000 * turn
        pages.append(shown(controller, fault=fault))
    return pages


def at(state, title="easy-run", pressed_pa=0, run_ms=0, cycles_count=1, silent_ms=0, whole_pa=6000):
    controller = Controller(read_boots(BOOTS["esp32-s3-duo"]))
    session = controller.session
    session.state, session.run_ms = state, run_ms
    session.presence_check_ms, session.silent_ms = 900_000, silent_ms
    controller.sequencer.cycles_count = cycles_count
    session.most_pa, session.asked_pa, controller.sequencer.whole_pa = 8000, 6000, whole_pa
    controller.gauges.pressure_pa[3] = pressed_pa
    controller.gauges.age_ms[3] = 0
    return shown(controller, title)


THIGH = 3
CASES = {
    "venting": lambda: in_fault("esp32-devkit", faults.LATE_TICK, faults.MACHINE_INDEX, (), 1000)[:1],
    "vented": lambda: in_fault("esp32-devkit", faults.LATE_TICK, faults.MACHINE_INDEX),
    "pressed": lambda: in_fault("esp32-devkit", faults.LATE_TICK, faults.MACHINE_INDEX, (0, 2000, 0, 5000)),
    "unseen": lambda: in_fault("esp32-devkit", faults.SENSOR_STUCK, THIGH, (0, 0, 0, 5000)),
    "contradicted": lambda: in_fault("esp32-devkit", faults.SENSOR_CONTRADICTED, THIGH),
    "one sensor": lambda: in_fault("esp32-c3-manifold", faults.LATE_TICK, faults.MACHINE_INDEX),
    "one sensor, not emptied": lambda: in_fault("esp32-c3-manifold", faults.VENT_FAILURE, THIGH),
    "long name": lambda: at(RUNNING, title="hamstring-recovery"),
    "short name": lambda: at(RUNNING, title="pre-run"),
    "by turns": lambda: at(RUNNING, run_ms=4000),
    "soft start": lambda: at(RUNNING, cycles_count=0, whole_pa=0),
    "asleep": lambda: at(RUNNING, silent_ms=899_000),
    "paused": lambda: at(PAUSED),
    "checking": lambda: at(CHECKING),
    "done": lambda: at(DONE),
    "done, but not quite": lambda: at(DONE, pressed_pa=760),
}
for row in range(1, len(fault_table.TABLE)):
    in_fault("esp32-s3-duo", row, 2, (5000,) * 10)
for name in sorted(CASES):
    print(json.dumps([name, CASES[name]()]))
