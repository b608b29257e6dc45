"""The flight recorder on a virtual board: what it keeps through faults and power cuts replays bit by bit."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from host_tools.link.console import Console
from host_tools.log.from_board import Stream, pull
from host_tools.log.log_file import Log, read_log
from host_tools.log.replay import replay
from host_tools.plant.faults import parse_fault
from host_tools.virtual.board import VirtualBoard
from soleus.core.session.session import FAULT, PAUSED, RUNNING
from tests.made_once import made_once
from tests.virtual.rig import (
    CLEARS_MS,
    DEVKIT,
    DUO,
    ONE_SENSOR,
    bang_of,
    begin,
    clear_at_machine,
    running,
    start_session,
    wait_for,
)

Note = Callable[[str, object], None]
RING_LEAST_S = 10.0
PIECE_BYTES = 384
FIRST_LOG = "/data/log/000001.slog"


class Rig:
    """A board in a person's hands; each session is pulled from it as a log."""

    def __init__(self, board: VirtualBoard, console: Console, folder: Path) -> None:
        self.board, self.console, self.folder = board, console, folder

    def run(self, more_s: float, mmhg: float = 15.0) -> None:
        start_session(self.board, self.console, mmhg)
        self.go_on(more_s)

    def go_on(self, more_s: float) -> None:
        until_ms = self.board.now_ms + more_s * 1000
        wait_for(self.board, self.console, lambda: self.board.now_ms >= until_ms)

    def ask(self, do: str) -> None:
        answer = self.console.ask(do)
        assert answer.get("ok"), answer

    def until(self, state: str) -> None:
        wait_for(self.board, self.console, lambda: self.state() == state, timeout_s=15)

    def state(self) -> str:
        answer = self.console.ask("status")
        assert "state" in answer, answer
        return str(answer["state"])

    def fail(self, fault: str, seconds: float) -> None:
        """Breaks a part for some seconds. Then it works again, so that the next session can run."""
        boots = self.board.board.boots
        self.board.change(
            lambda plant: plant.set_fault(
                parse_fault(f"{fault}@{plant.now_ms / 1000:.2f}s+{seconds}s", boots)
            )
        )

    def end_fault(self) -> None:
        """Clears the fault once nothing holds pressure any more."""
        wait_for(self.board, self.console, lambda: self._clear() != "fault")

    def _clear(self) -> str:
        clear_at_machine(self.board)
        pressed_ms = self.board.now_ms
        self.board.run_until(lambda board: board.now_ms > pressed_ms + CLEARS_MS + 100)
        return self.state()

    def pulled(self) -> Log:
        """The newest session, once it is closed."""

        def is_closed() -> bool:
            answer = self.console.ask("log")
            return bool(answer["sessions"]) and not answer["open"]

        wait_for(self.board, self.console, is_closed)
        name = self.console.ask("log")["sessions"][-1][0]
        return read_log(pull(self.console, name, self.folder))

    def therapy_s(self) -> int:
        return int(self.console.ask("log")["therapy_s"])


def stop(rig: Rig) -> None:
    rig.run(4)
    rig.ask("stop")
    rig.until("done")


def stop_before_any_pressure(rig: Rig) -> None:
    rig.console.ask("load", program="easy-run", minutes=15)
    begin(rig.board, rig.console)
    rig.go_on(1)
    rig.ask("stop")
    rig.until("done")


def pause(rig: Rig) -> None:
    rig.run(2)
    rig.ask("pause")
    rig.until("paused")
    rig.go_on(3)
    rig.ask("resume")
    rig.go_on(5)
    rig.ask("stop")
    rig.until("done")


def louder_and_softer(rig: Rig) -> None:
    rig.run(1)
    for act in ("softer", "louder", "softer"):
        rig.ask(act)
        rig.go_on(1)
    rig.ask("stop")
    rig.until("done")


def fault_in(part: str, seconds: float) -> Callable[[Rig], None]:
    def act(rig: Rig) -> None:
        rig.run(8)
        rig.fail(part, seconds)
        rig.until("fault")

    return act


