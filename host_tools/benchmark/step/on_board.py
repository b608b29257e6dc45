"""Feeds recorded readings to the core, or only reads them. Runs on MicroPython, beside `ticks.bin`.

step_on_board.py SESSION.json LAST_TICK step|feed|import|build
"""

import array
import gc
import json
import sys

import micropython

_BEFORE = 5


def main() -> None:
    with open(sys.argv[1]) as file:
        session = json.load(file)
    what = sys.argv[3]
    gc.collect()
    free = gc.mem_alloc()
    from soleus.core.basics.boots_table import read_boots
    from soleus.core.controller import Controller
    from soleus.core.make_ready import make_ready
    from soleus.core.program.table import read_program

    gc.collect()
    imported = gc.mem_alloc() - free
    # As a board builds it.
    controller = Controller(read_boots(session["boots"]), has_bench=False)
    gc.collect()
    built = gc.mem_alloc() - free
    if what == "heap":
        print(json.dumps({"import": imported, "whole": built}))
        return
    make_ready(controller, read_program(session["program"]), 0, 0)
    run(controller, session["width"], int(sys.argv[2]), what == "step")


def run(controller: object, width: int, last_tick: int, is_stepping: bool) -> None:
    row = array.array("i", bytes(4 * width))
    readings = controller.readings
    with open("ticks.bin", "rb") as file:
        for _ in range(last_tick):
            file.readinto(row)
            readings.buttons = row[1]
            readings.missing_bits = row[2]
            readings.manifold_pa = row[3]
            readings.supply_mv = row[4]
            for index in range(width - _BEFORE):
                readings.chamber_pa[index] = row[_BEFORE + index]
            if is_stepping:
                micropython.heap_lock()
                controller.step(readings, row[0])
                micropython.heap_unlock()


main()
