"""The two files in the root of the board's flash, which start the application that a pointer file names.

They are the same for every version of Soleus, so that an interrupted update can't leave two that don't fit
together. Without a pointer they do nothing, and the board shows its prompt.
"""

from host_tools.flash.contents.application import Application

POINTER = "current-app"

_SOURCE = """\
# Soleus, put here by `soleus flash`: {purpose}
import os
import sys

try:
    with open("/current-app") as file:
        slot = "/" + file.read()
    os.chdir(slot)
except OSError:
    slot = ""
if slot:
    # By the current folder first: each module keeps the path that it was found by, and a short one is cheap.
    sys.path[:] = [""] + [path for path in sys.path if path not in ("", slot)] + [slot]
    sys.modules.pop("{name}", None)
    try:
        import {name}
    finally:
        os.chdir("/")
"""

# A chip's flash is read in pieces; each costs as much as a thousand bytes. MicroPython mounts its files with
# pieces of 128 bytes, and a start would read 26,000 of them.
_MOUNT = """\
# Every output is safe: now mount the files again, in larger pieces.
try:
    import vfs
    from flashbdev import bdev
    vfs.umount("/")
    try:
        vfs.mount(vfs.VfsLfs2(bdev, readsize={read_bytes}, lookahead={lookahead_bytes}), "/")
    except OSError:
        vfs.mount(bdev, "/")
    os.chdir("/")
except ImportError:
    # Not an ESP32: it keeps the files that it has.
    pass
"""
READ_BYTES = 256
# A bit for each of the 512 blocks of 2 MB, so that free blocks are looked for once.
LOOKAHEAD_BYTES = 64

CHOOSER = {
    "main.py": _SOURCE.format(
        name="main", purpose="runs the current application in its own folder."
    ).encode(),
    "boot.py": (
        _SOURCE.format(name="boot", purpose="every output safe, before anything else.")
        + _MOUNT.format(read_bytes=READ_BYTES, lookahead_bytes=LOOKAHEAD_BYTES)
    ).encode(),
}
"""In the order in which they are written: on a board that had other files, nothing starts in between."""


def files_on_board(app: Application) -> dict[str, bytes]:
    """All files of a flashed board: the slot, what chooses it, and the pointer to it."""
    slot = {f"{app.slot}/{name}": content for name, content in app.files.items()}
    return {**slot, **CHOOSER, POINTER: app.slot.encode()}
