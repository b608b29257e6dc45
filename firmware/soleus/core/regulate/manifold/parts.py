"""The parts of the sealed regulator that make do with one sensor on the manifold."""

from soleus.core.basics.boots import Boots
from soleus.core.regulate.doses import Doses
from soleus.core.regulate.fills import Fills
from soleus.core.regulate.manifold.fills import ManifoldFills
from soleus.core.regulate.manifold.holds import ManifoldHolds
from soleus.core.regulate.manifold.sensing import ManifoldSensing
from soleus.core.regulate.manifold.turns import ManifoldTurns
from soleus.core.regulate.trims import Trims


def sensed_parts(boots: Boots, fills: Fills, doses: Doses) -> tuple:
    sensing = ManifoldSensing(boots, fills)
    # Trims ask either kind of sensing by the same names.
    trims = Trims(fills, doses, sensing)  # pyright: ignore[reportArgumentType] (alike by its names, not by its class)
    holds = ManifoldHolds(fills, trims, sensing)
    turns = ManifoldTurns(boots, fills, doses, trims, sensing)
    return sensing, ManifoldFills(boots, fills), trims, holds, turns
