"""Which core this laptop has, in the form in which a board says it."""

from importlib.metadata import version

from host_tools.flash.compile.core_hash import core_hash


def laptop_versions() -> str:
    return f"{version('soleus')}, core {core_hash()}"
