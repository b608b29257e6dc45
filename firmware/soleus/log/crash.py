"""Writes the end of a log when the app is over: the vents are open, no tick comes any more. Loaded then."""

import json

from soleus.basics.annotations import Any
from soleus.log.slog_format import END
from soleus.log.writer import append, end_of, write_step


def write_crash(recorder: Any, ended_by: str, reason: str) -> None:
    steps = ["overview", "freeze", "meter"]
    if not recorder.path:
        steps.insert(0, "header")
    while steps:
        steps = (write_step(recorder, steps[0]) or []) + steps[1:]
    table = end_of(recorder)
    table["ended_by"] = ended_by
    table["crash"] = reason
    # The core may have failed on these.
    table["readings"] = list(recorder.controller.readings.chamber_pa)
    append(recorder.path, END, json.dumps(table).encode())
