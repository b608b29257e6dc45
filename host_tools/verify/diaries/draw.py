"""Diaries as people keep them: entries left out, weeks with a rhythm, good and bad days in a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from scipy.signal import lfilter

from host_tools.journal.fields import NIGHTS, TEXT, TRAININGS, YES_NO, Field, Kind, Row

FIRST_DAY = date(2027, 1, 4)
BEFORE_DAYS, AFTER_DAYS = 28, 28
START = FIRST_DAY + timedelta(days=BEFORE_DAYS)
TODAY = START + timedelta(days=AFTER_DAYS + 1)

# How alike two days in a row are: not at all, as most diaries, and as in weeks of illness.
MEMORIES = (0.0, 0.3, 0.5, 0.7, 0.85)

BOTH = ("nights", "trainings")

Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class Scenario:
    """`effect` is how many of a person's own standard deviations go away with the first session.

    Who begins when it is worst has the first session after the worst of four weeks.
    """

    memory: float
    effect: float = 0.0
    begins_when_worst: bool = False


def draw_diary(scenario: Scenario, rng: np.random.Generator, tables: Sequence[str] = BOTH) -> Rows:
    """The same person before and after, unless there is an effect. Every outcome has a mind of its own."""
    days = np.arange(BEFORE_DAYS + AFTER_DAYS)
    rhythm = 0.4 * (((days + rng.integers(7)) % 7) < 2)
    relief = scenario.effect * (days >= BEFORE_DAYS)
    moods = (_moods(scenario, len(days), rng) for _ in range(4))
    bad, sore, tired, calm = (mood + rhythm - relief for mood in moods)
    usual, spread = rng.choice([0.3, 0.7, 1.5, 3.0]), rng.choice([1.0, 2.0])
    cramps = rng.poisson(usual * np.exp(0.7 * bad - 0.25))
    intensity = np.where(cramps > 0, np.clip(np.rint(rng.uniform(2, 7) + spread * bad), 1, 10), 0)
    soreness = np.clip(np.rint(rng.uniform(2, 7) + spread * sore), 1, 10)
    freshness = np.clip(np.rint(rng.uniform(4, 9) - spread * tired), 1, 10)
    hrv_ms = np.rint(rng.uniform(35, 90) - rng.choice([4.0, 10.0]) * calm)
    nights = rng.random(len(days)) > rng.uniform(0, 0.3)
    trainings = rng.random(len(days)) < rng.uniform(0.5, 0.8)
    rows = {
        "nights": [
            _row(NIGHTS, str(_day(day)), cramps=int(cramps[day]), intensity=int(intensity[day]),
                 session=int(day >= BEFORE_DAYS), stretched=int(rng.integers(2)))
            for day in days[nights]
        ],
        "trainings": [
            _row(TRAININGS, f"{_day(day)}T18:00", soreness=int(soreness[day]), freshness=int(freshness[day]),
                 hrv_ms=float(hrv_ms[day]))
            for day in days[trainings]
        ],
    }  # fmt: skip
    return {"sessions": [], **{table: rows[table] if table in tables else [] for table in BOTH}}


def draw_anything(rng: np.random.Generator) -> tuple[Rows, date]:
    """Any diary that the questions allow, with any gaps; and the day on which it is looked at."""
    nights = rng.choice(90, rng.integers(0, 70), replace=False)
    trainings = rng.choice(90, rng.integers(0, 50), replace=False)
    sessions = rng.choice(90, rng.integers(0, 20), replace=False)
    rows: Rows = {
        "nights": [_any_row(NIGHTS, str(_day(day)), rng) for day in sorted(nights)],
        "trainings": [_any_row(TRAININGS, f"{_day(day)}T07:30", rng) for day in sorted(trainings)],
        "sessions": [_any_session(_day(day), rng) for day in sorted(sessions)],
    }
    return rows, _day(int(rng.integers(1, 130)))


def _moods(scenario: Scenario, count: int, rng: np.random.Generator) -> np.ndarray:
    settling, choice = 60, BEFORE_DAYS if scenario.begins_when_worst else 0
    noise = rng.standard_normal(settling + choice + count)
    memory = scenario.memory
    mood = lfilter([(1 - memory**2) ** 0.5], [1.0, -memory], noise)[settling:]
    weeks = np.convolve(mood[BEFORE_DAYS - 7 :], np.ones(7), "valid")[: choice + 1]
    first = int(np.argmax(weeks)) if choice else 0
    return mood[first : first + count]


def _row(kind: Kind, key: str, **known: Any) -> Row:
    return {**dict.fromkeys(kind.columns), kind.key: key, **known}


def _any_row(kind: Kind, key: str, rng: np.random.Generator) -> Row:
    row = _row(kind, key, **{field.name: _any_value(field, rng) for field in kind.fields})
    if kind is NIGHTS and not row["cramps"]:
        row["intensity"], row["lasted_min"] = 0, None
    return row


def _any_value(field: Field, rng: np.random.Generator) -> Any:
    if not field.is_needed and rng.random() < 0.3:
        return None
    if field.kind == TEXT:
        return str(rng.choice(["well", '<b>odd</b> & "quoted"', "müde 😴", "x" * 300]))
    if field.kind == YES_NO:
        return int(rng.integers(2))
    return int(rng.integers(int(field.least), int(field.most) + 1))


def _any_session(day: date, rng: np.random.Generator) -> Row:
    return {
        "session": f"{day}",
        "day": str(day),
        "is_day_known": int(rng.integers(2)),
        "program": str(rng.choice(["bedtime", "easy-run", "<i>mine</i>"])),
        "board": "esp32-devkit",
        "minutes": float(rng.uniform(0, 60)),
        "asked_minutes": 15,
        "asked_mmhg": 40,
        "reached_mmhg": float(rng.uniform(0, 110)),
        "reached_by_chamber": "{}",
        "ended_by": str(
            rng.choice(["completed", "stopped", "E01 overpressure left.calf", "power cut or reset"])
        ),
        "log_name": "000001.slog",
        "log_bytes": 1,
    }


def _day(number: int) -> date:
    return FIRST_DAY + timedelta(days=int(number))
