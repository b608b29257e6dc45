"""The parts of the sealed regulator that rely on a sensor at each chamber."""

from soleus.core.basics.boots import Boots
from soleus.core.regulate.chamber.fills import ChamberFills
from soleus.core.regulate.chamber.holds import ChamberHolds
from soleus.core.regulate.chamber.sensing import ChamberSensing
from soleus.core.regulate.chamber.turns import ChamberTurns
from soleus.core.regulate.doses import Doses
from soleus.core.regulate.fills import Fills
from soleus.core.regulate.trims import Trims


def sensed_parts(boots: Boots, fills: Fills, doses: Doses) -> tuple:
    sensing = ChamberSensing()
    trims = Trims(fills, doses, sensing)
    holds = ChamberHolds(boots, fills, trims)
    return sensing, ChamberFills(fills), trims, holds, ChamberTurns(doses)
