"""Whose turn it is on the manifold, where its one sensor shows only the chambers that are joined to it.

Looks at held chambers go before doses, and doses before fills.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.units import clamp, pa_from_mmhg
from soleus.core.regulate.doses import Doses
from soleus.core.regulate.fills import Fills
from soleus.core.regulate.manifold.sensing import ManifoldSensing
from soleus.core.regulate.regulation import BLEED, COAST, DOSE, FILL, HOLD, PEEK, SETTLE, WAITING
from soleus.core.regulate.trims import Trims
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer

# A held chamber is joined to the resting manifold for a moment when it was last seen so long ago.
LOOK_AFTER_MS = 3000
# Before others are filled, which takes its time: at a low pressure there is less to be lost meanwhile.
LOOK_BEFORE_FILL_AFTER_MS = 5000
LOOK_LATEST_MS = 12_000
LOOK_PA_S = pa_from_mmhg(420)
# Each vent is opened once for so long, soon after a look and before another, to know how fast it is: long
# enough to be well above the sensor's noise, short enough to be hardly felt. Until its chamber is brought
# back what it loses is no leak, and then it sags anew.
TRIAL_MS = 80
TRIAL_AGE_MOST_MS = 1000
TRIAL_RESTLESS_MS = 1500
# A rotor that turns no faster than this brings nothing any more. A throttled pump pauses now and then.
RUN_DOWN_PERMILLE = 100


class ManifoldTurns:
    def __init__(
        self, boots: Boots, fills: Fills, doses: Doses, trims: Trims, sensing: ManifoldSensing
    ) -> None:
        self.boots = boots
        self.fills = fills
        self.doses = doses
        self.trims = trims
        self.sensing = sensing
        self.estimator = sensing.estimator
        self.phases = fills.phases
        self.ledger = fills.ledger
        self.moves = fills.moves
        self.air = fills.air
        self.air.quiet_rotor_permille = RUN_DOWN_PERMILLE
        doses.is_charged_by_plan = True

    def next_bits(self, gauges: Gauges, sequencer: Sequencer) -> int:
        """The chambers that are joined to the manifold in this tick."""
        bits = self.phases.bits
        # These need the manifold until their phase is over.
        busy_bits = bits[COAST] | bits[DOSE] | bits[PEEK] | bits[SETTLE]
        if busy_bits:
            return busy_bits
        fill_bits = self.fill_group_bits(sequencer.target_pa)
        if not fill_bits & self.air.joined_bits:
            if bits[BLEED]:
                # What is being let out must be measured before the manifold is busy for long.
                return 0
            index = self.next_calibration_index(gauges)
            if index >= 0:
                return self._look_bits(index)
            index = self.next_trial_index(sequencer)
            if index >= 0:
                return self._try_vent_bits(index, gauges, sequencer.target_pa[index])
            index = self.next_look_index(gauges, fill_bits != 0)
            if index >= 0:
                return self._look_bits(index)
        waiting = self.doses.most_urgent_index(gauges, sequencer) if bits[WAITING] else -1
        if waiting < 0 or self.air.pump_before_permille:
            return fill_bits
        return self._begin_doses(sequencer.target_pa[waiting], gauges, sequencer)

    def next_calibration_index(self, gauges: Gauges) -> int:
        """The held chamber whose look would show, for the first time, how much its neighbour squeezes it,
        or -1."""
        for index in range(self.boots.count):
            is_held = self.phases.phase[index] == HOLD
            if is_held and self.estimator.is_calibration_look(index, gauges):
                return index
        return -1

    def next_trial_index(self, sequencer: Sequencer) -> int:
        """The held chamber whose vent is to be tried now, or -1."""
        goal_pa = self.moves.goal_pa
        for index in range(self.boots.count):
            is_held = self.phases.phase[index] == HOLD
            if is_held and sequencer.target_pa[index] == goal_pa[index] and self.sensing.is_untried(index):
                return index
        return -1

    def next_look_index(self, gauges: Gauges, is_before_fill: bool) -> int:
        """The held chamber that was last seen too long ago, or -1."""
        oldest_index = -1
        oldest_ms = 0
        for index in range(self.boots.count):
            if self.phases.phase[index] != HOLD:
                continue
            age_ms = gauges.age_ms[index]
            if age_ms > max(self._look_after_ms(index, is_before_fill), oldest_ms):
                oldest_index = index
                oldest_ms = age_ms
        return oldest_index

    def fill_group_bits(self, target_pa: list) -> int:
        """The chambers that are filled now: one sensor is right for all at one target at a time, and air
        must not flow from those that are nearly full to empty ones."""
        fill_bits = self.phases.bits[FILL]
        if fill_bits & self.fills.refill_bits:
            fill_bits &= self.fills.refill_bits
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

    def _look_bits(self, index: int) -> int:
        """It alone is joined, to be measured."""
        self.phases.go(index, PEEK)
        return 1 << index

    def _try_vent_bits(self, index: int, gauges: Gauges, target_pa: int) -> int:
        if gauges.age_ms[index] > TRIAL_AGE_MOST_MS:
            return self._look_bits(index)
        self.sensing.tried_bits |= 1 << index
        self.sensing.estimated_bits &= ~(1 << index)
        self.ledger.begin_restless(index, TRIAL_RESTLESS_MS)
        self.trims.begin_bleed(index, gauges, target_pa, 0)
        self.moves.planned_ms[index] = TRIAL_MS
        return 0

    def _begin_doses(self, target_pa: int, gauges: Gauges, sequencer: Sequencer) -> int:
        """Joined to the manifold, all that wait for the same target come to one pressure, so one dose serves
        them: the sum of what each would need for itself."""
        doses = self.doses
        extra_pa = self.sensing.extra_pa(target_pa)
        dosing_bits = 0
        dose_ms = 0
        for index in range(self.boots.count):
            if self.phases.phase[index] == WAITING and sequencer.target_pa[index] == target_pa:
                doses.begin(index, gauges, target_pa, extra_pa, False)
                dosing_bits |= 1 << index
                dose_ms += self.moves.planned_ms[index]
        doses.dose_ms = dose_ms
        return dosing_bits

    def _look_after_ms(self, index: int, is_before_fill: bool) -> int:
        if not is_before_fill:
            return LOOK_AFTER_MS
        after_ms = LOOK_PA_S * 1000 // max(self.estimator.seen_pa[index], 1)
        return clamp(after_ms, LOOK_BEFORE_FILL_AFTER_MS, LOOK_LATEST_MS)
