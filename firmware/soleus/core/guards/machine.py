"""Guards over the machine itself: its clock, its supply, and how long it has worked."""

from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import MACHINE_INDEX, FaultLatch
from soleus.core.basics.limits import (
    SESSION_CAP_MS,
    STILL_TICKS_MOST,
    SUPPLY_LOW_MS,
    TICK_MOST_MS,
    TICK_VENTED_MOST_MS,
)
from soleus.core.basics.signals import Commands, Readings


class LateTick:
    """The control tick comes too late, or its clock stands still.

    Between two ticks nothing is watched. With everything vented there is nothing to watch, so a write to the
    flash may take longer then. With a clock that stands still no time limit would ever run out.
    """

    def __init__(self, commands: Commands, latch: FaultLatch) -> None:
        self.commands = commands
        self.latch = latch
        self.still_count = 0

    def step(self, at_ms: int, dt_ms: int) -> None:
        commands = self.commands
        is_vented = commands.fill_bits == 0 and commands.seal_bits == 0 and commands.pump_permille == 0
        limit_ms = TICK_VENTED_MOST_MS if is_vented else TICK_MOST_MS
        if dt_ms < 0 or dt_ms > limit_ms:
            self.latch.trip(faults.LATE_TICK, MACHINE_INDEX, dt_ms, limit_ms, at_ms)
        self.still_count = self.still_count + 1 if dt_ms == 0 else 0
        if self.still_count >= STILL_TICKS_MOST:
            self.latch.trip(faults.CLOCK_STOPPED, MACHINE_INDEX, self.still_count, STILL_TICKS_MOST, at_ms)
            self.still_count = 0


class SupplyLow:
    """The supply is too low: pump and valves may stop working at any moment."""

    def __init__(self, boots: Boots, latch: FaultLatch) -> None:
        self.boots = boots
        self.latch = latch
        self.low_ms = 0

    def step(self, readings: Readings, at_ms: int, dt_ms: int) -> None:
        least_mv = self.boots.supply_least_mv
        if readings.supply_mv >= least_mv:
            self.low_ms = 0
            return
        self.low_ms += dt_ms
        if self.low_ms >= SUPPLY_LOW_MS:
            self.latch.trip(faults.SUPPLY_LOW, MACHINE_INDEX, readings.supply_mv, least_mv, at_ms)
            self.low_ms = 0


class SessionCap:
    """The longest that a session may last: counted here, so that no mistake in the session can extend it."""

    def __init__(self, latch: FaultLatch) -> None:
        self.latch = latch
        self.energised_ms = 0

    def begin(self) -> None:
        self.energised_ms = 0

    def step(self, at_ms: int) -> None:
        """`energised_ms` counts every tick in which something may be energised."""
        if self.energised_ms > SESSION_CAP_MS:
            self.latch.trip(faults.SESSION_CAP, MACHINE_INDEX, self.energised_ms, SESSION_CAP_MS, at_ms)
