"""Small applications for the tests of flashing: each says which version runs, and a mixture would say two."""

import hashlib
import json
from collections.abc import Mapping

from host_tools.flash.contents.application import MANIFEST, Application

# Enough of a core for the trial on the board.
FAKE_CORE = {
    "soleus/__init__.py": b"",
    "soleus/core/__init__.py": b"",
    "soleus/core/basics/boots_table.py": b"def read_boots(table): return table\n",
    "soleus/core/program/table.py": (
        b"def read_program(table):\n if 'bad' in table: raise ValueError('bad program')\n return table\n"
    ),
    "soleus/core/program/fit.py": b"def refuse_unfit(program, boots): pass\n",
}


def an_app(version: str, program: bytes = b"{}", extra: Mapping[str, bytes] | None = None) -> Application:
    """An application that prints its version from each of three files; a mixture would print two versions."""
    files = {
        **FAKE_CORE,
        "boot.py": f"VERSION = {version!r}\n".encode(),
        "part.py": f"VERSION = {version!r}\n".encode(),
        "main.py": f"import boot, part\nprint('runs', boot.VERSION, part.VERSION, {version!r})\n".encode(),
        "board.json": b'{"boots":{}}',
        "programs/easy.json": program,
        **(extra or {}),
    }
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = json.dumps({"files": hashes}, sort_keys=True).encode()
    slot = "app-" + hashlib.sha256(manifest).hexdigest()[:12]
    return Application(slot, {**files, MANIFEST: manifest}, programs=1)