def stop_with_a_stuck_vent(rig: Rig) -> None:
    rig.run(8)
    rig.fail("valve.left.foot.vent:stuck", 9)
    rig.ask("stop")
    rig.until("fault")


def fault_at_rest(rig: Rig) -> None:
    """A fault outside a session is kept, but doesn't count as one."""
    rig.go_on(12)
    rig.fail("sensor.left.calf:off", 2)
    rig.until("fault")


RECORDINGS: dict[str, Callable[[Rig], None]] = {
    "stopped": stop,
    "stopped while checking": stop_before_any_pressure,
    "paused and resumed": pause,
    "louder and softer": louder_and_softer,
    "a sensor came off": fault_in("sensor.left.calf:off", 2),
    "a sensor gave garbage": fault_in("sensor.left.foot:garbage", 2),
    "another sensor came off": fault_in("sensor.left.thigh:off", 2),
    "a sensor came off at rest": fault_at_rest,
    "a vent stayed shut": stop_with_a_stuck_vent,
}


Recordings = tuple[dict[str, Log], list[float], list[int]]


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    """Without a restart: the logs, the highest pressure at each flash write, the meter after each session."""
    return made_once(tmp_path_factory, "recordings", record_all)


def record_all(folder: Path) -> Recordings:
    logs, writes, meter = {}, [], []
    with running(DEVKIT, folder) as (board, console):
        rig = Rig(board, console, folder)
        rig.go_on(6)
        for name, act in RECORDINGS.items():
            act(rig)
            logs[name] = rig.pulled()
            meter.append(rig.therapy_s())
            rig.end_fault()
            if name != "a vent stayed shut":
                # With these, even five seconds of an open vent don't free the leg.
                writes = [work.highest_mmhg for work in board.journal.flash_writes()]
    return logs, writes, meter


@pytest.mark.parametrize("name", RECORDINGS)
def test_what_a_board_has_kept_replays(name: str, recordings: Recordings) -> None:
    log = recordings[0][name]
    result = replay(log)
    assert result.difference is None, str(result)
    assert result.stretches == 1
    assert result.ticks > 300
    assert log.torn_bytes == 0
    assert log.names is not None
    assert log.end
    states = {int(state) for block in log.blocks for state in block.ticks[:, 7]}
    assert ("fault" in log.end) == (FAULT in states)


def test_ten_seconds_before_a_fault_are_there(recordings: Recordings) -> None:
    faults = [log for log in recordings[0].values() if log.end and "fault" in log.end]
    assert len(faults) == 5
    for log in faults:
        assert reach_s(log) >= RING_LEAST_S


def reach_s(log: Log) -> float:
    """How long before the fault the recorded ticks begin. The fault's own tick is in the ring, too."""
    assert log.end
    tripped_ms = log.end["fault"][4]
    after = log.blocks[-1]
    assert tripped_ms <= after.at_ms + after.ticks[:, 0].sum()
    return float(tripped_ms - log.blocks[0].at_ms) / 1000


def test_ten_seconds_before_a_fault_are_there_with_ten_sensors(tmp_path: Path) -> None:
    """Runs for half a minute under pressure, so that the ring has dropped its oldest ticks."""
    with running(DUO, tmp_path) as (board, console):
        rig = Rig(board, console, tmp_path)
        rig.go_on(6)
        rig.run(30)
        rig.fail("sensor.left.calf:off", 2)
        rig.until("fault")
        log = rig.pulled()
    assert log.blocks[0].number > 1
    print(f"{reach_s(log)} s before the fault")
    assert reach_s(log) >= RING_LEAST_S
    result = replay(log)
    assert result.difference is None, str(result)


def test_the_overview_has_a_row_every_half_second(recordings: Recordings) -> None:
    log = recordings[0]["paused and resumed"]
    ticks = [tick for block in log.overview for tick in block.ticks.tolist()]
    assert sum(block.number for block in log.overview) == 0
    assert max(tick[0] for tick in ticks) <= 1000
    states = {tick[7] for tick in ticks}
    assert {RUNNING, PAUSED} <= states
    assert log.end
    assert abs(sum(tick[7] == RUNNING for tick in ticks) * 0.5 - log.end["run_ms"] / 1000) < 3


