"""Guards over the path of the air: pump, valves, hoses, garment."""

from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import MACHINE_INDEX, FaultLatch, Notices
from soleus.core.basics.limits import (
    COLLAPSE_COUNT,
    COLLAPSE_MANIFOLD_PA,
    COLLAPSE_PERMILLE,
    FILL_LEARNED_EXTRA_MS,
    FILL_MOST_MS,
    LEAK_COUNT,
    LEAK_HELD_MS,
    LEAK_MOST_PERMILLE,
    NO_AIR_COUNT,
    NO_AIR_PA,
    RISES_MS,
    RISES_PA,
    RUNAWAY_COUNT,
    RUNAWAY_RISE_PA,
    TICK_MOST_MS,
)
from soleus.core.basics.signals import Commands
from soleus.core.regulate.ledger import Ledger
from soleus.core.regulate.regulation import FILL
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer

OPEN_FOR_MS = 2000


class FillTimeout:
    """A chamber that doesn't fill is off the leg, or its hose is off the chamber.

    The chamber is rested, and the others go on. When two in a row show no trace of air, the pump is to blame,
    and the session ends.
    """

    def __init__(
        self, boots: Boots, latch: FaultLatch, notices: Notices, gauges: Gauges, ledger: Ledger
    ) -> None:
        self.boots = boots
        self.latch = latch
        self.notices = notices
        self.gauges = gauges
        self.ledger = ledger
        # How long a fill may take: from the longest of this session that reached its target. 0: none has yet.
        self.learned_limit_ms = [0] * boots.count
        # No chamber can reach its limit before this time has passed: its share of the pump's time grows no
        # faster than time passes.
        self.check_after_ms = 0
        # The chambers that have shown a trace of air in the fill under way.
        self.has_air_bits = 0
        # Chambers that were rested in a row without a trace of air.
        self.airless_count = 0
        # The chambers that had reached their pressure at the tick before.
        self.reached_bits = 0
        # Chambers that are left out for a moment, while another one is tried.
        self.parted_bits = 0
        # The chambers that are joined to the manifold, and those that were since they were empty. Only guards
        # that look at the air itself keep them.
        self.joined_bits = 0
        self.begun_bits = 0

    def begin(self) -> None:
        self.airless_count = 0
        self.parted_bits = 0
        self.reached_bits = 0
        self.check_after_ms = 0
        self.has_air_bits = 0
        for index in range(self.boots.count):
            self.learned_limit_ms[index] = 0

    def step(self, at_ms: int, dt_ms: int) -> None:
        """Called in every tick of a session that runs, because `check_after_ms` counts down in each."""
        ledger = self.ledger
        if ledger.reached_bits != self.reached_bits or self.boots.is_three_way:
            self.learn()
        self.check_after_ms -= dt_ms
        if ledger.filled_bits != self.has_air_bits or self.check_after_ms <= TICK_MOST_MS:
            self.check_fills(at_ms)

    def learn(self) -> None:
        """From the fills that have reached their target."""
        reached_bits = self.ledger.reached_bits
        fill_share_us = self.ledger.fill_share_us
        new_bits = reached_bits & ~self.reached_bits
        self.reached_bits = reached_bits
        if new_bits:
            self.airless_count = 0
        # Chambers that share their air may be filled further while they count as reached.
        learning_bits = reached_bits if self.boots.is_three_way else new_bits
        if not learning_bits:
            return
        self.check_after_ms = 0
        for index in range(self.boots.count):
            fill_ms = fill_share_us[index] // 1000
            if learning_bits & (1 << index) and fill_ms > 0:
                limit_ms = min(2 * fill_ms + FILL_LEARNED_EXTRA_MS, FILL_MOST_MS)
                self.learned_limit_ms[index] = max(self.learned_limit_ms[index], limit_ms)

    def check_fills(self, at_ms: int) -> None:
        overview = self.gauges.overview
        filled_bits = self.ledger.filled_bits
        seen_bits = filled_bits & overview.seen_bits
        # A chamber that shows more than a vented one may has air in it. The others are looked at one by one.
        self.has_air_bits = self.has_air_bits & filled_bits | seen_bits & overview.shown_bits
        if seen_bits & ~self.has_air_bits:
            self.find_traces(seen_bits & ~self.has_air_bits)
        if self.check_after_ms > TICK_MOST_MS:
            return
        fill_share_us = self.ledger.fill_share_us
        learned_limit_ms = self.learned_limit_ms
        least_ms = FILL_MOST_MS
        for index in range(self.boots.count):
            limit_ms = learned_limit_ms[index] or FILL_MOST_MS
            fill_ms = fill_share_us[index] // 1000
            if limit_ms - fill_ms < least_ms:
                least_ms = limit_ms - fill_ms
            if fill_ms > limit_ms:
                self.rest_or_try(self.blamed_index(index), fill_ms, limit_ms, at_ms)
                break
        self.check_after_ms = least_ms

    def rest_or_try(self, index: int, fill_ms: int, limit_ms: int, at_ms: int) -> None:
        rested_before_bits = self.notices.rested_bits
        self.notices.rest(faults.FILL_TIMEOUT, index, fill_ms, limit_ms, at_ms)
        self.airless_count = 0 if self.has_air_bits & (1 << index) else self.airless_count + 1
        if self.airless_count >= NO_AIR_COUNT:
            self.latch.trip(faults.NO_AIR, MACHINE_INDEX, self.airless_count, NO_AIR_COUNT, at_ms)
        if self.notices.rested_bits != rested_before_bits:
            self.ledger.share_anew()

    def find_traces(self, unclear_bits: int) -> None:
        for index in range(self.boots.count):
            if unclear_bits & (1 << index) and self.gauges.smooth_pa[index] >= NO_AIR_PA:
                self.has_air_bits |= 1 << index

    def blamed_index(self, late_index: int) -> int:
        """Of chambers that are filled side by side the lowest one takes the air from the others.

        Where one sensor shows the same pressure for all, the most proximal one is blamed: it was joined last.
        """
        phase = self.ledger.phase
        pressure_pa = self.gauges.pressure_pa
        blamed_index = late_index
        for index in range(self.boots.count):
            if phase[index] == FILL and pressure_pa[index] <= pressure_pa[blamed_index]:
                blamed_index = index
        return blamed_index


