"""What can be asked for over the console link, each by its `do`."""

import gc
import json
import os

from micropython import const

from soleus.annotations import Any
from soleus.core import faults, signals
from soleus.core.errors import SettingError
from soleus.core.program import Program
from soleus.core.session import CHECKING, DONE, IDLE, PAUSED, RUNNING, STATE_NAMES
from soleus.core.units import mmhg_from_pa, tenths_mmhg_from_pa

from .borrowed import borrow
from .fault_place import fault_place

PROGRAMS_FOLDER = "programs"

# What a person's buttons do, too; and in which states it makes sense.
_PRESSES = (
    ("start", signals.BUTTON_START, (IDLE, DONE)),
    ("stop", signals.BUTTON_STOP, ()),
    ("pause", signals.BUTTON_PAUSE, (RUNNING,)),
    ("resume", signals.BUTTON_RESUME, (PAUSED,)),
    ("louder", signals.BUTTON_LOUDER, (RUNNING,)),
    ("softer", signals.BUTTON_SOFTER, (RUNNING,)),
    ("alive", signals.BUTTON_ALIVE, (RUNNING,)),
    ("clear", signals.BUTTON_CLEAR, ()),
)

# A session that was started over the link ends when nobody has been heard there for so long.
LINK_LOST_MS = 5000
_TELEMETRY_LEAST_MS = const(50)
_TELEMETRY_MOST_MS = const(10_000)


