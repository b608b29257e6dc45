"""Puts board, drivers, core and services together, and runs until something ends it."""

import asyncio
import gc
import json

from machine import I2C, Pin, Timer
from micropython import const

from .annotations import Any
from .core.boots import Boots
from .core.controller import Controller
from .core.errors import SettingError
from .core.session import DONE, FAULT, IDLE
from .core.signals import BUTTON_STOP
from .drivers.outputs import Outputs
from .drivers.pressure import pressure_sensors
from .services import way_out
from .services.borrowed import borrow
from .services.fault_place import fault_place
from .services.files import write_whole
from .services.flash_writer import FlashWriter
from .services.link import LOOK_EVERY_MS, Link
from .services.recorder import Recorder
from .services.requests import LINK_LOST_MS, Requests, is_in_session
from .services.signs import show_signs
from .services.state_store import StateStore
from .tick import Tick

BOARD_FILE = "board.json"
_WATCH_EVERY_MS = const(20)
_SCREEN_EVERY_MS = const(200)
_WARNINGS_MOST = const(8)
_TAPE_ROWS = const(10)


def run(boot: Any) -> None:
    """Returns never: whatever ends it comes out as an exception, and `main.py` vents."""
    app = App(read_board(), boot)
    try:
        asyncio.run(app.main())
    finally:
        app.halt()


def read_board() -> dict:
    try:
        with open(BOARD_FILE) as file:
            board = json.load(file)
    except (OSError, ValueError) as error:
        raise SettingError(BOARD_FILE, str(error), "a board's description, written when it is flashed")
    Boots.from_table(board.get("boots"))
    return board


class Parts:
    """The drivers that this board has; `None` for those that it hasn't."""

    def __init__(self, board: dict, boots: Boots, points: list) -> None:
        bus = board.get("i2c")
        self.i2c = (
            I2C(0, scl=Pin(bus["scl"]), sda=Pin(bus["sda"]), freq=bus.get("hz", 400_000)) if bus else None
        )
        self.outputs = Outputs(board, boots)
        self.sensors = pressure_sensors(board["sensors"], points, self.i2c)
        self.battery = self.buttons = self.led = self.buzzer = self.display = None
        if "battery" in board:
            from .drivers.battery import Battery

            self.battery = Battery(board["battery"])
        if "buttons" in board:
            from .drivers.buttons import Buttons

            self.buttons = Buttons(board["buttons"])
        if "led" in board:
            from .drivers.led import Led

            self.led = Led(board["led"])
        if "buzzer" in board:
            from .drivers.buzzer import Buzzer

            self.buzzer = Buzzer(board["buzzer"])

    def open_display(self, table: dict) -> None:
        """An `ImportError` says that its driver isn't installed, an `OSError` that it doesn't answer."""
        if self.i2c is None:
            raise OSError("the board has no [i2c]")
        from .drivers.display import Display

        self.display = Display(table, self.i2c)


