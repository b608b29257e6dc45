"""What takes many seconds to make and is only looked at: one worker of a test run makes it, all read it."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from host_tools.basics.file_lock import alone

Made = TypeVar("Made")


def made_once(folders: pytest.TempPathFactory, name: str, make: Callable[[Path], Made]) -> Made:
    """What `make` returns; it gets a folder of its own for its files. All workers get copies of the same."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return make(folders.mktemp(name))
    # The parent folder of the workers' own belongs to this run alone.
    folder = folders.getbasetemp().parent / f"{name}-for-all"
    kept = folder / "made.pickle"
    with alone(folder.with_suffix(".lock")):
        if kept.exists():
            return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]  # what this run has written
        tries = len(list(folder.glob("*"))) if folder.exists() else 0
        own = folder / str(tries)
        own.mkdir(parents=True)
        made = make(own)
        kept.write_bytes(pickle.dumps(made))
        return made