def test_flash_is_written_only_where_no_chamber_holds_pressure(recordings: Recordings) -> None:
    assert len(recordings[1]) > 40
    assert max(recordings[1]) < 10


def test_the_meter_adds_up(recordings: Recordings) -> None:
    logs, _, meter = recordings
    at_rest = logs["a sensor came off at rest"]
    runs_s = [0 if log is at_rest else log.end["run_ms"] // 1000 for log in logs.values() if log.end]
    assert meter == [sum(runs_s[: count + 1]) for count in range(len(runs_s))]


def test_a_power_cut_costs_the_running_cycle_and_nothing_else(tmp_path: Path) -> None:
    """Every tick was recorded over the link as well, and replays up to the cut."""
    with running(DUO, tmp_path) as (board, console):
        rig = Rig(board, console, tmp_path)
        rig.go_on(6)
        stream = Stream(console, tmp_path / "stream.slog", PIECE_BYTES)
        stream.begin()
        start_session(board, console, 15.0)
        until_run_s(rig, stream, 70)
        run_s = console.ask("status")["run_ms"] / 1000
        stream.listen()
        before_cut = board.flash.read(FIRST_LOG)
        board.power_off()
        board.power_on()
        # The line that was being sent when the power went never ends, so "ready" may be lost in it.
        console.ask("hello", timeout_s=20)
        assert before_cut
        assert board.flash.read(FIRST_LOG) == before_cut
        file = tmp_path / "000001.slog"
        file.write_bytes(before_cut)
        log = read_log(file)
        assert log.end is None
        assert log.ended_by == "power cut or reset"
        counted_s = rig.therapy_s()
        # One cycle of this program on these boots takes 50 s or a little more.
        assert run_s - 62 < counted_s <= run_s
        replayed = replay(read_log(stream.end()))
        assert replayed.difference is None, str(replayed)
        assert replayed.ticks > 60 * 100
        # The next session has a file of its own, and the meter goes on.
        rig.go_on(6)
        stop(rig)
        next_log = rig.pulled()
        assert next_log.path.name == "000002.slog"
        assert next_log.header["why"].startswith("the power was lost")
        assert replay(next_log).difference is None
        assert next_log.end
        assert rig.therapy_s() == counted_s + next_log.end["run_ms"] // 1000


def until_run_s(rig: Rig, stream: Stream, run_s: float) -> None:
    until_s = time.monotonic() + 60
    while rig.console.ask("status")["run_ms"] < run_s * 1000:
        stream.listen()
        assert time.monotonic() < until_s


def test_a_crash_is_written_after_the_vents_have_opened(tmp_path: Path) -> None:
    trap = "from soleus.core import controller; trap_step(controller.Controller, fail)"
    with running(ONE_SENSOR, tmp_path, trap=trap) as (board, console):
        rig = Rig(board, console, tmp_path)
        rig.go_on(6)
        rig.run(10)
        bang_of(board).write_text("")
        board.run_until(lambda b: b.journal.happenings[-1].what.startswith("boot: machine.reset"), 20)
        bang_of(board).unlink()
        console.ask("hello", timeout_s=20)
        log = rig.pulled()
        assert log.ended_by == "crash"
        assert log.end
        assert "ValueError" in log.end["crash"]
        result = replay(log)
        assert result.difference is None, str(result)
        assert result.ticks > RING_LEAST_S * 100


def test_each_program_at_the_port_gets_its_own_answer(tmp_path: Path) -> None:
    """Two consoles with one question each, as `soleus log` asks them."""
    with running(DEVKIT, tmp_path) as (board, console):
        console.close()
        with Console(board.port) as first:
            assert "sessions" in first.ask("log")
        with Console(board.port) as second:
            assert "header" in second.ask("log", what="ring", piece_bytes=PIECE_BYTES)
