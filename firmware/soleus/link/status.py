"""The answer to `status`: it stays in memory, because it is asked for while a session runs."""

import gc

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.basics import faults
from soleus.core.basics.units import mmhg_from_pa
from soleus.core.session.session import STATE_NAMES


def status(app: Any, request: dict) -> dict:
    """No file is read for it in a session, and no garbage collected: each takes a chip too long."""
    if request.get("forget_gap"):
        app.tick.gap_most_ms = app.tick.gap_energised_ms = 0
    controller = app.controller
    session = controller.session
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
        "waits_for_press": bool(app.front.walk and app.front.walk.is_led_by_link),
        "check_fill": _check_fill(app),
        "fault": _fault(app),
        "rested": _rested(app),
        "supply_mv": controller.readings.supply_mv,
        "heap_free": gc.mem_free(),
        "heap_used": gc.mem_alloc(),
        "ticks": app.tick.count,
        "tick_us": app.tick.took_us,
        "tick_most_us": app.tick.took_most_us,
        "gap_most_ms": app.tick.gap_most_ms,
        "gap_energised_ms": app.tick.gap_energised_ms,
        "waiting_writes": len(app.writer.pending),
        "held": _held(app.presses),
        "warnings": app.warnings,
    }


def _check_fill(app: Any) -> "dict | None":
    """Empty while it is under way, and at rest until its session begins."""
    kept = app.front.kept
    return {} if "taps" in kept and app.tick.is_idle() else kept.get("check_fill")


def _held(presses: Any) -> list:
    """The buttons that are down now, so that each can be checked when it has been wired."""
    contacts = [(name, getattr(presses, name, None)) for name in ("start_stop", "softer", "louder", "stop")]
    return [name for name, contact in contacts if contact and contact.held_ms]


def _fault(app: Any) -> "dict | None":
    """With a latched fault nothing is energised, so there is time to load what tells of it."""
    if app.controller.latch.code == faults.NONE or not app.may_load():
        return None
    return load("link.fault_status").fault_status(app)


def _advice(app: Any, code: str) -> str:
    """Empty in a session: `soleus ask` adds the text."""
    return load("services.advice").advice(code) if app.may_load() else ""


def _rested(app: Any) -> list:
    """Chambers that are left out for the rest of the session, each with the code that says why."""
    controller = app.controller
    notices = controller.guards.notices
    rested = []
    for index in range(controller.boots.count):
        if notices.rested_bits >> index & 1:
            code = faults.code_of(notices.code[index])
            rested.append([controller.boots.names[index], code, _advice(app, code)])
    return rested