class Requests:
    def __init__(self, app: Any) -> None:
        self.app = app
        self.telemetry_ms = 0
        self.is_led_by_link = False
        # While somebody records this machine over the link.
        self.ring_stream = None
        self._acts = {
            "hello": self._hello,
            "status": self._status,
            "telemetry": self._telemetry,
            "programs": self._programs,
            "load": self._load,
            "settings": self._settings,
            "set": self._set,
            "self_test": self._self_test,
            "faults": self._faults,
            "why": self._why,
            "versions": self._versions,
            "hashes": self._hashes,
            "log": self._log,
        }

    def answer(self, request: dict) -> dict:
        """Never fails: a mistake in a request is said in its answer."""
        do = str(request.get("do"))
        try:
            for name, button, states in _PRESSES:
                if do == name:
                    return self._press(name, button, states)
            act = self._acts.get(do)
            if act is None:
                names = [name for name, _, _ in _PRESSES] + sorted(self._acts)
                return {"error": "do = {!r}: one of {}".format(do, ", ".join(names))}
            return act(request)
        except SettingError as error:
            return {"error": str(error), "key": error.key}

    def telemetry(self) -> dict:
        app = self.app
        controller = app.controller
        commands = controller.commands
        latch = controller.latch
        return {
            "event": "telemetry",
            "at_ms": controller.at_ms,
            "state": STATE_NAMES[controller.session.state],
            "run_ms": controller.session.run_ms,
            "cycle": controller.sequencer.cycles_count,
            "mmhg_x10": [tenths_mmhg_from_pa(pa) for pa in controller.gauges.pressure_pa],
            "target_mmhg_x10": [tenths_mmhg_from_pa(pa) for pa in controller.sequencer.target_pa],
            "manifold_mmhg_x10": tenths_mmhg_from_pa(controller.gauges.manifold_pa),
            "missing": controller.readings.missing_bits,
            "fill": commands.fill_bits,
            "seal": commands.seal_bits,
            "pump": commands.pump_permille,
            "gate": commands.gate_on,
            "supply_mv": controller.readings.supply_mv,
            "fault": faults.TABLE[latch.code][0],
        }

    def _press(self, name: str, button: int, states: tuple) -> dict:
        session = self.app.controller.session
        if states and session.state not in states:
            return {"error": "{}: not while {}".format(name, STATE_NAMES[session.state])}
        if name == "start":
            if session.duration_ms == 0:
                return {"error": "start: no program is loaded"}
            self.is_led_by_link = True
        self.app.tick.press(button)
        return {"ok": True}

    def _hello(self, _request: dict) -> dict:
        return {"ok": True, "soleus": borrow("about").VERSION, "board": self.app.board["name"]}

    def _status(self, request: dict) -> dict:
        app = self.app
        if request.get("forget_gap"):
            app.tick.gap_most_ms = 0
        controller = app.controller
        session = controller.session
        gc.collect()
        return {
            "ok": True,
            "state": STATE_NAMES[session.state],
            "program": app.program_id,
            "run_ms": session.run_ms,
            "duration_ms": session.duration_ms,
            "asked_mmhg": mmhg_from_pa(session.asked_pa),
            "most_mmhg": mmhg_from_pa(session.most_pa),
            "asks_for_life": session.asks_for_life(),
            "silent_ms": session.silent_ms,
            "fault": self._fault(),
            "rested": self._rested(),
            "supply_mv": controller.readings.supply_mv,
            "heap_free": gc.mem_free(),
            "heap_used": gc.mem_alloc(),
            "ticks": app.tick.count,
            "tick_us": app.tick.took_us,
            "tick_most_us": app.tick.took_most_us,
            "gap_most_ms": app.tick.gap_most_ms,
            "waiting_writes": len(app.writer.pending),
            "warnings": app.warnings,
        }

    def _fault(self) -> "dict | None":
        controller = self.app.controller
        latch = controller.latch
        if latch.code == faults.NONE:
            return None
        code, name, requirement, unit = faults.TABLE[latch.code]
        is_pressure = unit == "mmHg"
        return {
            "code": code,
            "name": name,
            "requirement": requirement,
            "where": fault_place(controller, latch.chamber_index),
            "value": mmhg_from_pa(latch.value) if is_pressure else latch.value,
            "limit": mmhg_from_pa(latch.limit) if is_pressure else latch.limit,
            "unit": unit,
            "at_ms": latch.at_ms,
            "help": borrow("fault_help").HELP.get(code, ""),
        }

    def _rested(self) -> list:
        """Chambers that are left out for the rest of the session, each with the code that says why."""
        controller = self.app.controller
        notices = controller.guards.notices
        rested = []
        for index in range(controller.boots.count):
            if notices.rested_bits >> index & 1:
                code = faults.TABLE[notices.code[index]][0]
                rested.append([controller.boots.names[index], code, borrow("fault_help").HELP.get(code, "")])
        return rested

    def _telemetry(self, request: dict) -> dict:
        period_ms = request.get("period_ms", 0)
        if period_ms != 0 and not _is_whole(period_ms, _TELEMETRY_LEAST_MS, _TELEMETRY_MOST_MS):
            raise SettingError(
                "period_ms", period_ms, "0, or {} to {}".format(_TELEMETRY_LEAST_MS, _TELEMETRY_MOST_MS)
            )
        self.telemetry_ms = period_ms
        return {"ok": True}

    def _programs(self, _request: dict) -> dict:
        return {"ok": True, "programs": program_ids()}

    def _load(self, request: dict) -> dict:
        app = self.app
        minutes, pressure_mmhg = request.get("minutes", 0), request.get("pressure_mmhg", 0)
        app.load_program(request.get("program", app.program_id), minutes, pressure_mmhg)
        return {
            "ok": True,
            "program": app.program_id,
            "minutes": app.controller.session.duration_ms // 60_000,
        }

    def _settings(self, _request: dict) -> dict:
        return {"ok": True, "settings": self.app.store.settings.table()}

    def _set(self, request: dict) -> dict:
        changes = request.get("settings")
        if not isinstance(changes, dict):
            raise SettingError("settings", changes, "a table")
        self.app.store.settings.change(changes)
        self.app.store.save_settings()
        return {"ok": True, "note": "written at the next rest; calibration counts from the next boot"}

    def _self_test(self, _request: dict) -> dict:
        results = borrow("self_test").self_test(self.app)
        return {"ok": all(result[1] for result in results), "results": results}

    def _faults(self, _request: dict) -> dict:
        advice = borrow("fault_help").HELP
        table = [[code, name, advice.get(code, "")] for code, name, _, _ in faults.TABLE[1:]]
        return {"ok": True, "faults": table}

    def _why(self, _request: dict) -> dict:
        return {"ok": True, "why": self.app.why, "lost_session": self.app.lost_session}

    def _versions(self, _request: dict) -> dict:
        answer = borrow("about").about(self.app.board)
        answer["ok"] = True
        return answer

    def _hashes(self, request: dict) -> dict:
        """Takes a while, so only at rest, folder by folder."""
        if not self.app.tick.is_idle():
            return {"error": "hashes: only while idle"}
        return {"ok": True, "hashes": borrow("about").file_hashes(request.get("folder", "."))}

    def _log(self, request: dict) -> dict:
        return borrow("log_requests").answer(self, request)


def program_ids() -> list:
    try:
        names = os.listdir(PROGRAMS_FOLDER)
    except OSError:
        return []
    return sorted([name[:-5] for name in names if name.endswith(".json")])


def read_program(program_id: object) -> Program:
    if program_id not in program_ids():
        raise SettingError("program", program_id, "one of " + ", ".join(program_ids()))
    try:
        with open("{}/{}.json".format(PROGRAMS_FOLDER, program_id)) as file:
            return borrow("program", "core").Program.from_table(json.load(file))
    except ValueError:
        raise SettingError("program", program_id, "a file that is JSON")


def is_in_session(state: int) -> bool:
    return state in (CHECKING, RUNNING, PAUSED)


def _is_whole(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most
