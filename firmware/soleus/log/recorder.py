"""The flight recorder: collects every tick in memory, and says when what of it goes to flash.

It writes in the rests only, one step at a time, each when the flash writer says so: no tick can come then.
So a loss of power costs the cycle that was running, and nothing before it. What a step writes is up to
`writer.py`, which changes no field here. The header of the next session is prepared before that begins,
because it is read from several files.
"""

import json

from micropython import const

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.session.session import CHECKING, COMPLETED, DONE, FAULT, IDLE, PAUSED, RUNNING
from soleus.log.ring import Overview, Ring
from soleus.log.writer import write_step
from soleus.store.therapy_meter import TherapyMeter

# A fragmented heap may have no room for a step. Others free what they hold, so it is tried again, every
# 20 ms; after so many tries the step is given up, and a warning says so.
_TRIES_MOST = const(100)
_ENOMEM = const(12)


class Recorder:
    def __init__(self, app: Any, meter: TherapyMeter, block_bytes: int) -> None:
        controller = app.controller
        self.app = app
        self.controller = controller
        self.meter = meter
        self.overview = Overview(controller, 300 + 70 * controller.boots.count)
        self.ring = Ring(controller, block_bytes)
        # The file of the session that is being recorded, and what is still to be written of it.
        self.path = ""
        # Of the next session; empty when something that it tells has changed.
        self.header = b""
        self.steps = []
        self.tries_left = 0
        self.is_open = False
        self.was_at_rest = False
        # A fault is written once, however long it stays.
        self.has_kept_fault = False

    def record(self, dt_ms: int) -> None:
        """At the end of each tick. A block that begins is work enough for one: a row waits for the next."""
        ring = self.ring
        number = ring.number
        ring.record(dt_ms)
        self.overview.record(dt_ms, number == ring.number)

    def look(self) -> None:
        """Called beside the tick: has a session begun or ended, is this a rest? A check fill is neither."""
        if "service" in self.app.front.kept:
            return
        if not self.steps:
            self._look_for_steps()
        if not self.header and not self.is_open and self.app.may_load():
            self.prepare()
        if self.steps:
            # At each look, because the queue of the flash writer may have been full.
            self.app.writer.put("log", self._write_step)

    def _look_for_steps(self) -> None:
        """What needs memory comes first: if it fails, nothing has changed, and the next look tries again."""
        session = self.controller.session
        state = session.state
        self.has_kept_fault = self.has_kept_fault and state == FAULT
        is_fault = state == FAULT and not self.has_kept_fault
        if not self.is_open:
            if state in (CHECKING, RUNNING, PAUSED) or is_fault:
                self._begin(["header"])
                self.overview.clear()
                self.is_open = self.overview.is_on = True
                # A fault outside a session is kept, too, but doesn't count as a session.
                self.meter.begin(0 if is_fault else 1, session.run_ms if is_fault else 0)
        elif is_fault or state in (DONE, IDLE):
            is_plain = session.ended_by == COMPLETED and not is_fault
            self._begin(["overview", "meter", "end"] if is_plain else ["overview", "freeze", "meter", "end"])
            self.has_kept_fault = is_fault
        else:
            is_at_rest = self.app.tick.is_at_rest()
            if is_at_rest and not self.was_at_rest and self.overview.coder.ticks:
                self._begin(["overview", "meter"])
            self.was_at_rest = is_at_rest

    def prepare(self) -> None:
        self.header = json.dumps(load("log.header").header(self.app)).encode()

    def follow_bench(self) -> None:
        """The core has become one with a bench, so its state has more numbers. Only between two sessions."""
        self.ring.look_anew()
        self.prepare()

    def keep_in(self, path: str) -> None:
        self.path = path

    def write_crash(self, ended_by: str, reason: str) -> None:
        if self.is_open:
            load("log.crash").write_crash(self, ended_by, reason)

    def _begin(self, steps: list) -> None:
        self.steps = steps
        self.tries_left = _TRIES_MOST

    def _write_step(self) -> None:
        if not self.steps:
            return
        step = self.steps.pop(0)
        try:
            more = write_step(self, step)
            if more:
                self.steps = more + self.steps
        except MemoryError:
            # Nothing of this step was written.
            self.tries_left -= 1
            if self.tries_left < 0:
                raise OSError(_ENOMEM) from None
            self.steps.insert(0, step)
        except OSError:
            # No room: the rest of this session is not kept.
            self.path = ""
            raise
        finally:
            if self.steps:
                self.app.writer.put("log", self._write_step)
            elif step == "end":
                self.is_open = self.overview.is_on = False
                self.path = ""
                # The meter has gone on.
                self.header = b""
                self.ring.restart()
