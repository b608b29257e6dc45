"""A campaign: planned from its seed, judged by true pressures, and the same table even if it was killed."""

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from host_tools.basics.errors import InputError
from host_tools.catalogue.boards import board_names
from host_tools.catalogue.programs import program_names
from host_tools.cli import app
from host_tools.plant.vocabulary import MODES
from host_tools.sim.figures.metrics import SessionResult
from host_tools.sim.figures.session_metrics import session_result
from host_tools.sim.simulate import simulate
from host_tools.verify.campaign.blame import far_above_s, is_blamed_right
from host_tools.verify.campaign.plan import (
    HEALTHY,
    LATENT_KINDS,
    PAIR,
    PHASES,
    SINGLE,
    Trial,
    breakable,
    kind_of,
    make_plan,
    pairings,
)
from host_tools.verify.campaign.rules import ALARM, DETECTED, HARM, HARMLESS, TRAPPED, Outcome, verdict
from host_tools.verify.campaign.run import run_campaign
from host_tools.verify.campaign.store import planned, read_results
from host_tools.verify.campaign.trial import Row, run_trial
from tests.made_once import made_once

SMOKE = make_plan("smoke", 1)


@pytest.fixture(scope="module")
def full() -> list[Trial]:
    """As large as it is, not every worker of a test run needs it."""
    return make_plan("full", 1)


# --- the plan ---


def test_a_seed_gives_the_same_plan_again_and_another_seed_another() -> None:
    assert make_plan("smoke", 1) == SMOKE
    assert make_plan("smoke", 2) != SMOKE


def test_a_full_campaign_is_as_large_as_was_promised(full: list[Trial]) -> None:
    assert [trial.number for trial in full] == list(range(len(full)))
    counts = Counter(trial.part for trial in full)
    assert counts[SINGLE] + counts[PAIR] >= 20_000
    assert counts[HEALTHY] >= 5_000


@pytest.mark.parametrize("board", board_names())
def test_every_component_breaks_in_every_mode_in_every_phase(full: list[Trial], board: str) -> None:
    tried = {
        (trial.component, trial.mode, trial.phase)
        for trial in full
        if trial.part == SINGLE and trial.board == board
    }
    assert tried == {(component, mode, phase) for component, mode in breakable(board) for phase in PHASES}


@pytest.mark.parametrize("board", board_names())
def test_every_stuck_valve_or_sensor_meets_every_other_fault(full: list[Trial], board: str) -> None:
    tried = {
        (trial.component, *trial.second.split(":"))
        for trial in full
        if trial.part == PAIR and trial.board == board
    }
    assert tried == set(pairings(board))
    firsts = {first for first, _, _ in tried}
    assert firsts == {name for name, _ in breakable(board) if name.split(".")[0] in LATENT_KINDS}


def test_healthy_people_use_every_program_and_every_button(full: list[Trial]) -> None:
    healthy = [trial for trial in full if trial.part == HEALTHY]
    assert {trial.program for trial in healthy} == set(program_names())
    assert {trial.events for trial in healthy} >= {"", "pause", "softer", "louder"}
    assert {trial.plant for trial in healthy} >= {"nominal", "tired"}


def test_the_smoke_campaign_breaks_every_kind_of_part_in_every_mode() -> None:
    smoked = {(kind_of(trial.component).split(".")[0], trial.mode) for trial in SMOKE if trial.part == SINGLE}
    assert smoked == {(kind, mode) for kind, modes in MODES.items() for mode in modes}


# --- the verdict ---

BROKEN = frozenset({("sensor", "stuck")})
VENT = frozenset({("valve.vent", "stuck")})
PUMP = frozenset({("pump", "stuck")})
FED = PUMP | {("valve.fill", "stuck")}
QUIET = Outcome(broken=BROKEN, onset_s=60.0, noticed_s=None, latched_s=None, safe_s=None, end_s=120.0)
LATCHED = replace(QUIET, noticed_s=61.0, latched_s=61.0, safe_s=62.0)
WELL = replace(QUIET, broken=frozenset(), onset_s=None)


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (QUIET, HARMLESS),
        (LATCHED, DETECTED),
        (replace(QUIET, noticed_s=70.0), DETECTED),
        (replace(QUIET, max_pressure_mmhg=150.0), HARMLESS),
        (replace(QUIET, max_pressure_mmhg=150.1), HARM),
        (replace(LATCHED, max_pressure_mmhg=150.1), HARM),
        (replace(LATCHED, broken=PUMP, max_pressure_mmhg=159.9), DETECTED),
        (replace(LATCHED, broken=PUMP, max_pressure_mmhg=160.1), HARM),
        (replace(LATCHED, safe_s=66.0), DETECTED),
        (replace(LATCHED, safe_s=66.1), HARM),
        (replace(LATCHED, safe_s=None), HARM),
        (replace(LATCHED, safe_s=None, broken=VENT), TRAPPED),
        (replace(LATCHED, safe_s=None, broken=VENT, max_pressure_mmhg=151.0), HARM),
        (replace(QUIET, pressed_at_end=True), HARM),
        (replace(QUIET, pressed_at_end=True, broken=VENT), HARM),  # trapped without a warning
        (replace(LATCHED, safe_s=None, broken=FED, has_gate=False), TRAPPED),
        (replace(LATCHED, safe_s=None, broken=FED), HARM),  # the gate should have cut the pump off
        (replace(LATCHED, safe_s=None, broken=PUMP, has_gate=False), HARM),
        (replace(QUIET, pressed_s=185.1), HARM),
        (replace(QUIET, pressed_s=185.0), HARMLESS),
        (WELL, HARMLESS),
        (replace(WELL, noticed_s=30.0), ALARM),
        (replace(WELL, noticed_s=30.0, latched_s=30.0, safe_s=31.0), ALARM),
        (replace(LATCHED, noticed_s=59.0, latched_s=59.0, safe_s=60.0), ALARM),  # before anything broke
        (replace(LATCHED, is_moving_only=True), ALARM),
    ],
)
def test_the_verdict_is_by_true_pressure_and_true_time(outcome: Outcome, word: str) -> None:
    assert verdict(outcome)[0] == word


