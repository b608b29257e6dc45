"""Guards over the way of the air: pump, valves, hoses, garment."""

from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import MACHINE_INDEX, MANIFOLD_INDEX, FaultLatch, Notices
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
    RUNAWAY_MANIFOLD_PA,
    RUNAWAY_RISE_PA,
    TICK_MOST_MS,
)
from soleus.core.basics.signals import Commands
from soleus.core.regulate.regulation import FILL
from soleus.core.sensing.gauges import Gauges

# The rotor has stopped, and the valves have come to rest.
PUMP_STOPPED_MS = 600
VALVES_STILL_MS = 300
OPEN_FOR_MS = 2000


class FillTimeout:
    """A chamber that takes air without end is off the leg, or its hose is off the chamber.

    It is rested, and the others go on; when there are no others left, the session ends. It ends sooner
    when one after the other shows no trace of air: then it isn't the chambers.
    """

    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        # How long a fill may take, by the longest of this session that reached its target; 0 before one did.
        self.learned_limit_ms = [0] * boots.count
        # So long surely nobody reaches a limit: no chamber's share grows faster than time goes.
        self.room_ms = 0
        # Who has shown a trace of air in the fill under way.
        self.airy_bits = 0
        # Chambers in a row that were rested without a trace of air, and who had reached its pressure before.
        self.airless_count = 0
        self.reached_bits = 0

    def begin(self) -> None:
        self.airless_count = 0
        self.reached_bits = 0
        self.room_ms = 0
        self.airy_bits = 0
        for index in range(self.boots.count):
            self.learned_limit_ms[index] = 0

    def learn(self, fill_share_us: list, reached_bits: int) -> None:
        new_bits = reached_bits & ~self.reached_bits
        self.reached_bits = reached_bits
        if new_bits:
            self.airless_count = 0
        # Chambers that share their air may be filled on while they count as reached.
        learning_bits = reached_bits if self.boots.is_three_way else new_bits
        if not learning_bits:
            return
        self.room_ms = 0
        for index in range(self.boots.count):
            fill_ms = fill_share_us[index] // 1000
            if learning_bits & (1 << index) and fill_ms > 0:
                limit_ms = min(2 * fill_ms + FILL_LEARNED_EXTRA_MS, FILL_MOST_MS)
                self.learned_limit_ms[index] = max(self.learned_limit_ms[index], limit_ms)

    def step(
        self,
        fill_share_us: list,
        filled_bits: int,
        phase: list,
        gauges: Gauges,
        notices: Notices,
        latch: FaultLatch,
        at_ms: int,
    ) -> None:
        """`filled_bits`: who has a share of the pump's time at all."""
        seen_bits = filled_bits & gauges.seen_bits
        # What shows more than a vented chamber may is full of air; what shows less is looked at.
        self.airy_bits = self.airy_bits & filled_bits | seen_bits & gauges.shown_bits
        if seen_bits & ~self.airy_bits:
            self._look_for_traces(seen_bits & ~self.airy_bits, gauges)
        if self.room_ms > TICK_MOST_MS:
            return
        least_ms = FILL_MOST_MS
        learned_limit_ms = self.learned_limit_ms
        for index in range(self.boots.count):
            limit_ms = learned_limit_ms[index] or FILL_MOST_MS
            fill_ms = fill_share_us[index] // 1000
            if limit_ms - fill_ms < least_ms:
                least_ms = limit_ms - fill_ms
            if fill_ms > limit_ms:
                blamed_index = self._blamed(index, phase, gauges)
                notices.rest(faults.FILL_TIMEOUT, blamed_index, fill_ms, limit_ms, at_ms)
                self._look_for_air(blamed_index, latch, at_ms)
                break
        self.room_ms = least_ms

    def _look_for_traces(self, doubtful_bits: int, gauges: Gauges) -> None:
        for index in range(self.boots.count):
            if doubtful_bits & (1 << index) and gauges.smooth_pa[index] >= NO_AIR_PA:
                self.airy_bits |= 1 << index

    def _look_for_air(self, index: int, latch: FaultLatch, at_ms: int) -> None:
        self.airless_count = 0 if self.airy_bits & (1 << index) else self.airless_count + 1
        if self.airless_count >= NO_AIR_COUNT:
            latch.trip(faults.NO_AIR, MACHINE_INDEX, self.airless_count, NO_AIR_COUNT, at_ms)

    def _blamed(self, late_index: int, phase: list, gauges: Gauges) -> int:
        """Of chambers that are filled side by side the lowest takes the air from all of them.

        One sensor shows one pressure for them all: then it is the most proximal, which was joined last.
        """
        blamed_index = late_index
        for index in range(self.boots.count):
            if phase[index] == FILL and gauges.pressure_pa[index] <= gauges.pressure_pa[blamed_index]:
                blamed_index = index
        return blamed_index


