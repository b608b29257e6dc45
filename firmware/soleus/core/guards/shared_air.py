"""Sensors of chambers whose three-way valves join them."""

from soleus.core.basics import faults
from soleus.core.basics.boots import Boots
from soleus.core.basics.faults import FaultLatch
from soleus.core.basics.limits import DISAGREE_MS, DISAGREE_PA
from soleus.core.guards.sensors import SensorsApart
from soleus.core.regulate.ledger import Ledger
from soleus.core.regulate.regulation import HOLD
from soleus.core.sensing.gauges import Gauges


class SensorsDisagree(SensorsApart):
    """Chambers joined to one resting manifold have one pressure, so their sensors must show one."""

    def __init__(self, boots: Boots, latch: FaultLatch, gauges: Gauges, ledger: Ledger) -> None:
        self.boots = boots
        self.latch = latch
        self.gauges = gauges
        self.ledger = ledger
        self.apart_ms = 0

    def step(self, at_ms: int, dt_ms: int) -> None:
        phase = self.ledger.phase
        smooth_pa = self.gauges.smooth_pa
        highest_index = -1
        lowest_index = -1
        # Bound: 16 chambers * 40_000 Pa.
        sum_pa = 0
        count = 0
        for index in range(self.boots.count):
            if phase[index] != HOLD:
                continue
            pressure_pa = smooth_pa[index]
            sum_pa += pressure_pa
            count += 1
            if highest_index < 0 or pressure_pa > smooth_pa[highest_index]:
                highest_index = index
            if lowest_index < 0 or pressure_pa < smooth_pa[lowest_index]:
                lowest_index = index
        if count < 2 or smooth_pa[highest_index] - smooth_pa[lowest_index] <= DISAGREE_PA:
            self.apart_ms = 0
            return
        self.apart_ms += dt_ms
        if self.apart_ms >= DISAGREE_MS:
            # The one that is further from the mean is named.
            mean_pa = sum_pa // count
            is_high_odd = smooth_pa[highest_index] - mean_pa > mean_pa - smooth_pa[lowest_index]
            odd_index = highest_index if is_high_odd else lowest_index
            apart_pa = smooth_pa[highest_index] - smooth_pa[lowest_index]
            self.latch.trip(faults.SENSOR_DISAGREES, odd_index, apart_pa, DISAGREE_PA, at_ms)
            self.apart_ms = 0
