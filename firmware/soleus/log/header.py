"""The first frame of a log: which machine, core, program and settings."""

import json

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.basics.units import mmhg_from_pa

CORE_FILE = "core.json"
# Most of a program's text, and the header stays in memory. A laptop finds it by the program's id.
_FOR_A_PERSON = ("purpose", "when", "source", "words")


def header(app: Any) -> dict:
    """Reads board and program from their files again, because they are not kept in memory."""
    about = load("services.about")
    session = app.controller.session
    table = about.about(app.board)
    # The hash of the core, and the fingerprints of its state: computing them would take a chip a second.
    core = _table(CORE_FILE)
    has_bench = app.controller.service is not None
    table.update(
        {
            "core": core.get("core"),
            "state": core.get("bench_state" if has_bench else "state"),
            "bench": has_bench,
            "boots": _table("board.json").get("boots"),
            "program": _program(app.program_id),
            "changes": app.changes,
            "minutes": session.duration_ms // 60_000,
            "pressure_mmhg": mmhg_from_pa(session.asked_pa),
            "settings": load("store.state_load").settings_table(app.store.settings),
            "why": app.why,
            "check_fill": app.front.kept.get("check_fill"),
            "therapy_s": app.recorder.meter.therapy_s,
            # Day and second as a laptop has told them, and the machine's own second then; null without one.
            "clock": app.front.kept.get("clock"),
        }
    )
    return table


def _program(program_id: str) -> "dict | None":
    table = _table("programs/{}.json".format(program_id))
    return {key: table[key] for key in table if key not in _FOR_A_PERSON} or None


def _table(name: str) -> dict:
    try:
        with open(name) as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}
