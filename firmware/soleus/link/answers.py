"""Answers to the rarer requests of the console link. Loaded for each answer."""

import gc

from micropython import const

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.basics import faults
from soleus.core.basics.errors import SettingError
from soleus.core.basics.units import mmhg_from_pa
from soleus.core.session.session import STATE_NAMES
from soleus.link.requests import PRESSES
from soleus.services.fault_place import fault_place
from soleus.services.presses import Presses

# Requests that are not in `_ANSWERS`.
_ELSEWHERE = ("hello", "load", "log", "programs", "telemetry")
_TELEMETRY_LEAST_MS = const(50)
_TELEMETRY_MOST_MS = const(10_000)


def answer(requests: Any, do: str, request: dict) -> dict:
    if do == "telemetry":
        return _telemetry(requests, request.get("period_ms", 0))
    answer_of = _ANSWERS.get(do)
    if answer_of is None:
        names = [name for name, _, _ in PRESSES] + sorted(list(_ANSWERS) + list(_ELSEWHERE))
        return {"error": "do = {!r}: one of {}".format(do, ", ".join(names))}
    return answer_of(requests.app, request)


def _telemetry(requests: Any, period_ms: object) -> dict:
    is_whole = type(period_ms) is int and _TELEMETRY_LEAST_MS <= period_ms <= _TELEMETRY_MOST_MS
    if period_ms != 0 and not is_whole:
        expected = "0, or {} to {}".format(_TELEMETRY_LEAST_MS, _TELEMETRY_MOST_MS)
        raise SettingError("period_ms", period_ms, expected)
    requests.telemetry_ms = period_ms
    return {"ok": True}


def _status(app: Any, request: dict) -> dict:
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
        "asks_for_life": session.asks_for_presence(),
        "silent_ms": session.silent_ms,
        "fault": _fault(app),
        "rested": _rested(app),
        "supply_mv": controller.readings.supply_mv,
        "heap_free": gc.mem_free(),
        "heap_used": gc.mem_alloc(),
        "ticks": app.tick.count,
        "tick_us": app.tick.took_us,
        "tick_most_us": app.tick.took_most_us,
        "gap_most_ms": app.tick.gap_most_ms,
        "waiting_writes": len(app.writer.pending),
        "held": _held(app.presses),
        "warnings": app.warnings,
    }


def _held(presses: "Presses | None") -> list:
    """The buttons that are down now, so that each can be checked when it has been wired."""
    contacts = [(name, getattr(presses, name, None)) for name in ("start_stop", "softer", "louder", "stop")]
    return [name for name, contact in contacts if contact and contact.held_ms]


def _fault(app: Any) -> "dict | None":
    controller = app.controller
    latch = controller.latch
    if latch.code == faults.NONE:
        return None
    code, name, requirement, unit = load("core.basics.fault_table").TABLE[latch.code]
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
        "help": load("services.advice").advice(code),
    }


def _rested(app: Any) -> list:
    """Chambers that are left out for the rest of the session, each with the code that says why."""
    controller = app.controller
    notices = controller.guards.notices
    rested = []
    for index in range(controller.boots.count):
        if notices.rested_bits >> index & 1:
            code = faults.code_of(notices.code[index])
            rested.append([controller.boots.names[index], code, load("services.advice").advice(code)])
    return rested


def _settings(app: Any, _request: dict) -> dict:
    return {"ok": True, "settings": load("store.state_load").settings_table(app.store.settings)}


def _set(app: Any, request: dict) -> dict:
    changes = request.get("settings")
    if not isinstance(changes, dict):
        raise SettingError("settings", changes, "a table")
    app.store.change_settings(changes)
    app.store.save_settings()
    return {"ok": True, "note": "written at the next rest; calibration counts from the next boot"}


def _self_test(app: Any, _request: dict) -> dict:
    results = load("services.self_test").self_test(app)
    return {"ok": all(result[1] for result in results), "results": results}


def _raw(app: Any, _request: dict) -> dict:
    """The converters' own numbers, for a calibration."""
    return {"ok": True, "raw": list(app.parts.sensors.raw)}


def _faults(_app: Any, _request: dict) -> dict:
    advice = load("services.advice").advice
    table = load("core.basics.fault_table").TABLE[1:]
    return {"ok": True, "faults": [[code, name, advice(code)] for code, name, _, _ in table]}


def _why(app: Any, _request: dict) -> dict:
    return {"ok": True, "why": app.why, "lost_session": app.lost_session}


def _versions(app: Any, _request: dict) -> dict:
    answer = load("services.about").about(app.board)
    answer["ok"] = True
    return answer


def _hashes(app: Any, request: dict) -> dict:
    """Takes a while, so only while idle, and folder by folder."""
    if not app.tick.is_idle():
        return {"error": "hashes: only while idle"}
    return {"ok": True, "hashes": load("services.about").file_hashes(request.get("folder", "."))}


_ANSWERS = {
    "status": _status,
    "settings": _settings,
    "set": _set,
    "self_test": _self_test,
    "faults": _faults,
    "raw": _raw,
    "why": _why,
    "versions": _versions,
    "hashes": _hashes,
}
