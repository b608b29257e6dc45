"""What was left of a session that was stopped, or lost with the power. Loaded for a moment, at rest."""

from soleus.basics.annotations import Any
from soleus.core.basics.units import mmhg_from_pa
from soleus.core.session.dose import COUNTS_FROM_MS
from soleus.log.folder import sessions
from soleus.store.files import encode

_MS = 60_000


def left_of(program: str, changes: dict, left_ms: int, asked_pa: int, log: str) -> dict:
    """`log`: the session's own, of which the rest will be a part."""
    minutes = left_ms // _MS
    kept = dict(changes)
    kept["left"] = minutes
    kept["part_of"] = changes.get("part_of") or log
    return {
        "program": program,
        "minutes": minutes,
        "mmhg": mmhg_from_pa(asked_pa),
        "changes": kept,
        "at_s": 0,
    }


def over_power(kept: dict) -> bytes:
    """What `kept` shall be after a loss of power: nobody knows by then how long ago all of it was.

    `minute` is that of the laptop's calendar, for a laptop that tells the time again.
    """
    left = dict(kept["left"])
    if "clock" in kept:
        day, second, at_s = kept["clock"]
        left["minute"] = day * 1440 + (second + left["at_s"] - at_s) // 60
    left["at_s"] = 0
    return encode({"kept": {"left": left, "undated_s": [0] * len(kept.get("undated_s", ()))}})


def note_lost(front: Any, lost: dict) -> None:
    """After a loss of power, counted from this start: how long there was none, nobody knows.

    The meter says how long the session had run by its last rest.
    """
    front.kept["left"] = None
    if "duration_ms" not in lost:
        return
    run_ms = (front.app.recorder.meter.therapy_s - lost["therapy_s"]) * 1000
    names = sessions()
    log = names[-1][0] if names else ""
    left_ms = lost["duration_ms"] - run_ms
    front.kept["left"] = left_of(lost["program"], lost["changes"] or {}, left_ms, lost["asked_pa"], log)
    if run_ms >= COUNTS_FROM_MS:
        front.kept["undated_s"] = [0]
