"""`soleus plan` as a person uses it, and its calendar file as another program reads it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event

from host_tools.commands import plan
from tests.soleus_command import soleus

NOW = datetime(2027, 10, 20, 10, tzinfo=UTC)
# The clocks of Berlin go back in the night before this race.
RACE = ("marathon", "--race-date", "2027-10-31", "--zone", "Europe/Berlin")


@pytest.fixture(autouse=True)
def a_fixed_day(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(plan, "now_utc", lambda: NOW)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)


def read_back(file: str) -> list[Event]:
    return IcsCalendarStream.calendar_from_ics(Path(file).read_text(encoding="utf-8")).events


def table_of(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, list[dict[str, str]]]:
    capsys.readouterr()
    assert soleus("plan", *words, "--json", "-") == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "words",
    [
        RACE,
        ("week", "--zone", "America/New_York"),
        ("hamstring-pair", "--run", "2027-10-20T11:00", "--zone", "Europe/Berlin"),
        ("bedtime", "--from", "2027-10-25", "--zone", "Europe/Berlin"),
        ("after-run", "--kind", "sore", "--zone", "Australia/Lord_Howe"),
        # The second 02:30 of that night, which a local time in a calendar could not say.
        ("after-run", "--kind", "marathon", "--finished", "2027-10-30T20:30+02:00",
         "--at", "2027-10-31T02:30+01:00", "--zone", "Europe/Berlin"),
        ("levels", "--miles", "60", "--weeks", "2", "--zone", "Asia/Kathmandu"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_another_parser_reads_the_same_moments_minutes_and_reminders(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    sessions = table_of(capsys, *words, "--ical", "plan.ics", "--remind", "45")["sessions"]
    events = read_back("plan.ics")
    assert len({event.uid for event in events}) == len(events) == len(sessions) > 0
    for event, session in zip(events, sessions, strict=True):
        assert isinstance(event.dtstart, datetime)
        assert event.dtstart.astimezone(UTC) == datetime.fromisoformat(session["begins"]).astimezone(UTC)
        assert event.computed_duration == timedelta(minutes=int(session["minutes"][1]))
        assert event.summary is not None
        assert event.description is not None
        assert session["with_it"] in event.description
        assert session["program"] in event.description
        assert (event.status == "TENTATIVE") == bool(session["only_if"])
        (alarm,) = event.alarm
        assert alarm.trigger == -timedelta(minutes=45)
        assert session["with_it"] in (alarm.description or "")


def test_the_clock_of_a_zone_stands_in_the_file_for_every_calendar_to_follow() -> None:
    assert soleus("plan", *RACE, "--ical", "plan.ics") == 0
    text = Path("plan.ics").read_bytes().decode()
    assert "BEGIN:VTIMEZONE" in text
    assert "DTSTART;TZID=Europe/Berlin:20271030T190000" in text
    # No line of a calendar file is longer than 75 bytes.
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75


def test_a_plan_made_again_replaces_its_events() -> None:
    assert soleus("plan", *RACE, "--ical", "a.ics") == 0
    assert soleus("plan", *RACE, "--evening", "20:00", "--ical", "b.ics") == 0
    assert [event.uid for event in read_back("a.ics")] == [event.uid for event in read_back("b.ics")]


def test_the_terminal_shows_every_session_within_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert soleus("plan", *RACE) == 0
    said = capsys.readouterr().out
    assert max(len(line.rstrip()) for line in said.splitlines()) <= 80
    for words in ("taper-easy", "eve-of-race", "race-day", "Only if it", "★", "2-3 short walks"):
        assert words in said


class _Board:
    """A board that answers `load`, and remembers what it was asked."""

    def __init__(self, answer: dict[str, object]) -> None:
        self.answer = answer
        self.asked: list[dict[str, object]] = []

    def __enter__(self) -> "_Board":
        return self

    def __exit__(self, *_: object) -> None: ...

    def ask(self, do: str, **arguments: object) -> dict[str, object]:
        self.asked.append({"do": do, **arguments})
        return self.answer


def board_that_answers(monkeypatch: pytest.MonkeyPatch, **answer: object) -> _Board:
    board = _Board(answer)
    monkeypatch.setattr("host_tools.link.console.open_console", lambda _: board)
    monkeypatch.setattr("host_tools.flash.ports.find_port", lambda port: port)
    return board


def test_todays_session_is_got_ready_at_its_lowest(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert soleus("plan", *RACE, "--json", "plan.json") == 0
    board = board_that_answers(monkeypatch, ok=True)
    capsys.readouterr()
    assert soleus("plan", "load", "plan.json", "--port", "x") == 1
    assert capsys.readouterr().out == "no session today; the next is on Mon 25 Oct 2027\n"
    monkeypatch.setattr(plan, "now_utc", lambda: datetime(2027, 10, 30, 20, tzinfo=UTC))
    assert soleus("plan", "load", "plan.json", "--port", "x") == 0
    assert board.asked == [{"do": "load", "program": "eve-of-race", "minutes": 10, "pressure_mmhg": 20}]
    said = capsys.readouterr().out
    assert "eve-of-race, 10 min at 20 mmHg: ready at the machine" in said
    assert "only if it feels good" in said


def test_what_a_board_refuses_is_told_in_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert soleus("plan", *RACE, "--json", "plan.json") == 0
    board_that_answers(monkeypatch, error="load: not while running")
    monkeypatch.setattr(plan, "now_utc", lambda: datetime(2027, 10, 30, 18, tzinfo=UTC))
    assert soleus("plan", "load", "plan.json", "--port", "x") == 2
    assert capsys.readouterr().err == "soleus: x: load: not while running\n"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sessions": [{"begins": "soon"}]}', '{"sessions": 3}'])
def test_what_is_no_plan_is_one_line(content: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("plan.json").write_text(content)
    assert soleus("plan", "load", "plan.json", "--port", "x") == 2
    assert capsys.readouterr().err.startswith("soleus: plan.json: expected a plan, as `soleus plan week")


WRONG = [
    ((*RACE[:2], "2027-10-19"), "--race-date = '2027-10-19': expected a race that is to come"),
    ((*RACE[:2], "2027-02-30"), "--race-date = '2027-02-30': expected a date such as"),
    ((*RACE[:2], "soon"), "--race-date = 'soon': expected a date such as"),
    ((*RACE[:2], "9999-12-31"), "expected a date from today, 2027-10-20, to 2029-10-20"),
    ((*RACE, "--start", "9"), "--start = '9': expected a time such as 19:30"),
    ((*RACE[:3], "--zone", "Mars"), "--zone = 'Mars': expected a time zone"),
    ((*RACE, "--ical", "plan.txt"), "--ical = 'plan.txt': expected a file that ends in .ics"),
    ((*RACE, "--ical", "no/plan.ics"), "no/plan.ics: expected a file that can be written"),
    (("week", "--hard", "mon,tue,wed,thu"), "--hard = 'mon,tue,wed,thu': expected 2 to 3 days"),
    (("week", "--hard", "mon,xyz"), "--hard = 'mon,xyz': expected 2 to 3 days"),
    (("week", "--from", "2027-10-19"), "--from = '2027-10-19': expected a date from today"),
    (("hamstring-pair", "--first-went-well", "so-so"), "--first-went-well = 'so-so': expected yes or no"),
    (("hamstring-pair", "--run", "2027-10-01T10:00"), "--run = '2027-10-01T10:00': expected a day from"),
    (("after-run", "--kind", "intervalls"), "--kind = 'intervalls': expected one of"),
    ((*RACE, "--first-session", "2027-10-19"), "--first-session = '2027-10-19': expected a date from today"),
    ((*RACE, "--hours", "nan"), "--hours = 'nan': expected a number"),
    (("levels", "--miles", "nan"), "--miles = nan: expected miles a week"),
    (("levels", "--miles", "0"), "--miles = 0.0: expected miles a week"),
    (("levels", "--miles", "20", "--days", "sat,sun"), "--days = 'sat,sun': expected 1 day, such as mon"),
]


@pytest.mark.parametrize(("words", "line"), WRONG, ids=[line for _, line in WRONG])
def test_a_wrong_date_is_one_line_and_nothing_is_written(
    words: tuple[str, ...], line: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert soleus("plan", *words, *(() if "--ical" in words else ("--ical", "plan.ics"))) == 2
    error = capsys.readouterr().err
    assert line in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
