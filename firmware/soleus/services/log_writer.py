"""Sessions on the flash: a file each, bounded in number and size, the oldest dropped first.

Borrowed for a step of writing, in a rest; between those it takes no memory. The recorder is the state.
"""

import binascii
import json
import os

from soleus.annotations import Any
from soleus.core.units import mmhg_from_pa

from .borrowed import borrow
from .files import encode, forget, write_whole
from .log_format import END, HEADER, MAGIC, OVERVIEW, RING
from .state_store import METER_FILE

FOLDER = "/log"
SUFFIX = ".slog"
# All sessions together, and one: the flash of the smallest board has 2 MB for files.
ALL_MOST_BYTES = 256 * 1024
SESSION_MOST_BYTES = 64 * 1024
# Of that, what the end of a session needs: the ring and a table.
END_MOST_BYTES = 20 * 1024
_SIZE = 6


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


def sessions(folder: str = FOLDER) -> list:
    """(name, bytes) of each, the oldest first."""
    try:
        names = sorted([name for name in os.listdir(folder) if name.endswith(SUFFIX)])
    except OSError:
        return []
    return [(name, os.stat(folder + "/" + name)[_SIZE]) for name in names]


def begin_session(recorder: Any) -> None:
    recorder.path = ""
    recorder.written_bytes = 0
    # Made first: a step that finds no memory is tried again, and must have left nothing behind.
    about = json.dumps(header(recorder.app)).encode()
    recorder.path = new_file()
    append(recorder, HEADER, about)


def new_file(folder: str = FOLDER) -> str:
    """Makes room first."""
    try:
        os.mkdir(folder)
    except OSError:
        pass
    there = sessions(folder)
    number = int(there[-1][0][: -len(SUFFIX)]) + 1 if there else 1
    total = sum([size for _, size in there])
    for name, size in there:
        if total > ALL_MOST_BYTES - SESSION_MOST_BYTES:
            forget(folder + "/" + name)
            total -= size
    path = "{}/{:06d}{}".format(folder, number, SUFFIX)
    with open(path, "wb") as file:
        file.write(MAGIC)
    return path


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


def header(app: Any) -> dict:
    """Reads board and program from their files again: between sessions nobody keeps them."""
    about = borrow("about")
    session = app.controller.session
    table = about.about(app.board)
    table.update(
        {
            "core": about.core_hash(),
            "state": borrow("core_walk").fingerprint(app.controller),
            "boots": _table("board.json").get("boots"),
            "program": _table("programs/{}.json".format(app.program_id)) or None,
            "minutes": session.duration_ms // 60_000,
            "pressure_mmhg": mmhg_from_pa(session.asked_pa),
            "settings": borrow("state_load").settings_table(app.store.settings),
            "why": app.why,
            "therapy_s": app.recorder.therapy_s,
        }
    )
    return table


def count_therapy(recorder: Any, run_ms: int) -> None:
    more_s = run_ms // 1000 - recorder.counted_s
    if more_s > 0:
        recorder.counted_s += more_s
        recorder.therapy_s += more_s
        table = {"therapy_s": recorder.therapy_s, "sessions": recorder.sessions_count}
        write_whole(METER_FILE, encode(table))


def _end(recorder: Any) -> dict:
    controller = recorder.controller
    # The whole table is let go of first: it takes more room than a row.
    fault_row = borrow("fault_table", "core").TABLE[controller.latch.code]
    return borrow("log_end").end(controller, fault_row, recorder.therapy_s)


def _table(name: str) -> dict:
    try:
        with open(name) as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}
