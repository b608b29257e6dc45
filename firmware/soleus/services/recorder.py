"""The flight recorder: what goes into memory at each tick, and when what of it goes to flash.

Flash is written in the rests only, one step at a time, each from the flash writer's own moment in which
no tick can come. So a loss of power costs the cycle that was running, and nothing before it.
"""

import gc
import json

from soleus.annotations import Any
from soleus.core.session import CHECKING, DONE, FAULT, IDLE, PAUSED, RUNNING

from . import log_files
from .borrowed import borrow
from .log_format import BLOCK_HEAD_BYTES, END, HEADER, OVERVIEW, RING
from .meter import Meter
from .overview import Overview
from .ring import BLOCKS_COUNT, Ring

# What stays free when the ring has taken its part, and the least that a ring makes sense with.
KEPT_FREE_BYTES = 44 * 1024
COMPLETED = 1
JOB = "log"


class Recorder:
    def __init__(self, app: Any) -> None:
        controller = app.controller
        self.app = app
        self.controller = controller
        self.meter = Meter()
        self.overview = Overview(controller, 500 + 150 * controller.boots.count)
        gc.collect()
        self.ring = Ring(controller, block_bytes(controller.boots, gc.mem_free()))
        # The file of the session that is being recorded, and what is still to be written of it.
        self.path = ""
        self.is_open = False
        self.steps = []
        self.was_at_rest = False
        # A fault is written once, however long it stays.
        self.has_kept_fault = False
        self.written_bytes = 0
        warning = self.meter.load()
        if warning:
            app.warn(warning)

    def record(self, dt_ms: int) -> None:
        """After each tick, inside it."""
        self.ring.record(dt_ms)
        self.overview.record(dt_ms)

    def look(self) -> None:
        """Beside the tick: has a session begun or ended, is this a rest?"""
        if self.steps:
            return
        state = self.controller.session.state
        if state != FAULT:
            self.has_kept_fault = False
        is_fault = state == FAULT and not self.has_kept_fault
        if not self.is_open:
            if state in (CHECKING, RUNNING, PAUSED) or is_fault:
                self.is_open = True
                self.overview.clear()
                self.overview.is_on = True
                self._write("header")
        elif is_fault or state in (DONE, IDLE):
            self._end(is_fault)
        else:
            self._look_for_rest()

    def write_crash(self, reason: str) -> None:
        """The app is over, the vents are open, no tick comes any more."""
        if not self.is_open:
            return
        if not self.path:
            self.steps = ["header"]
        self.steps += ["overview", "freeze"]
        while self.steps:
            self._step()
        self._append(END, self._end_table(reason))

    def _look_for_rest(self) -> None:
        is_at_rest = self.app.tick.is_at_rest()
        if is_at_rest and not self.was_at_rest and self.overview.rows_count:
            self._write("overview", "meter")
        self.was_at_rest = is_at_rest

    def _end(self, is_fault: bool) -> None:
        self.has_kept_fault = is_fault
        if is_fault or self.controller.session.ended_by != COMPLETED:
            self._write("overview", "freeze", "meter", "end")
        else:
            self._write("overview", "meter", "end")

    def _write(self, *steps: str) -> None:
        self.steps = list(steps)
        self.app.writer.put(JOB, self._write_step)

    def _write_step(self) -> None:
        try:
            self._step()
        except OSError:
            # No room: this session is not kept any further.
            self.path = ""
            raise
        finally:
            if self.steps:
                self.app.writer.put(JOB, self._write_step)

    def _step(self) -> None:
        step = self.steps.pop(0)
        if step == "header":
            self._begin_file()
        elif step == "overview":
            self._append(OVERVIEW, self.overview.chunk())
            self.overview.clear()
        elif step == "freeze":
            self.ring.freeze()
            self.steps = list(self.ring.numbers()) + self.steps
        elif step == "meter":
            if self.meter.count(self.controller.session.run_ms):
                self.meter.write()
        elif step == "end":
            self._append(END, self._end_table(""))
            self._close()
        else:
            self._append(RING, self.ring.block(int(step)))

    def _begin_file(self) -> None:
        self.path = ""
        self.written_bytes = 0
        path = log_files.begin_session()
        self.meter.begin_session()
        self.path = path
        self._append(HEADER, json.dumps(borrow("log_header").header(self.app)).encode())

    def _end_table(self, crash: str) -> bytes:
        table = borrow("log_header").end(self.controller, self.meter.therapy_s, crash)
        return json.dumps(table).encode()

    def _close(self) -> None:
        self.is_open = False
        self.overview.is_on = False
        self.path = ""
        self.ring.restart()

    def _append(self, kind: int, payload: Any) -> None:
        room_bytes = log_files.SESSION_MOST_BYTES - self.written_bytes
        # The overview of a very long session ends early; how it ended is always kept.
        if not self.path or (kind == OVERVIEW and len(payload) > room_bytes - self._kept_for_end_bytes()):
            return
        log_files.append_frame(self.path, kind, payload)
        self.written_bytes += len(payload) + 7

    def _kept_for_end_bytes(self) -> int:
        return BLOCKS_COUNT * self.ring.block_bytes + 1024


def block_bytes(boots: Any, free_bytes: int) -> int:
    """Of the ring's blocks: about 2.5 s of noisy sensors and the core's state; less where memory is short."""
    sensors = 1 if boots.has_manifold_sensor_only else boots.count
    least = BLOCK_HEAD_BYTES + 300 + 110 * boots.count
    wanted = 300 + 60 * boots.count + 250 * sensors
    return max(least, min(wanted, (free_bytes - KEPT_FREE_BYTES) // BLOCKS_COUNT))
