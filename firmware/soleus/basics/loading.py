"""Modules that are needed now and then: imported for a moment, then let go, because the heap is small."""

import sys

from soleus.basics.annotations import Any

# Half there: what comes in between, scheduled, must borrow nothing.
on_the_way = []


def borrow(name: str, folder: str = "services") -> Any:
    """What is called in it stays as long as the caller holds it."""
    on_the_way.append(name)
    try:
        __import__("soleus.{}.{}".format(folder, name))
        return let_go(name, folder)
    finally:
        on_the_way.pop()


def let_go(name: str, folder: str) -> Any:
    """Of what another module has imported, too, if it has."""
    package_name = "soleus." + folder
    package = sys.modules[package_name]
    if hasattr(package, name):
        delattr(package, name)
    return sys.modules.pop(package_name + "." + name, None)
