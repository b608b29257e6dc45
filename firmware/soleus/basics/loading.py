"""How the firmware loads a module while it runs: no function imports anything by itself.

`load("log.writer")` loads `soleus.log.writer` for a moment, because the heap is small. It is forgotten at
once, so it stays in memory only while the caller holds it. `load_to_stay("link.bench")` loads for good what
only some boards, or some days, need.
"""

import sys

from soleus.basics.annotations import Any

# Modules that are being loaded. A scheduled callback that comes in between must load nothing.
under_way = []


def load(name: str) -> Any:
    load_to_stay(name)
    return unload(name)


def load_to_stay(name: str) -> Any:
    full_name = "soleus." + name
    under_way.append(name)
    try:
        __import__(full_name)
        return sys.modules[full_name]
    finally:
        under_way.pop()


def is_loaded(name: str) -> bool:
    return "soleus." + name in sys.modules


def unload(name: str) -> Any:
    """Also for a module that another one has imported; returns it, or None when it isn't there."""
    full_name = "soleus." + name
    package_name, _, leaf = full_name.rpartition(".")
    package = sys.modules.get(package_name)
    if hasattr(package, leaf):
        delattr(package, leaf)
    return sys.modules.pop(full_name, None)
