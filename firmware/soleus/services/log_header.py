"""What a log says of its session besides the ticks: who recorded, what was asked for, how it ended."""

import json

from soleus.annotations import Any
from soleus.core import faults
from soleus.core.units import mmhg_from_pa

from .borrowed import borrow
from .fault_place import fault_place
from .log_format import OVERVIEW_MS, VERSION

ENDED_BY = ("cut short", "completed", "stopped", "no sign of life")
FAULT = "fault"


def header(app: Any) -> dict:
    """Reads board and program from their files again: between sessions nobody keeps them."""
    about = borrow("about")
    table = about.about(app.board)
    board = _table("board.json")
    program = _table("programs/{}.json".format(app.program_id))
    session = app.controller.session
    table.update(
        {
            "log": VERSION,
            "core": about.core_hash(),
            "why": app.why,
            "boots": board.get("boots"),
            "program": program or None,
            "minutes": session.duration_ms // 60_000,
            "pressure_mmhg": mmhg_from_pa(session.asked_pa),
            "settings": app.store.settings.table(),
            "overview_ms": OVERVIEW_MS,
            "state": app.recorder.ring.state.fingerprint,
            "therapy_s": app.recorder.meter.therapy_s,
            "at_ms": app.controller.at_ms,
        }
    )
    return table


def end(controller: Any, therapy_s: int, crash: str) -> dict:
    """`crash` is the exception's text; the readings that it happened with go with it."""
    session, latch, notices = controller.session, controller.latch, controller.guards.notices
    table = {"ended_by": ENDED_BY[session.ended_by], "run_ms": session.run_ms, "at_ms": controller.at_ms}
    table["therapy_s"] = therapy_s
    table["rested"] = [
        [index, notices.code[index], notices.value[index], notices.limit[index], notices.at_ms[index]]
        for index in range(controller.boots.count)
        if notices.rested_bits >> index & 1
    ]
    if latch.code:
        table["ended_by"] = FAULT
        table["fault"] = [latch.code, latch.chamber_index, latch.value, latch.limit, latch.at_ms]
        table["fault_name"] = "{} {}".format(faults.TABLE[latch.code][0], faults.TABLE[latch.code][1])
        table["where"] = fault_place(controller, latch.chamber_index)
    if crash:
        table["ended_by"] = "crash"
        table["crash"] = crash
        table["readings"] = list(controller.readings.chamber_pa)
    return table


def _table(name: str) -> dict:
    try:
        with open(name) as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}
