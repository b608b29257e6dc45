"""Runs the flashed application's tick on recorded readings. Runs on MicroPython's unix port.

on_board.py FIRST_TICK LAST_TICK idle|idle-parts|whole|parts|commands

`mark()` is a function of the port that nothing else calls: there Valgrind writes down what it has counted.
"""

import array
import gc
import json
import os
import sys

import stand_ins
import vfs

mark = os.errno
SUPPLY, BUTTONS, FIRST_SENSOR = 0, 1, 2
DT_MS = 10


def main():
    with open("session.json") as file:
        session = json.load(file)
    first, last, what = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    ticks = open("ticks.bin", "rb")
    # The application's own folder is at the root of a board's flash.
    os.mkdir("data")
    vfs.mount(vfs.VfsPosix(os.getcwd() + "/data"), "/data")
    os.chdir("app")
    sys.path[:] = ["", ".frozen"]
    gc.threshold(2048)
    app = started(session["program"])
    gc.collect()
    gc.disable()
    world = World(ticks, session, app, what.startswith("idle"))
    if what == "commands":
        write_commands(world, app, last)
    elif what.endswith("parts"):
        run_parts(world, app, first, last)
    else:
        run_whole(world, app, first, last)
    assert app.tick.failure is None, app.tick.failure
    assert app.controller.latch.code == 0, app.controller.latch.code


def started(program):
    import boot
    from soleus.app import App

    app = App(boot)
    assert not app.warnings, app.warnings
    from soleus.core.make_ready import make_ready
    from soleus.core.program.table import read_program

    the_program = read_program(program)
    make_ready(app.controller, the_program, 0, 0)
    app.note_program(the_program, None)
    app.tick.sensors.prepare()
    return app


class World:
    """What a tick finds: the clock, the sensors, a press."""

    def __init__(self, ticks, session, app, is_idle):
        self.ticks = ticks
        self.row = array.array("i", bytes(4 * session["width"]))
        self.sensor_pins = session["sensor_pins"]
        self.supply_pin = session["supply_pin"]
        self.app = app
        self.is_idle = is_idle
        self.now_ms = app.tick.last_ms
        self.count = 0

    def pass_tick(self):
        """What runs beside the tick has its turn, too: it makes the recorder write."""
        if self.count & 1:
            self.app._watch()
            self.app.writer.step()
        if not self.is_idle or self.count == 0:
            self.ticks.readinto(self.row)
        self.count += 1
        self.now_ms += DT_MS
        for byte in range(3):
            stand_ins.clock_ms[byte] = self.now_ms >> 8 * byte & 0xFF
        if self.row[BUTTONS] and not self.is_idle:
            self.app.tick.press(self.row[BUTTONS])
        if self.supply_pin is None:
            self.app.controller.readings.supply_mv = self.row[SUPPLY]
        else:
            stand_ins.samples[self.supply_pin][:] = [self.row[SUPPLY]]
        if self.sensor_pins:
            for index in range(len(self.sensor_pins)):
                stand_ins.samples[self.sensor_pins[index]][:] = [self.row[FIRST_SENSOR + index]] * 4
        else:
            self._answer()

    def _answer(self):
        answers = stand_ins.answers
        # Sensors that are read in turns ask for theirs alone.
        stand_ins.place[0] = 4 * self.app.tick.sensors.first
        for index in range(len(self.row) - FIRST_SENSOR):
            count = self.row[FIRST_SENSOR + index]
            at = 4 * index
            answers[at] = 0x40
            answers[at + 1] = count >> 16
            answers[at + 2] = count >> 8 & 0xFF
            answers[at + 3] = count & 0xFF


def run_whole(world, app, first, last):
    run = app.tick.run
    for tick in range(last):
        world.pass_tick()
        if tick >= first:
            mark()
            run(None)
            mark()
        else:
            run(None)


def run_parts(world, app, first, last):
    """The tick's parts one by one, as `Tick._run` calls them."""
    run, parts = app.tick.run, Parts(app)
    for tick in range(last):
        world.pass_tick()
        if tick >= first:
            parts.run()
        else:
            run(None)


class Parts:
    def __init__(self, app):
        self.tick = app.tick
        self.controller = app.controller

    def run(self):
        tick, controller, readings = self.tick, self.controller, self.controller.readings
        tick.last_ms += DT_MS
        mark()
        mark()
        tick.read(readings)
        tick.sensors.prepare()
        if tick.battery:
            readings.supply_mv = tick.battery.read_mv()
        mark()
        readings.buttons = tick._asked_buttons()
        if tick.presses:
            readings.buttons |= tick.presses.step(controller.session.state, DT_MS)
        mark()
        commands = controller.step(readings, DT_MS)
        mark()
        tick.outputs.apply(commands, DT_MS)
        mark()
        tick.record(DT_MS)
        mark()


def write_commands(world, app, last):
    """What the tick commands: the laptop compares it with the simulated session."""
    commands = app.controller.commands
    with open("../commands.bin", "wb") as file:
        for _ in range(last):
            world.pass_tick()
            app.tick.run(None)
            row = (commands.fill_bits, commands.seal_bits, commands.pump_permille)
            file.write(array.array("i", row))


main()
