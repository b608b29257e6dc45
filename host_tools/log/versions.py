"""Which core this laptop has, told in the same way as a board tells it."""

import functools
import hashlib
from importlib.metadata import version

from host_tools.flash.compile.bundles import core_bytecode


def laptop_versions() -> str:
    return f"{version('soleus')}, core {core_hash()}"


@functools.cache
def core_hash() -> str:
    """As `about.core_hash` of the firmware, over the files that a board would get."""
    digest = hashlib.sha256()
    files = {name.removeprefix("soleus/core/"): content for name, content in core_bytecode().items()}
    for name, compiled in sorted(files.items()):
        digest.update(f"{name} {hashlib.sha256(compiled).hexdigest()[:12]}\n".encode())
    return digest.hexdigest()[:12]
