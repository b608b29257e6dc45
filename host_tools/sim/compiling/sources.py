"""Which sources are compiled together, and where what comes of them is kept until one of them changes."""

import hashlib
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numba

from host_tools.basics.cache_folder import cache_folder, drop_old_states
from host_tools.basics.file_lock import alone


@dataclass(frozen=True)
class Sources:
    """Packages that are compiled together."""

    packages: tuple[str, ...]

    def modules(self) -> list[str]:
        """The names of their modules, in all rooms."""
        return [name for package in self.packages for name in _files_of(package)]

    def folder(self) -> Path:
        """One for each state of the sources: Numba sees changes in a loop, but not in what the loop calls."""
        return _folder(self)


PLANT = Sources(("host_tools.plant",))
EVERYTHING = Sources(("soleus.core", "host_tools.plant", "host_tools.benchmark.peers"))


@contextmanager
def compiled_once(mark: Path) -> Iterator[None]:
    """Around a loop's first use: one process compiles it, and the others wait for what it kept.

    The file `mark` says that the loop has been compiled.
    """
    if mark.exists():
        yield
        return
    with alone(mark.with_suffix(".lock")):
        yield
        mark.touch()


@cache
def _folder(sources: Sources) -> Path:
    digest = hashlib.sha256(f"{sys.version}{numba.__version__}".encode())
    files = [path for package in sources.packages for path in _files_of(package).values()]
    for path in [*sorted(Path(__file__).parent.glob("*.py")), *files]:
        digest.update(path.read_bytes())
    base = cache_folder() / "compiled"
    folder = base / digest.hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    drop_old_states(base.iterdir())
    return folder


def _files_of(package: str) -> dict[str, Path]:
    """The modules of a package and of the rooms below it, without importing them."""
    root = Path(importlib.import_module(package).__path__[0])
    paths = sorted(path for path in root.rglob("*.py") if path.name != "__init__.py")
    return {".".join([package, *path.relative_to(root).with_suffix("").parts]): path for path in paths}
