"""The journal's tables. Each step leads to the next version; one that was released never changes."""

# "Sole", so that no other program's file is taken for a journal.
APPLICATION = 0x536F6C65

_FIRST = (
    """CREATE TABLE nights (
        night TEXT PRIMARY KEY, cramps INTEGER NOT NULL, intensity INTEGER, lasted_min REAL,
        sport_min INTEGER, sitting_h REAL, alcohol REAL, caffeine REAL, water_l REAL, stress INTEGER,
        stretched INTEGER, session INTEGER, felt TEXT, entered_at TEXT NOT NULL) STRICT""",
    """CREATE TABLE trainings (
        training TEXT PRIMARY KEY, soreness INTEGER NOT NULL, freshness INTEGER NOT NULL, hrv_ms REAL,
        sleep_h REAL, note TEXT, entered_at TEXT NOT NULL) STRICT""",
    """CREATE TABLE sessions (
        session TEXT PRIMARY KEY, day TEXT NOT NULL, is_day_known INTEGER NOT NULL, program TEXT,
        board TEXT, minutes REAL, asked_minutes INTEGER, asked_mmhg INTEGER, reached_mmhg REAL,
        reached_by_chamber TEXT, ended_by TEXT, log_name TEXT, log_bytes INTEGER NOT NULL,
        entered_at TEXT NOT NULL) STRICT""",
    "CREATE TABLE about (changes INTEGER NOT NULL) STRICT",
    "INSERT INTO about VALUES (0)",
)
MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST,)
VERSION = len(MIGRATIONS)
