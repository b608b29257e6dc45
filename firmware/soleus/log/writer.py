"""Writes what the recorder has collected to the session's file, a step at a time. It keeps nothing itself.

Only the end of a session, which nothing follows, loads a module.
"""

import binascii
import json
import os

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.log.folder import new_file
from soleus.log.slog_format import END, HEADER, MAGIC, OVERVIEW, RING

SESSION_MOST_BYTES = 64 * 1024
# Of that, what the end of a session needs: the ring and a table.
END_MOST_BYTES = 20 * 1024
_SIZE = 6


def write_step(recorder: Any, step: Any) -> "list | None":
    """Returns the steps that come next, before the others. A `MemoryError` means that nothing was written."""
    if step == "header":
        _write_header(recorder)
    elif step == "overview":
        append(recorder.path, OVERVIEW, recorder.overview.chunk())
        recorder.overview.clear()
    elif step == "freeze":
        recorder.ring.freeze()
        return list(recorder.ring.numbers())
    elif step == "meter":
        recorder.meter.count(recorder.controller.session.run_ms)
    elif step == "end":
        append(recorder.path, END, json.dumps(end_of(recorder)).encode())
    else:
        append(recorder.path, RING, recorder.ring.block(step))
    return None


def append_frame(path: str, kind: int, payload: Any) -> None:
    head = bytes([kind, len(payload) & 0xFF, len(payload) >> 8])
    crc = binascii.crc32(payload, binascii.crc32(head))
    tail = bytes([crc & 0xFF, crc >> 8 & 0xFF, crc >> 16 & 0xFF, crc >> 24 & 0xFF])
    with open(path, "ab") as file:
        file.write(head)
        file.write(payload)
        file.write(tail)


def _write_header(recorder: Any) -> None:
    """Once there is a file, the next try takes the same one."""
    if not recorder.header:
        recorder.prepare()
    if not recorder.path:
        recorder.keep_in(new_file(SESSION_MOST_BYTES))
    append(recorder.path, HEADER, recorder.header)


def append(path: str, kind: int, payload: Any) -> None:
    """The overview of a very long session ends early; how the session ended is always kept."""
    if path and (kind != OVERVIEW or len(payload) < _room_bytes(path)):
        append_frame(path, kind, payload)


def _room_bytes(path: str) -> int:
    return SESSION_MOST_BYTES - END_MOST_BYTES - os.stat(path)[_SIZE] + len(MAGIC)


def end_of(recorder: Any) -> dict:
    controller = recorder.controller
    # Only a row is held: the whole table takes more room.
    fault_row = load("core.basics.fault_table").TABLE[controller.latch.code]
    return load("log.end").end(controller, fault_row, recorder.meter.therapy_s)
