"""When to slow the pump and when to end a fill, where one sensor on the manifold shows all at once."""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import READING_BAD_MS
from soleus.core.basics.units import clamp, pa_from_mmhg
from soleus.core.regulate.fills import Fills
from soleus.core.regulate.manifold.learned import ManifoldLearned
from soleus.core.regulate.regulation import (
    FAR_PA,
    FILL,
    TAPER_PA,
    THROTTLED_MS,
    THROTTLED_PERMILLE,
    tapered_permille,
)
from soleus.core.regulate.throttle import throttle_permille
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer

# While air flows, the manifold stands above the chambers. Far from the target its reading may therefore be
# this much above the target: the guard of overpressure sees the manifold and has its limit at 15 mmHg. A
# chamber that has the pump to itself loses four times as much in its hose as one of two.
AHEAD_MOST_PA = pa_from_mmhg(12)
AHEAD_ALONE_PA = pa_from_mmhg(8)
# In the whole flow chambers side by side part by up to 10 mmHg. In less of it, near the target, they meet
# again.
AHEAD_NEAR_PA = pa_from_mmhg(4)


class ManifoldFills(Fills):
    def __init__(self, boots: Boots) -> None:
        super().__init__(boots, ManifoldLearned(boots))
        # How long the throttled pump has had nothing left to push.
        self.throttled_ms = 0

    def look_ahead(self, gauges: Gauges, _sequencer: Sequencer) -> None:
        flow_permille = self.air.flow_permille
        for index in range(self.count):
            if self.phases.bits[FILL] & (1 << index):
                hose_pa = self.learned.hose_pa(index, flow_permille)
                self.inside_pa[index] = gauges.smooth_pa[index] - hose_pa

    def step(self, index: int, gauges: Gauges, sequencer: Sequencer, dt_ms: int) -> None:
        """Chambers filled side by side share the one pressure that is seen; the first speaks for all."""
        if not self._work(index, gauges, sequencer, dt_ms):
            return
        self.watch_drop(index, gauges, dt_ms)
        air = self.air
        group_bits = self.phases.bits[FILL] & air.joined_bits
        if group_bits & ((1 << index) - 1):
            return
        filling_count = self.phases.filling_count
        reading_pa = gauges.smooth_pa[index]
        setpoint_pa = sequencer.setpoint_pa[index]
        stop_pa = setpoint_pa - self.learned.coast_lead_pa[index]
        hose_pa = self.learned.hose_pa(index, air.flow_permille)
        # Side by side they are taken as one: what all of them lack on the average.
        missing_pa = stop_pa - (reading_pa - hose_pa)
        most_pa = AHEAD_MOST_PA if filling_count > 1 else AHEAD_ALONE_PA
        ahead_pa = min(hose_pa, clamp(missing_pa, AHEAD_NEAR_PA, most_pa))
        # Whatever was learned of its end, the reading stays well below the guard's limit.
        air.pump_permille = throttle_permille(min(stop_pa, setpoint_pa) + ahead_pa - reading_pa)
        if setpoint_pa < sequencer.target_pa[index]:
            # On its ramp.
            self.throttled_ms = 0
            return
        is_throttled = air.pump_permille <= THROTTLED_PERMILLE and missing_pa <= FAR_PA
        self.throttled_ms = self.throttled_ms + dt_ms if is_throttled else 0
        is_full = self._is_hose_known(index) and missing_pa <= self._coming_pa(group_bits)
        if is_full or self.throttled_ms >= THROTTLED_MS:
            self._end(group_bits, reading_pa, setpoint_pa)

    def _work(self, index: int, gauges: Gauges, sequencer: Sequencer, dt_ms: int) -> bool:
        """A tick of pump air for a filling chamber. True when its reading shows where it stands."""
        bit = 1 << index
        air = self.air
        ledger = self.ledger
        if ledger.restless_bits & bit:
            ledger.calm_down(index, dt_ms)
        if not air.joined_bits & bit:
            return False
        sharers_count = air.sharers_count
        self.fill_ms[index] += dt_ms
        # Bound: a tick of 60 ms; the limit is 45 s, so this stays below 2**26.
        ledger.fill_share_us[index] += dt_ms * 1000 // sharers_count
        if ledger.held_bits & bit and not self.moves.raised_bits & bit:
            ledger.dose_us[index] += dt_ms * air.pump_before_permille // sharers_count
        if gauges.age_ms[index] >= READING_BAD_MS:
            # Just joined: the manifold's sensor doesn't show this chamber yet.
            permille = tapered_permille(sequencer.setpoint_pa[index], TAPER_PA)
            air.pump_permille = max(air.pump_permille, permille)
            return False
        # How fast the last quarter goes, and with how much of the pump: a dose will go just as fast.
        inside_pa = self.inside_pa[index]
        worked_permille_ms = self.worked_permille_ms[index]
        if inside_pa <= sequencer.target_pa[index] * 3 // 4:
            worked_permille_ms = 0
            self.late_pa[index] = inside_pa
        # Bound: 45 s at 1000 permille.
        self.worked_permille_ms[index] = worked_permille_ms + air.rotor_permille * dt_ms // sharers_count
        return True

    def _is_hose_known(self, index: int) -> bool:
        """Alone on the pump, the hose's share is much of the reading, and so is an error in it."""
        learned = self.learned
        return self.phases.filling_count > 1 and learned.drop_pa[index] != learned.drop_most_pa

    def _coming_pa(self, group_bits: int) -> int:
        """What the rotor still brings to all of them together: what each takes for a pascal adds up, so a
        chamber whose speed was learned far too high hardly counts. Bound: 1_000_000 each."""
        taken = 0
        for index in range(self.count):
            if group_bits & (1 << index):
                taken += 1_000_000 // max(self.learned.coming_pa(index, self.air.rotor_permille), 1)
        return 1_000_000 // max(taken, 1)

    def _end(self, group_bits: int, reading_pa: int, setpoint_pa: int) -> None:
        self.throttled_ms = 0
        for index in range(self.count):
            if group_bits & (1 << index):
                self.end(index, True, reading_pa, setpoint_pa)