class Leak:
    """A leak shows in what it costs to hold the pressure, long before the pressure falls.

    Legs that move cost air as well, but not in every cycle: only several in a row are a leak.
    """

    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.leaky_count = [0] * boots.count
        # Who was held until now.
        self.watched_bits = 0

    def begin(self) -> None:
        self.watched_bits = 0
        for index in range(self.boots.count):
            self.leaky_count[index] = 0

    def step(self, dose_us: list, held_ms: list, held_bits: int, notices: Notices, at_ms: int) -> None:
        """`held_bits`: who is held at all. What a hold cost, and how long it was, stands until the next fill;
        there is nothing of one in which the leg moved."""
        ended_bits = self.watched_bits & ~held_bits
        self.watched_bits = held_bits
        for index in range(self.boots.count):
            if ended_bits & (1 << index) and held_ms[index] >= LEAK_HELD_MS:
                # Microseconds of pump for each millisecond of holding: permille of the pump.
                self._end_hold(index, dose_us[index] // held_ms[index], notices, at_ms)

    def _end_hold(self, index: int, leak_permille: int, notices: Notices, at_ms: int) -> None:
        if leak_permille <= LEAK_MOST_PERMILLE:
            self.leaky_count[index] = 0
            return
        self.leaky_count[index] += 1
        if self.leaky_count[index] >= LEAK_COUNT:
            notices.rest(faults.LEAK, index, leak_permille, LEAK_MOST_PERMILLE, at_ms)


class Kink:
    """The valve's side fills at once and collapses at once: nothing gets through to the chamber.

    Nor would anything get out, so this ends the session.
    """

    def __init__(self, boots: Boots) -> None:
        self.boots = boots

    def step(
        self, collapse_count: list, collapse_pa: list, target_pa: list, latch: FaultLatch, at_ms: int
    ) -> None:
        least_pa = COLLAPSE_MANIFOLD_PA if self.boots.has_manifold_sensor_only else 0
        for index in range(self.boots.count):
            # Bound: 16_000 Pa * 600 permille.
            limit_pa = max(target_pa[index] * COLLAPSE_PERMILLE // 1000, least_pa)
            if collapse_count[index] >= COLLAPSE_COUNT and collapse_pa[index] > limit_pa:
                latch.trip(faults.KINK, index, collapse_pa[index], limit_pa, at_ms)


class RisesUnasked:
    """An open, empty chamber that comes under pressure: its fill valve doesn't close."""

    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.rising_bits = 0
        self.high_ms = [0] * boots.count

    def step(
        self, gauges: Gauges, keep_bits: int, commands: Commands, latch: FaultLatch, at_ms: int, dt_ms: int
    ) -> None:
        closed_bits = keep_bits | commands.fill_bits | commands.seal_bits
        before_bits = self.rising_bits
        self.rising_bits = gauges.empty_bits & ~closed_bits & gauges.seen_bits & gauges.pressed_bits
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
            if pressure_pa <= RISES_PA or gauges.vented_for_ms(index) <= OPEN_FOR_MS:
                self.rising_bits &= ~bit
                continue
            high_ms[index] += dt_ms
            if high_ms[index] >= RISES_MS:
                latch.trip(faults.RISES_UNASKED, index, pressure_pa, RISES_PA, at_ms)


class PumpRunaway:
    """Pressure that goes on rising after the rotor must have stopped, for longer than a leg moves.

    With a sensor on the manifold it is seen directly: a resting manifold doesn't rise by itself.
    """

    def __init__(self, boots: Boots) -> None:
        self.boots = boots
        self.pump_off_ms = 0
        self.still_ms = 0
        self.last_fill_bits = 0
        self.resting_pa = 0

    def step(
        self,
        gauges: Gauges,
        commands: Commands,
        coast_rise_count: int,
        coast_rise_pa: int,
        coast_rise_index: int,
        latch: FaultLatch,
        at_ms: int,
        dt_ms: int,
    ) -> None:
        if coast_rise_count >= RUNAWAY_COUNT:
            latch.trip(faults.PUMP_RUNAWAY, coast_rise_index, coast_rise_pa, RUNAWAY_RISE_PA, at_ms)
        if not self.boots.has_manifold_sensor_only:
            return
        self.pump_off_ms = 0 if commands.pump_permille else min(self.pump_off_ms + dt_ms, PUMP_STOPPED_MS)
        is_still = commands.fill_bits == self.last_fill_bits
        self.last_fill_bits = commands.fill_bits
        self.still_ms = min(self.still_ms + dt_ms, VALVES_STILL_MS) if is_still else 0
        if self.pump_off_ms < PUMP_STOPPED_MS or self.still_ms < VALVES_STILL_MS:
            self.resting_pa = gauges.manifold_pa
            return
        self.resting_pa = min(self.resting_pa, gauges.manifold_pa)
        rise_pa = gauges.manifold_pa - self.resting_pa
        if rise_pa > RUNAWAY_MANIFOLD_PA:
            latch.trip(faults.PUMP_RUNAWAY, MANIFOLD_INDEX, rise_pa, RUNAWAY_MANIFOLD_PA, at_ms)
