"""The sessions on the flash: one file each, bounded in size, and the oldest are dropped first."""

import os

from soleus.log.slog_format import MAGIC
from soleus.store.files import DATA_FOLDER, forget

FOLDER = DATA_FOLDER + "/log"
SUFFIX = ".slog"
# Of all files together: the flash of the smallest board has 2 MB for files.
ALL_MOST_BYTES = 256 * 1024
_SIZE = 6


def sessions(folder: str = FOLDER) -> list:
    """(name, bytes) of each, the oldest first."""
    try:
        names = sorted([name for name in os.listdir(folder) if name.endswith(SUFFIX)])
    except OSError:
        return []
    return [(name, os.stat(folder + "/" + name)[_SIZE]) for name in names]


def new_file(most_bytes: int, folder: str = FOLDER) -> str:
    """Makes room for a file of `most_bytes` first."""
    try:
        os.mkdir(folder)
    except OSError:
        pass
    there = sessions(folder)
    number = int(there[-1][0][: -len(SUFFIX)]) + 1 if there else 1
    total = sum([size for _, size in there])
    for name, size in there:
        if total > ALL_MOST_BYTES - most_bytes:
            forget(folder + "/" + name)
            total -= size
    path = "{}/{:06d}{}".format(folder, number, SUFFIX)
    with open(path, "wb") as file:
        file.write(MAGIC)
    return path
