"""`soleus virtual` as a person starts it: it prints a port, and typing does things to the board."""

import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from host_tools.cli import main
from host_tools.commands.machine.ask import with_advice
from host_tools.link.console import Console
from host_tools.safety import fault_help
from soleus.core.basics.limits import VENT_MOST_MS
from tests.virtual.rig import DEVKIT, running, start_session

_START = """
import sys, typer
from host_tools.commands.machine.virtual import virtual
typer.run(virtual)
"""


def test_a_rested_chamber_comes_with_what_to_do_although_a_board_reads_no_file_in_a_session() -> None:
    rested = with_advice({"rested": [["left.foot", "E31", ""], ["left.calf", "E31", "as the board says"]]})
    assert rested["rested"][0][2] == fault_help.advice("E31")
    assert rested["rested"][1][2] == "as the board says"


def test_a_virtual_board_from_the_command_line(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _START, "--board", DEVKIT, "--flash", str(tmp_path / "flash")]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        port = process.stdout.readline().split()[1]
        with Console(port) as console:
            assert console.ask("hello", timeout_s=30)["board"] == DEVKIT
        said = []
        for line in (
            "power off",
            "state",
            "power on",
            "display /no/x.png",
            'display "',
            "break nothing:off",
            "x",
        ):
            process.stdin.write(line + "\n")
        process.stdin.write("quit\n")
        process.stdin.flush()
        said = process.stdout.read()
        assert process.wait(20) == 0
    assert "power off" in said
    assert "fill 0000, seal 0000 (left.foot last)" in said
    assert "one of" in said


ASK = [str(Path(sys.executable).with_name("soleus")), "ask"]
ASKED = [
    (["hello"], 0, "board  esp32-devkit\n"),
    (["status"], 0, "state  idle\n"),
    (["self_test"], 0, "results  sensor left.calf  True  "),
    (["faults"], 0, "faults  E01  "),
    (["set", 'settings={"sound": false}'], 0, "written at the next rest"),
    (["load", "program=easy-run", "minutes=15"], 0, "minutes  15\n"),
    (["load", "minutes=1"], 2, "minutes = 1: expected a whole number from"),
    (["pause"], 1, "pause: not while idle; no session is going on"),
    (["dance"], 2, "one of stop, pause"),
    (["load", "easy-run"], 2, "'easy-run': expected KEY=VALUE, such as"),
    (["hello", "--port", "/dev/nothing"], 2, "a board's port"),
]
ACTUATED = [
    (["actuate", 'act={"fill": 2, "seal": 2, "for_ms": 500}'], 0, ""),
    (["actuate", 'act={"fill": 2}'], 2, "its vent must be closed"),
]


class Person:
    """Types `soleus ask` with some words, and checks the output and the exit code."""

    def __init__(
        self, port: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.port, self.capsys, self.monkeypatch = port, capsys, monkeypatch

    def asks(self, words: list[str], status: int, said: str) -> None:
        self.monkeypatch.setattr(sys, "argv", ["soleus", "ask", "--port", self.port, *words])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = self.capsys.readouterr()
        assert said in (printed.err if status else printed.out), words
        assert ended.value.code == status, (words, printed)


def test_a_person_asks_a_board(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # In the board's own time, because on a busy computer the self-test would find a late tick.
    with running(DEVKIT, tmp_path) as (board, console):
        console.close()
        person = Person(board.port, capsys, monkeypatch)
        for words, status, said in ASKED:
            person.asks(words, status, said)


def test_a_fault_tells_what_is_in_the_way_and_how_to_get_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(DEVKIT, tmp_path) as (board, console):
        start_session(board, console)
        board.break_part("valve.left.foot.vent:stuck")
        board.break_part("sensor.left.calf:off")
        board.run_until(lambda b: b.is_vented())
        since_ms = board.now_ms
        board.run_until(lambda b: b.now_ms > since_ms + VENT_MOST_MS)
        console.close()
        person = Person(board.port, capsys, monkeypatch)
        person.asks(["load", "program=easy-run"], 1, "load: not while fault; `soleus ask status` says")
        person.asks(
            ["start", "--answers", "yes,yes,yes,yes"], 1, "start: not while fault; `soleus ask status` says"
        )
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["soleus", "ask", "--port", board.port, "status"])
            with pytest.raises(SystemExit) as ended:
                main()
        assert ended.value.code == 1
        said = capsys.readouterr().out
        assert "warning  left.foot still pressed: open the boot. Not seen: left.calf" in said


@pytest.mark.by_the_clock
def test_a_person_has_a_valve_opened_for_half_a_second(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # By the clock, because service ends when it isn't renewed for a second.
    with running(DEVKIT, tmp_path, has_own_time=False) as (board, console):
        console.close()
        person = Person(board.port, capsys, monkeypatch)
        for words, status, said in ACTUATED:
            person.asks(words, status, said)
        assert 48 <= sum(moment.fill_bits == moment.seal_bits == 2 for moment in board.journal.history) <= 60


def test_whoever_stays_with_a_session_hears_that_the_board_started_anew(tmp_path: Path) -> None:
    with running(DEVKIT, tmp_path) as (board, console):
        console.close()
        start = [*ASK, "start", "--answers", "yes,yes,yes,yes", "--port", board.port]
        with subprocess.Popen(start, stdout=PIPE, stderr=PIPE, text=True) as process:
            assert process.stderr
            assert "one of the first three sessions" in process.stderr.readline()
            assert "press start/stop at the machine" in process.stderr.readline()
            board.press("start_stop")
            board.wait_until(lambda _: board.highest_mmhg() > 20, 40)
            board.power_off()
            board.power_on()
            said, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "why  the power was lost, or sagged, during a session" in said


def test_whoever_starts_a_session_stays_with_it_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    with running(DEVKIT, tmp_path) as (board, console):
        console.close()
        start = [*ASK, "start", "--answers", "yes,yes,yes,yes", "--port", board.port]
        with subprocess.Popen(start, stdout=PIPE, stderr=PIPE, text=True) as process:
            assert process.stderr
            assert "one of the first three sessions" in process.stderr.readline()
            assert "press start/stop at the machine" in process.stderr.readline()
            board.press("start_stop")
            # For longer than a link may be silent.
            board.wait_until(lambda _: board.highest_mmhg() > 20 and board.now_ms > 15_000, 40)
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate(timeout=20)
        board.run_until(lambda _: board.highest_mmhg() < 10, 10)
    assert process.returncode == 0
    assert "fault  null" in said
