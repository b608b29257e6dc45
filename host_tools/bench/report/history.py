"""Every run of every unit in SQLite: its figures over the months, and which one leaves its limits first."""

import datetime as dt
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs

from host_tools.basics.errors import InputError
from host_tools.bench.measure.line import FAILED
from host_tools.bench.report.record import from_json, to_json
from host_tools.bench.run import BenchRun

_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
  id INTEGER PRIMARY KEY, started_at TEXT NOT NULL, serial TEXT NOT NULL, board TEXT NOT NULL,
  suite TEXT NOT NULL, target TEXT NOT NULL, firmware TEXT NOT NULL, calibrated_on TEXT NOT NULL,
  passed INTEGER NOT NULL, run BLOB NOT NULL, UNIQUE (started_at, serial, suite)
);
CREATE TABLE IF NOT EXISTS lines (
  run_id INTEGER NOT NULL REFERENCES runs (id), key TEXT NOT NULL, title TEXT NOT NULL, value REAL,
  unit TEXT NOT NULL, least REAL, most REAL, status TEXT NOT NULL, PRIMARY KEY (run_id, key)
);
"""
_KEPT = ("key", "title", "value", "unit", "least", "most", "status")
DAY_S = 86_400.0
# A trend needs some points, and an end near enough to matter.
TREND_LEAST_POINTS = 3
TREND_MOST_DAYS = 3650.0


@dataclass(frozen=True)
class Point:
    at: dt.datetime
    value: float
    status: str
    least: float | None
    most: float | None
    title: str
    unit: str


@dataclass(frozen=True)
class Drift:
    """The line of a unit that was the first to leave its limits, or will be."""

    key: str
    title: str
    at: dt.datetime
    is_out: bool
    value: float


def history_file() -> Path:
    return Path(platformdirs.user_data_dir("soleus")) / "bench.sqlite"


class History:
    def __init__(self, file: Path | None = None) -> None:
        self.file = file or history_file()

    def add(self, run: BenchRun) -> None:
        identity = run.identity
        with self._open() as base:
            cursor = base.execute(
                "INSERT OR REPLACE INTO runs (started_at, serial, board, suite, target, firmware,"
                " calibrated_on, passed, run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(run.started_at, identity.serial, identity.board, run.suite, run.target),
                    *(identity.firmware, identity.calibrated_on, run.has_passed),
                    zlib.compress(to_json(run).encode()),
                ),
            )
            base.executemany(
                "INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        cursor.lastrowid,
                        line.key,
                        line.title,
                        line.value,
                        line.unit,
                        line.least,
                        line.most,
                        line.status,
                    )
                    for line in run.lines
                ],
            )

    def units(self) -> list[str]:
        with self._open() as base:
            return [row[0] for row in base.execute("SELECT DISTINCT serial FROM runs ORDER BY serial")]

    def runs(self) -> list[tuple[str, str, str, str, bool]]:
        """Time, unit, board, suite, passed; the newest last."""
        with self._open() as base:
            rows = base.execute(
                "SELECT started_at, serial, board, suite, passed FROM runs ORDER BY started_at"
            )
            return [(*row[:4], bool(row[4])) for row in rows]

    def last_run(self, serial: str | None = None) -> BenchRun:
        """The newest acceptance run that has curves, of this unit or of any."""
        with self._open() as base:
            row = base.execute(
                "SELECT run FROM runs WHERE suite = 'acceptance' AND (? IS NULL OR serial = ?)"
                " ORDER BY started_at DESC LIMIT 1",
                (serial, serial),
            ).fetchone()
        if row is None:
            raise InputError(self.file, "unit", serial, "a unit with an acceptance run in the history")
        return from_json(zlib.decompress(row[0]).decode(), self.file)

    def line_keys(self, prefix: str = "") -> list[str]:
        with self._open() as base:
            rows = base.execute(
                "SELECT DISTINCT key FROM lines WHERE value IS NOT NULL"
                " AND (key = ? OR key LIKE ? || '.%' OR ? = '') ORDER BY key",
                (prefix, prefix, prefix),
            )
            return [row[0] for row in rows]

    def points(self, serial: str, key: str) -> list[Point]:
        with self._open() as base:
            rows = base.execute(
                "SELECT started_at, value, status, least, most, title, unit FROM lines"
                " JOIN runs ON run_id = id WHERE serial = ? AND key = ? AND value IS NOT NULL"
                " ORDER BY started_at",
                (serial, key),
            ).fetchall()
        return [Point(dt.datetime.fromisoformat(at), *rest) for at, *rest in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            base = sqlite3.connect(self.file)
            try:
                base.executescript(_TABLES)
                with base:
                    yield base
            finally:
                base.close()
        except (sqlite3.Error, OSError) as error:
            raise InputError(self.file, "", None, f"a bench history that can be used ({error})") from None


def out_now(history: History, serial: str) -> list[Point]:
    """The lines whose newest figure is outside its limits, whether or not it ever was within."""
    newest = [history.points(serial, key)[-1:] for key in history.line_keys()]
    return [point for points in newest for point in points if point.status == FAILED]


def first_drift(history: History, serial: str) -> Drift | None:
    """The first line that left its limits after having been within; if none has, the first that will."""
    out, coming = [], []
    for key in history.line_keys():
        points = history.points(serial, key)
        was_well = False
        for point in points:
            if point.status == FAILED and was_well:
                out.append(Drift(key, point.title, point.at, True, point.value))
                break
            was_well = was_well or point.status != FAILED
        else:
            if drift := _coming(key, points):
                coming.append(drift)
    found = out or coming
    return min(found, key=lambda drift: drift.at) if found else None


def _coming(key: str, points: list[Point]) -> Drift | None:
    """When a straight line through the points meets the limit."""
    if len(points) < TREND_LEAST_POINTS:
        return None
    days = np.array([(point.at - points[0].at).total_seconds() / DAY_S for point in points])
    values = np.array([point.value for point in points])
    if np.ptp(days) < 1e-3:
        return None
    slope, start = np.polyfit(days, values, 1)
    # A slope within three standard deviations of zero counts as none.
    deviation = np.std(values - (start + slope * days)) / max(np.std(days) * np.sqrt(len(days)), 1e-9)
    limit = points[-1].most if slope > 0 else points[-1].least
    if limit is None or abs(slope) < 3 * deviation or slope == 0:
        return None
    day = (limit - start) / slope
    if not days[-1] < day < TREND_MOST_DAYS:
        return None
    at = points[0].at + dt.timedelta(days=float(day))
    return Drift(key, points[-1].title, at, False, float(values[-1]))
