"""What `status` tells of a latched fault. Loaded for a moment: nothing is energised then."""

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.basics.units import mmhg_from_pa
from soleus.services.fault_place import fault_place


def fault_status(app: Any) -> dict:
    controller = app.controller
    latch = controller.latch
    code, name, requirement, unit = load("core.basics.fault_table").TABLE[latch.code]
    is_pressure = unit == "mmHg"
    still_pressed, not_seen = load("services.after_fault").told(controller)
    return {
        "code": code,
        "name": name,
        "requirement": requirement,
        "where": fault_place(controller, latch.chamber_index),
        "value": mmhg_from_pa(latch.value) if is_pressure else latch.value,
        "limit": mmhg_from_pa(latch.limit) if is_pressure else latch.limit,
        "unit": unit,
        "at_ms": latch.at_ms,
        "still_pressed": still_pressed,
        "not_seen": not_seen,
        "help": load("services.advice").advice(code),
    }
