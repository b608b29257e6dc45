"""What a laptop asks of the panel over the console link. Loaded for a moment, at rest."""

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.basics.errors import SettingError
from soleus.core.session.questions import COUNT
from soleus.panel.table import LOAD, QUESTION, READY, START

_ANSWERS = ("yes", "no")


def answer(app: Any, do: str, request: dict) -> dict:
    if do == "start":
        return _start(app, request)
    if do == "hold":
        return _hold(app, request)
    if do == "clock":
        return load("store.clock").set_clock(app.front, request)
    return _tell(app.front)


def _start(app: Any, request: dict) -> dict:
    """The questions were answered at a laptop; then a person at the machine presses start.

    A service tool that holds the machine does without that, and nobody's sessions are counted.
    """
    if not app.tick.is_idle() or "service" in app.front.kept:
        return app.requests.refusal("start")
    if not app.program_id:
        return {"error": "start: no program is loaded"}
    facts = load("panel.facts").Facts(app.front)
    is_held = app.requests.is_held
    count = COUNT if is_held else COUNT + facts.needs_one_more
    answers: Any = request.get("answers")
    are_answers = isinstance(answers, list) and all(one in _ANSWERS for one in answers)
    if not are_answers or len(answers) != count:
        raise SettingError("answers", answers, "yes or no to each of the {} questions".format(count))
    if "no" in answers:
        return {"error": "start: no session", "refused": answers.index("no")}
    if is_held:
        app.front.wish = (START, True, True)
        return {"ok": True, "waits": False}
    if request.get("decline"):
        load("store.wearer").decline(app)
        facts.is_gentle_due = False
    skips_check = request.get("check_fill") is False
    # Done by the next look at the panel: all of this is still in memory. It is loaded again, as it is.
    is_gentle = facts.is_gentle_due and not facts.is_gentle
    changes = {"gentle": True} if is_gentle else facts.whole
    is_whole = not is_gentle and "left" not in facts.changes
    minutes, mmhg = (facts.minutes, facts.mmhg) if is_whole else (0, 0)
    app.front.wish = (LOAD, (facts.program, minutes, mmhg, changes), READY, None, True, skips_check)
    return {"ok": True, "waits": True, "gentle": facts.is_gentle_due}


def _hold(app: Any, request: dict) -> dict:
    """A service tool: its sessions start without a press at the machine, and it may clear a fault."""
    app.requests.is_held = bool(request.get("on", True))
    return {"ok": True, "note": "until nothing is heard for 5 s"}


def _tell(front: Any) -> dict:
    """Where a person at the machine is; a laptop has the words of each place."""
    if not front.app.tick.is_idle():
        return front.app.requests.refusal("panel")
    walk = front.walk or load("panel.facts").open_walk(front)
    facts = walk.facts
    question = walk.questions.index if walk.place == QUESTION else None
    return {
        "ok": True,
        "place": walk.place,
        "question": question,
        "today": facts.today,
        "week": facts.week,
        "check_fill": facts.lines,
    }
