"""A plan as JSON, and the session of today in one that was written."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from host_tools.basics.errors import InputError
from host_tools.plan.entry import Entry, Plan

# Whoever comes home an hour late still means this session.
LATE_MOST = timedelta(hours=6)


@dataclass(frozen=True)
class Planned:
    """What a board has to know of a session, and what a person has to read."""

    begins: datetime
    program: str
    minutes: int
    pressure_mmhg: int
    only_if: str


def as_table(plan: Plan) -> dict[str, Any]:
    """For `--json`."""
    return {
        "plan": plan.name,
        "title": plan.title,
        "zone": plan.zone.key,
        "sessions": [_session_table(one) for one in plan.entries],
        "left_out": [{"day": str(one.day), "program": one.what, "why": one.why} for one in plan.left_out],
        "notes": plan.notes,
    }


def read_sessions(file: Path) -> list[Planned]:
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
        return [_planned(one) for one in table["sessions"]]
    except OSError as error:
        raise InputError(file, "", None, f"a file that can be read ({error.strerror})") from None
    except (ValueError, TypeError, KeyError):
        expected = "a plan, as `soleus plan week --json FILE` writes it"
        raise InputError(file, "", None, expected) from None


def todays(sessions: list[Planned], now: datetime) -> Planned | None:
    """The next of today, or one that is at most some hours late."""
    open_ones = [
        one
        for one in sessions
        if one.begins.date() == now.astimezone(one.begins.tzinfo).date() and now - one.begins <= LATE_MOST
    ]
    return min(open_ones, key=lambda one: one.begins, default=None)


def next_after(sessions: list[Planned], now: datetime) -> Planned | None:
    return min((one for one in sessions if one.begins > now), key=lambda one: one.begins, default=None)


def _session_table(one: Entry) -> dict[str, Any]:
    return {
        "begins": one.begins.isoformat(),
        "program": one.program,
        "minutes": list(one.minutes),
        "pressure_mmhg": list(one.pressure_mmhg),
        "when": one.when,
        "with_it": one.with_it,
        "only_if": one.only_if or None,
        "source": one.source,
    }


def _planned(table: dict[str, Any]) -> Planned:
    """The lowest of each range: more is a person's act at the machine."""
    begins = datetime.fromisoformat(table["begins"])
    if begins.tzinfo is None:
        raise ValueError
    least_min, least_mmhg = int(table["minutes"][0]), int(table["pressure_mmhg"][0])
    return Planned(begins, str(table["program"]), least_min, least_mmhg, str(table["only_if"] or ""))
