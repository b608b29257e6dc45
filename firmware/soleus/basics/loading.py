"""Modules that are needed now and then: loaded for a moment, then unloaded, because the heap is small.

`load("log.writer")` gives the module `soleus.log.writer` and forgets it at once: whoever called holds it for
as long as the work takes. This is the only way in which the firmware loads a module after the start.
"""

import sys

from soleus.basics.annotations import Any

# Modules that are being loaded. A scheduled callback that comes in between must load nothing.
under_way = []


def load(name: str) -> Any:
    under_way.append(name)
    try:
        __import__("soleus." + name)
        return unload(name)
    finally:
        under_way.pop()


def unload(name: str) -> Any:
    """Also for a module that another one has imported; returns it, or None when it isn't there."""
    full_name = "soleus." + name
    package_name, _, leaf = full_name.rpartition(".")
    package = sys.modules.get(package_name)
    if hasattr(package, leaf):
        delattr(package, leaf)
    return sys.modules.pop(full_name, None)
