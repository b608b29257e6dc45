"""Which part of its life a session is in, and what a person's buttons do to it."""

from soleus.core.basics import faults
from soleus.core.basics.faults import FaultLatch
from soleus.core.basics.limits import (
    ASK_FOR_PRESENCE_MS,
    LEVEL_STEP_PA,
    PAUSE_MOST_MS,
    SOFTEST_PA,
    UNSEEN_EMPTY_MS,
    VENTED_PA,
)
from soleus.core.basics.signals import (
    BUTTON_CLEAR,
    BUTTON_FIRMER,
    BUTTON_PAUSE,
    BUTTON_RESUME,
    BUTTON_SERVICE,
    BUTTON_SOFTER,
    BUTTON_START,
    BUTTON_STOP,
)
from soleus.core.sensing.gauges import Gauges

IDLE = 0
CHECKING = 1
RUNNING = 2
PAUSED = 3
VENTING = 4
DONE = 5
FAULT = 6
SERVICE = 7

STATE_NAMES = ("idle", "checking", "running", "paused", "venting", "done", "fault", "service")

# How a session came to its end.
NOT_ENDED = 0
COMPLETED = 1
STOPPED = 2
NO_PRESENCE = 3

# The pump's rotor needs this long to stop; a valve closed against it makes a spike in the manifold.
# A stop, a fault or a reset doesn't wait for it; a planned end does.
WIND_DOWN_MS = 300
# In a fault nothing is energised, so no closed chamber can be looked at: what sensors see beside open
# vents, and time, must show that the pressure is gone.
CLEAR_AFTER_MS = UNSEEN_EMPTY_MS
STATE_MOST_MS = 100_000_000


