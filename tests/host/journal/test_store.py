"""The journal's file: whatever happens to it, no entry is lost, and nothing of another's is touched."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from host_tools.basics.errors import InputError
from host_tools.journal import schema, store
from host_tools.journal.fields import KINDS, NIGHTS, TRAININGS, checked
from host_tools.journal.store import Journal

SESSION = {
    "session": "abc",
    "day": "2027-01-05",
    "is_day_known": 0,
    "program": "bedtime",
    "board": "esp32-devkit",
    "minutes": 10.0,
    "asked_minutes": 10,
    "asked_mmhg": 30,
    "reached_mmhg": 31.0,
    "reached_by_chamber": "{}",
    "ended_by": "completed",
    "log_name": "000001.slog",
    "log_bytes": 100,
}


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "data" / "journal.db")


def write_night(journal: Journal, day: int, cramps: int = 1, is_replacing: bool = False) -> None:
    journal.add(NIGHTS, f"2027-01-{day:02}", checked(NIGHTS, {"cramps": cramps}), is_replacing)


def nights(journal: Journal) -> list[str]:
    return [row["night"] for row in journal.rows("nights", "night")]


def test_what_is_written_is_read_again(journal: Journal) -> None:
    assert not journal.exists()
    assert nights(journal) == []
    write_night(journal, 5, 2)
    journal.add(TRAININGS, "2027-01-05T07:00", checked(TRAININGS, {"soreness": 3, "freshness": "7"}))
    (night,) = journal.rows("nights", "night")
    assert (night["cramps"], night["intensity"]) == (2, None)
    (training,) = journal.rows("trainings", "training")
    assert (training["soreness"], training["freshness"]) == (3, 7)
    # A person's health is nobody else's to read.
    assert journal.file.stat().st_mode & 0o077 == journal.copy.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.table)
def test_every_question_has_its_column(kind: object, journal: Journal) -> None:
    write_night(journal, 5)
    assert isinstance(kind, type(NIGHTS))
    with sqlite3.connect(journal.file) as connection:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({kind.table})")]
    assert columns == kind.columns


def test_an_entry_is_replaced_only_on_purpose(journal: Journal) -> None:
    write_night(journal, 5, 2)
    with pytest.raises(InputError, match="--night = '2027-01-05': expected a night without an entry"):
        write_night(journal, 5, 4)
    assert journal.rows("nights", "night")[0]["cramps"] == 2
    write_night(journal, 5, 4, is_replacing=True)
    assert journal.rows("nights", "night")[0]["cramps"] == 4


def test_a_session_comes_in_once_and_a_longer_log_of_it_replaces_it(journal: Journal) -> None:
    assert journal.add_session(SESSION)
    assert not journal.add_session({**SESSION, "day": "2027-01-09"})
    assert journal.add_session({**SESSION, "log_bytes": 200, "day": "2027-01-09", "minutes": 12.0})
    (row,) = journal.rows("sessions", "day")
    assert (row["minutes"], row["day"]) == (12.0, "2027-01-05"), "the day of the first time stays"
    assert journal.add_session({**SESSION, "log_bytes": 200, "day": "2027-01-04", "is_day_known": 1})
    assert journal.rows("sessions", "day")[0]["day"] == "2027-01-04"


def test_what_is_deleted_is_in_no_file_any_more(journal: Journal) -> None:
    journal.add(NIGHTS, "2027-01-05", checked(NIGHTS, {"cramps": 1, "felt": "a secret of mine"}))
    write_night(journal, 6)
    assert journal.delete("nights", "night", "2027-01-05")
    assert not journal.delete("nights", "night", "2027-01-05")
    assert nights(journal) == ["2027-01-06"]
    assert not [file for file in journal.file.parent.iterdir() if b"a secret of mine" in file.read_bytes()]
    journal.delete_all()
    assert list(journal.file.parent.iterdir()) == []


# --- a torn file ---


def cut_to(count: int) -> Callable[[bytes], bytes]:
    return lambda content: content[:count]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": cut_to(0),
    "one byte": cut_to(1),
    "within the head": cut_to(60),
    "the first page": cut_to(4096),
    "in the middle of a page": cut_to(9000),
    "all but a byte": lambda content: content[:-1],
    "zeros": lambda content: b"\0" * len(content),
    "another's text": lambda _: b"dear diary\n",
    "a page of zeros": lambda content: content[:4096] + b"\0" * 4096 + content[8192:],
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_torn_file_costs_no_entry_and_is_set_aside(damage: str, journal: Journal) -> None:
    for day in (5, 6, 7):
        write_night(journal, day)
    torn = DAMAGE[damage](journal.file.read_bytes())
    journal.file.write_bytes(torn)
    assert nights(journal) == ["2027-01-05", "2027-01-06", "2027-01-07"]
    (aside,) = journal.file.parent.glob("*.torn-*.db")
    assert aside.read_bytes() == torn
    write_night(journal, 8)
    assert len(nights(journal)) == 4


def test_a_file_that_is_gone_comes_back_and_so_does_its_copy(journal: Journal) -> None:
    write_night(journal, 5)
    journal.file.unlink()
    assert nights(journal) == ["2027-01-05"]
    journal.copy.unlink()
    assert nights(journal) == ["2027-01-05"]
    journal.copy.write_bytes(b"torn")
    write_night(journal, 6)
    journal.file.write_bytes(b"torn, too")
    assert nights(journal) == ["2027-01-05", "2027-01-06"]


def test_a_copy_that_a_killed_process_left_behind_is_renewed(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_night(journal, 5)
    with monkeypatch.context() as killed:
        killed.setattr(Journal, "_renew_copy", lambda *_: None)
        write_night(journal, 6)
    assert len(nights(journal)) == 2
    journal.file.write_bytes(b"torn")
    assert len(nights(journal)) == 2


def test_a_file_of_somebody_else_is_left_as_it_is(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    before = other.read_bytes()
    with pytest.raises(InputError, match=r"other\.db: expected a journal of Soleus"):
        write_night(Journal(other), 5)
    assert other.read_bytes() == before


def test_a_folder_in_which_nothing_can_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="expected a journal that can be read and written"):
        write_night(Journal(tmp_path / "file" / "journal.db"), 5)


# --- versions ---


def test_a_newer_journal_is_refused_and_left_as_it_is(journal: Journal) -> None:
    write_night(journal, 5)
    with sqlite3.connect(journal.file) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    before = journal.file.read_bytes()
    with pytest.raises(InputError, match="version = 2: expected at most 1: a newer Soleus"):
        nights(journal)
    assert journal.file.read_bytes() == before


def test_an_older_journal_keeps_every_entry(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    write_night(journal, 5)
    monkeypatch.setattr(
        store, "MIGRATIONS", (*schema.MIGRATIONS, ("ALTER TABLE nights ADD COLUMN moon TEXT",))
    )
    monkeypatch.setattr(store, "VERSION", 2)
    (row,) = journal.rows("nights", "night")
    assert (row["night"], row["cramps"], row["moon"]) == ("2027-01-05", 1, None)


def test_a_step_that_fails_leaves_the_older_journal(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_night(journal, 5)
    with monkeypatch.context() as broken:
        steps = ("ALTER TABLE nights ADD COLUMN moon TEXT", "no statement at all")
        broken.setattr(store, "MIGRATIONS", (*schema.MIGRATIONS, steps))
        broken.setattr(store, "VERSION", 2)
        with pytest.raises(InputError, match="syntax error"):
            nights(journal)
    (row,) = journal.rows("nights", "night")
    assert "moon" not in row


# --- several processes ---

_WRITES = """
import sys
from pathlib import Path
from host_tools.journal.fields import NIGHTS, checked
from host_tools.journal.store import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    night = f"20{int(sys.argv[2]):02}-{number // 28 + 1:02}-{number % 28 + 1:02}"
    journal.add(NIGHTS, night, checked(NIGHTS, {"cramps": number % 9}))
    print(night, flush=True)
"""


def writer(journal: Journal, year: int, count: int) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", _WRITES, str(journal.file), str(year), str(count)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_two_writers_lose_nothing(journal: Journal) -> None:
    both = [writer(journal, year, 12) for year in (27, 28)]
    said = [night for one in both for night in one.communicate(timeout=60)[0].split()]
    assert [one.returncode for one in both] == [0, 0]
    assert nights(journal) == sorted(said)
    assert len(said) == 24


def test_a_killed_writer_loses_nothing_that_it_had_written(journal: Journal) -> None:
    said: list[str] = []
    for year, count in ((27, 1), (28, 4), (29, 9)):
        one = writer(journal, year, 300)
        assert one.stdout
        said += [one.stdout.readline().strip() for _ in range(count)]
        one.send_signal(signal.SIGKILL)
        said += one.stdout.read().split()
        one.wait(timeout=60)
        assert set(said) <= set(nights(journal))
    # At most what was being written when it was killed had not been said.
    assert len(nights(journal)) <= len(said) + 3
