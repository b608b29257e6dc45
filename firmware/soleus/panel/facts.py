"""What the panel knows at rest: the program that is ready, the wearer's sessions, what was left of one.

Loaded for a moment.
"""

import json

from soleus.basics.annotations import Any
from soleus.basics.loading import load
from soleus.core.basics.boots import ZONES
from soleus.core.basics.units import mmhg_from_pa
from soleus.core.session.session import COMPLETED, DONE
from soleus.panel.table import RENEW_MS

MENU_FILE = "menu.json"
_MS = 60_000
_SOON_MS = 2000


class Facts:
    def __init__(self, front: Any) -> None:
        app = front.app
        controller = app.controller
        session = controller.session
        kept = front.kept
        dose = load("core.session.dose")
        wearer = load("store.wearer").read(app)
        now_s = controller.at_ms // 1000
        day = dose.day_at(kept.get("clock"), now_s)
        ago_s = [now_s - at_s for at_s in kept.get("undated_s", ())]
        self.has_display = app.screen is not None
        self.program = app.program_id
        self.minutes = session.duration_ms // _MS
        self.mmhg = mmhg_from_pa(session.asked_pa)
        self.ranges = app.ranges
        self.changes = app.changes or {}
        # Those of a whole session: without what was left of one.
        self.whole = {key: self.changes[key] for key in self.changes if key not in ("left", "part_of")}
        self.is_gentle = bool(self.changes.get("gentle"))
        self.completed = wearer["completed"]
        self.is_gentle_due = dose.is_gentle_due(self.completed, wearer["declined"])
        self.today = dose.on_day(wearer["days"], day, ago_s)
        self.week = dose.in_week(wearer["days"], day, ago_s)
        self.needs_one_more = int(dose.needs_one_more(self.today))
        left = kept.get("left")
        self.left = left if left and dose.may_resume(left["minutes"] * _MS, now_s - left["at_s"]) else None
        is_completed = session.state == DONE and session.ended_by == COMPLETED
        self.has_just_ended = is_completed and session.run_ms > 0
        # What the last check fill has found, in words.
        self.lines = kept.get("lines", ())
        boots = controller.boots
        self.legs = boots.legs
        self.zones = [name for index, name in enumerate(ZONES) if index in boots.zone_of]
        # Of a session, and how much of a charge that is; None where nobody knows.
        self.battery_minutes = self.battery_percent = None
        supply_mv = controller.readings.supply_mv
        if app.parts.battery and self.has_display:
            load("panel.battery").read_battery(self, supply_mv)
        is_short = self.battery_minutes is not None and self.battery_minutes < self.minutes
        self.is_flat = is_short or 0 < supply_mv < boots.supply_least_mv
        self.menu = _menu(wearer["recent"]) if self.has_display else []


def open_walk(front: Any) -> Any:
    """A person has come, or there is a display to show something to one."""
    app = front.app
    if app.lost_session and "left" not in front.kept:
        load("panel.left").note_lost(front, app.lost_session)
    if app.screen:
        app.screen.lines = load("panel.screens").session_lines()
    facts = Facts(front)
    # Told once: whoever comes later begins with the questions.
    place = front.kept.pop("place", 0)
    walk = load("panel.walk")
    front.walk = walk.Walk(facts, place or walk.first_place(facts))
    if app.parts.battery and not app.controller.readings.supply_mv:
        # Right after the start nothing has been measured yet.
        front.walk.place_ms = RENEW_MS - _SOON_MS
    return front.walk


def _menu(recent: list) -> list:
    """What a person used last comes first."""
    try:
        with open(MENU_FILE) as file:
            menu = json.load(file)
    except (OSError, ValueError):
        menu = []
    return ([["used last", recent]] if recent else []) + menu
