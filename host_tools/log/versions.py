"""Which core this laptop has, in the form in which a board says it."""

import functools
import hashlib
from importlib.metadata import version

from host_tools.flash.compile.bundles import core_bytecode


def laptop_versions() -> str:
    return f"{version('soleus')}, core {core_hash()}"


@functools.cache
def core_hash() -> str:
    """The same hash as the firmware's `about.core_hash`, over the files that a board would get."""
    digest = hashlib.sha256()
    files = {name.removeprefix("soleus/core/"): content for name, content in core_bytecode().items()}
    for name, compiled in sorted(files.items()):
        digest.update(f"{name} {hashlib.sha256(compiled).hexdigest()[:12]}\n".encode())
    return digest.hexdigest()[:12]
