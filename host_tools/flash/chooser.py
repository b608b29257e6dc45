"""The two files in the root of the board's flash, which start the application that a pointer file names.

They are the same for every version of Soleus, so that an interrupted update can't leave one of them
that doesn't fit the other. Without a pointer they do nothing, and the board shows its prompt.
"""

POINTER = "current-app"

_BOOT = """\
# Soleus, put here by `soleus flash`: every output safe first, by the boot.py of the current application.
import os
import sys

try:
    with open("/current-app") as file:
        slot = "/" + file.read()
    os.chdir(slot)
except OSError:
    slot = ""
if slot:
    sys.modules.pop("boot", None)
    try:
        import boot
    finally:
        os.chdir("/")
"""

_MAIN = """\
# Soleus, put here by `soleus flash`: the main.py of the current application, in its own folder.
import os
import sys

try:
    with open("/current-app") as file:
        slot = "/" + file.read()
    os.chdir(slot)
except OSError:
    slot = ""
if slot:
    sys.modules.pop("main", None)
    try:
        import main
    finally:
        os.chdir("/")
"""

CHOOSER = {"main.py": _MAIN.encode(), "boot.py": _BOOT.encode()}
"""In the order in which they are written: on a board that had other files, nothing starts in between."""
