"""With a machine in order nothing may go wrong: a part of what `make healthy` and `make docs` run.

What counts as healthy, and why it isn't "exactly the target", is in host_tools/verify/healthy/verdict.py.
"""

from dataclasses import replace
from functools import cache
from itertools import product
from typing import Any

import pytest

from host_tools.basics.defaults import DEFAULT_BOARD
from host_tools.catalogue.programs import load_program_table, program_names
from host_tools.plant.files.sense import nonsense
from host_tools.plant.files.spec import plant_names
from host_tools.sim.simulate import simulate
from host_tools.verify.healthy.every_program import first_fitting_board
from host_tools.verify.healthy.healthy import PROGRAM
from host_tools.verify.healthy.many import Case, judge_case
from host_tools.verify.healthy.verdict import Verdict, judge
from host_tools.verify.healthy.wide import hose_share_mmhg, run_wide, slowest_vent_s, wide_plant
from soleus.core.program.program import Program
from soleus.core.program.table import read_program

DRAWS = (1001, 1002, 1003)
MINUTES = 10
PRESSURES_MMHG = (60, 75, 90)


def shortened(program: str) -> Program:
    """Ten minutes of a program that is meant to last longer."""
    return read_program({**load_program_table(program), "minutes": MINUTES})


@pytest.mark.parametrize(("plant", "draw"), list(product(plant_names(), range(len(DRAWS)))))
def test_a_random_machine_in_order_does_what_it_was_asked(plant: str, draw: int) -> None:
    pressure_mmhg, seed = PRESSURES_MMHG[draw], DRAWS[draw]
    session = simulate(shortened(PROGRAM), DEFAULT_BOARD, plant, pressure=pressure_mmhg, seed=seed)
    verdict = judge(session)
    assert verdict.shortfalls == []
    assert verdict.fills > 0
    assert verdict.highest_mmhg > PRESSURES_MMHG[draw] - 5


def test_wide_machines_could_exist_and_are_of_both_kinds() -> None:
    plants = [wide_plant(seed) for seed in range(200)]
    assert [list(nonsense(plant)) for plant in plants] == [[]] * 200
    assert {plant.leg.model for plant in plants} == {"elastic", "hysteretic"}
    assert wide_plant(7) == plants[7] != plants[8]


def test_a_wide_machine_says_how_fast_it_can_vent_and_what_its_hose_takes() -> None:
    drawn = {"slack": 1.0, "compliance": 1.0, "valve_k": 28.0, "hose_k": 47.0, "flow_l_min": 13.0}
    assert 1.0 < slowest_vent_s(drawn, 80.0) < 3.0
    assert 15.0 < hose_share_mmhg(drawn) < 25.0


@pytest.mark.parametrize(
    ("board", "seed"),
    [
        pytest.param("esp32-devkit", 19, id="a heavy rotor still gains speed when its flow is first seen"),
        pytest.param("esp32-devkit", 12, id="a weak pump's flow is hardly more than noise"),
        pytest.param("esp32-devkit", 26, id="two joined chambers show hardly more than noise"),
        pytest.param("esp32-s3-duo", 45, id="one chamber is topped up while two are filled"),
    ],
)
def test_an_unusual_machine_is_not_said_to_contradict_itself(board: str, seed: int) -> None:
    (session,) = run_wide(board, [seed])
    assert (session.verdict.fault, session.verdict.rested) == ("", ())


def test_a_complaint_about_a_hose_too_narrow_for_its_pump_is_true() -> None:
    (session,) = run_wide("esp32-devkit", [10])
    assert session.verdict.fault.startswith("E22")
    assert session.is_true


@pytest.mark.parametrize("program", program_names())
def test_every_program_completes_as_it_is(program: str) -> None:
    verdict = judge_case(Case(program, first_fitting_board(program), "nominal"))
    assert verdict.shortfalls == []
    assert verdict.fills > 0


@cache
def faulty() -> Verdict:
    return judge(simulate(shortened(PROGRAM), DEFAULT_BOARD, fault=["hose.left.calf:off@200s"]))


def test_a_verdict_names_what_broke() -> None:
    assert "left.calf" in faulty().shortfalls[0]
    assert not faulty().has_completed


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"outcome": "stopped"}, "stopped"),
        ({"rested": ("E22 leak: left.calf at 9 s",)}, "left.calf"),
        ({"refused_count": 1}, "the interlock refused 1 commands"),
        ({"over_s": 0.01}, "too high for 0.01 s"),
        ({"over_s": 1.0, "is_leg_still": False}, "too high for 1.00 s"),
        ({"unreached": 9, "unreached_with_good_sensor": 9}, "9 of"),
        ({"regulated_off_mmhg": 2.6}, "held 2.6 mmHg off"),
    ],
)
def test_a_verdict_names_what_falls_short(change: dict[str, Any], words: str) -> None:
    fine = replace(faulty(), outcome="completed", fault="", rested=(), refused_count=0, over_s=0.0)
    fine = replace(fine, unreached=0, unreached_with_good_sensor=0, regulated_off_mmhg=0.5)
    assert fine.shortfalls == []
    (shortfall,) = replace(fine, **change).shortfalls
    assert words in shortfall
