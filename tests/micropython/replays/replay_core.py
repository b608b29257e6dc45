"""Replays a recorded session through the core, and stops at the first thing that comes out differently.

Runs on MicroPython, beside `session.json` and `ticks.bin` (see record.py). Every step runs with the
heap locked; the ticks are read a few rows at a time, so that a chip's heap is enough.
"""

import array
import json
import sys

import micropython

from soleus.core.basics.boots_table import read_boots
from soleus.core.basics.signals import Commands
from soleus.core.controller import Controller
from soleus.core.make_ready import make_ready
from soleus.core.program.table import read_program

ROWS_AT_ONCE = 32
VALUE_BYTES = 4

# The columns of a row, with the chambers' pressures between the two groups.
READ = ["dt_ms", "buttons", "missing_bits", "manifold_pa", "supply_mv"]
COMMANDED = ["fill_bits", "seal_bits", "pump_permille", "gate_on", "state", "fault_code"]


def main() -> None:
    with open("session.json") as file:
        session = json.load(file)
    controller = Controller(read_boots(session["boots"]))
    make_ready(controller, read_program(session["program"]), session["minutes"], session["pressure_mmhg"])
    if session["check"]:
        kind = __import__("soleus.core." + session["check"], None, None, ("service_for",))
        controller.service = kind.service_for(controller.boots)
    replay = Replay(controller, session["columns"])
    with open("ticks.bin", "rb") as file:
        ticks = replay.run(file)
    if ticks != session["ticks"]:
        fail("ticks.bin has {} ticks, session.json says {}".format(ticks, session["ticks"]))
    result = {"ticks": ticks, "port": sys.platform, "version": sys.version, "maxsize": sys.maxsize}
    print(json.dumps(result))


class Replay:
    def __init__(self, controller: Controller, columns: list) -> None:
        self.controller = controller
        self.columns = columns
        chambers = columns.index("fill_bits") - len(READ)
        if columns[: len(READ)] != READ or columns[len(READ) + chambers :] != COMMANDED:
            fail("session.json has other columns: " + ", ".join(columns))
        self.rows = array.array("i", bytes(VALUE_BYTES * ROWS_AT_ONCE * len(columns)))
        self.ticks = 0

    def run(self, file: object) -> int:
        row_bytes = VALUE_BYTES * len(self.columns)
        while True:
            count = file.readinto(self.rows)
            if not count:
                return self.ticks
            if count % row_bytes:
                fail("ticks.bin ends within a row")
            for start in range(0, count // VALUE_BYTES, len(self.columns)):
                self.load_readings(start)
                self.compare(start, self.step(self.rows[start]))
                self.ticks += 1

    def load_readings(self, start: int) -> None:
        rows = self.rows
        readings = self.controller.readings
        readings.buttons = rows[start + 1]
        readings.missing_bits = rows[start + 2]
        readings.manifold_pa = rows[start + 3]
        readings.supply_mv = rows[start + 4]
        chamber_pa = readings.chamber_pa
        for index in range(len(chamber_pa)):
            chamber_pa[index] = rows[start + 5 + index]

    def step(self, dt_ms: int) -> Commands:
        readings = self.controller.readings
        commands = None
        allocation = None
        micropython.heap_lock()
        try:
            commands = self.controller.step(readings, dt_ms)
        except MemoryError as error:
            allocation = error
        finally:
            micropython.heap_unlock()
        if allocation:
            sys.print_exception(allocation)
            fail("tick {}: step() allocated".format(self.ticks))
        return commands

    def compare(self, start: int, commands: Commands) -> None:
        rows = self.rows
        first = start + len(self.columns) - len(COMMANDED)
        is_same = (
            commands.fill_bits == rows[first]
            and commands.seal_bits == rows[first + 1]
            and commands.pump_permille == rows[first + 2]
            and commands.gate_on == rows[first + 3]
            and self.controller.session.state == rows[first + 4]
            and self.controller.latch.code == rows[first + 5]
        )
        if not is_same:
            self.name_difference(first, commands)

    def name_difference(self, first: int, commands: Commands) -> None:
        outputs = [commands.fill_bits, commands.seal_bits, commands.pump_permille, commands.gate_on]
        outputs += [self.controller.session.state, self.controller.latch.code]
        for index, name in enumerate(COMMANDED):
            recorded = self.rows[first + index]
            if outputs[index] != recorded:
                fail(
                    "tick {}: {} is {}, recorded was {}".format(
                        self.ticks, name, int(outputs[index]), recorded
                    )
                )


def fail(message: str) -> None:
    print(message)
    sys.exit(1)


main()
