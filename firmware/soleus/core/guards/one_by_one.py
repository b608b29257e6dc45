"""Which chamber is to blame when several don't fill, and one sensor on the manifold shows the same for all.

A chamber that is open takes the air of all that are joined to it, and a pump that gives none fills nobody. So
the chambers are tried one by one before any is rested: each alone, from empty, for as long as it may take. To
blame is the one that doesn't fill while another one does; when a second one doesn't, it is neither of them.
"""

from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import MACHINE_INDEX, MANIFOLD_INDEX, FaultLatch, Notices
from soleus.core.basics.limits import (
    NO_AIR_COUNT,
    OVER_TRIP_PA,
    RUNAWAY_MANIFOLD_MS,
    RUNAWAY_MANIFOLD_PA,
    STUCK_MS,
    TICK_MOST_MS,
    TICK_MS,
    VENT_FED_PA,
    VENT_MOST_MS,
    VENTED_PA,
)
from soleus.core.basics.signals import Commands
from soleus.core.guards.air import FillTimeout, PumpRunaway
from soleus.core.guards.pressure import VentFailure
from soleus.core.regulate.ledger import Ledger
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer

# After this time the pump's rotor has stopped, and after this one the valves no longer move.
PUMP_STOPPED_MS = 600
VALVES_STILL_MS = 300
# Between two trials everything is open: the rotor stops, and what was filled is let go.
OPEN_BETWEEN_MS = 1500
NOBODY = -1


class OneByOne(FillTimeout):
    def __init__(
        self,
        boots: Boots,
        latch: FaultLatch,
        notices: Notices,
        gauges: Gauges,
        ledger: Ledger,
        sequencer: Sequencer,
    ) -> None:
        super().__init__(boots, latch, notices, gauges, ledger)
        self.sequencer = sequencer
        # A trial is on while chambers are parted: those still to be tried, the one that is tried now, and how
        # long everything stays open before.
        self.suspect_bits = 0
        self.tried_index = 0
        self.open_ms = 0
        # The one that didn't fill alone, with its time and limit; and whether another one did.
        self.failed_index = NOBODY
        self.failed_ms = 0
        self.failed_limit_ms = 0
        self.has_filled = False

    def step(self, at_ms: int, dt_ms: int) -> None:
        ledger = self.ledger
        # Not in every tick: a refill that never ends would teach that fills may take as long.
        if ledger.reached_bits != self.reached_bits:
            self.learn()
        self.check_after_ms -= dt_ms
        if self.parted_bits:
            self._try(at_ms, dt_ms)
        if ledger.filled_bits != self.has_air_bits or self.check_after_ms <= TICK_MOST_MS:
            self.check_fills(at_ms)

    def _try(self, at_ms: int, dt_ms: int) -> None:
        tried_bit = 1 << self.tried_index
        if self.open_ms > 0:
            self.open_ms -= dt_ms
            if self.open_ms <= 0:
                self.parted_bits = self.boots.all_bits & ~tried_bit
            return
        if not self.sequencer.keep_bits & tried_bit:
            # The cycle was ended early, or a pause came between.
            self.parted_bits = 0
        elif self.ledger.reached_bits & tried_bit:
            self.has_filled = True
            if self.failed_index >= 0 or not self.suspect_bits:
                self._blame(at_ms)
            else:
                self._try_next()

    def rest_or_try(self, index: int, fill_ms: int, limit_ms: int, at_ms: int) -> None:
        suspect_bits = self.ledger.filled_bits & ~(1 << index)
        if self.parted_bits:
            self._fail(index, fill_ms, limit_ms, at_ms)
        elif suspect_bits:
            self.suspect_bits = suspect_bits
            self.has_filled = False
            self.failed_index = NOBODY
            self.failed_ms = fill_ms
            self.failed_limit_ms = limit_ms
            self._begin_trial(index)
        elif self._is_first(at_ms):
            self.notices.rest(faults.FILL_TIMEOUT, index, fill_ms, limit_ms, at_ms)
            self.ledger.share_anew()
        else:
            # Nor was the one that was rested for it.
            self.notices.rested_bits &= ~(1 << self.notices.last_index)

    def _fail(self, index: int, fill_ms: int, limit_ms: int, at_ms: int) -> None:
        """The chamber that is tried doesn't fill."""
        if self.failed_index >= 0:
            self.airless_count = 1
            self._is_first(at_ms)
            return
        self.failed_index = index
        self.failed_ms = fill_ms
        self.failed_limit_ms = limit_ms
        if self.has_filled or not self.suspect_bits:
            self._blame(at_ms)
        else:
            self._try_next()

    def _is_first(self, at_ms: int) -> bool:
        """Of two chambers in a row that don't fill, with none filled between them, neither is to blame."""
        self.airless_count += 1
        if self.airless_count < NO_AIR_COUNT:
            return True
        self.parted_bits = 0
        self.latch.trip(faults.NO_AIR, MACHINE_INDEX, self.airless_count, NO_AIR_COUNT, at_ms)
        return False

    def _try_next(self) -> None:
        index = 0
        while not self.suspect_bits & (1 << index):
            index += 1
        self.suspect_bits &= ~(1 << index)
        self._begin_trial(index)

    def _begin_trial(self, index: int) -> None:
        self.tried_index = index
        self.open_ms = OPEN_BETWEEN_MS
        self.parted_bits = self.boots.all_bits
        self.ledger.share_anew()

    def _blame(self, at_ms: int) -> None:
        """Where each of them fills alone, it is the last one that they can do without. Then a new cycle."""
        index = self.failed_index if self.failed_index >= 0 else self.tried_index
        self.notices.rest(faults.FILL_TIMEOUT, index, self.failed_ms, self.failed_limit_ms, at_ms)
        self.parted_bits = 0
        self.ledger.share_anew()
        self.sequencer.release_early()


