"""Where a fault is: in a chamber, the manifold, or the machine."""

from soleus.core.basics.faults import MANIFOLD_INDEX
from soleus.core.controller import Controller


def fault_place(controller: Controller, chamber_index: int) -> str:
    if chamber_index < controller.boots.count:
        return controller.boots.names[chamber_index]
    return "manifold" if chamber_index == MANIFOLD_INDEX else "machine"
