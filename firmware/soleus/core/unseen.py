"""With one sensor on the manifold: who may be filled together, who is to be looked at, and what is reckoned
of a full chamber between two looks.

The neighbour above it on the leg squeezes it while it fills, by 15 mmHg and more, unless it is let out a
little now and then. How much of the neighbour's pressure comes through is learned from looks before and
after.
"""

from .boots import Boots
from .gauges import Gauges
from .learned import Learned
from .regulation import FAR_PA, FILL, HOLD, OFF, PEEK, THROTTLED_MS, THROTTLED_PERMILLE
from .sealed_regulator import SealedRegulator
from .sequencer import Sequencer
from .throttle import throttle_permille
from .units import clamp, pa_from_mmhg

# A held chamber is joined to the resting manifold for a moment when it was last seen so long ago.
LOOK_AFTER_MS = 3000
LOOK_BEFORE_FILL_AFTER_MS = 5000
# While air flows, the manifold stands above the chamber; so far it may be let above the target for that.
AHEAD_MOST_PA = pa_from_mmhg(4)
# The manifold's sensor sees the drop over the valve as well. Until they are known, drop and vents are taken
# from the safe side: much of a reading is the flow's, and a vent lets out much.
DROP_MOST_PA = pa_from_mmhg(100)
FALL_START_PA_S = pa_from_mmhg(80)
SQUEEZE_START_PERMILLE = 100
SQUEEZE_MOST_PERMILLE = 300
# It is let down when its neighbour has squeezed it so far, to a little below.
SQUEEZED_PA = pa_from_mmhg(2)
SQUEEZED_UNDER_PA = pa_from_mmhg(1)
# A smaller rise of the neighbour says little.
RISE_SEEN_PA = pa_from_mmhg(15)
# Under a steady pressure tissue gives way: 2 permille of it a second, for a while.
SAG_MS = 500_000
SAG_MOST_MS = 15_000
# ... so a chamber is left a little too high.
EXTRA_PERMILLE = 10