class VentFailureThrough(VentFailure):
    """One sensor on the manifold shows a chamber when it is joined. If the manifold was higher before, the
    chamber got that air from elsewhere: from one whose valve never closed, and which shows when it is its
    turn, or from a pump that runs.
    """

    def __init__(self, boots: Boots, latch: FaultLatch, gauges: Gauges) -> None:
        super().__init__(boots, latch, gauges)
        # The chamber that a manifold fed last which no chamber can have filled.
        self.fed_index = NOBODY
        # How long a manifold's sensor has shown the very same, whether a chamber was joined or none.
        self.same_ms = 0

    def step(self, at_ms: int) -> None:
        gauges = self.gauges
        overview = gauges.overview
        unvented_bits = overview.unvented_bits & overview.seen_bits
        if not unvented_bits or not gauges.is_zeroed or self._is_stuck(at_ms):
            return
        for index in range(self.boots.count):
            is_late = gauges.emptying.vented_for_ms(index) > VENT_MOST_MS
            if not unvented_bits & (1 << index) or not is_late:
                continue
            pressure_pa = gauges.smooth_pa[index]
            if gauges.unjoined_pa > pressure_pa + VENT_FED_PA:
                self._note_fed(index, gauges.unjoined_pa, at_ms)
            else:
                self.fed_index = NOBODY
                self.latch.trip(faults.VENT_FAILURE, index, pressure_pa, VENTED_PA, at_ms)

    def _is_stuck(self, at_ms: int) -> bool:
        """No chamber is empty then, but none was seen either."""
        gauges = self.gauges
        if gauges.manifold_pa != gauges.unjoined_pa:
            self.same_ms = 0
            return False
        self.same_ms += TICK_MS
        if self.same_ms >= STUCK_MS:
            self.latch.trip(faults.SENSOR_STUCK, MANIFOLD_INDEX, self.same_ms, STUCK_MS, at_ms)
        return True

    def _note_fed(self, index: int, manifold_pa: int, at_ms: int) -> None:
        """A manifold as high again after it has lost its air to an open chamber has the pump behind it."""
        if manifold_pa <= OVER_TRIP_PA:
            return
        if self.fed_index != NOBODY and self.fed_index != index:
            self.latch.trip(faults.PUMP_RUNAWAY, MANIFOLD_INDEX, manifold_pa, OVER_TRIP_PA, at_ms)
        self.fed_index = index


class PumpRunawayThrough(PumpRunaway):
    """A sensor on the manifold shows it directly: a manifold at rest doesn't rise by itself."""

    def __init__(
        self, boots: Boots, latch: FaultLatch, gauges: Gauges, commands: Commands, ledger: Ledger
    ) -> None:
        super().__init__(boots, latch, gauges, commands, ledger)
        self.pump_off_ms = 0
        self.still_ms = 0
        self.last_fill_bits = 0
        self.resting_pa = 0
        self.risen_ms = 0

    def look_at_manifold(self, at_ms: int, dt_ms: int) -> None:
        commands = self.commands
        manifold_pa = self.gauges.manifold_pa
        self.pump_off_ms = 0 if commands.pump_permille else min(self.pump_off_ms + dt_ms, PUMP_STOPPED_MS)
        is_still = commands.fill_bits == self.last_fill_bits
        self.last_fill_bits = commands.fill_bits
        self.still_ms = min(self.still_ms + dt_ms, VALVES_STILL_MS) if is_still else 0
        if self.pump_off_ms < PUMP_STOPPED_MS or self.still_ms < VALVES_STILL_MS:
            self.resting_pa = manifold_pa
            self.risen_ms = 0
            return
        self.resting_pa = min(self.resting_pa, manifold_pa)
        rise_pa = manifold_pa - self.resting_pa
        # A sensor that jumps about doesn't stay up for so long.
        self.risen_ms = self.risen_ms + dt_ms if rise_pa > RUNAWAY_MANIFOLD_PA else 0
        if self.risen_ms >= RUNAWAY_MANIFOLD_MS:
            self.latch.trip(faults.PUMP_RUNAWAY, MANIFOLD_INDEX, rise_pa, RUNAWAY_MANIFOLD_PA, at_ms)
