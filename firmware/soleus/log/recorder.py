"""The flight recorder: what goes into memory at each tick, and when what of it goes to flash.

Flash is written in the rests only, one step at a time, each from the flash writer's own moment in which
no tick can come. So a loss of power costs the cycle that was running, and nothing before it.
"""

from micropython import const

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.session.session import CHECKING, COMPLETED, DONE, FAULT, IDLE, PAUSED, RUNNING
from soleus.log.ring import Overview, Ring

# What writes is imported for the moment, and a heap in many pieces may have no room for it just then: within
# so many tries, 20 ms apart, others will have let go of what they hold, or a person is told.
_TRIES_MOST = const(100)
_ENOMEM = const(12)


class Recorder:
    def __init__(self, app: Any, therapy: tuple, block_bytes: int) -> None:
        controller = app.controller
        self.app = app
        self.controller = controller
        self.therapy_s, self.sessions_count = therapy
        self.counted_s = 0
        self.overview = Overview(controller, 300 + 70 * controller.boots.count)
        self.ring = Ring(controller, block_bytes)
        # The file of the session that is being recorded, and what is still to be written of it.
        self.path = ""
        self.written_bytes = 0
        self.steps = []
        self.tries_left = 0
        self.is_open = False
        self.was_at_rest = False
        # A fault is written once, however long it stays.
        self.has_kept_fault = False

    def record(self, dt_ms: int) -> None:
        """After each tick, inside it."""
        self.ring.record(dt_ms)
        self.overview.record(dt_ms)

    def look(self) -> None:
        """Beside the tick: has a session begun or ended, is this a rest?"""
        if not self.steps:
            self._look_for_steps()
        if self.steps:
            # Each time: the writer's queue may have been full.
            self.app.writer.put("log", self._write_step)

    def _look_for_steps(self) -> None:
        """What needs memory comes first: without it nothing is noted, and the next look finds it again."""
        session = self.controller.session
        state = session.state
        self.has_kept_fault = self.has_kept_fault and state == FAULT
        is_fault = state == FAULT and not self.has_kept_fault
        if not self.is_open:
            if state in (CHECKING, RUNNING, PAUSED) or is_fault:
                self._begin(["header"])
                self.overview.clear()
                self.is_open = self.overview.is_on = True
                # A fault of a machine at rest is kept, too, but is no session.
                self.sessions_count += 0 if is_fault else 1
                self.counted_s = session.run_ms // 1000 if is_fault else 0
        elif is_fault or state in (DONE, IDLE):
            is_plain = session.ended_by == COMPLETED and not is_fault
            self._begin(["overview", "meter", "end"] if is_plain else ["overview", "freeze", "meter", "end"])
            self.has_kept_fault = is_fault
        else:
            is_at_rest = self.app.tick.is_at_rest()
            if is_at_rest and not self.was_at_rest and self.overview.coder.ticks:
                self._begin(["overview", "meter"])
            self.was_at_rest = is_at_rest

    def write_crash(self, ended_by: str, reason: str) -> None:
        if self.is_open:
            load("log.writer").write_crash(self, ended_by, reason)

    def _begin(self, steps: list) -> None:
        self.steps = steps
        self.tries_left = _TRIES_MOST

    def _write_step(self) -> None:
        if not self.steps:
            return
        step = self.steps.pop(0)
        try:
            load("log.writer").write_step(self, step)
        except MemoryError:
            # Nothing of this step was written.
            self.tries_left -= 1
            if self.tries_left < 0:
                raise OSError(_ENOMEM) from None
            self.steps.insert(0, step)
        except OSError:
            # No room: this session is not kept any further.
            self.path = ""
            raise
        finally:
            if self.steps:
                self.app.writer.put("log", self._write_step)
            elif step == "end":
                self.is_open = self.overview.is_on = False
                self.path = ""
                self.ring.restart()
