"""Guards over the machine itself: its clock, its supply, its patience."""

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
    """A core that isn't called can't protect; with everything vented a flash write may take its time.

    Nor can one whose clock stands still: no debounce, no time limit would ever run out.
    """

    def __init__(self) -> None:
        self.still_count = 0

    def step(self, commands: Commands, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        is_vented = commands.fill_bits == 0 and commands.seal_bits == 0 and commands.pump_permille == 0
        limit_ms = TICK_VENTED_MOST_MS if is_vented else TICK_MOST_MS
        if dt_ms < 0 or dt_ms > limit_ms:
            latch.trip(faults.LATE_TICK, MACHINE_INDEX, dt_ms, limit_ms, at_ms)
        self.still_count = self.still_count + 1 if dt_ms == 0 else 0
        if self.still_count >= STILL_TICKS_MOST:
            latch.trip(faults.CLOCK_STOPPED, MACHINE_INDEX, self.still_count, STILL_TICKS_MOST, at_ms)
            self.still_count = 0


class SupplyLow:
    """A pump and valves that may give up at any moment are no machine to squeeze a leg with."""

    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.low_ms = 0

    def step(self, readings: Readings, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        least_mv = self.boots.supply_least_mv
        if readings.supply_mv >= least_mv:
            self.low_ms = 0
            return
        self.low_ms += dt_ms
        if self.low_ms >= SUPPLY_LOW_MS:
            latch.trip(faults.SUPPLY_LOW, MACHINE_INDEX, readings.supply_mv, least_mv, at_ms)
            self.low_ms = 0


class SessionCap:
    """Counts on its own, so that a mistake in the session can't make it endless."""

    def __init__(self) -> None:
        self.energised_ms = 0

    def begin(self) -> None:
        self.energised_ms = 0

    def step(self, latch: FaultLatch, at_ms: int, dt_ms: int) -> None:
        """In every tick in which something may be energised."""
        self.energised_ms += dt_ms
        if self.energised_ms > SESSION_CAP_MS:
            latch.trip(faults.SESSION_CAP, MACHINE_INDEX, self.energised_ms, SESSION_CAP_MS, at_ms)
