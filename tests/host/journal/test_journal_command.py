"""`soleus journal` as a person uses it: options, questions, logs, exports, and one line for what is wrong."""

import ast
import csv
import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from host_tools.basics.paths import CHECKOUT
from host_tools.commands.machine import log as log_command
from host_tools.journal.store import Journal
from host_tools.log.frames import cut_into_frames, framed
from soleus.log.slog_format import HEADER, MAGIC
from tests.soleus_command import soleus

RECORDED = CHECKOUT / "tests/log/recorded/chambers_112100b.slog"
TODAY = datetime.now().astimezone()
LAST_NIGHT = str((TODAY - timedelta(days=1)).date())
NIGHT = ("journal", "add", "--night", LAST_NIGHT)
TRAINING = ("journal", "add", "--training", f"{LAST_NIGHT}T07:30")


@pytest.fixture(autouse=True)
def own_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLEUS_JOURNAL", str(tmp_path / "kept" / "journal.db"))
    monkeypatch.chdir(tmp_path)


def log_of_a_machine(path: Path, port: str = "esp32", cut_bytes: int = 0, **more: Any) -> Path:
    """The recording of a session, as a board with this port would have written it."""
    frames = cut_into_frames(RECORDED.read_bytes()).whole
    header = {**json.loads(frames[0].payload), "port": port, **more}
    content = MAGIC + framed(HEADER, json.dumps(header).encode())
    content += b"".join(framed(frame.kind, frame.payload) for frame in frames[1:])
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content[: len(content) - cut_bytes])
    return path


def test_a_night_and_a_training_are_written_by_options() -> None:
    assert soleus(*NIGHT, "--cramps", 2, "--intensity", 4, "--water-l", "1,5", "--stretched", "yes") == 0
    assert soleus(*TRAINING, "--soreness", 3, "--freshness", 7, "--hrv-ms", 55.5) == 0
    (night,) = Journal().rows("nights", "night")
    assert (night["cramps"], night["intensity"], night["water_l"], night["stretched"]) == (2, 4, 1.5, 1)
    (training,) = Journal().rows("trainings", "training")
    assert (training["soreness"], training["freshness"], training["hrv_ms"]) == (3, 7, 55.5)


NO_CRAMPS = (*NIGHT, "--cramps", "0")
WRONG = [
    ((*NIGHT, "--cramps", "51"), "--cramps = '51': expected a whole number from 0 to 50"),
    ((*NIGHT, "--cramps", "many"), "--cramps = 'many': expected a whole number"),
    ((*NIGHT, "--cramps", "1.5"), "--cramps = '1.5': expected a whole number"),
    ((*NIGHT, "--cramps", "nan"), "--cramps = 'nan': expected a whole number"),
    (NIGHT, "--cramps: expected a whole number from 0 to 50"),
    ((*NIGHT, "--cramps", "1", "--intensity", "11"), "--intensity = '11': expected a whole number"),
    ((*NO_CRAMPS, "--intensity", "3"), "--intensity = 3: expected 0, or nothing"),
    ((*NO_CRAMPS, "--session", "maybe"), "--session = 'maybe': expected yes or no"),
    ((*NO_CRAMPS, "--felt", "x" * 301), "expected a text of at most 300 characters"),
    ((*NO_CRAMPS, "--soreness", "3"), "--soreness = '3': expected an option of a night"),
    ((*TRAINING, "--soreness", "0", "--freshness", "5"), "--soreness = '0': expected a whole"),
    ((*TRAINING, "--soreness", "5"), "--freshness: expected a whole number from 1 to 10"),
    (("journal", "add", "--night", "2999-01-01", "--cramps", "0"), "--night = '2999-01-01': expected a"),
    (("journal", "add", "--night", "1999-01-01", "--cramps", "0"), "to today"),
    (("journal", "add", "--night", "2027-02-30", "--cramps", "0"), "expected the date on which the night"),
    (("journal", "add", "--training", "7 am", "--soreness", "5"), "expected a day and a time such as"),
    (("journal", "add", "--cramps", "0"), "journal add: expected --night or --training"),
    (("journal", "add"), "journal add: expected a terminal to ask in, or the options"),
    (("journal", "import", "nothing"), "FILE|FOLDER = 'nothing': expected a log, or a folder with logs"),
    (("journal", "import", "torn.slog"), "torn.slog: expected a session's log with a whole header"),
    (("journal", "report", "--out", "a.pdf"), "--out = 'a.pdf': expected a file that ends in .html"),
    (("journal", "report", "--since", "2999-01-01"), "--since = '2999-01-01': expected a date from"),
    (("journal", "export", "a.xls"), "FILE = 'a.xls': expected a file that ends in .json or .csv"),
    (("journal", "export", "a.csv", "--table", "x"), "--table = 'x': expected one of nights"),
    (("journal", "delete"), "journal delete: expected --night, --training or --all"),
    (("journal", "delete", "--all"), "--all: expected --yes, or a yes in the terminal; nothing was deleted"),
    (("journal", "delete", "--night", LAST_NIGHT), "expected a night of `soleus journal list`"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "line"), WRONG, ids=[line for _, line in WRONG])
