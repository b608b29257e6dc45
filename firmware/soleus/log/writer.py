"""A session's file, a step at a time; what it holds is in the recorder.

Loaded for a step, in a rest: between those it takes no memory.
"""

import binascii
import json

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.log.slog_format import END, HEADER, OVERVIEW, RING
from soleus.store.files import encode, write_whole
from soleus.store.state_store import METER_FILE

SESSION_MOST_BYTES = 64 * 1024
# Of that, what the end of a session needs: the ring and a table.
END_MOST_BYTES = 20 * 1024


def write_step(recorder: Any, step: Any) -> None:
    if step == "header":
        begin_session(recorder)
    elif step == "overview":
        append(recorder, OVERVIEW, recorder.overview.chunk())
        recorder.overview.clear()
    elif step == "freeze":
        recorder.ring.freeze()
        recorder.steps = list(recorder.ring.numbers()) + recorder.steps
    elif step == "meter":
        count_therapy(recorder, recorder.controller.session.run_ms)
    elif step == "end":
        append(recorder, END, json.dumps(_end(recorder)).encode())
    else:
        append(recorder, RING, recorder.ring.block(step))


def write_crash(recorder: Any, ended_by: str, reason: str) -> None:
    """The app is over, the vents are open, no tick comes any more."""
    steps = [] if recorder.path else ["header"]
    recorder.steps = steps + ["overview", "freeze", "meter"]
    while recorder.steps:
        write_step(recorder, recorder.steps.pop(0))
    table = _end(recorder)
    table["ended_by"] = ended_by
    table["crash"] = reason
    # The core may have failed on these.
    table["readings"] = list(recorder.controller.readings.chamber_pa)
    append(recorder, END, json.dumps(table).encode())


def begin_session(recorder: Any) -> None:
    """For want of memory it may be tried again."""
    recorder.written_bytes = 0
    about = json.dumps(load("log.header").header(recorder.app)).encode()
    if not recorder.path:
        recorder.path = load("log.folder").new_file(SESSION_MOST_BYTES)
    append(recorder, HEADER, about)


def append(recorder: Any, kind: int, payload: Any) -> None:
    """The overview of a very long session ends early; how it ended is always kept."""
    room_bytes = SESSION_MOST_BYTES - END_MOST_BYTES - recorder.written_bytes
    if recorder.path and (kind != OVERVIEW or len(payload) < room_bytes):
        append_frame(recorder.path, kind, payload)
        recorder.written_bytes += len(payload) + 7


def append_frame(path: str, kind: int, payload: Any) -> None:
    head = bytes([kind, len(payload) & 0xFF, len(payload) >> 8])
    crc = binascii.crc32(payload, binascii.crc32(head))
    tail = bytes([crc & 0xFF, crc >> 8 & 0xFF, crc >> 16 & 0xFF, crc >> 24 & 0xFF])
    with open(path, "ab") as file:
        file.write(head)
        file.write(payload)
        file.write(tail)


def count_therapy(recorder: Any, run_ms: int) -> None:
    more_s = run_ms // 1000 - recorder.counted_s
    if more_s > 0:
        therapy_s = recorder.therapy_s + more_s
        # Before it counts: what counts already isn't written at the next try.
        content = encode({"therapy_s": therapy_s, "sessions": recorder.sessions_count})
        recorder.counted_s += more_s
        recorder.therapy_s = therapy_s
        write_whole(METER_FILE, content)


def _end(recorder: Any) -> dict:
    controller = recorder.controller
    # The whole table is let go of first: it takes more room than a row.
    fault_row = load("core.basics.fault_table").TABLE[controller.latch.code]
    return load("log.end").end(controller, fault_row, recorder.therapy_s)