class Unseen:
    def __init__(self, boots: Boots, learned: Learned) -> None:
        self.boots = boots
        self.learned = learned
        learned.drop_most_pa = DROP_MOST_PA
        learned.drop_pa = [DROP_MOST_PA] * boots.count
        learned.fall_pa_s = [FALL_START_PA_S] * boots.count
        # How much of the pressure of the neighbour above comes through; it outlives the session, too.
        self.squeeze_permille = [SQUEEZE_START_PERMILLE] * boots.count
        self.squeeze_most_permille = SQUEEZE_MOST_PERMILLE
        # When it was last seen, and how long ago that is: its pressure, the neighbour's; and what has been
        # let out of it since.
        self.seen_pa = [0] * boots.count
        self.above_seen_pa = [0] * boots.count
        self.let_out_pa = [0] * boots.count
        self.unseen_ms = [0] * boots.count

    def fill(
        self, index: int, gauges: Gauges, sequencer: Sequencer, regulator: SealedRegulator, dt_ms: int
    ) -> None:
        """Chambers filled side by side share the one pressure that is seen; the first speaks for all."""
        regulator.watch_drop(index, gauges, dt_ms)
        group_bits = regulator.phase_bits[FILL] & regulator.joined_bits
        if group_bits & ((1 << index) - 1):
            return
        wanted_pa = sequencer.wanted_pa[index]
        ahead_pa = min(self.learned.hose_pa(index, regulator.flow_permille), AHEAD_MOST_PA)
        throttled_permille = throttle_permille(
            wanted_pa - self.learned.coast_lead_pa[index] + ahead_pa - gauges.smooth_pa[index]
        )
        regulator.pump_permille = throttled_permille
        is_throttled = wanted_pa == sequencer.target_pa[index] and throttled_permille <= THROTTLED_PERMILLE
        regulator.throttled_ms = regulator.throttled_ms + dt_ms if is_throttled else 0
        if regulator.throttled_ms < THROTTLED_MS:
            return
        regulator.throttled_ms = 0
        filling_count = regulator.filling_count
        for other in range(index, self.boots.count):
            if group_bits & (1 << other):
                regulator.end_fill(other, True, filling_count, gauges.smooth_pa[index], wanted_pa)

    def hold(
        self, index: int, gauges: Gauges, target_pa: int, regulator: SealedRegulator, dt_ms: int
    ) -> None:
        """Its pressure was seen a while ago: enough for a new target, too little for a trim."""
        if target_pa == regulator.goal_pa[index]:
            regulator.reached_bits |= 1 << index
            over_pa = self.over_pa(index, gauges, target_pa, regulator, dt_ms)
            if over_pa > 0:
                regulator.begin_bleed(index, gauges, target_pa, over_pa)
            return
        regulator.take_goal(index, target_pa)
        missing_pa = target_pa - gauges.smooth_pa[index]
        if missing_pa > FAR_PA:
            regulator.begin_fill(index)
        elif missing_pa < -FAR_PA:
            regulator.begin_bleed(index, gauges, target_pa, -missing_pa)

    def see(self, index: int, gauges: Gauges, target_pa: int, regulator: SealedRegulator) -> int:
        """It has just been measured; so much more than its target it should have."""
        pressure_pa = gauges.smooth_pa[index]
        above_pa = self._above_pa(index, gauges, regulator)
        risen_pa = above_pa - self.above_seen_pa[index]
        if regulator.phase[index] == PEEK and risen_pa >= RISE_SEEN_PA:
            squeezed_pa = pressure_pa - self.seen_pa[index] + self.let_out_pa[index] + self._sag_pa(index)
            self._learn(index, squeezed_pa, risen_pa)
        self.seen_pa[index] = pressure_pa
        self.above_seen_pa[index] = above_pa
        self.let_out_pa[index] = 0
        self.unseen_ms[index] = 0
        return target_pa * EXTRA_PERMILLE // 1000

    def over_pa(
        self, index: int, gauges: Gauges, target_pa: int, regulator: SealedRegulator, dt_ms: int
    ) -> int:
        """How much is to be let out of it now."""
        self.unseen_ms[index] = min(self.unseen_ms[index] + dt_ms, SAG_MOST_MS)
        above_pa = self._above_pa(index, gauges, regulator)
        # Bound: 40_000 Pa * 300 permille.
        squeezed_pa = (above_pa - self.above_seen_pa[index]) * self.squeeze_permille[index] // 1000
        come_in_pa = squeezed_pa - self.let_out_pa[index] - self._sag_pa(index)
        over_pa = gauges.smooth_pa[index] + come_in_pa - target_pa
        return over_pa + SQUEEZED_UNDER_PA if over_pa > SQUEEZED_PA else 0

    def let_out(self, index: int, over_pa: int) -> None:
        self.let_out_pa[index] += over_pa

    def next_look(self, gauges: Gauges, phase: list, is_before_fill: bool) -> int:
        """The held chamber that was last seen too long ago, or -1."""
        oldest_index = -1
        oldest_ms = LOOK_BEFORE_FILL_AFTER_MS if is_before_fill else LOOK_AFTER_MS
        for index in range(self.boots.count):
            if phase[index] == HOLD and gauges.age_ms[index] > oldest_ms:
                oldest_index = index
                oldest_ms = gauges.age_ms[index]
        return oldest_index

    def fill_group(self, fill_bits: int, refill_bits: int, target_pa: list) -> int:
        """Who is filled now: one sensor is right for all at one target at a time, and air must not flow
        from those that are nearly full to empty ones."""
        if fill_bits & refill_bits:
            fill_bits &= refill_bits
        group_bits = 0
        group_pa = 0
        for index in range(self.boots.count):
            if not fill_bits & (1 << index):
                continue
            if group_bits == 0 or target_pa[index] < group_pa:
                group_bits = 0
                group_pa = target_pa[index]
            if target_pa[index] == group_pa:
                group_bits |= 1 << index
        return group_bits

    def _learn(self, index: int, squeezed_pa: int, risen_pa: int) -> None:
        """Bound: 40_000 Pa * 1000."""
        seen_permille = clamp(squeezed_pa * 1000 // risen_pa, 0, SQUEEZE_MOST_PERMILLE)
        self.squeeze_permille[index] = (self.squeeze_permille[index] + 3 * seen_permille) // 4

    def _sag_pa(self, index: int) -> int:
        """Bound: 40_000 Pa * 15_000 ms."""
        return max(self.seen_pa[index], 0) * self.unseen_ms[index] // SAG_MS

    def _above_pa(self, index: int, gauges: Gauges, regulator: SealedRegulator) -> int:
        """In the neighbour above it on the leg."""
        above = index + 1
        if above % self.boots.chambers_per_leg == 0 or regulator.phase[above] == OFF:
            return 0
        pressure_pa = gauges.smooth_pa[above]
        if regulator.phase[above] != FILL:
            return pressure_pa
        if gauges.is_fresh(above):
            # What its valve and hose take is only in the reading.
            return max(pressure_pa - self.learned.hose_pa(above, regulator.flow_permille), 0)
        # Filled from empty, it was last seen in the cycle before.
        return pressure_pa if regulator.refill_bits & (1 << above) else 0
