"""Fills: one begins, takes its share of the pump, ends, and waits for the rotor to stop.

What happens in between, and when it ends, depends on what the sensors can see: `chamber/fills.py` or
`manifold/fills.py`.
"""

from soleus.core.basics.boots import Boots
from soleus.core.basics.limits import RUNAWAY_RISE_PA
from soleus.core.regulate.air_path import AirPath
from soleus.core.regulate.learned import Learned
from soleus.core.regulate.moves import Moves
from soleus.core.regulate.regulation import COAST, COAST_LATE_MS, COAST_MS, FILL, SETTLE
from soleus.core.sensing.gauges import Gauges

# The hose's share of a reading is measured at these moments of a fill from empty, in no less flow.
DROP_EARLY_MS = 300
DROP_SEEN_MS = 600
DROP_FLOW_PERMILLE = 200


class Fills:
    def __init__(self, boots: Boots, learned: Learned) -> None:
        count = boots.count
        self.count = count
        self.air = AirPath()
        self.moves = Moves(boots)
        self.phases = self.moves.phases
        self.ledger = self.moves.ledger
        self.learned = learned
        self.fill_ms = [0] * count
        # What each filling chamber holds in this tick: its reading without the hose's share.
        self.inside_pa = [0] * count
        # Where the last quarter of a fill began, and the pump's work since.
        self.late_pa = [0] * count
        self.worked_permille_ms = [0] * count
        # The first reading of a fill from empty, to measure the hose's share.
        self.early_pa = [0] * count
        # Not filled from empty.
        self.refill_bits = 0
        # How fast the pressure rose at the end, and whether the valve then waited for the rotor.
        self.stop_pa_s = [0] * count
        self.coasted_bits = 0
        self.late_coast_pa = [0] * count

    def begin(self, index: int) -> None:
        self.ledger.reached_bits &= ~(1 << index)
        self.moves.trims_count[index] = 0
        self.worked_permille_ms[index] = 0
        self.refill_bits |= 1 << index
        self.phases.go(index, FILL)

    def watch_drop(self, index: int, gauges: Gauges, dt_ms: int) -> None:
        """In an empty chamber an early reading is the hose's share; the little that has risen since then
        is taken off."""
        fill_ms = self.fill_ms[index]
        flow_permille = self.air.flow_permille
        if fill_ms <= DROP_EARLY_MS:
            self.early_pa[index] = gauges.smooth_pa[index]
        is_now = DROP_SEEN_MS <= fill_ms < DROP_SEEN_MS + dt_ms
        is_clear = flow_permille >= DROP_FLOW_PERMILLE and not self.refill_bits & (1 << index)
        if is_now and is_clear:
            seen_pa = 2 * self.early_pa[index] - gauges.smooth_pa[index]
            self.learned.note_drop(index, seen_pa, flow_permille)

    def end(self, index: int, coasts: bool, pressure_pa: int, target_pa: int) -> None:
        """The last filling chamber keeps its valve open until the rotor stops; earlier ones just close."""
        learned = self.learned
        learned.note_rise(index, pressure_pa - self.late_pa[index], self.worked_permille_ms[index])
        speed_pa_s = learned.rise_pa_s[index] * self.air.rotor_permille // 1000
        self.stop_pa_s[index] = speed_pa_s // self.air.sharers_count
        self.moves.last_move[index] = FILL
        self.moves.goal_pa[index] = target_pa
        if coasts:
            self.coasted_bits |= 1 << index
            self.phases.go(index, COAST)
        else:
            self.coasted_bits &= ~(1 << index)
            self.phases.go(index, SETTLE)

    def coast(self, index: int, gauges: Gauges) -> None:
        phases = self.phases
        if phases.phase_ms[index] < COAST_LATE_MS:
            self.late_coast_pa[index] = gauges.smooth_pa[index]
        if phases.phase_ms[index] < COAST_MS:
            return
        rise_pa = gauges.smooth_pa[index] - self.late_coast_pa[index]
        self.late_coast_pa[index] = gauges.smooth_pa[index]
        if rise_pa > RUNAWAY_RISE_PA:
            # Still rising: the valve stays open until it is plain whether a leg does that or the pump.
            phases.phase_ms[index] = COAST_LATE_MS
            is_first = phases.bits[COAST] & ((1 << index) - 1) == 0
            self.ledger.note_coast_rise(index, rise_pa, is_first)
            return
        self.ledger.coast_rise_count = 0
        phases.go(index, SETTLE)
