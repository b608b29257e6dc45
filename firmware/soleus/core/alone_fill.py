"""The check fill where only one chamber at a time can hold its air, or be seen: one after the other.

The pump is throttled so that the sensor never shows more than 20 mmHg: on the manifold that is the chamber
and what valve and hose take. So it takes longer than with chambers that can be closed, up to 10 s each. A
chamber without a leg takes all that time, and holds little.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.signals import Commands
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.check_fill.check_fill import (
    BEGIN,
    CHECK_PA,
    COAST,
    COAST_MS,
    LOOK,
    LOST_MORE_PERMILLE,
    LOST_PERMILLE,
    OVER,
    PROBE,
    SETTLE,
    SETTLE_MS,
    STRETCHED_PA,
    WAIT,
    CheckFill,
)
from soleus.core.check_fill.findings import FINE, KINKED, NO_HOSE, OPEN
from soleus.core.check_fill.intake import CHAMBERS_DESCRIBED, EMPTY_ML, flow_ml_s, room_of_five_ml
from soleus.core.regulate.throttle import throttle_permille
from soleus.core.sensing.gauges import Gauges

# From a stand the pump begins slowly: behind the valve there may be a closed end.
SLOWLY_PERMILLE = 500
SLOWLY_MS = 250
FILL_MOST_MS = 7000
# Full: the throttled pump has nothing left to push.
PUSHES_PERMILLE = 500
FULL_MS = 300
# Its rotor is heavy: at more than that the manifold would swing.
PUSH_MOST_PERMILLE = 750
# Before that a strong pump stands at the limit although the chamber is far from full.
FULL_AFTER_MS = 4000
SHUT_UNTIL_MS = 400
SHUT_ALONE_PA = pa_from_mmhg(35)
LOOK_MS = 400
HOLD_MS = 1100
VENT_MS = 300
# What seems to have so much room has a hole.
ENDLESS_ML = 1000
# Valve and hose together let through less than the hose alone.
THROUGH_PERMILLE = 500


class AloneFill(CheckFill):
    def __init__(self, boots: Boots) -> None:
        super().__init__(boots)
        self.index = 0
        self.pump_permille = 0
        self.full_ms = 0
        self.fed_ul = 0
        self.early_pa = 0
        self.is_second = False
        self.room_ml = [0] * boots.count

    def advance(self, gauges: Gauges, commands: Commands, dt_ms: int) -> None:
        stage = self.stage
        if stage == OVER:
            return
        if stage == BEGIN:
            if self.stage_ms >= VENT_MS:
                self._begin_fill()
        elif stage == PROBE:
            self._fill(gauges, dt_ms)
        elif stage == COAST:
            if self.stage_ms >= COAST_MS:
                self.joined_bits = 1 << self.index
                self.go(SETTLE)
        elif stage == LOOK:
            self._look(gauges)
        elif self.stage_ms >= (SETTLE_MS if stage == SETTLE else HOLD_MS):
            self.go(LOOK)
        commands.fill_bits = self.joined_bits
        commands.seal_bits = 0 if self.boots.is_three_way else self.joined_bits
        if self.stage == PROBE and self.joined_bits:
            commands.pump_permille = self.pump_permille

    def _begin_fill(self) -> None:
        self.joined_bits = 1 << self.index
        self.pump_permille = SLOWLY_PERMILLE
        self.full_ms = 0
        self.fed_ul = 0
        self.is_second = False
        self.go(PROBE)

    def _fill(self, gauges: Gauges, dt_ms: int) -> None:
        # A chamber that has just been joined is not yet seen.
        pa = gauges.smooth_pa[self.index] if gauges.age_ms[self.index] == 0 else 0
        permille = min(throttle_permille(CHECK_PA - pa), PUSH_MOST_PERMILLE)
        if self.stage_ms < SLOWLY_MS:
            permille = min(permille, SLOWLY_PERMILLE)
        else:
            # Bound: 250 mL/s * 10_000 ms.
            self.fed_ul += self._flow_ml_s(max(pa, 0)) * dt_ms
            self.full_ms = self.full_ms + dt_ms if permille <= PUSHES_PERMILLE else 0
        self.pump_permille = permille
        if self.stage_ms < SHUT_UNTIL_MS and (gauges.manifold_pa >= SHUT_ALONE_PA or pa >= SHUT_ALONE_PA):
            self.findings.found[self.index] = KINKED
        is_full = self.stage_ms >= FULL_AFTER_MS and self.full_ms >= FULL_MS
        if not is_full and self.stage_ms < FILL_MOST_MS and self.findings.found[self.index] == FINE:
            return
        if self.findings.found[self.index] == KINKED:
            # What the rotor still brings goes to all.
            self.joined_bits = self.boots.all_bits
        self.go(COAST)

    def _flow_ml_s(self, share_pa: int) -> int:
        flow = flow_ml_s(share_pa)
        return flow * THROUGH_PERMILLE // 1000 if self.boots.has_manifold_sensor_only else flow

    def _look(self, gauges: Gauges) -> None:
        bit = 1 << self.index
        is_end = self.stage_ms >= LOOK_MS
        self.look.take(gauges, bit, is_end)
        if not is_end:
            return
        if not self.is_second:
            self.is_second = True
            self.early_pa = self.look.mean_pa[self.index]
            self.go(WAIT)
            return
        self._judge_one()
        self.index += 1
        self.joined_bits = 0
        if self.index < self.boots.count:
            self.go(BEGIN)
        else:
            self._judge_legs()
            self.go(OVER)

    def _judge_one(self) -> None:
        index = self.index
        early_pa = self.early_pa
        low_pa = self.look.noise_pa
        lost_pa = early_pa - self.look.mean_pa[index]
        lost_permille = LOST_PERMILLE if early_pa < STRETCHED_PA else LOST_MORE_PERMILLE
        is_lost = lost_pa * 1000 >= early_pa * lost_permille and lost_pa * 4 >= low_pa * 3
        ml = self.fed_ul // 1000 * self.boots.chambers_per_leg // CHAMBERS_DESCRIBED
        self.room_ml[index] = room_of_five_ml(ml, early_pa)
        if self.findings.found[index] == KINKED:
            return
        if 2 * early_pa < low_pa:
            self.findings.found[index] = NO_HOSE
        elif is_lost:
            self.findings.found[index] = OPEN

    def _judge_legs(self) -> None:
        """What one chamber takes too much of is a hole; what nearly all do, a boot without a leg."""
        per_leg = self.boots.chambers_per_leg
        findings = self.findings
        for leg in range(self.boots.legs):
            first_index = leg * per_leg
            fine_count = kept_count = 0
            for index in range(first_index, first_index + per_leg):
                code = findings.found[index]
                if self.room_ml[index] < EMPTY_ML:
                    fine_count += 1
                if code <= OPEN and code != NO_HOSE:
                    kept_count += 1
            is_empty = fine_count <= per_leg // 3 and 2 * kept_count >= per_leg
            if is_empty:
                findings.no_leg_bits |= 1 << leg
            for index in range(first_index, first_index + per_leg):
                code = findings.found[index]
                if is_empty and code <= OPEN:
                    # Of so little air noise alone may seem to take a part, or all.
                    findings.found[index] = FINE
                elif code == FINE and self.room_ml[index] >= ENDLESS_ML:
                    findings.found[index] = OPEN
            middle_index = first_index + per_leg // 2
            if findings.found[middle_index] == FINE:
                findings.room_ml[leg] = self.room_ml[middle_index]


def service_for(boots: Boots) -> AloneFill:
    return AloneFill(boots)
