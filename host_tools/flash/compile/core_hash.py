"""One hash for all files of the core as a board gets them: with the same one, a log replays bit by bit."""

import functools
import hashlib

from host_tools.flash.compile.bundles import core_bytecode


@functools.cache
def core_hash() -> str:
    digest = hashlib.sha256()
    files = {name.removeprefix("soleus/core/"): content for name, content in core_bytecode().items()}
    for name, compiled in sorted(files.items()):
        digest.update(f"{name} {hashlib.sha256(compiled).hexdigest()[:12]}\n".encode())
    return digest.hexdigest()[:12]
