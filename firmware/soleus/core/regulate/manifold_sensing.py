"""With one sensor on the manifold: how chambers are filled, and who is joined to be looked at or trimmed.

What a full one holds between two looks is reckoned, in `reckoning.py`.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.units import clamp, pa_from_mmhg
from soleus.core.regulate.estimator import VENT_LATE_MS, Reckoning
from soleus.core.regulate.learned import Learned
from soleus.core.regulate.regulation import (
    ASK,
    BLEED,
    FAR_PA,
    FILL,
    HOLD,
    PEEK,
    THROTTLED_MS,
    THROTTLED_PERMILLE,
)
from soleus.core.regulate.sealed import SealedRegulator
from soleus.core.regulate.throttle import throttle_permille
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer

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
# Tissue gives way under a held chamber, so it is left a little too high.
EXTRA_PERMILLE = 12
# A vent is opened once for so long, soon after a look and before another, to know how fast it is: long enough
# to be well above the sensor's noise, short enough to be hardly felt. Until its chamber is brought back what
# it loses is no leak, and then it sags anew.
TRIAL_MS = 80
TRIAL_AGE_MOST_MS = 1000
TRIAL_RESTLESS_MS = 1500
# Unseen a vent is not opened for less: valves differ by some milliseconds, which add up over many short ones.
OPEN_LEAST_MS = 40


class Unseen:
    def __init__(self, boots: Boots, learned: Learned) -> None:
        self.boots = boots
        self.learned = learned
        learned.drop_most_pa = DROP_MOST_PA
        learned.drop_pa = [DROP_MOST_PA] * boots.count
        self.reckoning = Reckoning(boots, learned)
        # Let out of by reckoning, not by what was just seen.
        self.reckoned_bits = 0
        # Whose vent was tried, whatever came of it.
        self.tried_bits = 0

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
        coming_pa = self._coming_pa(group_bits, regulator.rotor_permille)
        # Alone, what the hose takes is much of the reading, and so is an error in it.
        is_hose_known = filling_count > 1 and learned.drop_pa[index] != learned.drop_most_pa
        is_full = is_hose_known and missing_pa <= coming_pa
        if not is_full and regulator.throttled_ms < THROTTLED_MS:
            return
        regulator.throttled_ms = 0
        for other in range(index, self.boots.count):
            if group_bits & (1 << other):
                regulator.end_fill(other, True, filling_count, gauges.smooth_pa[index], wanted_pa)

    def _coming_pa(self, group_bits: int, rotor_permille: int) -> int:
        """What the rotor still brings to all of them together: what each takes for a pascal adds up, so one
        whose speed was learned far too high hardly counts. Bound: 1_000_000 each."""
        taken = 0
        for index in range(self.boots.count):
            if group_bits & (1 << index):
                taken += 1_000_000 // max(self.learned.coming_pa(index, rotor_permille), 1)
        return 1_000_000 // max(taken, 1)

    def hold(
        self, index: int, gauges: Gauges, target_pa: int, regulator: SealedRegulator, dt_ms: int
    ) -> None:
        """Its pressure was seen a while ago: enough for a new target, too little for a trim."""
        if target_pa == regulator.goal_pa[index]:
            regulator.reached_bits |= 1 << index
            over_pa = self.reckoning.over_pa(index, gauges, target_pa, regulator, dt_ms)
            if over_pa > 0:
                self.reckoned_bits |= 1 << index
                regulator.begin_bleed(index, gauges, target_pa, over_pa)
                regulator.planned_ms[index] = max(regulator.planned_ms[index], OPEN_LEAST_MS)
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
        self.reckoning.see(index, gauges, regulator)
        self.reckoned_bits &= ~(1 << index)
        return self.extra_pa(target_pa)

    def extra_pa(self, target_pa: int) -> int:
        return target_pa * EXTRA_PERMILLE // 1000

    def is_let_down(self, index: int, regulator: SealedRegulator) -> bool:
        """A vent has closed: is there no more to be done, or is the chamber to be measured at once?"""
        # It was told to open for whole ticks.
        open_ms = regulator.planned_ms[index] = regulator.phase_ms[index] - VENT_LATE_MS
        is_busy = regulator.phase_bits[FILL] & regulator.joined_bits != 0
        if not is_busy and not self.is_reckoned(index):
            return False
        self.reckoning.let_out(index, open_ms)
        # It is measured when it is its turn.
        regulator.reach(index)
        return True

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
            index = self.next_lesson(gauges, regulator)
            if index >= 0:
                return _look_bits(index, regulator)
            index = self.next_trial(sequencer, regulator)
            if index >= 0:
                return self._try_vent_bits(index, gauges, sequencer.target_pa[index], regulator)
            index = self.next_look(gauges, regulator.phase, fill_bits != 0)
            if index >= 0:
                return _look_bits(index, regulator)
        if asking < 0 or regulator.pump_before_permille:
            return fill_bits
        return self._begin_doses(asking, gauges, sequencer, regulator)

    def next_lesson(self, gauges: Gauges, regulator: SealedRegulator) -> int:
        """The held chamber that may teach how much squeezes it, for the first time, or -1."""
        for index in range(self.boots.count):
            if regulator.phase[index] == HOLD and self.reckoning.may_teach(index, gauges, regulator):
                return index
        return -1

    def is_untried(self, index: int) -> bool:
        return self.reckoning.fall_at_pa[index] == 0 and not self.tried_bits & (1 << index)

    def next_trial(self, sequencer: Sequencer, regulator: SealedRegulator) -> int:
        """The held chamber whose vent is to be tried now, or -1."""
        for index in range(self.boots.count):
            is_held = regulator.phase[index] == HOLD
            if is_held and sequencer.target_pa[index] == regulator.goal_pa[index] and self.is_untried(index):
                return index
        return -1

    def _try_vent_bits(self, index: int, gauges: Gauges, target_pa: int, regulator: SealedRegulator) -> int:
        if gauges.age_ms[index] > TRIAL_AGE_MOST_MS:
            return _look_bits(index, regulator)
        self.tried_bits |= 1 << index
        self.reckoned_bits &= ~(1 << index)
        regulator.restless_ms[index] = TRIAL_RESTLESS_MS
        regulator.restless_bits |= 1 << index
        regulator.begin_bleed(index, gauges, target_pa, 0)
        regulator.planned_ms[index] = TRIAL_MS
        return 0

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
        after_ms = LOOK_PA_S * 1000 // max(self.reckoning.seen_pa[index], 1)
        return clamp(after_ms, LOOK_BEFORE_FILL_AFTER_MS, LOOK_LATEST_MS)


def _look_bits(index: int, regulator: SealedRegulator) -> int:
    """It alone is joined, to be measured."""
    regulator.go(index, PEEK)
    return 1 << index
