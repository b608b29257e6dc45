"""The pump's power where readings stand above the chambers that they are taken for."""

from soleus.core.basics.units import pa_from_mmhg
from soleus.core.regulate.regulation import PUMP_LEAST_PERMILLE, tapered_permille

# Near the most that may be shown the pump slows.
THROTTLE_PA = pa_from_mmhg(8)
# Above it by this, it stops.
THROTTLE_ROOM_PA = pa_from_mmhg(5)


def throttle_permille(room_pa: int) -> int:
    """Pump duty when the sensor sits on the manifold, `room_pa` below the most that it may show.

    What it shows is the chamber plus the drop over valve and hose, so it stays near that most while
    the flow, and with it the drop, dies away; the pump must go on turning meanwhile.
    """
    if room_pa < -THROTTLE_ROOM_PA:
        return 0
    if room_pa <= 0:
        return PUMP_LEAST_PERMILLE
    return tapered_permille(room_pa, THROTTLE_PA)