NAMED: list[tuple[str, list[str | None], bool | None]] = [
    ("sensor.left.calf", ["left.calf"], True),
    ("sensor.left.calf", ["left.foot"], False),
    ("valve.right.foot.vent", ["right.foot"], True),
    ("valve.left.thigh.fill", ["left.foot", "left.calf", "left.thigh"], False),
    ("pump", [None], True),
    ("bus", ["left.foot"], False),
    ("relief", [None], None),
    ("leg.left", ["left.foot"], None),
    ("sensor.left.calf", [], None),
]


@pytest.mark.parametrize(("component", "named", "is_right"), NAMED)
def test_blame_is_right_if_nothing_else_was_named(
    component: str, named: list[str | None], is_right: bool | None
) -> None:
    result: Any = SimpleNamespace(
        fault=None, notices=[SimpleNamespace(at_s=70.0, chamber=chamber) for chamber in named]
    )
    assert is_blamed_right(component, "esp32-s3-duo", 60.0, result) == is_right


def test_far_above_counts_from_the_highest_target_so_far() -> None:
    trace: Any = SimpleNamespace(
        time_s=np.arange(6) * 0.5,
        target_mmhg=np.array([[20.0, 0.0], [40.0, 0.0], [40.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]),
        pressure_mmhg=np.array(
            [[20.0, 49.0], [69.0, 0.0], [71.0, 0.0], [72.0, 71.0], [73.0, 0.0], [9.0, 0.0]]
        ),
    )
    assert far_above_s(trace) == 1.0


# --- one trial ---


@pytest.fixture(scope="module")
def detected() -> Row:
    trial = next(t for t in SMOKE if t.component.startswith("sensor.left.") and t.mode == "off")
    return run_trial(trial)


def test_a_row_says_the_command_that_runs_it_again(detected: Row) -> None:
    result = _again(str(detected["command"]))
    assert result.fault is not None
    assert result.fault.code == detected["code"]
    assert result.fault.at_s == detected["detected_s"] == detected["latched_s"]
    assert round(result.max_pressure_mmhg, 3) == detected["max_pressure_mmhg"]


def test_a_row_says_what_the_requirement_promises_for_it(detected: Row) -> None:
    assert (detected["requirement"], detected["budget_s"]) == ("REQ-SENSOR-1", 0.2)
    assert 0 < float(detected["took_s"] or 0) <= 0.2
    assert not detected["is_late"]


# --- a campaign, killed and not ---

FEW = [trial for trial in SMOKE if trial.board == "esp32-devkit" and trial.part != HEALTHY][:24]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "whole", run_few)


def run_few(folder: Path) -> Path:
    run_campaign(folder, plan=FEW, workers=1, share=4)
    return folder


def test_a_campaign_that_was_killed_goes_on_and_gives_the_same_table(whole: Path, tmp_path: Path) -> None:
    killed = tmp_path / "killed"
    runner = subprocess.Popen([sys.executable, __file__, str(killed)], start_new_session=True)
    try:
        _wait_until(lambda: len(list(killed.glob("parts/*.parquet"))) >= 2, "two shares")
    finally:
        os.killpg(runner.pid, signal.SIGKILL)
        runner.wait()
    kept = {part: part.stat().st_mtime_ns for part in killed.glob("parts/*.parquet")}
    assert not (killed / "results.parquet").exists()
    counts: list[int] = []
    run_campaign(
        killed, plan=FEW, workers=1, share=4, on_progress=lambda done, _total, _rows: counts.append(done)
    )
    assert counts[0] == 4 * len(kept) >= 8
    assert all(part.stat().st_mtime_ns == when for part, when in kept.items())
    assert (killed / "results.parquet").read_bytes() == (whole / "results.parquet").read_bytes()


