"""Ends a fault of a plant that was to last."""

from host_tools.plant.faults import FOREVER_MS, Fault
from host_tools.plant.plant import Plant


def mend(plant: Plant, fault: Fault) -> bool:
    """The newest of its kind, from this moment on; False if there is none."""
    schedule = plant.faults
    wanted = (fault.kind, fault.index, fault.mode)
    for k in reversed(range(schedule.count)):
        is_it = (schedule.kind[k], schedule.index[k], schedule.mode[k]) == wanted
        if is_it and schedule.end_ms[k] == FOREVER_MS:
            schedule.end_ms[k] = plant.now_ms
            # The plant looks at its faults anew in the next tick.
            schedule.next_ms = 0
            return True
    return False
