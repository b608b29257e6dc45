"""Modules that are needed now and then: imported for a moment, then let go, because the heap is small."""

import sys

from soleus.annotations import Any


def borrow(name: str) -> Any:
    """A module of this folder. What is called in it stays as long as the caller holds it."""
    package = sys.modules["soleus.services"]
    __import__("soleus.services." + name)
    module = sys.modules.pop("soleus.services." + name)
    if hasattr(package, name):
        delattr(package, name)
    return module
