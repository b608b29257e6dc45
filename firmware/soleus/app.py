"""Puts board, drivers, core and services together, and runs until something ends it."""

import asyncio
import gc

from machine import Timer
from micropython import const

from soleus.basics.annotations import Any, Callable
from soleus.basics.loading import load
from soleus.core.basics.signals import BUTTON_STOP
from soleus.core.controller import Controller
from soleus.core.session.session import DONE, FAULT, IDLE
from soleus.link.link import LOOK_EVERY_MS, Link
from soleus.link.requests import LINK_LOST_MS, Requests, is_in_session
from soleus.log.recorder import Recorder
from soleus.services.fault_place import fault_place
from soleus.services.indicators import show_signs
from soleus.store.flash_writer import WRITE_EVERY_MS, FlashWriter
from soleus.store.state_store import StateStore
from soleus.tick import Tick

_WATCH_EVERY_MS = const(20)
# Eight of them are a picture: five pictures a second.
_PAGE_EVERY_MS = const(25)
_WARNINGS_MOST = const(8)
_TAPE_ROWS = const(10)
# What a service holds it lets go of within its step, so a want of memory passes at once. One that is there
# for four steps lasts, and then the vents are to be open within half a second.
_TRIES_MOST = const(4)


def run(boot: Any) -> None:
    """Returns never: whatever ends it comes out as an exception, and `main.py` vents."""
    app = App(boot)
    try:
        asyncio.run(app.main())
    finally:
        app.halt()


async def keep_on(step: Callable, every_ms: int) -> None:
    """A service, until it fails. Without memory it tries again: a heap in pieces has some as soon as others
    let go of what they hold. A want that lasts is a failure, too."""
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


class Parts:
    """The drivers; `drivers/fitted.py` puts them in."""

    display: Any
    led: Any
    buzzer: Any


class App:
    """`services/start_up.py` puts it together."""

    controller: Controller
    writer: FlashWriter
    store: StateStore
    recorder: Recorder
    tick: Tick
    requests: Requests
    link: Link
    timer: Timer
    lost_session: Any
    why: str

    def __init__(self, boot: Any) -> None:
        self.boot = boot
        self.parts = Parts()
        self.warnings = []
        self.program_id = ""
        self.is_in_session = False
        self.silent_ms = 0
        self.since_telemetry_ms = 0
        self.page = 0
        self.shown_fault = None
        start_up = load("services.start_up")
        board = start_up.read_board()
        # What else the description says is no longer needed once everything is built.
        self.board = {"name": board["name"]}
        start_up.build(self, board, boot)
        # Let go first: a program takes much room while it is checked.
        del start_up, board
        load("store.program_files").load_usual(self)

    async def main(self) -> None:
        """Each service is a task of its own; the first that fails ends them all."""
        gc.threshold(-1)
        gc.collect()
        self.tick.start(self.timer, self.boot.end_rest)
        services = [
            keep_on(self._watch, _WATCH_EVERY_MS),
            keep_on(self.writer.step, WRITE_EVERY_MS),
            keep_on(self.link.step, LOOK_EVERY_MS),
            show_signs(self.controller, self.parts.led, self.parts.buzzer, self.store.settings),
        ]
        if self.parts.display:
            services.append(keep_on(self._show_page, _PAGE_EVERY_MS))
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

    def note_failed_write(self, name: str, why: str) -> None:
        self.warn("{}: {}".format(name, why))

    def _watch(self) -> None:
        """Looks at the tick from outside: its failure is everybody's; sessions are noted."""
        if self.tick.failure:
            raise self.tick.failure
        state = self.controller.session.state
        if is_in_session(state) and not self.is_in_session:
            self.store.note_session({"program": self.program_id, "at_ms": self.controller.at_ms})
            self.is_in_session = True
        elif state in (IDLE, DONE, FAULT) and self.is_in_session:
            self.requests.is_led_by_link = False
            self.store.note_session(None)
            self.store.save_learned(self.controller)
            self.is_in_session = False
        self.recorder.look()

    def after_look(self, has_heard: bool) -> None:
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

    def _show_page(self) -> None:
        """A page at a time, the first with a new picture: the link must not wait for a whole one."""
        display = self.parts.display
        if self.page == 0:
            from soleus.services.screen import draw

            self.shown_fault = self._fault_to_show(self.shown_fault)
            draw(display, self.controller, self.program_id, self.shown_fault)
        display.show_page(self.page)
        self.page = (self.page + 1) % display.pages

    def _fault_to_show(self, shown: "tuple | None") -> "tuple | None":
        """When it came, its row of the table and its place: looked up once, however long it is shown."""
        latch = self.controller.latch
        if self.controller.session.state != FAULT:
            return None
        if shown and shown[0] == latch.at_ms:
            return shown
        row = load("core.basics.fault_table").TABLE[latch.code]
        return (latch.at_ms, row, fault_place(self.controller, latch.chamber_index))
