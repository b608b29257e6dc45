"""The sealed regulator of boots with a sensor at each chamber."""

from soleus.core.basics.boots import Boots
from soleus.core.regulate.chamber.fills import ChamberFills
from soleus.core.regulate.chamber.holds import ChamberHolds
from soleus.core.regulate.chamber.sealed import SealedRegulator
from soleus.core.regulate.chamber.turns import ChamberTurns
from soleus.core.regulate.chamber_sensing import ChamberSensing
from soleus.core.regulate.doses import Doses
from soleus.core.regulate.trims import Trims


def regulator_for(boots: Boots) -> SealedRegulator:
    fills = ChamberFills(boots)
    doses = Doses(boots, fills)
    trims = Trims(fills, doses, ChamberSensing())
    return SealedRegulator(boots, fills, trims, ChamberHolds(boots, fills, trims), ChamberTurns(doses))
