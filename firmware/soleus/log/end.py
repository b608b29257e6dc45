"""The last frame of a log: how the session ended."""

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.services.fault_place import fault_place

ENDED_BY = ("cut short", "completed", "stopped", "no sign of life")


def end(controller: Any, fault_row: tuple, therapy_s: int) -> dict:
    """`fault_row` is the row of `fault_table.py` for the fault that the core has latched."""
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
        code, name = fault_row[:2]
        table["ended_by"] = "fault"
        table["fault"] = [latch.code, latch.chamber_index, latch.value, latch.limit, latch.at_ms]
        after_fault = load("services.after_fault")
        table["still_pressed"] = after_fault.pressed_bits(controller)
        table["not_seen"] = after_fault.unseen_bits(controller)
        table["fault_name"] = "{} {} {}".format(code, name, fault_place(controller, latch.chamber_index))
    return table