class Session:
    def __init__(self) -> None:
        self.state = IDLE
        self.state_ms = 0
        self.run_ms = 0
        self.duration_ms = 0
        self.asked_pa = 0
        self.most_pa = 0
        self.ended_by = NOT_ENDED
        self.wind_down_ms = 0
        self.after_wind_down = VENTING
        # What follows the check at the start: a session, or service.
        self.after_check = RUNNING
        # How long a person may press nothing (0: as long as they like), and how long that has been.
        self.presence_check_ms = 0
        self.silent_ms = 0

    def load(self, duration_ms: int, level_pa: int, most_pa: int, presence_check_ms: int) -> None:
        self.duration_ms = duration_ms
        self.presence_check_ms = presence_check_ms
        self.asked_pa = level_pa
        self.most_pa = most_pa

    def is_energised(self) -> bool:
        if self.state == CHECKING or self.state == SERVICE:
            return True
        return self.state == RUNNING or self.state == VENTING

    def asks_for_presence(self) -> bool:
        """Time to light up, beep and wait for a press: the boots are not for sleeping in."""
        if self.state != RUNNING or self.presence_check_ms == 0:
            return False
        return self.silent_ms >= self.presence_check_ms - ASK_FOR_PRESENCE_MS

    def is_winding_down(self) -> bool:
        return self.state == RUNNING and self.wind_down_ms > 0

    def step(
        self, buttons: int, zeroed: bool, gauges: Gauges, latch: FaultLatch, shown_pa: int, dt_ms: int
    ) -> None:
        """`zeroed`: the check at the start has passed. `shown_pa`: the level of the last whole cycle."""
        # A machine may stand idle for weeks.
        if self.state_ms < STATE_MOST_MS:
            self.state_ms += dt_ms
        if latch.code != faults.NONE or self.state == FAULT:
            self._stay_in_fault(buttons, gauges, latch)
        elif buttons & BUTTON_STOP:
            self._stop()
        elif self.state == RUNNING:
            self._run(buttons, shown_pa, dt_ms)
        elif self.state == PAUSED:
            self._stay_paused(buttons)
        else:
            self._pass_through(buttons, zeroed, gauges)

    def _pass_through(self, buttons: int, zeroed: bool, gauges: Gauges) -> None:
        """The states that lead to a session and out of it."""
        if self.state == CHECKING:
            self._soften(buttons)
            if zeroed:
                self._go(self.after_check)
        elif self.state == VENTING:
            if self._has_vented(gauges):
                self._go(DONE)
        elif self.state == SERVICE:
            return
        elif buttons & BUTTON_SERVICE:
            self._start(SERVICE)
        elif buttons & BUTTON_START and self.duration_ms > 0:
            self._start(RUNNING)

    def end_service(self, ended_by: int) -> None:
        """The bench has fallen silent, or a check fill is over."""
        self.ended_by = ended_by
        self._go(VENTING)

    def _start(self, state: int) -> None:
        self.after_check = state
        self.run_ms = 0
        self.silent_ms = 0
        self.wind_down_ms = 0
        self.ended_by = NOT_ENDED
        self._go(CHECKING)

    def _stop(self) -> None:
        if self.state == VENTING and self.after_check == SERVICE:
            # After a check fill no session follows.
            self.ended_by = STOPPED
        if self.state == IDLE or self.state == DONE or self.state == VENTING:
            return
        self.ended_by = STOPPED
        self._go(VENTING)

    def _run(self, buttons: int, shown_pa: int, dt_ms: int) -> None:
        if self.wind_down_ms > 0:
            self.wind_down_ms -= dt_ms
            if self.wind_down_ms <= 0:
                self._go(self.after_wind_down)
            return
        self.run_ms += dt_ms
        self.silent_ms += dt_ms
        if buttons:
            self.silent_ms = 0
            self._change_level(buttons, shown_pa)
        if buttons & BUTTON_PAUSE:
            self._wind_down(PAUSED)
        elif self.run_ms >= self.duration_ms:
            self.ended_by = COMPLETED
            self._wind_down(VENTING)
        elif self.presence_check_ms > 0 and self.silent_ms >= self.presence_check_ms:
            self.ended_by = NO_PRESENCE
            self._wind_down(VENTING)

    def _change_level(self, buttons: int, shown_pa: int) -> None:
        # Nobody is squeezed harder before they have felt the level that they asked for.
        if buttons & BUTTON_FIRMER and shown_pa >= self.asked_pa:
            self.asked_pa = min(self.asked_pa + LEVEL_STEP_PA, self.most_pa)
        self._soften(buttons)

    def _soften(self, buttons: int) -> None:
        if buttons & BUTTON_SOFTER:
            self.asked_pa = max(self.asked_pa - LEVEL_STEP_PA, SOFTEST_PA)

    def _stay_paused(self, buttons: int) -> None:
        self._soften(buttons)
        if buttons & (BUTTON_RESUME | BUTTON_START):
            self._go(RUNNING)
        elif self.state_ms > PAUSE_MOST_MS:
            self._stop()

    def _stay_in_fault(self, buttons: int, gauges: Gauges, latch: FaultLatch) -> None:
        if self.state != FAULT:
            self._go(FAULT)
        if buttons & BUTTON_CLEAR and self._is_pressure_gone(gauges):
            latch.clear()
            self._go(IDLE)

    def _is_pressure_gone(self, gauges: Gauges) -> bool:
        if self.state_ms < CLEAR_AFTER_MS:
            return False
        if gauges.boots.has_manifold_sensor_only:
            return True
        for index in range(gauges.boots.count):
            if not gauges.is_fresh(index) or gauges.smooth_pa[index] >= VENTED_PA:
                return False
        return True

    def _has_vented(self, gauges: Gauges) -> bool:
        return gauges.emptying.empty_bits == gauges.boots.all_bits

    def _wind_down(self, state: int) -> None:
        self.wind_down_ms = WIND_DOWN_MS
        self.after_wind_down = state

    def _go(self, state: int) -> None:
        self.state = state
        self.state_ms = 0
