"""The journal's file: SQLite, and beside it a copy of its last state, so that no torn file costs an entry."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import platformdirs

from host_tools.basics.errors import InputError
from host_tools.basics.file_lock import alone
from host_tools.journal.fields import Kind, Row
from host_tools.journal.schema import APPLICATION, MIGRATIONS, VERSION

_PATIENCE_S = 30.0


def journal_file() -> Path:
    """SOLEUS_JOURNAL, or a file in the folder where this system keeps a person's data."""
    named = os.environ.get("SOLEUS_JOURNAL")
    return Path(named) if named else Path(platformdirs.user_data_dir("soleus")) / "journal.db"


class Journal:
    """Every method opens the file, and closes it again: nothing is held between two of them."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or journal_file()
        self.copy = self.file.with_suffix(".copy.db")
        self._lock = self.file.with_suffix(".lock")

    def exists(self) -> bool:
        return self.file.exists() or self.copy.exists()

    def rows(self, table: str, order_by: str) -> list[Row]:
        """In the order of one column; none where there is no journal yet."""
        if not self.exists():
            return []
        with self._opened() as connection:
            found = connection.execute(f"SELECT * FROM {table} ORDER BY {order_by}")
            return [dict(row) for row in found]

    def add(self, kind: Kind, key: str, row: Row, is_replacing: bool = False) -> None:
        """An entry is only replaced on purpose."""
        with self._writing() as connection:
            old = connection.execute(f"SELECT 1 FROM {kind.table} WHERE {kind.key} = ?", (key,)).fetchone()
            if old and not is_replacing:
                expected = f"a {kind.word} without an entry, or --replace"
                raise InputError(f"--{kind.key}", "", key, expected)
            _put(connection, kind.table, {kind.key: key, **row, "entered_at": _now()})

    def add_session(self, row: Row) -> bool:
        """False if it is here already, as long or longer. The day of the first time stays."""
        with self._writing() as connection:
            query = "SELECT day, is_day_known, log_bytes FROM sessions WHERE session = ?"
            old = connection.execute(query, (row["session"],)).fetchone()
            if old and (old["log_bytes"] >= row["log_bytes"] and old["is_day_known"] >= row["is_day_known"]):
                return False
            if old and old["is_day_known"] >= row["is_day_known"]:
                row = {**row, "day": old["day"], "is_day_known": old["is_day_known"]}
            _put(connection, "sessions", {**row, "entered_at": _now()})
            return True

    def delete(self, table: str, key: str, value: str) -> bool:
        with self._writing() as connection:
            return connection.execute(f"DELETE FROM {table} WHERE {key} = ?", (value,)).rowcount > 0

    def delete_all(self) -> list[Path]:
        """The file, its copy, and whatever was set aside as torn."""
        aside = sorted(self.file.parent.glob(f"{self.file.stem}.torn-*.db"))
        with alone(self._lock):
            gone = [file for file in (self.file, self.copy, *aside) if file.exists()]
            for file in gone:
                file.unlink()
        self._lock.unlink(missing_ok=True)
        return gone

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with self._alone_with_a_whole_file(), closing(_connect(self.file)) as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, and then its copy; all of it or nothing."""
        with self._alone_with_a_whole_file(), closing(_connect(self.file)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("UPDATE about SET changes = changes + 1")
                connection.execute("COMMIT")
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            self._renew_copy(connection)

    @contextmanager
    def _alone_with_a_whole_file(self) -> Iterator[None]:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with alone(self._lock):
                self._make_whole()
                yield
        except (sqlite3.Error, OSError) as error:
            expected = f"a journal that can be read and written ({error})"
            raise InputError(self.file, "", None, expected) from error

    def _make_whole(self) -> None:
        """Take the copy for a file that is torn or gone; a new file is made; an older one is brought up."""
        if not _is_whole(self.file):
            has_copy = _is_whole(self.copy)
            if self.file.exists() and self.file.stat().st_size and not has_copy:
                raise InputError(self.file, "", None, "a journal of Soleus; this file is torn, or another's")
            if has_copy:
                self._take_copy()
        with closing(_connect(self.file)) as connection:
            self._bring_up(connection)
            if _changes(connection) != _changes_in(self.copy):
                self._renew_copy(connection)

    def _bring_up(self, connection: sqlite3.Connection) -> None:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            expected = f"at most {VERSION}: a newer Soleus wrote it, and can read it"
            raise InputError(self.file, "version", version, expected)
        if version == VERSION:
            return
        connection.execute("BEGIN IMMEDIATE")
        for step in MIGRATIONS[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")

    def _take_copy(self) -> None:
        if self.file.exists():
            self.file.replace(self.file.with_suffix(f".torn-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.db"))
        # A rest of a transaction belongs to the torn file.
        Path(f"{self.file}-journal").unlink(missing_ok=True)
        with closing(_connect(self.copy)) as connection:
            _copy(connection, self.file)

    def _renew_copy(self, connection: sqlite3.Connection) -> None:
        _copy(connection, self.copy)


def _connect(file: Path) -> sqlite3.Connection:
    is_new = not file.exists()
    connection = sqlite3.connect(file, timeout=_PATIENCE_S, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA synchronous = FULL")
    # What is deleted is overwritten, too.
    connection.execute("PRAGMA secure_delete = ON")
    if is_new:
        file.touch()
        file.chmod(0o600)
    return connection


def _is_whole(file: Path) -> bool:
    if not file.exists() or not file.stat().st_size:
        return False
    try:
        with closing(_connect(file)) as connection:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            pages, page_bytes = (
                connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
            )
    except sqlite3.DatabaseError:
        return False
    # SQLite reads a last page that was cut as one that ends in zeros.
    has_all_pages = file.stat().st_size == pages * page_bytes
    return bool(application == APPLICATION and said == "ok" and has_all_pages)


def _changes(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT changes FROM about").fetchone()[0])


def _changes_in(file: Path) -> int | None:
    if not _is_whole(file):
        return None
    with closing(_connect(file)) as connection:
        return _changes(connection)


def _copy(connection: sqlite3.Connection, target: Path) -> None:
    """Written under another name, flushed, then renamed: the old copy stays until the new one is complete."""
    beside = target.with_suffix(".new")
    beside.unlink(missing_ok=True)
    connection.execute("VACUUM INTO ?", (str(beside),))
    beside.chmod(0o600)
    with beside.open("rb") as stream:
        os.fsync(stream.fileno())
    beside.replace(target)


def _put(connection: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    connection.execute(f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
