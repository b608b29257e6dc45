"""How a session ended, as the last frame of its log says it."""

from soleus.annotations import Any

from .borrowed import borrow
from .fault_place import fault_place

ENDED_BY = ("cut short", "completed", "stopped", "no sign of life")


def end(controller: Any, therapy_s: int) -> dict:
    session, latch, notices = controller.session, controller.latch, controller.guards.notices
    table = {
        "ended_by": ENDED_BY[session.ended_by],
        "run_ms": session.run_ms,
        "at_ms": controller.at_ms,
        "therapy_s": therapy_s,
        "rested": [
            [index, notices.code[index], notices.value[index], notices.limit[index], notices.at_ms[index]]
            for index in range(controller.boots.count)
            if notices.rested_bits >> index & 1
        ],
    }
    if latch.code:
        code, name = borrow("fault_table", "core").TABLE[latch.code][:2]
        table["ended_by"] = "fault"
        table["fault"] = [latch.code, latch.chamber_index, latch.value, latch.limit, latch.at_ms]
        table["fault_name"] = "{} {} {}".format(code, name, fault_place(controller, latch.chamber_index))
    return table