def test_what_is_wrong_is_one_line_and_nothing_is_written(
    words: tuple[str, ...], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("torn.slog").write_bytes(RECORDED.read_bytes()[:20])
    assert soleus(*words) == 2
    error = capsys.readouterr().err
    assert line in error
    assert error.count("\n") == 1
    assert Journal().rows("nights", "night") == Journal().rows("trainings", "training") == []


def answers(monkeypatch: pytest.MonkeyPatch, *lines: str) -> Iterator[str]:
    waiting = iter(lines)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda *_: next(waiting))
    return waiting


def test_it_asks_and_asks_again_until_an_answer_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    left = answers(
        monkeypatch,
        *("n", "", "2", "12", "6", "15", "", "8", "0", "2", "1.8", "3", "y", "n", "well enough"),
    )
    assert soleus("journal", "add") == 0
    assert next(left, "none") == "none"
    (night,) = Journal().rows("nights", "night")
    assert (night["night"], night["cramps"], night["intensity"], night["sitting_h"]) == (
        LAST_NIGHT,
        2,
        6,
        8.0,
    )
    assert (night["sport_min"], night["stretched"], night["session"]) == (None, 1, 0)
    assert "expected a whole number from 0 to 10" in capsys.readouterr().out


def test_a_night_without_cramps_is_asked_two_questions_less(monkeypatch: pytest.MonkeyPatch) -> None:
    left = answers(monkeypatch, "", "", "0", *[""] * 9)
    assert soleus("journal", "add") == 0
    assert next(left, "none") == "none"
    (night,) = Journal().rows("nights", "night")
    assert (night["cramps"], night["intensity"], night["lasted_min"]) == (0, 0, None)


def test_a_training_is_asked_for_and_an_entry_only_replaced_after_a_yes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers(monkeypatch, "t", f"{LAST_NIGHT}T07:30", "3", "7", "", "", "")
    assert soleus("journal", "add") == 0
    answers(monkeypatch, "t", f"{LAST_NIGHT}T07:30")
    monkeypatch.setattr("typer.confirm", lambda *_: False)
    assert soleus("journal", "add") == 0
    assert len(Journal().rows("trainings", "training")) == 1


