"""`soleus log` and `soleus sim --record` as a person types them."""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from host_tools.cli import main
from host_tools.log.frames import cut_into_frames, framed
from soleus.log.slog_format import HEADER, MAGIC
from tests.log.rig import log_file


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


Soleus = Callable[..., Done]


@pytest.fixture
def soleus(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Soleus:
    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["soleus", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        output = capsys.readouterr()
        return Done(int(ended.value.code or 0), output.out, output.err)

    return run


@pytest.fixture(scope="module")
def log() -> Path:
    return log_file("", ("stop@8s",))


def test_replay_show_list_and_export(soleus: Soleus, log: Path, tmp_path: Path) -> None:
    replayed = soleus("log", "replay", log)
    assert replayed.returncode == 0, replayed.stderr
    assert "every command as it was recorded" in replayed.stdout
    shown = soleus("log", "show", log, "--plot", tmp_path / "x.png", "--report", tmp_path / "x.html")
    assert shown.returncode == 0, shown.stderr
    assert "ended by stopped" in shown.stdout
    assert re.search(r"manifold \d+\.\d mmHg", shown.stdout)
    assert "recorded" in shown.stdout
    assert "0.00 s" not in shown.stdout
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")
    assert "</html>" in (tmp_path / "x.html").read_text()
    assert "stopped" in soleus("log", "list", log.parent).stdout
    assert soleus("log", "export", log, tmp_path / "x.csv").returncode == 0
    assert (tmp_path / "x.csv").read_text().startswith("time_s,dt_ms,")


def test_a_torn_log_is_replayed_up_to_the_tear_and_says_so(soleus: Soleus, log: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.slog"
    torn.write_bytes(log.read_bytes()[:-5])
    shown = soleus("log", "replay", torn)
    assert shown.returncode == 0
    assert "torn after byte" in shown.stderr


def test_a_session_of_the_simulator_is_recorded(soleus: Soleus, tmp_path: Path) -> None:
    path = tmp_path / "sim.slog"
    done = soleus(
        "sim", "bedtime", "--board", "esp32-devkit", "--event", "stop@8s", "--record", path, "--json", "-"
    )
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == log_file("", ("stop@8s",)).read_bytes()


def as_part(log: Path, part: Path, **header: Any) -> Path:
    """The same ticks under another header."""
    frames = cut_into_frames(log.read_bytes()).whole
    content = framed(HEADER, json.dumps({**json.loads(frames[0].payload), **header}).encode())
    content += b"".join(framed(frame.kind, frame.payload) for frame in frames[1:])
    part.write_bytes(MAGIC + content)
    return part


REST = {"changes": {"left": 9, "part_of": "000001.slog"}, "minutes": 9}
DAY = 20_819  # 2027-01-01


@pytest.mark.parametrize(
    ("first", "then", "gap"),
    [
        ({}, {}, "some time later"),
        ({"clock": [DAY, 86_000, 0]}, {"clock": [DAY + 1, 1000, 0]}, "23 min later"),
    ],
    ids=["no clock", "over midnight"],
)
def test_two_parts_are_one_session_with_the_gap(
    soleus: Soleus, log: Path, tmp_path: Path, first: dict[str, Any], then: dict[str, Any], gap: str
) -> None:
    as_part(log, tmp_path / "000001.slog", **first)
    part = as_part(log, tmp_path / "000002.slog", **REST, **then)
    as_part(log, tmp_path / "000003.slog", board="another", **REST)
    shown = soleus("log", "show", part)
    assert shown.returncode == 0, shown.stderr
    assert f"ended by stopped; {gap}: stopped" in " ".join(shown.stdout.split())
    assert ("2027-01-01 23:53" in shown.stdout) == bool(first)
    alone = soleus("log", "show", log)
    # Both parts, and the piece of rest that is drawn between them.
    assert simulated_s(shown) == pytest.approx(2 * simulated_s(alone) + 30, abs=1.5)
    listed = soleus("log", "list", tmp_path).stdout.split()
    assert listed.count("000001.slog") == 2, (
        "once as a session, once as the one that another log goes on with"
    )
    assert listed[listed.index("+") + 1] == "000002.slog"


def simulated_s(shown: Done) -> float:
    found = re.search(r"(\d+(?:\.\d+)?) s", shown.stdout)
    assert found, shown.stdout
    return float(found[1])


def test_pull_makes_its_folder(soleus: Soleus, tmp_path: Path) -> None:
    for out, is_made in (("logs", True), ("no/logs", False)):
        done = soleus("log", "pull", "--port", "/dev/nothing", "--out", tmp_path / out)
        assert ("--out" in done.stderr) is not is_made
        assert (tmp_path / out).is_dir() is is_made


BAD: list[tuple[tuple[str, ...], str]] = [
    (("log", "replay", "nothing.slog"), "nothing.slog"),
    (("log", "show", __file__), "whole header"),
    (("log", "export", "nothing.slog", "x.txt"), ".csv or .parquet"),
    (("log", "pull", "--port", "/dev/nothing"), "--port"),
    (("log", "record", "--port", "/dev/nothing", "x.txt"), ".slog"),
    (("log", "to-test", "nothing.slog", "--out", "/dev/null/nowhere"), "--out"),
    (("sim", "--record", "x.txt"), ".slog"),
]


@pytest.mark.parametrize(("arguments", "named"), BAD)
def test_unusable_input_is_one_line(soleus: Soleus, arguments: tuple[str, ...], named: str) -> None:
    done = soleus(*arguments)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert named in done.stderr