def test_another_plan_does_not_go_into_the_same_folder(whole: Path) -> None:
    with pytest.raises(InputError, match=r"plan\.json.*another folder"):
        run_campaign(whole, plan=FEW[:4], workers=1, share=4)


def test_the_table_keeps_the_order_of_the_plan_and_every_row_its_seed(whole: Path) -> None:
    table = pq.read_table(whole / "results.parquet")
    assert table.column("number").to_pylist() == [trial.number for trial in FEW]
    assert table.column("seed").to_pylist() == [trial.seed for trial in FEW]
    assert planned(whole)["trials"] == len(FEW)


def test_a_cluster_gives_the_same_table_though_a_worker_dies(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cluster"
    with _cluster(tmp_path) as (address, workers):
        dead: list[int] = []

        def kill_one(done: int, _total: int, _rows: list[Row]) -> None:
            if done >= 8 and not dead:
                workers[0].kill()
                dead.append(workers[0].wait())

        run_campaign(folder, plan=FEW, scheduler=address, share=4, on_progress=kill_one)
        assert dead == [-signal.SIGKILL]
        assert workers[1].poll() is None
    assert (folder / "results.parquet").read_bytes() == (whole / "results.parquet").read_bytes()


def test_no_cluster_at_an_address_is_unusable_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Dask scheduler"):
        run_campaign(tmp_path, plan=FEW[:1], scheduler="nowhere://")


# --- the command line, with the slice that CI runs ---


@pytest.fixture(scope="module")
def smoked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "smoke", run_smoke)


def run_smoke(folder: Path) -> Path:
    found = CliRunner().invoke(app, ["campaign", "run", "--size", "smoke", "--out", str(folder)])
    assert found.exit_code == 0, found.output
    return folder


def test_the_smoke_campaign_does_no_harm_and_stops_nobody_healthy(smoked: Path) -> None:
    rows = read_results(smoked)
    assert len(rows) == len(SMOKE)
    assert [row["command"] for row in rows if row["verdict"] in (HARM, ALARM)] == []
    assert [row["command"] for row in rows if row["refused"]] == []


def test_the_report_shows_the_matrix_and_the_worst(smoked: Path) -> None:
    page = (smoked / "report.html").read_text()
    assert "The worst session of each hazard" in page
    guarded = {(kind, mode) for kind, modes in MODES.items() for mode in modes}
    assert all(f"<th>{mode}</th>" in page for _, mode in guarded)
    assert (smoked / "matrix.png").read_bytes().startswith(b"\x89PNG")


def test_status_and_show_are_json(smoked: Path) -> None:
    status = CliRunner().invoke(app, ["campaign", "status", "--out", str(smoked)])
    assert json.loads(status.output)["done"] == len(SMOKE)
    row = CliRunner().invoke(app, ["campaign", "show", "3", "--out", str(smoked)])
    assert json.loads(row.output)["command"].startswith("soleus sim ")


@pytest.mark.parametrize(
    ("words", "blamed"),
    [
        (["run", "--size", "huge"], "--size"),
        (["status", "--out", "no/such/folder"], "--out"),
        (["report", "--out", "no/such/folder"], "--out"),
    ],
)
def test_what_cannot_be_used_is_named(words: list[str], blamed: str) -> None:
    found = CliRunner().invoke(app, ["campaign", *words])
    assert isinstance(found.exception, InputError)
    assert blamed in str(found.exception)


def _again(command: str) -> SessionResult:
    words = shlex.split(command)
    assert words[:2] == ["soleus", "sim"]
    options = list(zip(words[3::2], words[4::2], strict=True))
    one = {name.removeprefix("--"): value for name, value in options}
    many = {name: [value for key, value in options if key == f"--{name}"] for name in ("fault", "event")}
    return session_result(
        simulate(
            words[2],
            one["board"],
            one["plant"],
            pressure=int(one["pressure"]),
            seed=int(one["seed"]),
            fault=many["fault"],
            event=many["event"],
        )
    )


class _cluster:  # noqa: N801 (used like a function)
    """A scheduler and two workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> tuple[str, list[subprocess.Popen[bytes]]]:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self._start("scheduler", "--host", address, "--no-dashboard")
        # No nanny: what is killed stays dead.
        for _ in range(2):
            self._start("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
        return address, self.processes[1:]

    def _start(self, *words: str) -> None:
        command = [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:]]
        log = (self.folder / f"{words[0]}-{len(self.processes)}.log").open("wb")
        self.processes.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder))

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


def _wait_until(is_so: object, what: str, most_s: float = 120.0) -> None:
    assert callable(is_so)
    end_s = time.monotonic() + most_s
    while not is_so():
        assert time.monotonic() < end_s, f"no {what} within {most_s} s"
        time.sleep(0.02)


def main(folder: str, plan: list[Trial]) -> None:
    run_campaign(Path(folder), plan=plan, workers=1, share=4)


if __name__ == "__main__":
    main(sys.argv[1], FEW)
