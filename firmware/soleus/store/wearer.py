"""What a board remembers of its wearer: how often, which programs, and whether gentle sessions were declined.

Loaded at rest, for a moment.
"""

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.store.files import STATE_FOLDER, encode

WEARER_FILE = STATE_FOLDER + "/wearer.json"
RECENT_MOST = 4
_KINDS = {"completed": int, "declined": bool, "days": list, "recent": list}


def read(app: Any) -> dict:
    """A broken file means that nothing is known: the first sessions are gentle again."""
    table = load("store.state_read").read_or_warn(WEARER_FILE, app.warn) or {}
    return {key: _KINDS[key](table.get(key, _KINDS[key]())) for key in _KINDS}


def write(app: Any, table: dict) -> None:
    app.writer.put(WEARER_FILE, encode(table))


def note_used(table: dict, program_id: str) -> None:
    recent = [known for known in table["recent"] if known != program_id]
    table["recent"] = ([program_id] + recent)[:RECENT_MOST]


def decline(app: Any) -> None:
    """Gentle beginnings are declined once, for good."""
    table = read(app)
    table["declined"] = True
    write(app, table)
