"""Which core this laptop has, told in the same way as a board tells it."""

import functools
import hashlib
from importlib.metadata import version

from host_tools.basics.paths import CORE_PACKAGE, SOLEUS_PACKAGE, core_sources
from host_tools.flash.compile.mpy import compile_mpy, needs_no_file


def laptop_versions() -> str:
    return f"{version('soleus')}, core {core_hash()}"


@functools.cache
def core_hash() -> str:
    """As `about.core_hash` of the firmware, over the files that a board would get."""
    digest = hashlib.sha256()
    sources = [source for source in core_sources() if not needs_no_file(source)]
    for source in sorted(sources, key=lambda source: source.relative_to(CORE_PACKAGE).as_posix()):
        compiled = compile_mpy(source, source.relative_to(SOLEUS_PACKAGE.parent).as_posix())
        name = source.relative_to(CORE_PACKAGE).with_suffix(".mpy").as_posix()
        digest.update(f"{name} {hashlib.sha256(compiled).hexdigest()[:12]}\n".encode())
    return digest.hexdigest()[:12]
