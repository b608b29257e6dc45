"""Doses: a measured time of pump air for a chamber that is a little too low."""

from soleus.core.basics.boots import Boots
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.regulate.fills import Fills
from soleus.core.regulate.regulation import (
    BAND_PA,
    COAST,
    DOSE,
    DOSE_LEAST_MS,
    DOSE_MOST_MS,
    DOSE_PERMILLE,
    FILL,
    PUMP_MOST_PERMILLE,
    SETTLE,
    WAITING,
    duration_ms,
)
from soleus.core.sensing.gauges import Gauges
from soleus.core.session.sequencer import Sequencer

# A little more than is missing: what a chamber loses while it is held, it loses slowly.
DOSE_EXTRA_PA = BAND_PA * 3 // 4
# Below this a dose beside a fill is given by a slower pump: its whole flow through one valve would lift
# the manifold 70 mmHg above the chamber. Higher up the pump has less to give.
CALM_DOSE_PA = pa_from_mmhg(95)
CALM_DOSE_PERMILLE = 750
# So far above the others a chamber loses air to them while the valves change over.
BACKFLOW_SEEN_PA = pa_from_mmhg(20)


class Doses:
    def __init__(self, boots: Boots, fills: Fills) -> None:
        self.boots = boots
        self.air = fills.air
        self.moves = fills.moves
        self.phases = fills.phases
        self.ledger = fills.ledger
        self.learned = fills.learned
        self.dose_permille = DOSE_PERMILLE
        # How long the pump runs for all the chambers that have a share in this dose, and how far above its
        # target each is to come.
        self.dose_ms = DOSE_LEAST_MS
        self.dose_extra_pa = 0
        # One dose for several chambers is charged to each by its plan, at the end.
        self.is_charged_by_plan = False
        # Doses that ended in this tick.
        self.dosed_bits = 0
        # Dosed between two stretches of another chamber's fill, the pump running on; and how far each then
        # stood above the emptiest chamber that fills.
        self.dosed_mid_fill_bits = 0
        self.above_pa = [0] * boots.count

    def begin(self, index: int, gauges: Gauges, target_pa: int, extra_pa: int, is_mid_fill: bool) -> None:
        moves = self.moves
        moves.aim(index, target_pa, gauges.smooth_pa[index])
        self.dose_extra_pa = extra_pa
        missing_pa = target_pa + extra_pa + DOSE_EXTRA_PA - gauges.smooth_pa[index]
        if is_mid_fill:
            self.dosed_mid_fill_bits |= 1 << index
            self.above_pa[index] = self._above_manifold_pa(index, gauges)
            self.dose_permille = CALM_DOSE_PERMILLE if target_pa < CALM_DOSE_PA else PUMP_MOST_PERMILLE
        else:
            self.dosed_mid_fill_bits &= ~(1 << index)
            self.dose_permille = DOSE_PERMILLE
        if self.flows_back(index):
            # Bound: 40_000 Pa * 60 permille.
            missing_pa += self.above_pa[index] * self.learned.pour_permille[index] // 1000
        full_speed_ms = duration_ms(missing_pa, self.learned.rise_pa_s[index], DOSE_LEAST_MS, DOSE_MOST_MS)
        moves.planned_ms[index] = full_speed_ms * PUMP_MOST_PERMILLE // self.dose_permille
        self.dose_ms = moves.planned_ms[index]
        self.phases.go(index, DOSE)
        self.air.pump_permille = self.dose_permille

    def step(self, index: int, gauges: Gauges, target_pa: int, dt_ms: int) -> None:
        phases = self.phases
        if not self.is_charged_by_plan:
            self.ledger.dose_us[index] += dt_ms * self.dose_permille
        is_mid_fill = self.dosed_mid_fill_bits & (1 << index) != 0
        is_enough = self._is_enough(index, gauges, target_pa, is_mid_fill)
        if phases.phase_ms[index] <= self.dose_ms and not is_enough:
            self.air.pump_permille = self.dose_permille
            return
        self._end(index)
        if is_mid_fill and phases.bits[FILL]:
            # Back to the chamber that waits for its fill, without a pause of the pump.
            self.air.pump_permille = PUMP_MOST_PERMILLE
            phases.go(index, SETTLE)
        else:
            self.dosed_bits |= 1 << index
            phases.go(index, COAST)

    def flows_back(self, index: int) -> bool:
        is_mid_fill = self.dosed_mid_fill_bits & (1 << index) != 0
        return is_mid_fill and self.above_pa[index] >= BACKFLOW_SEEN_PA

    def most_urgent_index(self, gauges: Gauges, sequencer: Sequencer) -> int:
        """The waiting chamber that lacks most, or -1."""
        most_index = -1
        most_pa = 0
        phase = self.phases.phase
        for index in range(self.boots.count):
            if phase[index] != WAITING:
                continue
            missing_pa = sequencer.target_pa[index] - gauges.smooth_pa[index]
            if missing_pa > most_pa:
                most_index = index
                most_pa = missing_pa
        return most_index

    def lowest_filling_pa(self, gauges: Gauges, most_pa: int) -> int:
        lowest_pa = most_pa
        filling_bits = self.phases.bits[FILL]
        smooth_pa = gauges.smooth_pa
        for index in range(self.boots.count):
            if filling_bits & (1 << index) and smooth_pa[index] < lowest_pa:
                lowest_pa = smooth_pa[index]
        return lowest_pa

    def meets_low_manifold(self, wanted_bits: int) -> bool:
        """The manifold stands so far below this dose's chamber that it may be dead-headed for the few
        milliseconds in which valves differ. An overlap would only empty the chamber into the others."""
        dosing_bits = wanted_bits & self.phases.bits[DOSE] & self.dosed_mid_fill_bits
        if dosing_bits:
            for index in range(self.boots.count):
                if dosing_bits & (1 << index) and self.above_pa[index] >= BACKFLOW_SEEN_PA:
                    return True
        return False

    def _above_manifold_pa(self, index: int, gauges: Gauges) -> int:
        """The manifold stands where the filling chambers are; after another chamber's dose it is high."""
        before_pa = self.moves.before_pa[index]
        was_dosing = self.phases.bits[FILL] & self.air.joined_bits == 0
        return 0 if was_dosing else before_pa - self.lowest_filling_pa(gauges, before_pa)

    def _is_enough(self, index: int, gauges: Gauges, target_pa: int, is_mid_fill: bool) -> bool:
        """A dose planned too long, because a leg had moved while its speed was learned, ends here."""
        if not gauges.is_fresh(index):
            return False
        if not is_mid_fill:
            # What valve and hose take of the reading is about what the rotor still brings.
            return gauges.pressure_pa[index] >= target_pa + self.dose_extra_pa
        inside_pa = gauges.smooth_pa[index] - self.learned.hose_pa(index, self.air.rotor_permille)
        return inside_pa >= target_pa + DOSE_EXTRA_PA

    def _end(self, index: int) -> None:
        moves = self.moves
        passed_ms = self.phases.phase_ms[index]
        if passed_ms < self.dose_ms:
            # A shared dose has ended early: this is the chamber's own part of it.
            # Bound: 3_400 ms of its own, 34_000 ms for all.
            own_ms = passed_ms * moves.planned_ms[index] // self.dose_ms
            moves.planned_ms[index] = max(own_ms, DOSE_LEAST_MS)
        if self.is_charged_by_plan:
            self.ledger.dose_us[index] += moves.planned_ms[index] * self.dose_permille
        moves.last_move[index] = DOSE
