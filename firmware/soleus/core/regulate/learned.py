"""What the sealed regulator learns of each chamber, and of the pump, from one fill or trim to the next.

It outlives the session: the device keeps it on its flash, so that the first fill of the next one is as
good as the last of this one.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.units import clamp, pa_from_mmhg
from soleus.core.regulate.regulation import (
    BAND_PA,
    PUMP_MOST_PERMILLE,
    RISE_START_PA_S,
    learned_lead_pa,
    learned_speed_pa_s,
)

# A small motor's time constant is 50-150 ms; the air that still comes is learned as a time at full speed.
ROTOR_MS = 100
# Until it is known, rather too long: what is missing can be brought.
COAST_START_MS = 120
COAST_LEAST_MS = 40
COAST_MOST_MS = 250
COAST_STEP_MS = 20
# Slower than this an error says nothing about the rotor.
COAST_SPEED_PA_S = pa_from_mmhg(5)
# What is left for a lead once the run-down is known.
LEAD_RESIDUE_PA = pa_from_mmhg(4)
# A fill is to end a little short: what is missing can be brought, what is too much is felt.
SHORT_PA = BAND_PA * 2 // 3
# A fill must have taken so much of the whole pump before its speed counts.
RISE_SEEN_MS = 200
# In a shorter dose the sensor's noise is more than what it brings: fills know the speed better.
DOSE_SEEN_MS = 120
# 4 mm by 1.5 m take 13 mmHg at 10 L/min.
DROP_MOST_PA = pa_from_mmhg(20)
DROP_SEEN_MOST_PA = pa_from_mmhg(45)
POUR_MOST_PERMILLE = 60


class Learned:
    def __init__(self, boots: Boots) -> None:
        count = boots.count
        # How far before the target to stop when the pump stops with it, or when only its valve closes.
        self.coast_lead_pa = [0] * count
        self.shut_lead_pa = [0] * count
        # Shorter doses say nothing about the speed.
        self.dose_seen_ms = DOSE_SEEN_MS
        # How fast the whole pump raises it; how fast its vent lowers it.
        self.rise_pa_s = [RISE_START_PA_S] * count
        self.fall_pa_s = [RISE_START_PA_S] * count
        # What its sensor, on the valve's side of the hose, reads too much in the whole pump's flow.
        self.drop_most_pa = DROP_MOST_PA
        self.drop_pa = [0] * count
        # What a dose loses while the valves change over, for each pascal that it stands above the others.
        self.pour_permille = [0] * count
        # How long the air that comes after a stop would take at the speed of the stop: one, the pump's own.
        self.coast_x10_ms = [COAST_START_MS * 10]

    def coming_pa(self, index: int, rotor_permille: int) -> int:
        """What the rotor still brings to this chamber alone. Bound: 27_000 Pa/s * 2500."""
        return self.rise_pa_s[index] * rotor_permille // 1000 * self.coast_x10_ms[0] // 10_000

    def hose_pa(self, index: int, flow_permille: int) -> int:
        """The hose's share of a reading goes with the square of the flow. Bound: 1000 * 3_000 Pa."""
        return flow_permille * flow_permille // 1000 * self.drop_pa[index] // 1000

    def note_rise(self, index: int, moved_pa: int, worked_permille_ms: int) -> None:
        worked_ms = worked_permille_ms // PUMP_MOST_PERMILLE
        if worked_ms >= RISE_SEEN_MS:
            moved_pa = min(moved_pa, 20_000)
            self.rise_pa_s[index] = learned_speed_pa_s(self.rise_pa_s[index], moved_pa, worked_ms)

    def note_coast(self, index: int, missing_pa: int, stop_pa_s: int) -> None:
        """Half of the error was the pump's, in proportion to its speed; half was the chamber's own."""
        missing_pa -= SHORT_PA
        self.coast_lead_pa[index] = learned_lead_pa(
            self.coast_lead_pa[index], -missing_pa // 2, LEAD_RESIDUE_PA
        )
        if stop_pa_s < COAST_SPEED_PA_S:
            return
        # Bound: 20_000 Pa * 10_000.
        seen_x10_ms = clamp(-missing_pa * 10_000 // stop_pa_s, -COAST_STEP_MS * 10, COAST_STEP_MS * 10)
        self.coast_x10_ms[0] = clamp(
            self.coast_x10_ms[0] + seen_x10_ms // 4, COAST_LEAST_MS * 10, COAST_MOST_MS * 10
        )

    def note_shut(self, index: int, missing_pa: int) -> None:
        over_pa = SHORT_PA - missing_pa
        self.shut_lead_pa[index] = learned_lead_pa(self.shut_lead_pa[index], over_pa, LEAD_RESIDUE_PA)

    def note_dose(self, index: int, moved_pa: int, full_speed_ms: int) -> None:
        if full_speed_ms >= self.dose_seen_ms:
            took_ms = max(full_speed_ms, 1)
            self.rise_pa_s[index] = learned_speed_pa_s(self.rise_pa_s[index], moved_pa, took_ms)

    def note_pour(self, index: int, moved_pa: int, full_speed_ms: int, above_pa: int) -> None:
        # Bound: 27_000 Pa/s * 2_000 ms; 40_000 Pa * 1000.
        brought_pa = self.rise_pa_s[index] * full_speed_ms // 1000
        seen_permille = clamp((brought_pa - moved_pa) * 1000 // above_pa, 0, POUR_MOST_PERMILLE)
        self.pour_permille[index] = (self.pour_permille[index] * 3 + seen_permille) // 4

    def note_fall(self, index: int, moved_pa: int, took_ms: int) -> None:
        """A vent is open for a few ticks only, so one look tells little: it counts for a quarter."""
        fall_pa_s = self.fall_pa_s[index]
        self.fall_pa_s[index] += (learned_speed_pa_s(fall_pa_s, moved_pa, took_ms) - fall_pa_s) // 4

    def note_drop(self, index: int, seen_pa: int, flow_permille: int) -> None:
        self.drop_pa[index] = (self.drop_pa[index] + self.full_drop_pa(seen_pa, flow_permille)) // 2

    def full_drop_pa(self, seen_pa: int, flow_permille: int) -> int:
        """What the hose would take in the whole flow. Bound: 6_000 Pa * 1000 / 200 * 1000."""
        full_pa = clamp(seen_pa, 0, DROP_SEEN_MOST_PA) * 1000 // flow_permille * 1000 // flow_permille
        return min(full_pa, self.drop_most_pa)
