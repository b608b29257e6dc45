"""Which core this laptop has, told in the same way as a board tells it."""

import functools
import hashlib
from importlib.metadata import version

from host_tools.flash.compile.mpy import compile_mpy
from host_tools.basics.paths import SOLEUS_PACKAGE


def laptop_versions() -> str:
    return f"{version('soleus')}, core {core_hash()}"


@functools.cache
def core_hash() -> str:
    """As `about.core_hash` of the firmware, over the files that a board would get."""
    digest = hashlib.sha256()
    for source in sorted((SOLEUS_PACKAGE / "core").glob("*.py")):
        compiled = compile_mpy(source, f"soleus/core/{source.name}")
        name = source.with_suffix(".mpy").name
        digest.update(f"{name} {hashlib.sha256(compiled).hexdigest()[:12]}\n".encode())
    return digest.hexdigest()[:12]
