"""The comparison of controllers measures what it claims, and its page has every row."""

from dataclasses import replace

import numpy as np
import pytest

from host_tools.benchmark.pressure.matrix import PLANTS, PRESSURES_MMHG, Comparison
from host_tools.benchmark.pressure.page import PAGE, PICTURE, pressure_files
from host_tools.benchmark.pressure.run import CONTROLLERS, CYCLES, SOLEUS, Case, Ran, Settings, run
from host_tools.benchmark.pressure.score import Score, score
from host_tools.catalogue.variants import SENSORS

CASE = Case(SOLEUS, "per_chamber", "nominal", 0, 60, Settings())


@pytest.fixture(scope="module")
def ran() -> Ran:
    return run(CASE)


def test_a_good_run_scores_as_one(ran: Ran) -> None:
    found = score(CASE, ran)
    # Two cycles after the first one, ten chambers.
    assert len(found.fill_ratio) == len(found.overshoot_mmhg) == (CYCLES - 1) * 10
    assert 0.95 < np.median(found.fill_ratio) < 1.2
    assert found.hold_worst_mmhg < 6
    assert found.right_from_cycle == 1
    assert found.unreached_count == 0


@pytest.mark.parametrize(
    ("controller", "settings"),
    [
        ("timed", Settings(fill_ms=(4000,) * 20)),
        ("on/off", Settings(lead_pa=200, band_pa=400)),
        ("PID", Settings(gains=(0.05, 0.01, 0.0), band_pa=400)),
    ],
)
def test_every_peer_fills_with_the_core_as_it_is(controller: str, settings: Settings) -> None:
    trace = run(replace(CASE, controller=controller, settings=settings)).trace
    assert trace.pressure_mmhg.max() > CASE.pressure_mmhg / 2


def test_ten_more_mmhg_in_every_chamber_cost_ten_in_every_error(ran: Ran) -> None:
    before = score(CASE, ran)
    pressed = replace(ran, trace=replace(ran.trace, pressure_mmhg=ran.trace.pressure_mmhg + 10))
    after = score(CASE, pressed)
    assert np.median(after.overshoot_mmhg) == pytest.approx(np.median(before.overshoot_mmhg) + 10, abs=2)
    assert np.median(after.hold_error_mmhg) == pytest.approx(10, abs=2)
    assert after.right_from_cycle == CYCLES + 1


def test_the_page_has_a_row_for_every_controller_plant_and_pressure(ran: Ran) -> None:
    files = pressure_files(_alike(score(CASE, ran)), 1, "abc")
    page = files[PAGE].decode()
    assert all(page.count(f"| {name} |") == len(SENSORS) for name in (*CONTROLLERS, "the limit"))
    assert all(
        page.count(f"| {plant}, {mmhg} mmHg |") == len(SENSORS) for plant in PLANTS for mmhg in PRESSURES_MMHG
    )
    assert b"<svg" in files[PICTURE]


def _alike(one: Score) -> Comparison:
    scores = [
        replace(
            one, case=replace(CASE, controller=controller, sensors=sensors, plant=plant, pressure_mmhg=mmhg)
        )
        for controller in CONTROLLERS
        for sensors in SENSORS
        for plant in PLANTS
        for mmhg in PRESSURES_MMHG
    ]
    settings = {
        (controller, sensors): dict.fromkeys(PRESSURES_MMHG, Settings())
        for controller in CONTROLLERS
        for sensors in SENSORS
    }
    return Comparison(settings, scores)
