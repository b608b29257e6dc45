"""The bench over the real console link: the same steps, the same lines, on the firmware itself."""

import os
import pty
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from host_tools.bench.run import BenchRun, run_suite
from host_tools.bench.targets.virtual_target import VirtualTarget
from host_tools.catalogue.boards import load_board
from host_tools.log.from_board import pull
from host_tools.log.log_file import Log, read_log
from host_tools.log.replay import replay
from host_tools.plant.files.spec import PlantSpec, load_plant
from soleus.core.session.session import DONE, SERVICE
from tests.virtual.rig import DEVKIT, ONE_SENSOR, running

# On a board with four chambers. With ten it takes 29 minutes of the board's time: see docs/bench.md.
DAMAGED = """
extends = "nominal"
about = "damaged"
[pump]
free_flow_l_min = 9.4
[at."left.calf"]
leak = 0.04
hose_to = "left.knee"
[at."left.knee"]
hose_to = "left.calf"
[at."left.foot"]
vent_conductance = 10
[at."left.thigh"]
gain_error = 0.05
"""
EXPLAINED = {
    "sensor 5 % off": {"accuracy.60.left.thigh", "accuracy.90.left.thigh", "accuracy.110.left.thigh"},
    "weak pump": {"pump.20", "pump.50", "pump.80"},
    "slow vent": {"vent.left.foot"},
}


def nominal() -> PlantSpec:
    return load_plant("nominal")


def test_steps_on_a_virtual_board() -> None:
    target = VirtualTarget(load_board(DEVKIT), nominal(), 1)
    try:
        run = run_suite(target, "quick", chambers=["left.foot", "left.calf"])
        assert [(line.key, line.shown, line.note) for line in run.failed] == []
        assert target.gaps_count == 0
        watchdog = run_suite(target, "watchdog", chambers=["left.foot"])
        assert [(line.key, line.note) for line in watchdog.failed] == []
        assert target.state() == DONE or target.machine.is_vented()
    finally:
        target.close()


def test_damage_is_named_on_a_virtual_board_too(tmp_path: Path) -> None:
    """The lines of three steps: a damage explains each that failed, and each damage has some."""
    file = tmp_path / "damaged.toml"
    file.write_text(DAMAGED)
    target = VirtualTarget(load_board(DEVKIT), load_plant(file), 0)
    try:
        runs = [
            run_suite(target, "accuracy", chambers=["left.calf", "left.thigh"]),
            run_suite(target, "pump", chambers=["left.foot"]),
            run_suite(target, "vent", chambers=["left.foot", "left.thigh"]),
        ]
    finally:
        target.close()
    lines = {line.key: line for run in runs for line in run.lines}
    failed = {line.key for run in runs for line in run.failed}
    assert failed == set().union(*EXPLAINED.values()), {key: lines[key].note for key in failed}


def test_a_board_with_one_manifold_sensor_is_measured() -> None:
    target = VirtualTarget(load_board(ONE_SENSOR), nominal(), 1)
    try:
        run = run_suite(target, "quick", chambers=["left.foot"])
    finally:
        target.close()
    assert [(line.key, line.shown, line.note) for line in run.failed] == []
    measured = {line.key for line in run.lines if line.value is not None}
    assert measured == {"zero.manifold", "noise.manifold", "vent.left.foot", "stop.vented", "silence.vented"}


def newest_log(target: VirtualTarget, folder: Path) -> Log:
    """Waits until the log is closed, which takes a rest."""
    until_s = time.monotonic() + 30
    while (answer := target.console.ask("log"))["open"] or not answer["sessions"]:
        assert time.monotonic() < until_s
        target.wait(0.5)
    return read_log(pull(target.console, answer["sessions"][-1][0], folder))


def test_what_a_board_has_kept_of_service_replays(tmp_path: Path) -> None:
    """Actuations and renewals reach the core from outside; the ring has them."""
    target = VirtualTarget(load_board(DEVKIT), nominal(), 1)
    try:
        run = run_suite(target, "silence", chambers=["left.foot"])
        assert run.has_passed
        log = newest_log(target, tmp_path)
    finally:
        target.close()
    states = {int(state) for block in log.blocks for state in block.ticks[:, 7]}
    assert SERVICE in states
    result = replay(log)
    assert result.difference is None, str(result)
    assert result.ticks > 200


