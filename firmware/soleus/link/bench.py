"""The requests of a bench: begin service, actuate and renew that, and send every tick."""

from soleus.basics.annotations import Any
from soleus.core.basics.errors import SettingError
from soleus.core.basics.signals import BUTTON_ALIVE, BUTTON_SERVICE
from soleus.core.service.service import service_for
from soleus.core.service.service_requests import act_from
from soleus.core.session.session import DONE, IDLE, SERVICE, STATE_NAMES
from soleus.link.bench_tape import BenchTape


def answer(app: Any, do: str, request: dict) -> dict:
    if do == "service":
        return _begin(app)
    if do == "actuate":
        return _actuate(app, request.get("act"))
    if do == "bench_tape":
        return _tell_ticks(app, request.get("on"))
    # As the press of a button, so that a replay has it, too.
    app.tick.press(BUTTON_ALIVE)
    return {"ok": True}


def _begin(app: Any) -> dict:
    """Only while idle or done. The check of every session comes first, and a fault must have been cleared."""
    state = app.controller.session.state
    if state not in (IDLE, DONE):
        return {"error": "service: not while {}".format(STATE_NAMES[state])}
    if app.controller.service is None:
        if app.recorder.is_open:
            # What the ring holds of the last session is still to be written.
            return {"error": "service: not before the last session is written"}
        app.controller.service = service_for(app.controller.boots)
        app.recorder.follow_bench()
        # Only some are read in turns.
        if hasattr(app.tick.sensors, "read_all_in_each_tick"):
            app.tick.sensors.read_all_in_each_tick()
    app.tick.press(BUTTON_SERVICE)
    return {"ok": True}


def _actuate(app: Any, act: object) -> dict:
    if not isinstance(act, dict):
        raise SettingError("act", act, "a table")
    controller = app.controller
    if controller.session.state != SERVICE:
        return {"error": "actuate: not while {}".format(STATE_NAMES[controller.session.state])}
    controller.service.ask(act_from(act, controller.boots))
    return {"ok": True}


def _tell_ticks(app: Any, is_on: object) -> dict:
    if not is_on:
        app.tick.tape = None
    elif not app.tick.tape:
        app.tick.tape = BenchTape(app.controller)
    gauges = app.controller.gauges
    is_one = app.controller.boots.has_manifold_sensor_only
    return {"ok": True, "zero_pa": [gauges.manifold_zero_pa] if is_one else gauges.zero_pa}
