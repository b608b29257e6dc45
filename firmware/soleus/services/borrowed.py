"""Modules that are needed now and then: imported for a moment, then let go, because the heap is small."""

import sys

from soleus.annotations import Any


def borrow(name: str, folder: str = "services") -> Any:
    """What is called in it stays as long as the caller holds it."""
    package_name = "soleus." + folder
    __import__(package_name + "." + name)
    package = sys.modules[package_name]
    module = sys.modules.pop(package_name + "." + name)
    if hasattr(package, name):
        delattr(package, name)
    return module
