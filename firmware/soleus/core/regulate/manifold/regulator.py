"""The sealed regulator of boots with one sensor, on the manifold."""

from soleus.core.basics.boots import Boots
from soleus.core.regulate.chamber.sealed import SealedRegulator
from soleus.core.regulate.doses import Doses
from soleus.core.regulate.manifold.fills import ManifoldFills
from soleus.core.regulate.manifold.holds import ManifoldHolds
from soleus.core.regulate.manifold.sensing import ManifoldSensing
from soleus.core.regulate.manifold.turns import ManifoldTurns
from soleus.core.regulate.trims import Trims


def regulator_for(boots: Boots) -> SealedRegulator:
    fills = ManifoldFills(boots)
    doses = Doses(boots, fills)
    sensing = ManifoldSensing(boots, fills)
    # Parts ask either kind of sensing, holds and turns by the same names.
    trims = Trims(fills, doses, sensing)  # pyright: ignore[reportArgumentType] (alike by its names, not by its class)
    holds = ManifoldHolds(fills, trims, sensing)
    turns = ManifoldTurns(boots, fills, doses, trims, sensing)
    return SealedRegulator(boots, fills, trims, holds, turns)  # pyright: ignore[reportArgumentType] (alike by their names)
