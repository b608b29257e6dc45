"""Answers to the rarer requests of the console link. Loaded for each answer."""

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.basics.errors import SettingError
from soleus.link.requests import PRESSES

# Requests that are not in `_ANSWERS`.
_ELSEWHERE = "clock hello hold load log panel programs raw start status telemetry why"


def answer(app: Any, do: str, request: dict) -> dict:
    answer_of = _ANSWERS.get(do)
    if answer_of is None:
        names = [name for name, _, _ in PRESSES]
        names += sorted(list(_ANSWERS) + _ELSEWHERE.split())
        return {"error": "do = {!r}: one of {}".format(do, ", ".join(names))}
    return answer_of(app, request)


def _settings(app: Any, _request: dict) -> dict:
    return {"ok": True, "settings": load("store.state_load").settings_table(app.store.settings)}


def _set(app: Any, request: dict) -> dict:
    changes = request.get("settings")
    if not isinstance(changes, dict):
        raise SettingError("settings", changes, "a table")
    app.store.change_settings(changes)
    app.store.save_settings()
    app.recorder.header = b""
    return {"ok": True, "note": "written at the next rest; calibration counts from the next boot"}


def _self_test(app: Any, _request: dict) -> dict:
    results = load("services.self_test").self_test(app)
    return {"ok": all(result[1] for result in results), "results": results}


def _faults(_app: Any, _request: dict) -> dict:
    """Without the help for each, which a laptop has, too: all of it would take 6 KB."""
    table = load("core.basics.fault_table").TABLE[1:]
    return {"ok": True, "faults": [[code, name, ""] for code, name, _, _ in table]}


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
    "settings": _settings,
    "set": _set,
    "self_test": _self_test,
    "faults": _faults,
    "versions": _versions,
    "hashes": _hashes,
}