class Leak:
    """Holding a leaky chamber costs air, long before its pressure falls.

    A leg that moves costs air as well, but not in every cycle: only several costly holds in a row are a leak.
    """

    def __init__(self, boots: Boots, notices: Notices, ledger: Ledger) -> None:
        self.boots = boots
        self.notices = notices
        self.ledger = ledger
        self.leaky_count = [0] * boots.count
        # The chambers that were held at the tick before.
        self.watched_bits = 0

    def begin(self) -> None:
        self.watched_bits = 0
        for index in range(self.boots.count):
            self.leaky_count[index] = 0

    def step(self, at_ms: int) -> None:
        """The ledger keeps the cost and the length of a hold until the next fill.

        It has none of a hold in which the leg moved.
        """
        held_bits = self.ledger.held_bits
        held_ms = self.ledger.held_ms
        dose_us = self.ledger.dose_us
        ended_bits = self.watched_bits & ~held_bits
        self.watched_bits = held_bits
        for index in range(self.boots.count):
            if ended_bits & (1 << index) and held_ms[index] >= LEAK_HELD_MS:
                # Microseconds of pump for each millisecond of holding: permille of the pump.
                self._end_hold(index, dose_us[index] // held_ms[index], at_ms)

    def _end_hold(self, index: int, leak_permille: int, at_ms: int) -> None:
        if leak_permille <= LEAK_MOST_PERMILLE:
            self.leaky_count[index] = 0
            return
        self.leaky_count[index] += 1
        if self.leaky_count[index] >= LEAK_COUNT:
            self.notices.rest(faults.LEAK, index, leak_permille, LEAK_MOST_PERMILLE, at_ms)


class Kink:
    """The pressure at the valve rises at once and collapses at once: no air gets through to the chamber.

    No air would get out of it either, so this ends the session.
    """

    def __init__(self, boots: Boots, latch: FaultLatch, sequencer: Sequencer, ledger: Ledger) -> None:
        self.boots = boots
        self.latch = latch
        self.sequencer = sequencer
        self.ledger = ledger

    def step(self, at_ms: int) -> None:
        target_pa = self.sequencer.target_pa
        collapse_pa = self.ledger.collapse_pa
        least_pa = COLLAPSE_MANIFOLD_PA if self.boots.has_manifold_sensor_only else 0
        for index in range(self.boots.count):
            # Bound: 16_000 Pa * 600 permille.
            limit_pa = max(target_pa[index] * COLLAPSE_PERMILLE // 1000, least_pa)
            if self.ledger.collapse_count[index] >= COLLAPSE_COUNT and collapse_pa[index] > limit_pa:
                self.latch.trip(faults.KINK, index, collapse_pa[index], limit_pa, at_ms)


class RisesUnasked:
    """An open, empty chamber that comes under pressure: its fill valve doesn't close."""

    def __init__(
        self, boots: Boots, latch: FaultLatch, gauges: Gauges, commands: Commands, sequencer: Sequencer
    ) -> None:
        self.boots = boots
        self.latch = latch
        self.gauges = gauges
        self.commands = commands
        self.sequencer = sequencer
        self.rising_bits = 0
        self.high_ms = [0] * boots.count

    def step(self, at_ms: int, dt_ms: int) -> None:
        gauges = self.gauges
        overview = gauges.overview
        emptying = gauges.emptying
        closed_bits = self.sequencer.keep_bits | self.commands.fill_bits | self.commands.seal_bits
        before_bits = self.rising_bits
        self.rising_bits = emptying.empty_bits & ~closed_bits & overview.seen_bits & overview.pressed_bits
        if not self.rising_bits:
            return
        high_ms = self.high_ms
        for index in range(self.boots.count):
            bit = 1 << index
            pressure_pa = gauges.smooth_pa[index]
            if not before_bits & bit:
                high_ms[index] = 0
            if not self.rising_bits & bit:
                continue
            if pressure_pa <= RISES_PA or emptying.vented_for_ms(index) <= OPEN_FOR_MS:
                self.rising_bits &= ~bit
                continue
            high_ms[index] += dt_ms
            if high_ms[index] >= RISES_MS:
                self.latch.trip(faults.RISES_UNASKED, index, pressure_pa, RISES_PA, at_ms)


class PumpRunaway:
    """Pressure that goes on rising after the rotor must have stopped, for longer than a moving leg makes it.

    A sensor on the manifold shows it directly: see `PumpRunawayThrough`.
    """

    def __init__(
        self, boots: Boots, latch: FaultLatch, gauges: Gauges, commands: Commands, ledger: Ledger
    ) -> None:
        self.boots = boots
        self.latch = latch
        self.gauges = gauges
        self.commands = commands
        self.ledger = ledger

    def step(self, at_ms: int, dt_ms: int) -> None:
        ledger = self.ledger
        if ledger.coast_rise_count >= RUNAWAY_COUNT:
            index = ledger.coast_rise_index
            self.latch.trip(faults.PUMP_RUNAWAY, index, ledger.coast_rise_pa, RUNAWAY_RISE_PA, at_ms)
        self.look_at_manifold(at_ms, dt_ms)

    def look_at_manifold(self, at_ms: int, dt_ms: int) -> None:
        """Where one sensor is all there is: see `PumpRunawayThrough`."""
