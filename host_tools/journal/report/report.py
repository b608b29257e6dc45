"""The page: each outcome before and after the first session, what else changed, and what it can't show."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import jinja2
import numpy as np

from host_tools.basics.atomic_file import write_whole
from host_tools.journal.fields import KINDS, TEXT, YES_NO, Field, Row
from host_tools.journal.judge.phases import RULES, Phases, day_of, phases_of, start_of
from host_tools.journal.judge.verdict import Verdict, judge, span_words
from host_tools.journal.report.drawing import Drawn, picture
from host_tools.journal.report.evidence import CANNOT, EVIDENCE

_TEMPLATES = Path(__file__).parent / "templates"
_OF_EVERY_REPORT = Path(__file__).parents[2] / "output" / "report" / "templates"

HEADINGS = {
    "cramps": "Cramps a night",
    "intensity": "Intensity of cramps, 0-10",
    "soreness": "Soreness before training, 1-10",
    "freshness": "Freshness before training, 1-10",
    "hrv_ms": "HRV before training, ms",
}

Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class _Card:
    label: str
    kind: str
    sentence: str
    figure: str
    spreads: list[list[str]]
    span: str


def write_report(rows: Rows, file: Path, now: datetime, since: date | None = None) -> list[Verdict]:
    write_whole(file, report_html(rows, now, since).encode())
    return verdicts_of(rows, now, since)


def verdicts_of(rows: Rows, now: datetime, since: date | None = None) -> list[Verdict]:
    return judge(rows, _start(rows, since), now.date())


def report_html(rows: Rows, now: datetime, since: date | None = None) -> str:
    start = _start(rows, since)
    verdicts = judge(rows, start, now.date())
    return _template().render(
        made_on=f"{now:%Y-%m-%d}",
        start=start,
        was_given=since is not None,
        counts={name: len(found) for name, found in rows.items()},
        cards=[_card(verdict, rows, start) for verdict in verdicts if verdict.kind != "no entries"],
        empty=[verdict.sentence for verdict in verdicts if verdict.kind == "no entries"],
        judged=[verdict.sentence for verdict in verdicts if verdict.is_judged],
        companions=_companions(rows, start) if start else [],
        cannot=CANNOT,
        evidence=EVIDENCE,
        sessions=[_session(row) for row in reversed(rows["sessions"])],
    )


def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader([_TEMPLATES, _OF_EVERY_REPORT])
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    return environment.get_template("journal.html")


def _start(rows: Rows, since: date | None) -> date | None:
    return since or start_of(rows["nights"], rows["sessions"])


def _card(verdict: Verdict, rows: Rows, start: date | None) -> _Card:
    rule = next(rule for rule in RULES if verdict.outcome in rule.outcomes)
    phases = phases_of(rule, rows[rule.kind.table], start) if start else None
    entries = [row for row in rows[rule.kind.table] if row[verdict.outcome] is not None]
    drawn = Drawn(
        [day_of(rule.kind, row) for row in entries],
        [float(row[verdict.outcome]) for row in entries],
        [_phase(row, phases) for row in entries],
        phases.start if phases else None,
        _session_days(rows),
        HEADINGS[verdict.outcome],
    )
    spreads = []
    if phases:
        names = ("before", "after")
        both = phases.series(verdict.outcome)
        spreads = [_spread(name, one.values) for name, one in zip(names, both, strict=True)]
    span = span_words(verdict.difference) if verdict.difference else ""
    return _Card(drawn.label, verdict.kind, verdict.sentence, picture(drawn), spreads, span)


def _phase(row: Row, phases: Phases | None) -> str:
    if phases and row in phases.before:
        return "before"
    return "after" if phases and row in phases.after else "outside"


def _session_days(rows: Rows) -> list[date]:
    said = [row["night"] for row in rows["nights"] if row["session"]]
    return [date.fromisoformat(day) for day in [*said, *(row["day"] for row in rows["sessions"])]]


def _spread(name: str, values: np.ndarray) -> list[str]:
    if not len(values):
        return [name, "0", "–", "–", "–", "–"]
    low, middle, high = np.percentile(values, (25, 50, 75))
    halves, ends = f"{low:.3g}–{high:.3g}", f"{values.min():g}–{values.max():g}"
    return [name, str(len(values)), f"{values.mean():.1f}", f"{middle:.1f}", halves, ends]


def _companions(rows: Rows, start: date) -> list[list[str]]:
    """What else the diary knows of both phases: a change there explains as well as the boots do."""
    lines = []
    for rule in RULES:
        phases = phases_of(rule, rows[rule.kind.table], start)
        for field in rule.kind.fields:
            if field.kind == TEXT or field.name in (*rule.outcomes, "session"):
                continue
            before, after = phases.series(field.name)
            if len(before) and len(after):
                lines.append([_companion(field), _mean(field, before.values), _mean(field, after.values)])
    return lines


def _companion(field: Field) -> str:
    words = field.question.rstrip("?")
    return f"{words}, share of nights" if field.kind == YES_NO else words


def _mean(field: Field, values: np.ndarray) -> str:
    mean = float(values.mean())
    return f"{mean * 100:.0f} %" if field.kind == YES_NO else f"{mean:.1f}"


def _session(row: Row) -> dict[str, Any]:
    reached = row["reached_mmhg"]
    return {
        "day": row["day"] if row["is_day_known"] else f"{row['day']} (pulled)",
        "program": row["program"] or "–",
        "minutes": f"{row['minutes']:.0f} of {row['asked_minutes']}" if row["asked_minutes"] else "–",
        "mmhg": f"{reached:.0f} of {row['asked_mmhg']}" if reached is not None else "–",
        "ended_by": row["ended_by"] or "–",
    }


TABLES = (*(kind.table for kind in KINDS), "sessions")