class App:
    def __init__(self, board: dict, boot: Any) -> None:
        self.board = board
        self.boot = boot
        self.warnings = []
        self.program_id = ""
        self.is_in_session = False
        self.silent_ms = 0
        self.since_telemetry_ms = 0
        boots = Boots.from_table(board["boots"])
        self.controller = Controller(boots)
        self.writer = FlashWriter(self._may_write, boot.WATCHDOG.feed, self._note_failed_write)
        self.store = StateStore(self.writer, self.warn)
        self.store.load_settings()
        self.store.load_learned(self.controller)
        self.lost_session = self.store.lost_session()
        self.why = way_out.why_last(self.lost_session is not None)
        self.parts = Parts(board, boots, self.store.settings.calibration)
        self.recorder = Recorder(self)
        self.tick = Tick(self.controller, self.parts, boot.vent, boot.WATCHDOG.feed, self.recorder.record)
        way_out.before_reset = self.recorder.write_crash
        self.requests = Requests(self)
        self.link = Link(self.requests.answer, self._after_look)
        self.timer = Timer(boot.CONTROL_TIMER)
        self._load_usual_program()
        self._open_display()
        # Everything is built; what the description still takes of the heap is better free.
        self.safe_pins = borrow("safe_pins", "drivers").safe_pins(board)
        self.board = {"name": board["name"]}

    async def main(self) -> None:
        """Each service is a task of its own; the first that fails ends them all."""
        self._tidy_up()
        gc.threshold(-1)
        gc.collect()
        self.tick.start(self.timer, self.boot.end_rest)
        services = [
            self._watch(),
            self.writer.run(),
            self.link.run(),
            show_signs(self.controller, self.parts.led, self.parts.buzzer, self.store.settings),
        ]
        if self.parts.display:
            services.append(self._refresh_screen(self.parts.display))
        self.link.send({"event": "ready", "board": self.board["name"], "why": self.why})
        await asyncio.gather(*services)

    def halt(self) -> None:
        self.tick.is_over = True
        self.timer.deinit()

    def warn(self, warning: str) -> None:
        if len(self.warnings) < _WARNINGS_MOST:
            self.warnings.append(warning)

    def load_program(self, program_id: str, minutes: int = 0, pressure_mmhg: int = 0) -> None:
        if not self.tick.is_idle():
            raise SettingError("program", program_id, "a machine at rest; stop the session first")
        program = borrow("program_files").read_program(program_id)
        self.tick.is_loading = True
        try:
            self.controller.load(program, minutes, pressure_mmhg)
        finally:
            self.tick.is_loading = False
        self.program_id = program.id
        self.recorder.ring.restart()

    def _load_usual_program(self) -> None:
        settings = self.store.settings
        try:
            self.load_program(settings.program, settings.minutes, settings.pressure_mmhg)
        except SettingError as error:
            self.warn(str(error))

    def _open_display(self) -> None:
        if "display" not in self.board:
            return
        try:
            self.parts.open_display(self.board["display"])
        except (ImportError, OSError) as error:
            self.warn("display: {}".format(error))

    def _tidy_up(self) -> None:
        """Before the first tick: the file that `boot.py` reads must be this board's."""
        wanted = self.safe_pins
        try:
            with open(self.boot.SAFE_PINS_FILE) as file:
                if json.load(file) == wanted:
                    return
        except (OSError, ValueError):
            pass
        try:
            write_whole(self.boot.SAFE_PINS_FILE, json.dumps(wanted).encode())
        except OSError as error:
            self.warn("{}: {}".format(self.boot.SAFE_PINS_FILE, error))

    def _may_write(self) -> bool:
        return self.tick.is_at_rest()

    def _note_failed_write(self, name: str, why: str) -> None:
        self.warn("{}: {}".format(name, why))

    async def _watch(self) -> None:
        """Looks at the tick from outside: its failure is everybody's; sessions are noted."""
        while True:
            if self.tick.failure:
                raise self.tick.failure
            state = self.controller.session.state
            if is_in_session(state) and not self.is_in_session:
                self.is_in_session = True
                self.store.note_session({"program": self.program_id, "at_ms": self.controller.at_ms})
            elif state in (IDLE, DONE, FAULT) and self.is_in_session:
                self.is_in_session = False
                self.requests.is_led_by_link = False
                self.store.note_session(None)
                self.store.save_learned(self.controller)
            self.recorder.look()
            await asyncio.sleep_ms(_WATCH_EVERY_MS)

    def _after_look(self, has_heard: bool) -> None:
        self.silent_ms = 0 if has_heard else self.silent_ms + LOOK_EVERY_MS
        if self.silent_ms >= LINK_LOST_MS and self.requests.is_led_by_link and self.is_in_session:
            self.requests.is_led_by_link = False
            self.tick.press(BUTTON_STOP)
            self.warn("the link was lost: session stopped")
        if self.requests.ring_stream:
            self.requests.ring_stream.send(self.link)
        self._send_tape()
        if not self.requests.telemetry_ms:
            return
        self.since_telemetry_ms += LOOK_EVERY_MS
        if self.since_telemetry_ms >= self.requests.telemetry_ms:
            self.since_telemetry_ms = 0
            self.link.send(self.requests.telemetry())

    def _send_tape(self) -> None:
        """As long as a bench is there."""
        tape = self.tick.tape
        if not tape:
            return
        if self.silent_ms >= LINK_LOST_MS:
            self.tick.tape = None
            return
        if tape.waiting_count() >= _TAPE_ROWS:
            self.link.send(tape.event())

    async def _refresh_screen(self, display: Any) -> None:
        from .drivers.screen import draw

        while True:
            place = fault_place(self.controller, self.controller.latch.chamber_index)
            draw(display, self.controller, self.program_id, place)
            for page in range(display.pages):
                display.show_page(page)
                await asyncio.sleep_ms(0)
            await asyncio.sleep_ms(_SCREEN_EVERY_MS)
