"""When to slow the pump and when to end a fill, where each filling chamber shows its own pressure."""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import READING_BAD_MS
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.regulate.fills import DROP_SEEN_MS, Fills
from soleus.core.regulate.learned import COAST_MOST_MS, Learned
from soleus.core.regulate.regulation import (
    FILL,
    LONE_TAPER_PA,
    PUMP_MOST_PERMILLE,
    TAPER_PA,
    tapered_permille,
)
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer

# Chambers so near to each other slow the pump together.
TOGETHER_PA = pa_from_mmhg(14)
FAR_AHEAD_PA = 1 << 20
# What still comes is at most what the whole pump brings in the longest run-down, a quarter of a second.
SURELY_COMING = 1000 // COAST_MOST_MS


class ChamberFills(Fills):
    def __init__(self, boots: Boots) -> None:
        super().__init__(boots, Learned(boots))
        # Chambers that are filled side by side end together, and slow the pump for the one that is nearest.
        self.ends_together = False
        self.slow_missing_pa = FAR_AHEAD_PA

    def look_ahead(self, gauges: Gauges, sequencer: Sequencer) -> None:
        """The last chamber to shut gets all the air of a pump that has been feeding several. So those that
        are near their ends at the same time slow the pump together, and coast together."""
        filling_bits = self.phases.bits[FILL]
        index = -1
        least_pa = FAR_AHEAD_PA
        most_pa = 0
        is_enough = False
        is_too_much = True
        is_ramping = False
        learned = self.learned
        air = self.air
        all_inside_pa = self.inside_pa
        filling_count = self.phases.filling_count
        # As in `hose_pa`: the flow is the same for all.
        hose_permille = air.flow_permille * air.flow_permille // 1000
        while filling_bits:
            is_filled = filling_bits & 1
            filling_bits >>= 1
            index += 1
            if not is_filled:
                continue
            inside_pa = gauges.smooth_pa[index] - hose_permille * learned.drop_pa[index] // 1000
            all_inside_pa[index] = inside_pa
            setpoint_pa = sequencer.setpoint_pa[index]
            if setpoint_pa < sequencer.target_pa[index]:
                is_ramping = True
            missing_pa = setpoint_pa - learned.coast_lead_pa[index] - inside_pa
            if missing_pa < least_pa:
                least_pa = missing_pa
            if missing_pa > most_pa:
                most_pa = missing_pa
            if missing_pa * SURELY_COMING > learned.rise_pa_s[index]:
                is_too_much = False
            if is_too_much:
                coming_pa = learned.coming_pa(index, air.rotor_permille)
                is_too_much = missing_pa <= coming_pa
                is_enough = is_enough or missing_pa <= coming_pa // filling_count
        self.ends_together = False
        self.slow_missing_pa = FAR_AHEAD_PA
        if is_ramping or filling_count == 1:
            return
        self.ends_together = is_enough and is_too_much
        if most_pa - least_pa < TOGETHER_PA:
            self.slow_missing_pa = least_pa

    def step(self, index: int, gauges: Gauges, sequencer: Sequencer, dt_ms: int) -> None:
        """The first half does what `ManifoldFills._work` does, without its call for each chamber and tick."""
        bit = 1 << index
        air = self.air
        ledger = self.ledger
        if ledger.restless_bits & bit:
            ledger.calm_down(index, dt_ms)
        if not air.joined_bits & bit:
            return
        sharers_count = air.sharers_count
        fill_ms = self.fill_ms[index] + dt_ms
        self.fill_ms[index] = fill_ms
        # Bound: a tick of 60 ms; the limit is 45 s, so this stays below 2**26.
        ledger.fill_share_us[index] += dt_ms * 1000 // sharers_count
        if ledger.held_bits & bit and not self.moves.raised_bits & bit:
            ledger.dose_us[index] += dt_ms * air.pump_before_permille // sharers_count
        setpoint_pa = sequencer.setpoint_pa[index]
        target_pa = sequencer.target_pa[index]
        if gauges.age_ms[index] >= READING_BAD_MS:
            air.pump_permille = max(air.pump_permille, tapered_permille(setpoint_pa, TAPER_PA))
            return
        # How fast the last quarter goes, and with how much of the pump: a dose will go just as fast.
        inside_pa = self.inside_pa[index]
        worked_permille_ms = air.rotor_permille * dt_ms // sharers_count
        if inside_pa > target_pa * 3 // 4:
            # Bound: 45 s at 1000 permille.
            worked_permille_ms += self.worked_permille_ms[index]
        else:
            self.late_pa[index] = inside_pa
        self.worked_permille_ms[index] = worked_permille_ms
        if fill_ms < DROP_SEEN_MS + dt_ms:
            self.watch_drop(index, gauges, dt_ms)
        learned = self.learned
        ends_together = self.ends_together
        filling_count = self.phases.filling_count
        coasts = ends_together or filling_count == 1
        if coasts:
            coming_pa = learned.coming_pa(index, air.rotor_permille)
            lead_pa = learned.coast_lead_pa[index] + coming_pa // (filling_count or 1)
        else:
            lead_pa = learned.shut_lead_pa[index]
        missing_pa = setpoint_pa - lead_pa - inside_pa
        if ends_together or (missing_pa <= 0 and setpoint_pa >= target_pa):
            self.end(index, coasts, inside_pa, target_pa)
        elif missing_pa >= LONE_TAPER_PA and self.slow_missing_pa >= TAPER_PA:
            air.pump_permille = PUMP_MOST_PERMILLE
        else:
            self._slow_down(missing_pa)

    def _slow_down(self, missing_pa: int) -> None:
        air = self.air
        if air.sharers_count == 1:
            permille = tapered_permille(missing_pa, LONE_TAPER_PA)
        elif missing_pa > 0:
            permille = tapered_permille(max(min(missing_pa, self.slow_missing_pa), 1), TAPER_PA)
        else:
            # Ahead of its ramp.
            permille = 0
        air.pump_permille = max(air.pump_permille, permille)
