"""Where Soleus keeps what it can fetch or compute again."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import platformdirs

# So many states of the sources: enough to go back and forth between a few branches.
STATES_KEPT = 12


def cache_folder() -> Path:
    return Path(os.environ.get("SOLEUS_CACHE_DIR") or platformdirs.user_cache_dir("soleus"))


def drop_old_states(paths: Iterable[Path]) -> None:
    """Each is a file or a folder that holds what came of one state of the sources."""
    for stale in sorted(paths, key=_age_of)[:-STATES_KEPT]:
        if stale.is_dir():
            shutil.rmtree(stale, ignore_errors=True)
        else:
            stale.unlink(missing_ok=True)


def _age_of(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        # Another process was quicker.
        return 0.0
