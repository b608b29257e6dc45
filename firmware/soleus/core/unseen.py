"""With one sensor on the manifold: how chambers are filled, who is joined to be looked at or trimmed, and
what is reckoned of a full one between two looks.

The neighbour above it on the leg squeezes it while it fills, by 15 mmHg and more, unless it is let out a
little now and then. How much of the neighbour's pressure comes through is learned from looks before and
after.
"""

from .boots import Boots
from .gauges import Gauges
from .learned import Learned
from .regulation import (
    ASK,
    BLEED,
    FAR_PA,
    FILL,
    HOLD,
    OFF,
    PEEK,
    RISE_LEAST_PA_S,
    RISE_MOST_PA_S,
    THROTTLED_MS,
    THROTTLED_PERMILLE,
)
from .sealed_regulator import SealedRegulator
from .sequencer import Sequencer
from .throttle import throttle_permille
from .units import clamp, pa_from_mmhg

# A held chamber is joined to the resting manifold for a moment when it was last seen so long ago.
LOOK_AFTER_MS = 3000
# Before others are filled that takes their time: at a low pressure there is less to be lost meanwhile.
LOOK_BEFORE_FILL_AFTER_MS = 5000
LOOK_LATEST_MS = 12_000
LOOK_PA_S = pa_from_mmhg(420)
# While air flows, the manifold stands above the chambers; so far it may be let above the target for that, as
# long as they are far from it. The guard of overpressure sees the manifold and has a limit at 15 mmHg. Alone
# on the pump a chamber's hose takes four times as much as that of one of two.
AHEAD_MOST_PA = pa_from_mmhg(12)
AHEAD_ALONE_PA = pa_from_mmhg(8)
# In a flow chambers side by side part by up to 10 mmHg; in less of it, near the target, they meet again.
AHEAD_NEAR_PA = pa_from_mmhg(4)
# The manifold's sensor sees the drop over the valve as well. Until it is known, it is taken from the safe
# side: much of a reading is the flow's.
DROP_MOST_PA = pa_from_mmhg(100)
FALL_START_PA_S = pa_from_mmhg(60)
SQUEEZE_START_PERMILLE = 100
SQUEEZE_MOST_PERMILLE = 300
# How wrong a reckoning may well be: the squeeze by so much of the neighbour's rise, a vent by so much of what
# it was to let out.
SQUEEZE_UNSURE_PERMILLE = 40
VENT_UNSURE_PERMILLE = 300
UNSURE_MOST_PA = pa_from_mmhg(6)
ERROR_MOST_PA = pa_from_mmhg(12)
# It is let down when its neighbour has squeezed it so far, to just below.
SQUEEZED_PA = pa_from_mmhg(2)
SQUEEZED_UNDER_PA = pa_from_mmhg(1) // 4
# A smaller rise of the neighbour says little.
RISE_SEEN_PA = pa_from_mmhg(15)
# Just filled, a chamber's air cools, and under its pressure tissue gives way: quickly at first, half of it in
# twelve seconds.
SAG_PERMILLE = 60
SAG_HALF_MS = 12_000
UNSEEN_MOST_MS = 60_000
# ... so a chamber is left a little too high.
EXTRA_PERMILLE = 12


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
        # Let out of by reckoning, not by what was just seen.
        self.reckoned_bits = 0

    def fill(
        self, index: int, gauges: Gauges, sequencer: Sequencer, regulator: SealedRegulator, dt_ms: int
    ) -> None:
        """Chambers filled side by side share the one pressure that is seen; the first speaks for all."""
        regulator.watch_drop(index, gauges, dt_ms)
        group_bits = regulator.phase_bits[FILL] & regulator.joined_bits
        if group_bits & ((1 << index) - 1):
            return
        learned = self.learned
        filling_count = regulator.filling_count
        wanted_pa = sequencer.wanted_pa[index]
        stop_pa = wanted_pa - learned.coast_lead_pa[index]
        hose_pa = learned.hose_pa(index, regulator.flow_permille)
        # Side by side they are taken as one: what all of them lack on the average.
        missing_pa = stop_pa - (gauges.smooth_pa[index] - hose_pa)
        most_pa = AHEAD_MOST_PA if filling_count > 1 else AHEAD_ALONE_PA
        ahead_pa = min(hose_pa, clamp(missing_pa, AHEAD_NEAR_PA, most_pa))
        # Whatever was learned of its end, the reading stays well below the guard's limit.
        room_pa = min(stop_pa, wanted_pa) + ahead_pa - gauges.smooth_pa[index]
        regulator.pump_permille = throttle_permille(room_pa)
        if wanted_pa < sequencer.target_pa[index]:
            # On its ramp.
            regulator.throttled_ms = 0
            return
        is_throttled = regulator.pump_permille <= THROTTLED_PERMILLE and missing_pa <= FAR_PA
        regulator.throttled_ms = regulator.throttled_ms + dt_ms if is_throttled else 0
        coming_pa = learned.coming_pa(index, regulator.rotor_permille) // (filling_count or 1)
        # Alone, what the hose takes is much of the reading, and so is an error in it.
        is_hose_known = filling_count > 1 and learned.drop_pa[index] != learned.drop_most_pa
        is_full = is_hose_known and missing_pa <= coming_pa
        if not is_full and regulator.throttled_ms < THROTTLED_MS:
            return
        regulator.throttled_ms = 0
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
                self.reckoned_bits |= 1 << index
                regulator.begin_bleed(index, gauges, target_pa, over_pa)
            return
        regulator.take_goal(index, target_pa)
        self.reckoned_bits &= ~(1 << index)
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
            come_in_pa = self._come_in_pa(index, risen_pa, regulator.held_ms[index])
            self._learn(index, pressure_pa - self.seen_pa[index] - come_in_pa, risen_pa)
        self.seen_pa[index] = pressure_pa
        self.above_seen_pa[index] = above_pa
        self.let_out_pa[index] = 0
        self.reckoned_bits &= ~(1 << index)
        self.unseen_ms[index] = 0
        return self.extra_pa(target_pa)

    def extra_pa(self, target_pa: int) -> int:
        return target_pa * EXTRA_PERMILLE // 1000

    def over_pa(
        self, index: int, gauges: Gauges, target_pa: int, regulator: SealedRegulator, dt_ms: int
    ) -> int:
        """How much is to be let out of it now."""
        self.unseen_ms[index] = min(self.unseen_ms[index] + dt_ms, UNSEEN_MOST_MS)
        risen_pa = self._above_pa(index, gauges, regulator) - self.above_seen_pa[index]
        come_in_pa = self._come_in_pa(index, risen_pa, regulator.held_ms[index])
        over_pa = gauges.smooth_pa[index] + come_in_pa - target_pa
        return over_pa + SQUEEZED_UNDER_PA if over_pa > SQUEEZED_PA else 0

    def is_let_down(self, index: int, regulator: SealedRegulator) -> bool:
        """A vent has closed: is there no more to be done, or is the chamber to be measured at once?"""
        # It was open for whole ticks.
        open_ms = regulator.planned_ms[index] = regulator.phase_ms[index]
        is_busy = regulator.phase_bits[FILL] & regulator.joined_bits != 0
        if not is_busy and not self.is_reckoned(index):
            return False
        self.let_out(index, self.learned.fall_pa_s[index] * open_ms // 1000)
        # It is measured when it is its turn.
        regulator.reach(index)
        return True

    def let_out(self, index: int, out_pa: int) -> None:
        self.let_out_pa[index] += out_pa

    def is_reckoned(self, index: int) -> bool:
        return self.reckoned_bits & (1 << index) != 0

    def share_bits(
        self, asking: int, gauges: Gauges, sequencer: Sequencer, regulator: SealedRegulator
    ) -> int:
        """Who is joined to a manifold that nobody needs: looks go before doses, and doses before fills."""
        phase_bits = regulator.phase_bits
        fill_bits = self.fill_group(phase_bits[FILL], regulator.refill_bits, sequencer.target_pa)
        if not fill_bits & regulator.joined_bits:
            if phase_bits[BLEED]:
                # What is being let out must be measured before the manifold is busy for long.
                return 0
            index = self.next_look(gauges, regulator.phase, fill_bits != 0)
            if index >= 0:
                regulator.go(index, PEEK)
                return 1 << index
        if asking < 0 or regulator.pump_before_permille:
            return fill_bits
        return self._begin_doses(asking, gauges, sequencer, regulator)

    def next_look(self, gauges: Gauges, phase: list, is_before_fill: bool) -> int:
        """The held chamber that was last seen too long ago, or -1."""
        oldest_index = -1
        oldest_ms = 0
        for index in range(self.boots.count):
            age_ms = gauges.age_ms[index]
            if phase[index] == HOLD and age_ms > max(self._look_after_ms(index, is_before_fill), oldest_ms):
                oldest_index = index
                oldest_ms = age_ms
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

    def _begin_doses(
        self, asking: int, gauges: Gauges, sequencer: Sequencer, regulator: SealedRegulator
    ) -> int:
        """Joined to the manifold, all that ask for the same come to one pressure, so one dose serves them:
        the sum of what each would need for itself."""
        target_pa = sequencer.target_pa[asking]
        dosing_bits = 0
        dose_ms = 0
        for index in range(self.boots.count):
            if regulator.phase[index] == ASK and sequencer.target_pa[index] == target_pa:
                regulator.begin_dose(index, gauges, target_pa, False)
                dosing_bits |= 1 << index
                dose_ms += regulator.planned_ms[index]
        regulator.dose_ms = dose_ms
        return dosing_bits

    def _look_after_ms(self, index: int, is_before_fill: bool) -> int:
        if not is_before_fill:
            return LOOK_AFTER_MS
        after_ms = LOOK_PA_S * 1000 // max(self.seen_pa[index], 1)
        return clamp(after_ms, LOOK_BEFORE_FILL_AFTER_MS, LOOK_LATEST_MS)

    def _come_in_pa(self, index: int, risen_pa: int, held_ms: int) -> int:
        """Since it was last seen, all told. Bound: 40_000 Pa * 300 permille."""
        squeezed_pa = risen_pa * self.squeeze_permille[index] // 1000
        return squeezed_pa - self.let_out_pa[index] - self._sag_pa(index, held_ms)

    def _learn(self, index: int, error_pa: int, risen_pa: int) -> None:
        """So much more is in it than was reckoned: in part the neighbour has squeezed it more, in part its
        vent has let out less; each in proportion to the square of how wrong it may well be.
        Bound: 1_200 Pa * 800 Pa * 800 Pa."""
        error_pa = clamp(error_pa, -ERROR_MOST_PA, ERROR_MOST_PA) * 3 // 4
        let_out_pa = self.let_out_pa[index]
        squeeze_pa = min(risen_pa * SQUEEZE_UNSURE_PERMILLE // 1000, UNSURE_MOST_PA)
        vent_pa = min(let_out_pa * VENT_UNSURE_PERMILLE // 1000, UNSURE_MOST_PA)
        squeeze_pa2 = squeeze_pa * squeeze_pa
        squeezed_pa = error_pa * squeeze_pa2 // (squeeze_pa2 + vent_pa * vent_pa)
        squeeze_permille = self.squeeze_permille[index] + squeezed_pa * 1000 // risen_pa
        self.squeeze_permille[index] = clamp(squeeze_permille, 0, SQUEEZE_MOST_PERMILLE)
        if vent_pa:
            self._note_less_fall(index, error_pa - squeezed_pa, let_out_pa)

    def _note_less_fall(self, index: int, less_pa: int, let_out_pa: int) -> None:
        """Of what was to be let out, so much wasn't. Bound: 27_000 Pa/s * 1_200 Pa."""
        falls_pa_s = self.learned.fall_pa_s
        less_pa = clamp(less_pa, -let_out_pa // 2, let_out_pa // 2)
        fall_pa_s = falls_pa_s[index] - falls_pa_s[index] * less_pa // let_out_pa
        falls_pa_s[index] = clamp(fall_pa_s, RISE_LEAST_PA_S, RISE_MOST_PA_S)

    def _sag_pa(self, index: int, held_ms: int) -> int:
        """Of SAG_PERMILLE, which is what it comes to in the end, what falls between the last look and now.
        Bound: 60_000 ms * 1000; 16_000 Pa * 60 permille, of which at most 1000 permille."""
        unseen_ms = min(self.unseen_ms[index], held_ms)
        most_pa = max(self.seen_pa[index], 0) * SAG_PERMILLE // 1000
        gone_permille = unseen_ms * 1000 // (held_ms + SAG_HALF_MS)
        left_permille = SAG_HALF_MS * 1000 // (held_ms - unseen_ms + SAG_HALF_MS)
        return most_pa * gone_permille // 1000 * left_permille // 1000

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
