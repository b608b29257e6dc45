"""Puts board, drivers, core and services together, and runs until something ends it."""

import asyncio
import gc
from time import ticks_diff, ticks_ms

import micropython
from machine import Timer
from micropython import const

from soleus.basics.annotations import Any, Callable
from soleus.basics.loading import load
from soleus.core.controller import Controller
from soleus.core.session.session import DONE, FAULT, IDLE
from soleus.link.link import Link
from soleus.link.requests import LOOK_EVERY_MS, Requests
from soleus.log.recorder import Recorder
from soleus.panel.front import ENDED, Front
from soleus.services.indicators import show_indicators
from soleus.services.presses import Presses
from soleus.store.flash_writer import WRITE_EVERY_MS, FlashWriter
from soleus.store.state_store import StateStore
from soleus.tick import Tick

_WATCH_EVERY_MS = const(20)
# Eight of them are a picture: five pictures a second.
_PAGE_EVERY_MS = const(25)
_WARNINGS_MOST = const(8)
_FIRST_TICKS = const(6)
# For an exception's words and its place.
_EXCEPTION_BYTES = const(200)
# Being out of memory is usually brief: each service frees within its step what it holds. Four failures in a
# row mean that it lasts, and then the vents must be open within half a second.
_TRIES_MOST = const(4)


def run(boot: Any) -> None:
    """Never returns: whatever ends the app comes out as an exception, and `main.py` vents."""
    app = App(boot)
    try:
        asyncio.run(app.main())
    finally:
        app.halt()


async def keep_on(step: Callable, every_ms: int) -> None:
    """Runs a service until it fails. Out of memory, it tries again: a fragmented heap has room as soon as
    other services free what they hold. Being out of memory for long is a failure, too."""
    tries_left = _TRIES_MOST
    while True:
        try:
            step()
            tries_left = _TRIES_MOST
        except MemoryError:
            tries_left -= 1
            if tries_left == 0:
                raise
        await asyncio.sleep_ms(every_ms)


class App:
    """All that stays in memory while the board runs. `services/start_up.py` has what only the start needs."""

    def __init__(self, boot: Any) -> None:
        # No timer is called while a module is loaded, so the watchdog is fed between the steps of the start:
        # each takes a fraction of the time that it allows.
        feed = boot.WATCHDOG.feed
        feed()
        self.boot = boot
        self.warnings = []
        self.program_id = ""
        # What a person has changed of the program, and its least and most minutes and mmHg.
        self.changes = None
        self.ranges = b""
        start_up = load("services.start_up")
        board, boots = start_up.read_board()
        # Once everything is built, nobody needs more of the description.
        self.board = {"name": board["name"]}
        self.controller = Controller(boots, has_bench=False)
        self.writer = FlashWriter(self.tick_is_at_rest, feed, self.note_failed_write)
        self.store = StateStore(self.writer)
        feed()
        self.lost_session, kept, meter = start_up.read_back(self.store, self.controller, self.warn)
        self.why = start_up.why_last(self.lost_session is not None)
        feed()
        start_up.write_first(self.warn)
        feed()
        self.parts = load("drivers.build_drivers").build(
            board, boots, self.store.settings.calibration, self.warn
        )
        feed()
        self.recorder = Recorder(
            self, meter, load("log.ring_size").block_bytes(boots, board["sensors"]["driver"])
        )
        self.presses = Presses(board["buttons"]) if "buttons" in board else None
        self.tick = Tick(self.controller, self.parts, self.presses, boot, self.recorder.record)
        boot.keep_log = self.recorder.write_crash
        feed()
        self.requests = Requests(self)
        self.link = Link(self.requests.answer, self.requests.after_look, self.tick)
        self.front = Front(self, kept)
        self.looked_ms = ticks_ms()
        self.timer = Timer(boot.CONTROL_TIMER)
        self.screen = start_up.screen(self, board)
        start_up.write_safe_pins(board, boot.SAFE_PINS_FILE, self.warn)
        # Freed first: a program takes much room while it is checked.
        del start_up, board
        feed()
        load("store.program_files").load_usual(self)
        feed()
        self.recorder.prepare()
        feed()

    async def main(self) -> None:
        """Each service is a task of its own; the first that fails ends them all."""
        gc.threshold(-1)
        if hasattr(micropython, "alloc_emergency_exception_buf"):
            # In a tick the heap is locked, so this is where its exceptions are kept. A port without this
            # function has a place of its own.
            micropython.alloc_emergency_exception_buf(_EXCEPTION_BYTES)
        gc.collect()
        self.tick.start(self.timer, self.boot.stop_feeding)
        # No tick comes while a service loads what it shows; and until all sensors have answered once, guards
        # count how long they have not.
        while self.tick.count < _FIRST_TICKS and not self.tick.failure:
            await asyncio.sleep_ms(LOOK_EVERY_MS)
        services = [
            keep_on(self._watch, _WATCH_EVERY_MS),
            keep_on(self.writer.step, WRITE_EVERY_MS),
            keep_on(self.link.step, LOOK_EVERY_MS),
            show_indicators(self),
        ]
        if self.screen:
            services.append(keep_on(self.screen.step, _PAGE_EVERY_MS))
        self.link.send({"event": "ready", "board": self.board["name"], "why": self.why})
        await asyncio.gather(*services)

    def halt(self) -> None:
        self.tick.is_over = True
        self.timer.deinit()

    def warn(self, warning: str) -> None:
        if len(self.warnings) < _WARNINGS_MOST:
            self.warnings.append(warning)

    def tick_is_at_rest(self) -> bool:
        return self.tick.is_at_rest()

    def may_load(self) -> bool:
        """A module or a file takes a chip longer than the guards wait for a tick: not in a session."""
        return self.controller.session.state in (IDLE, DONE, FAULT) and not self.tick.is_energised()

    def note_failed_write(self, name: str, why: str) -> None:
        self.warn("{}: {}".format(name, why))

    def note_program(self, program: Any, changes: "dict | None") -> None:
        """The controller has a new program: what was recorded before no longer fits what comes."""
        self.program_id = program.id
        self.changes = changes
        minutes = program.minutes
        mmhg = program.pressure_mmhg
        self.ranges = bytes((minutes.least, minutes.most, mmhg.least, mmhg.most))
        self.recorder.ring.restart()
        self.recorder.header = b""

    def _watch(self) -> None:
        """Looks at the tick from beside it: when the tick has failed, everything ends."""
        if self.tick.failure:
            raise self.tick.failure
        if self.store.follow_session(self.controller):
            self.requests.is_led_by_link = False
            self.front.wish = (ENDED,)
        now_ms = ticks_ms()
        since_tap_ms = ticks_diff(now_ms, self.presses.tapped_ms) if self.presses else 0
        self.front.step(ticks_diff(now_ms, self.looked_ms), since_tap_ms)
        self.looked_ms = now_ms
        self.recorder.look()