def test_sessions_come_in_from_logs_once_with_what_the_machine_did(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log_of_a_machine(Path("logs/000012.slog"))
    log_of_a_machine(Path("logs/000013.slog"), port="simulator")
    Path("logs/000014.slog").write_bytes(b"torn")
    assert soleus("journal", "import", "logs", "--date", LAST_NIGHT) == 0
    said = capsys.readouterr()
    assert "1 new session" in said.out
    assert "000013.slog: port = 'simulator'" in said.err
    assert "000014.slog" in said.err
    assert soleus("journal", "import", "logs") == 0
    assert "0 new sessions" in capsys.readouterr().out
    (row,) = Journal().rows("sessions", "day")
    assert (row["day"], row["is_day_known"], row["asked_mmhg"]) == (LAST_NIGHT, 1, 50)
    assert 30 < row["reached_mmhg"] < 60
    assert max(json.loads(row["reached_by_chamber"]).values()) == row["reached_mmhg"]
    assert row["minutes"] > 0


def test_a_torn_log_is_a_session_and_the_whole_one_takes_its_place() -> None:
    assert soleus("journal", "import", log_of_a_machine(Path("a.slog"), cut_bytes=3000)) == 0
    short = Journal().rows("sessions", "day")[0]
    assert soleus("journal", "import", log_of_a_machine(Path("a.slog"))) == 0
    (row,) = Journal().rows("sessions", "day")
    assert row["log_bytes"] > short["log_bytes"]


def test_a_session_that_was_gone_on_with_is_one_whichever_part_comes_first() -> None:
    first = log_of_a_machine(Path("000012.slog"), clock=[20_819, 86_390, 0])
    part = log_of_a_machine(Path("000013.slog"), changes={"left": 5, "part_of": first.name})
    lonely = Path("lonely") / part.name
    lonely.parent.mkdir()
    lonely.write_bytes(part.read_bytes())
    assert soleus("journal", "import", lonely) == 0
    assert soleus("journal", "import", part) == 0
    assert soleus("journal", "import", first) == 0
    (row,) = Journal().rows("sessions", "day")
    assert (row["log_name"], row["is_day_known"]) == ("000012.slog + 000013.slog", 1)
    # The first row came a while after the clock was told.
    assert row["day"] in ("2027-01-01", "2027-01-02")
    assert soleus("journal", "import", log_of_a_machine(Path("alone/000012.slog"), why="another")) == 0
    rows = Journal().rows("sessions", "day")
    whole = next(one for one in rows if "+" in one["log_name"])
    alone = next(one for one in rows if "+" not in one["log_name"])
    assert whole["minutes"] == pytest.approx(2 * alone["minutes"], abs=0.02)


def test_pulled_logs_come_in_by_themselves_where_a_journal_is_kept() -> None:
    log = log_of_a_machine(Path("000012.slog"))
    log_command._into_journal([log])
    assert not Journal().exists(), "whoever keeps none gets none"
    assert soleus(*NIGHT, "--cramps", 0) == 0
    log_command._into_journal([log])
    assert len(Journal().rows("sessions", "day")) == 1


def test_everything_can_be_taken_out_and_thrown_away(capsys: pytest.CaptureFixture[str]) -> None:
    assert soleus(*NIGHT, "--cramps", 2, "--felt", "odd, “quoted”") == 0
    assert soleus(*TRAINING, "--soreness", 3, "--freshness", 7) == 0
    assert soleus("journal", "export", "all.json") == 0
    found = json.loads(Path("all.json").read_text(encoding="utf-8"))
    assert (found["version"], len(found["nights"]), len(found["trainings"]), found["sessions"]) == (
        1,
        1,
        1,
        [],
    )
    assert soleus("journal", "export", "nights.csv") == 0
    (row,) = csv.DictReader(Path("nights.csv").read_text(encoding="utf-8").splitlines())
    assert (row["night"], row["cramps"], row["felt"]) == (LAST_NIGHT, "2", "odd, “quoted”")
    assert soleus("journal", "list") == 0
    assert LAST_NIGHT in capsys.readouterr().out
    assert soleus("journal", "delete", "--night", LAST_NIGHT) == 0
    assert Journal().rows("nights", "night") == []
    assert soleus("journal", "delete", "--all", "--yes") == 0
    assert not Journal().exists()


def test_a_report_is_one_file_and_says_where_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert soleus(*NIGHT, "--cramps", 2, "--session", "yes") == 0
    assert soleus("journal", "report", "--out", "page.html") == 0
    said = capsys.readouterr().out
    assert "Too early to conclude anything" in said
    assert said.rstrip().endswith("page.html")
    assert "<svg" in Path("page.html").read_text(encoding="utf-8")


def test_nothing_of_the_journal_speaks_to_a_network() -> None:
    rooms = [CHECKOUT / "host_tools/journal", CHECKOUT / "host_tools/commands/journal.py"]
    files = [file for room in rooms for file in ([room] if room.is_file() else room.rglob("*.py"))]
    assert len(files) > 12
    imported = {
        name.partition(".")[0]
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    ours = {"host_tools", "soleus"}
    others = {"jinja2", "numpy", "platformdirs", "rich", "scipy", "typer"}
    assert imported - ours - others <= set(sys.stdlib_module_names)
    assert not imported & {"socket", "urllib", "http", "ssl", "smtplib", "ftplib", "subprocess", "asyncio"}
