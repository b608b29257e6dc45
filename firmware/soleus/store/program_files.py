"""Lists the programs on this board's flash, and gets one ready. Loaded for that moment."""

import json
import os

from soleus.basics.annotations import Any
from soleus.basics.loading import load, unload
from soleus.core.basics.errors import SettingError

PROGRAMS_FOLDER = "programs"


def answer(app: Any, do: str, request: dict) -> dict:
    if do == "programs":
        return {"ok": True, "programs": program_ids()}
    if not app.tick.is_idle() or "service" in app.front.kept:
        # In the moments before and after a check fill, too: the answers were for this program.
        return app.requests.refusal(do)
    # Whoever answers the questions there answered them for another program, and pressed start for it.
    app.front.drop()
    minutes, pressure_mmhg = request.get("minutes", 0), request.get("pressure_mmhg", 0)
    load_program(app, request.get("program", app.program_id), minutes, pressure_mmhg, request.get("changes"))
    # Before the answer: a session may begin right after it.
    app.recorder.prepare()
    return {
        "ok": True,
        "program": app.program_id,
        "minutes": app.controller.session.duration_ms // 60_000,
    }


def load_usual(app: Any) -> None:
    settings = app.store.settings
    try:
        load_program(app, settings.program, settings.minutes, settings.pressure_mmhg)
    except SettingError as error:
        app.warn(str(error))


def load_program(
    app: Any, program_id: object, minutes: int, pressure_mmhg: int, changes: "dict | None" = None
) -> None:
    """0 minutes, or 0 mmHg, means what the program says. `changes`: see `core/program/changes.py`."""
    try:
        # A press of start is not heard from here on: no session begins without a header.
        app.tick.is_loading = True
        # It tells of the program before, and this one needs the room.
        app.recorder.header = b""
        program = read_program(program_id)
        if changes:
            load("core.program.changes").change(program, changes, app.controller.boots)
        load("core.make_ready").make_ready(app.controller, program, minutes, pressure_mmhg)
    finally:
        app.tick.is_loading = False
        unload("core.program.fit")
        unload("core.program.layout")
        unload("core.program.program")
        unload("core.program.words")
    app.note_program(program, changes)


def program_ids() -> list:
    try:
        names = os.listdir(PROGRAMS_FOLDER)
    except OSError:
        return []
    return sorted([name[:-5] for name in names if name.endswith(".json")])


def read_program(program_id: object) -> Any:
    if program_id not in program_ids():
        raise SettingError("program", program_id, "one of " + ", ".join(program_ids()))
    try:
        with open("{}/{}.json".format(PROGRAMS_FOLDER, program_id)) as file:
            table = json.load(file)
    except ValueError:
        raise SettingError("program", program_id, "a file that is JSON")
    program = load("core.program.head_table").read_head(table)
    load("core.program.block_table").read_blocks(program, table)
    return program
