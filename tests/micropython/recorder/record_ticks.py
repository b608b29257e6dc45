# ruff: noqa: PTH116, PTH123 (MicroPython has no pathlib)
"""The recorder's part of the tick with the heap locked, and its files. Runs on MicroPython.

Prints what it has made, for the laptop to read.
"""

import binascii
import json
import os
import time

import micropython

from soleus.core.basics.boots_table import read_boots
from soleus.core.controller import Controller
from soleus.log import folder, writer
from soleus.log.ring import Overview, Ring

TICKS = 1500


def main() -> None:
    with open("boots.json") as file:
        controller = Controller(read_boots(json.load(file)))
    ring, overview = Ring(controller, 2600), Overview(controller, 600)
    overview.is_on = True
    took_us = record(controller, ring, overview)
    ring.freeze()
    blocks = [hexed(ring.block(number)) for number in ring.numbers()]
    print(json.dumps({"blocks": blocks, "overview": hexed(overview.chunk()), "took_us": took_us}))
    print(json.dumps(bounded()))


def record(controller: Controller, ring: Ring, overview: Overview) -> list:
    """Every value changes at each tick; returns the microseconds of a usual tick and of a block's first."""
    took_us = [0] * TICKS
    seed = 1
    for tick in range(TICKS):
        seed = (seed * 1103 + 12345) & 0xFFFF
        fill(controller, tick, seed)
        failure = None
        micropython.heap_lock()
        try:
            started_us = time.ticks_us()
            ring.record(10 + (seed == tick))
            overview.record(10, True)
            took_us[tick] = time.ticks_diff(time.ticks_us(), started_us)
        except MemoryError as error:
            failure = error
        finally:
            micropython.heap_unlock()
        if failure:
            raise failure
        controller.at_ms += 10 + (seed == tick)
    took_us.sort()
    return [took_us[TICKS // 2], took_us[-TICKS // 250]]


def fill(controller: Controller, tick: int, seed: int) -> None:
    readings, commands = controller.readings, controller.commands
    for index in range(len(readings.chamber_pa)):
        readings.chamber_pa[index] = 4000 + (seed * (index + 3) >> 4) % 160
        controller.gauges.smooth_pa[index] = readings.chamber_pa[index]
    readings.chamber_pa[0] = -60_000 if tick % 97 == 0 else 60_000
    readings.supply_mv = 12_000 + seed % 40
    readings.buttons = 2 if tick % 500 == 0 else 0
    readings.missing_bits = 5 if tick % 300 < 20 else 0
    commands.fill_bits, commands.pump_permille = seed & 3, seed % 1001
    controller.session.state = tick // 500
    # A block begins with the core's state: here with numbers of all sizes.
    for number, values in enumerate(controller.guards.prolonged.__dict__.values()):
        if isinstance(values, list):
            for index in range(len(values)):
                values[index] = (1 << 29) - seed * number


def bounded() -> dict:
    """Writes more sessions than there is room for."""
    folder.ALL_MOST_BYTES = 5000
    most_bytes = 0
    for _ in range(30):
        path = folder.new_file(1000, "log")
        while os.stat(path)[6] < 900:
            writer.append_frame(path, 2, bytes(80))
        most_bytes = max(most_bytes, sum([size for _, size in folder.sessions("log")]))
    with open(path, "rb") as file:
        content = hexed(file.read())
    return {
        "names": [name for name, _ in folder.sessions("log")],
        "most_bytes": most_bytes,
        "last": content,
    }


def hexed(content: object) -> str:
    return binascii.hexlify(content).decode()


main()
