"""Where on the disk Numba keeps what it has compiled."""

from pathlib import Path

import numba
from numba.core.caching import UserProvidedCacheLocator


def keep_in(folder: Path) -> None:
    """What is made from now on is kept there. Numba looks the folder up when it makes a function's cache."""
    numba.config.CACHE_DIR = str(folder)
    numba.config.CACHE_LOCATOR_CLASSES = f"{__name__}.{ByContent.__name__}"


class ByContent(UserProvidedCacheLocator):  # type: ignore[misc]  # Numba has no types to derive from
    """By the name of a source's room alone. Numba would add where that is on this disk, so an installed wheel
    would compile for half a minute what a checkout beside it has compiled; the folder's name already stands
    for the content of all sources."""

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:
        return Path(py_file).parent.name
