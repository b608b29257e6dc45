# ruff: noqa: ANN001, ANN002, ANN201, ANN204, E402, PTH123
# ... because it runs on MicroPython, where a chip's modules are put in place before what imports them.
"""What the services promise without a chip below them. Runs on MicroPython."""

import gc
import json
import sys
import time

try:
    import select
except ImportError:

    class select:  # noqa: N801 (a module's name)
        """MicroPython for WebAssembly has none."""

        POLLIN = 1

        class poll:  # noqa: N801 (the name that MicroPython has)
            def register(self, *_):
                pass

    sys.modules["select"] = select


class machine:  # noqa: N801 (a module's name)
    SoftI2C = PWM = Pin = Timer = object


sys.modules["machine"] = machine

from soleus import services
from soleus.basics.loading import load
from soleus.core.basics.boots_table import read_boots
from soleus.core.controller import Controller
from soleus.link.link import Link
from soleus.log import recorder as recorder_module
from soleus.store import state_load, therapy_meter
from soleus.store.flash_writer import FlashWriter
from soleus.store.therapy_meter import TherapyMeter
from soleus.tick import Tick as ControlTick

# Beside this script, not in the root of the laptop's files.
therapy_meter.METER_FILE = "meter.json"
with open("boots.json") as file:
    BOOTS = json.load(file)


class Typed:
    """A line on which somebody has typed, and its own poll."""

    def __init__(self, content):
        self.waiting = list(content)

    def poll(self, _timeout_ms):
        return self.waiting

    def readinto(self, buffer):
        buffer[0] = self.waiting.pop(0)
        return 1


class Tick:
    is_over = False


class EndingTick:
    """Is over after so many looks at it: as if Ctrl-C had come between two bytes."""

    def __init__(self, looks):
        self.looks = looks

    @property
    def is_over(self):
        self.looks -= 1
        return self.looks < 0


def left_on_the_line(tick):
    line = Typed(b"\r\x01raw")
    link = Link(None, None, tick)
    link.stdin = link.poll = line
    assert link._look() is False
    return bytes(line.waiting)


def check_the_link_takes_what_is_typed_while_the_tick_runs():
    assert left_on_the_line(Tick()) == b""


def check_the_link_leaves_what_is_typed_after_the_ticks_end():
    over = Tick()
    over.is_over = True
    assert left_on_the_line(over) == b"\r\x01raw"


def check_the_link_stops_at_the_byte_at_which_the_tick_ends():
    assert left_on_the_line(EndingTick(2)) == b"raw"


class Meanwhile:
    """A write that is waiting in the flash writer, and whose turn comes in the middle of an import."""

    def __init__(self):
        self.writer = FlashWriter(lambda: True, lambda: None, None)
        self.writer.put("log", self.load_it_too)
        self.was_whole = []

    def load_it_too(self):
        self.was_whole.append(load("services.half_there").is_whole)

    def come(self):
        self.writer._write_one(0)


class Interrupted:
    """A board at which a person presses Ctrl-C during a tick, and again while it vents."""

    def __init__(self, presses):
        self.presses = presses
        self.is_vented = False
        self.sensors = self.outputs = self.WATCHDOG = self
        self.battery = None

    def read_chambers(self, _readings):
        raise KeyboardInterrupt

    def vent(self):
        self.presses -= 1
        if self.presses:
            raise KeyboardInterrupt
        self.is_vented = True

    def feed(self):
        pass


def check_a_second_ctrl_c_does_not_come_between_the_first_and_the_vents():
    for presses in (1, 2, 5):
        board = Interrupted(presses)
        tick = ControlTick(core("esp32-devkit"), board, None, board, None)
        # A call that comes right after another one is none of its own.
        time.sleep_ms(10)
        tick.run(None)
        assert board.is_vented
        assert isinstance(tick.failure, KeyboardInterrupt)
        assert tick.is_over


class Slow:
    """A board whose sensors take 100 ms in one of its ticks."""

    def __init__(self):
        self.waits_ms = [0, 100, 0]
        self.dt_ms = []
        self.sensors = self.outputs = self.WATCHDOG = self
        self.battery = None

    def read_chambers(self, _readings):
        time.sleep_ms(self.waits_ms.pop(0))

    def prepare(self):
        pass

    def apply(self, _commands, dt_ms):
        self.dt_ms.append(dt_ms)

    def vent(self):
        pass

    def feed(self):
        pass


def check_the_step_after_slow_sensors_knows_how_long_they_took():
    """The outputs have stood meanwhile: a guard must count that now, and not in the next tick."""
    board = Slow()
    tick = ControlTick(core("esp32-devkit"), board, None, board, lambda _dt_ms: None)
    for _ in range(3):
        time.sleep_ms(10)
        tick.run(None)
    assert tick.failure is None
    assert board.dt_ms[1] >= 110, board.dt_ms
    assert board.dt_ms[2] < 100, board.dt_ms


class Calm(Slow):
    """A board on which nothing takes long."""

    def read_chambers(self, _readings):
        pass

    def apply(self, _commands, _dt_ms):
        pass


def check_no_tick_collects_garbage():
    """MicroPython takes the memory of a function with many variables from the heap, and may collect for it:
    on a chip that takes 10 ms, in the middle of a tick."""
    board = Calm()
    tick = ControlTick(core("esp32-s3-duo"), board, None, board, lambda _dt_ms: None)
    gc.collect()
    gc.threshold(9000)
    for _ in range(8):
        bytearray(1000)
    free_bytes = gc.mem_free()
    for _ in range(40):
        time.sleep_ms(9)
        tick.run(None)
    left_bytes = gc.mem_free()
    gc.threshold(-1)
    assert tick.failure is None
    assert left_bytes < free_bytes + 4000, "the garbage is gone"


