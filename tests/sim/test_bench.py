"""The bench on the simulator: a machine in order passes; damage fails in the lines that it explains."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from host_tools.bench.accuracy import errors_of
from host_tools.bench.measure.limits import Limits
from host_tools.bench.measure.line import FAILED, NOT_APPLICABLE, WAITING
from host_tools.bench.report.diagnosis import causes_of
from host_tools.bench.report.report import report_html
from host_tools.bench.run import BenchRun, Watching, run_suite
from host_tools.bench.steps.hoses import most_likely_order
from host_tools.bench.steps.step import Choice
from host_tools.bench.suite import STEPS, SUITES
from host_tools.bench.targets.sim_target import SimTarget
from host_tools.bench.targets.target import BenchError
from host_tools.catalogue.boards import load_board
from host_tools.plant.files.spec import load_plant
from host_tools.twin.fit import fit_twin
from host_tools.twin.plant_file import plant_toml
from soleus.core.basics.signals import ALL_VENT
from soleus.core.session.session import DONE
from tests.made_once import made_once

DUO, ONE_SENSOR = "esp32-s3-duo", "esp32-c3-manifold"
DAMAGED = Path(__file__).parents[2] / "docs" / "data" / "bench" / "damaged.toml"
EXPLAINED = {
    "leaky calf": {"leak.left.calf"},
    "weak pump": {"pump.20", "pump.50", "pump.80"},
    "slow vent": {"vent.right.foot"},
    "sensor 5 % off": {"accuracy.60.left.thigh", "accuracy.90.left.thigh", "accuracy.110.left.thigh"},
    "crossed hoses": {"hose.right.calf", "hose.right.knee"},
}


@pytest.fixture(scope="module")
def in_order(tmp_path_factory: pytest.TempPathFactory) -> BenchRun:
    return made_once(tmp_path_factory, "in-order", lambda _: accept())


def accept() -> BenchRun:
    return run_suite(SimTarget(load_board(DUO), load_plant("nominal"), 3), "acceptance")


def test_a_machine_in_order_passes_acceptance(in_order: BenchRun) -> None:
    assert [(line.key, line.shown, line.note) for line in in_order.failed] == []
    left_out = [line.key for line in in_order.lines if line.status == NOT_APPLICABLE]
    assert left_out == ["watchdog"]


def test_damage_fails_in_exactly_the_lines_that_it_explains() -> None:
    run = run_suite(SimTarget(load_board(DUO), load_plant(DAMAGED), 0), "acceptance")
    assert {line.key for line in run.failed} == set().union(*EXPLAINED.values())
    crossed = next(line for line in run.lines if line.key == "hose.right.calf")
    assert crossed.text == "leads to right.knee"
    assert len(report_html(run)) < 1e6
    causes = [cause.what for cause in causes_of(run.failed)]
    assert [cause.split(":")[0] for cause in causes] == [
        "The sensor left.thigh shows 4 % more than the gauge",
        "The pump gives 95 % of what its board asks for at least",
        "left.calf leaks",
        "right.foot empties slowly",
        "right.calf and right.knee are crossed",
    ]


def test_every_line_is_declared_before_the_first_step_runs() -> None:
    target = SimTarget(load_board(DUO), load_plant("nominal"), 3)
    seen: list[list[str]] = []
    watching = Watching(on_step=lambda _, lines: seen.append([line.key for line in lines]))
    run = run_suite(target, "quick", watching=watching)
    assert seen[0] == seen[-1] == [line.key for line in run.lines]


class DeadTarget(SimTarget):
    """A machine that answers, and then stops answering."""

    def begin_service(self) -> None:
        raise BenchError("the board does not answer")


def test_a_step_that_could_not_run_is_a_failed_line_and_not_a_missing_one() -> None:
    run = run_suite(DeadTarget(load_board(DUO), load_plant("nominal")), "quick")
    assert {line.status for line in run.lines} == {FAILED}
    assert {line.note for line in run.lines} == {"the board does not answer"}


def test_steps_that_a_layout_cannot_show_are_named_before_anything_runs() -> None:
    limits = Limits(load_board(ONE_SENSOR))
    lines = [
        line for name in SUITES["acceptance"] for line in STEPS[name].lines(limits, Choice([0, 1, 2, 3]))
    ]
    left_out = {line.key for line in lines if line.status == NOT_APPLICABLE}
    assert "hose.left.calf" in left_out
    assert not left_out & {"zero.manifold", "leak.left.calf"}
    assert {line.status for line in lines} == {WAITING, NOT_APPLICABLE}


def test_one_step_and_one_chamber_by_themselves() -> None:
    target = SimTarget(load_board(DUO), load_plant("nominal"), 2)
    run = run_suite(target, "vent", chambers=["left.calf"])
    assert [line.key for line in run.lines] == ["vent.left.calf"]
    assert run.has_passed


def test_a_bench_leaves_a_machine_at_rest() -> None:
    target = SimTarget(load_board(DUO), load_plant("nominal"), 2)
    run_suite(target, "vent", chambers=["left.calf"])
    assert target.state() == DONE
    plant = target.thawed_plant()
    commands = target.controller.commands
    assert commands.fill_bits == commands.seal_bits == commands.pump_permille == ALL_VENT
    assert plant.truth.pressure_mmhg.max() < 10
    assert target.controller.interlock.refused_count == 0


def test_every_figure_is_near_the_plants_truth() -> None:
    """docs/bench.md has thirty machines; one is enough to notice a step that measures wrong.

    One machine in thirty has a valve that no reading catches in its travel, and then it is 3 ms off or more.
    """
    errors = errors_of(load_board(DUO), load_plant("nominal"), 6)
    assert np.abs(errors.leak_percent).max() < 10
    assert np.abs(errors.volume_percent).max() < 5
    assert np.abs(errors.pump_percent).max() < 5
    assert max(np.abs(values).max() for values in errors.valve_ms.values()) < 3


def test_endurance_shows_a_drift() -> None:
    target = SimTarget(load_board(DUO), load_plant("nominal"), 2, has_mains=True)
    run = run_suite(target, "endurance", chambers=["left.foot", "right.calf"], cycles=12)
    done = next(line for line in run.lines if line.key == "endurance.cycles")
    assert done.value == 12
    assert run.has_passed


@pytest.mark.parametrize("pair", [(0, 1), (2, 3), (0, 7), (4, 9), (5, 6)], ids=str)
def test_crossed_hoses_are_named_wherever_they_are(pair: tuple[int, int]) -> None:
    boots = load_board(DUO).boots
    order = list(range(boots.count))
    order[pair[0]], order[pair[1]] = pair[1], pair[0]
    felt = np.zeros((boots.count, boots.count))
    room = np.array([2.3, 2.3, 4.5, 4.5, 5.8] * 2)[order]
    for i, a in enumerate(order):
        for j, b in enumerate(order):
            felt[i, j] = 2.0 if abs(a - b) == 1 and a // 5 == b // 5 else 0.0
    assert most_likely_order(felt, room, boots) == order


def test_a_twin_is_a_plant_file_that_fits(in_order: BenchRun, tmp_path: Path) -> None:
    """Two chambers here; docs/bench.md has twenty machines."""
    kept = [
        c for c in in_order.curves if c.step in ("pump", "felt") or c.chamber in ("left.foot", "left.ankle")
    ]
    fitted = fit_twin(replace(in_order, curves=kept))
    file = tmp_path / "twin.toml"
    file.write_text(plant_toml(fitted), encoding="utf-8")
    assert set(load_plant(file).at) == {"left.foot", "left.ankle"}
    assert max(one.rms_mmhg for one in fitted.at.values()) < 2.0


def test_every_suite_is_made_of_steps_that_exist() -> None:
    assert {name for names in SUITES.values() for name in names} <= set(STEPS)
    assert Choice([0]).cycles > 0
