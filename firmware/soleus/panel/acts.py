"""Does what a person at the panel wishes, and notes the end of a session. Loaded for a moment, at rest."""

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.basics.signals import BUTTON_START
from soleus.core.session.dose import COUNTS_FROM_MS, RESUME_LEAST_MS, UNKNOWN_DAY
from soleus.core.session.session import COMPLETED, DONE
from soleus.panel.front import ENDED
from soleus.panel.table import (
    BOOST,
    DECLINE,
    FITS,
    FORGET,
    LEGS,
    LOAD,
    MINUTES,
    OFFER,
    PRESSURE,
    QUESTION,
    READY,
    START,
    WITHOUT,
)
from soleus.store.files import encode


def fulfil(front: Any, wish: tuple, refused: Any) -> None:
    """`refused`: why a program could not be loaded. A wish that fails is tried again."""
    act = wish[0]
    follows = None
    if act == LOAD:
        front.app.recorder.prepare()
        walk = load("panel.facts").open_walk(front)
        go_on(walk, wish[:5], refused)
        walk.check_fill = len(wish) < 6 or not wish[5]
    elif act == START:
        follows = _start(front, wish)
    elif act == DECLINE:
        load("store.wearer").decline(front.app)
    elif act == FORGET:
        front.kept["left"] = None
        front.app.store.note_session(None)
    elif act == ENDED:
        follows = _note_end(front)
        front.close()
    front.wish = follows
    if front.walk:
        front.walk.wish = None
    if "place" in front.kept:
        load("panel.facts").open_walk(front)


def go_on(walk: Any, wish: tuple, refused: Any) -> None:
    """After the program of a wish was loaded, or refused."""
    _, _, place, choice, is_led_by_link = wish
    walk.choice = choice
    if refused:
        walk.refuse(refused.expected, _back_to(refused.key) if choice else OFFER)
    elif place == QUESTION:
        walk.ask()
    else:
        if place == READY:
            # They were answered at the laptop.
            walk.questions.index = walk.questions.count
        walk.go(place)
    walk.is_led_by_link = is_led_by_link


def _start(front: Any, wish: tuple) -> "tuple | None":
    """After the check fill, unless somebody goes on without, a tool does, or the settings say so."""
    app = front.app
    session = app.controller.session
    _, is_led_by_link, is_checked = wish
    if not is_checked and app.store.settings.check_fill:
        load("services.check_fill").begin(front, is_led_by_link)
        return front.wish
    if is_checked:
        # It tells of the check.
        app.recorder.prepare()
    taps_count = front.kept.get("taps")
    note = {
        "program": app.program_id,
        "duration_ms": session.duration_ms,
        "asked_pa": session.asked_pa,
        "changes": app.changes,
        "therapy_s": app.recorder.meter.therapy_s,
    }
    # Written while the sensors are zeroed. After a loss of power it tells what was left.
    app.store.note = encode(note)
    app.requests.is_led_by_link = is_led_by_link
    front.close()
    if taps_count is not None and load("services.check_fill").taps_of(app) != taps_count:
        # Somebody has pressed something since, and hadn't seen that it begins.
        front.kept["place"] = FITS
        front.kept.pop("taps")
        return None
    app.tick.press(BUTTON_START)
    return None


def _note_end(front: Any) -> "tuple | None":
    """There was a session, and something may be left of it; or a check fill, and a session follows."""
    app = front.app
    session = app.controller.session
    if "service" in front.kept:
        is_well = load("services.check_fill").end(front)
        return (START, front.kept["led"], True) if is_well else None
    changes = app.changes or {}
    front.kept.pop("taps", None)
    front.kept["left"] = None
    if session.run_ms == 0:
        # Service, or no further than the check.
        return None
    left_ms = session.duration_ms - session.run_ms
    if session.ended_by != COMPLETED and left_ms >= RESUME_LEAST_MS:
        log = app.recorder.path.rpartition("/")[2]
        left = load("panel.left").left_of(app.program_id, changes, left_ms, session.asked_pa, log)
        left["at_s"] = app.controller.at_ms // 1000
        front.kept["left"] = left
    if session.run_ms >= COUNTS_FROM_MS and not app.requests.is_held:
        _count(front, session.ended_by == COMPLETED, "part_of" in changes)
    if front.kept["left"] and session.state == DONE:
        app.store.note_session(load("panel.left").over_power(front.kept))
    return None


def _count(front: Any, is_completed: bool, is_part: bool) -> None:
    """A part that goes on with a session is none of its own."""
    files = load("store.wearer")
    wearer = files.read(front.app)
    if is_completed:
        wearer["completed"] += 1
    if not is_part:
        files.note_used(wearer, front.app.program_id)
        dose = load("core.session.dose")
        day = dose.day_at(front.kept.get("clock"), front.app.controller.at_ms // 1000)
        if day == UNKNOWN_DAY:
            _note_undated(front)
        else:
            wearer["days"] = dose.with_day(wearer["days"], day)
    files.write(front.app, wearer)


def _note_undated(front: Any) -> None:
    undated_s = front.kept.get("undated_s", [])
    front.kept["undated_s"] = (undated_s + [front.app.controller.at_ms // 1000])[-8:]


def _back_to(key: str) -> int:
    """Where a refusal leads back to, by the key that it names."""
    places = {"minutes": MINUTES, "pressure_mmhg": PRESSURE, "boost": BOOST, "without": WITHOUT, "legs": LEGS}
    return places.get(key, OFFER)