def check_after_a_tick_that_failed_there_is_memory_again():
    board = Interrupted(3)
    tick = ControlTick(core("esp32-devkit"), board, None, board, None)
    time.sleep_ms(10)
    tick.run(None)
    assert len(bytearray(100)) == 100


def check_ctrl_c_during_a_write_ends_the_app():
    """What comes out of a scheduled call would only be printed."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    writer = FlashWriter(lambda: True, lambda: None, None)
    writer.put("log", interrupt)
    writer._write_one(0)
    try:
        writer.step()
    except KeyboardInterrupt:
        return
    raise AssertionError("Ctrl-C was lost")


def check_a_write_waits_for_a_module_that_is_half_loaded():
    sys.modules["meanwhile"] = meanwhile = Meanwhile()
    path, services.__path__ = services.__path__, "."
    try:
        assert load("services.half_there").is_whole
        assert meanwhile.was_whole == []
        meanwhile.come()
        assert meanwhile.was_whole == [True]
    finally:
        services.__path__ = path


class Enough:
    """Enough memory, but not for the first request."""

    def __init__(self):
        self.asked = 0

    def give(self, table):
        self.use()
        return table

    def use(self):
        self.asked += 1
        if self.asked == 1:
            raise MemoryError


def check_a_module_that_found_no_memory_is_not_taken_for_whole_the_next_time():
    sys.modules["enough"] = Enough()
    path, services.__path__ = services.__path__, "."
    try:
        try:
            load("services.short_of_memory")
        except MemoryError:
            asked = sys.modules["enough"].asked
        assert asked == 1
        assert load("services.short_of_memory").is_whole
    finally:
        services.__path__ = path


class Thing:
    pass


class ShortOfMemory:
    """Takes the log writer's place, and has the memory for each step only at the given try."""

    def __init__(self, at_try):
        self.at_try = at_try
        self.tried = 0
        self.written = []

    def write_step(self, _recorder, step):
        self.tried += 1
        if self.tried < self.at_try:
            raise MemoryError
        self.tried = 0
        self.written.append(step)


def written_by(log_writer):
    """Goes through the steps of a session's end, with more tries than they need; returns the warnings."""
    warned = []
    app = Thing()
    app.controller = core("esp32-devkit")
    app.front = Thing()
    app.front.kept = {}
    app.writer = FlashWriter(lambda: True, lambda: None, lambda name, why: warned.append((name, why)))
    writing, recorder_module.write_step = recorder_module.write_step, log_writer.write_step
    try:
        recorder = recorder_module.Recorder(app, TherapyMeter(0, 0), 4096)
        recorder.is_open = True
        recorder.keep_in("log/000001.slog")
        recorder._begin(["overview", "meter", "end"])
        for _ in range(1000):
            recorder.look()
            app.writer._write_one(0)
            if not recorder.is_open:
                break
    finally:
        recorder_module.write_step = writing
    assert not recorder.is_open
    assert recorder.path == ""
    return warned


def check_a_log_is_ended_although_the_heap_had_no_room_at_first():
    for at_try in (1, 2, 7):
        writer = ShortOfMemory(at_try)
        assert written_by(writer) == []
        assert writer.written == ["overview", "meter", "end"]


def check_therapy_that_found_no_memory_to_be_written_counts_at_the_next_try():
    meter = TherapyMeter(100, 1)
    meter.begin(0, 10_000)
    encode, therapy_meter.encode = therapy_meter.encode, Enough().give
    try:
        meter.count(15_000)
    except MemoryError:
        therapy_meter.encode = encode
    assert (meter.counted_s, meter.therapy_s) == (10, 100)
    meter.count(15_000)
    assert (meter.counted_s, meter.therapy_s) == (15, 105)
    with open(therapy_meter.METER_FILE) as file:
        assert '"therapy_s": 105' in file.read()


def check_a_log_that_never_finds_memory_is_given_up_with_a_warning():
    writer = ShortOfMemory(1 << 20)
    warned = written_by(writer)
    assert writer.written == []
    assert warned
    assert all(name == "log" and "ENOMEM" in why for name, why in warned)


def core(board):
    return Controller(read_boots(BOOTS[board]))


def warnings_of(table, controller):
    warnings = []
    state_load.load_learned(table, controller, warnings.append)
    return warnings


def check_a_broken_list_is_one_warning_on_every_board():
    for board in BOOTS:
        for name in state_load.learned(core(board)):
            assert warnings_of({name: "nonsense"}, core(board)) == [
                f"/data/state/learned.json: {name} makes no sense; defaults used"
            ]


def check_what_was_learned_is_there_after_the_next_start():
    for board in BOOTS:
        before, after = state_load.learned(core(board)), core(board)
        learned = {name: [value // 2 + 1 for value in values] for name, values in before.items()}
        assert warnings_of(learned, after) == []
        assert state_load.learned(after) == learned


def check_what_the_estimator_learned_is_kept():
    before = core("squeezed").regulator.sensing.estimator
    for name, most in (
        ("squeeze_permille", before.squeeze_most_permille),
        ("fall_at_pa", before.fall_at_most_pa),
    ):
        before, after = core("squeezed"), core("squeezed")
        getattr(before.regulator.sensing.estimator, name)[1] = 123
        kept = json.loads(json.dumps(state_load.learned(before)))
        assert warnings_of(kept, after) == []
        assert getattr(after.regulator.sensing.estimator, name)[1] == 123
        kept[name][1] = most + 1
        assert len(warnings_of(kept, core("squeezed"))) == 1


checks = [value for name, value in sorted(globals().items()) if name.startswith("check_")]
for check in checks:
    check()
print(len(checks))