@pytest.mark.parametrize(
    ("do", "arguments", "said"),
    [
        ("actuate", {"act": {"seal": 1, "for_ms": 100}}, "actuate: not while idle"),
        ("actuate", {}, "a table"),
    ],
)
def test_nothing_moves_outside_of_service(do: str, arguments: dict[str, object], said: str) -> None:
    target = VirtualTarget(load_board(DEVKIT), nominal(), 1)
    try:
        assert said in target.console.ask(do, **arguments)["error"]
        assert target.machine.is_vented()
    finally:
        target.close()


def test_after_a_calibration_the_sensor_is_right(tmp_path: Path) -> None:
    file = tmp_path / "off.toml"
    file.write_text('extends = "nominal"\nabout = "off"\n[at."left.calf"]\ngain_error = 0.05\n')
    target = VirtualTarget(load_board(DEVKIT), load_plant(file), 1)

    def calibrated() -> BenchRun:
        return run_suite(target, "calibrate", chambers=["left.calf"])

    try:
        first = calibrated()
        assert first.has_passed, [(line.key, line.note) for line in first.failed]
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", first.identity.calibrated_on)
        target.restart()
        second = calibrated()
    finally:
        target.close()
    before, after = (run.lines[0].value for run in (first, second))
    assert before is not None
    assert after is not None
    assert before == pytest.approx(-4.8, abs=0.7)
    assert abs(after) < 0.4


@pytest.mark.parametrize(
    ("gauge", "said"),
    [([12.0], "zero it first"), ([0.0, 12.0], "where about 100 are"), ([0.0, 140.0], "nothing is kept")],
)
def test_nothing_is_kept_of_a_gauge_that_makes_no_sense(gauge: list[float], said: str) -> None:
    target = VirtualTarget(load_board(DEVKIT), nominal(), 1)
    shown = iter(gauge)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(target, "gauge_mmhg", lambda _: next(shown))
            run = run_suite(target, "calibrate", chambers=["left.foot"])
        settings = target.console.ask("settings")["settings"]
    finally:
        target.close()
    assert any(said in line.note for line in run.failed), [line.note for line in run.lines]
    assert not settings["calibration"]


def test_a_person_is_guided_and_nonsense_refused_in_one_line(tmp_path: Path) -> None:
    """The real command in a terminal of its own, in which a person types."""
    with running(DEVKIT, tmp_path) as (board, console):
        console.close()
        shown = typed_at(board.port, ["nonsense"], tmp_path / "history.sqlite")
        settings = board.flash.read("/data/state/settings.json")
    assert "Reference gauge on the hose of left.foot" in shown
    assert "is no pressure" in " ".join(shown.split())
    assert "Traceback" not in shown
    assert not settings


def typed_at(port: str, answers: list[str], history: Path) -> str:
    """Returns all that the terminal showed; each question gets the next answer."""
    leader, follower = pty.openpty()
    command = [str(Path(sys.executable).with_name("soleus")), "bench", "calibrate", "--board", DEVKIT]
    options = ["--target", port, "--chamber", "left.foot", "--history", str(history)]
    env = {**os.environ, "COLUMNS": "200", "TERM": "xterm"}
    process = subprocess.Popen(
        [*command, *options], stdin=follower, stdout=follower, stderr=follower, env=env, close_fds=True
    )
    os.close(follower)
    guard = threading.Timer(90, process.kill)
    guard.start()
    shown, asked = "", 0
    try:
        while True:
            shown += os.read(leader, 4096).decode(errors="replace")
            if shown.count("mmHg?") > asked and asked < len(answers):
                os.write(leader, answers[asked].encode() + b"\n")
                asked += 1
    except OSError:
        process.wait(10)
    finally:
        guard.cancel()
        os.close(leader)
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown)
