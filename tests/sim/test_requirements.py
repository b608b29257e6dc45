"""Every safety requirement is tripped, in time, by the faults that its row names; docs/safety.md says so."""

import importlib
import shlex
from pathlib import Path
from typing import Any

import pytest

from host_tools.basics.paths import CHECKOUT
from host_tools.docs import safety_page
from host_tools.plant.faults import parse_fault
from host_tools.safety.requirements import REQUIREMENTS, Requirement, Since, Trip, in_words
from host_tools.safety.trip_run import TripResult, run_trip
from soleus.core.basics import fault_table, faults, limits
from soleus.core.basics.limits import TARGET_DEFAULT_MOST_PA
from soleus.core.basics.signals import BUTTON_ALIVE
from soleus.core.basics.units import pa_from_mmhg
from soleus.core.controller import Controller
from soleus.core.guards import one_by_one
from soleus.core.guards.guards import Guards
from soleus.core.regulate import fills, trims
from soleus.core.sensing import chamber_gauges, zeroing
from soleus.core.session import sequencer
from soleus.core.session.session import FAULT
from tests.core.fake_air import Machine, boots, is_all_vent, program

TRIPS = [(each, trip) for each in REQUIREMENTS for trip in each.trips]
PAGE = (CHECKOUT / safety_page.PAGE).read_text(encoding="utf-8")


def trip_name(value: Any) -> str:
    return value.code if isinstance(value, Requirement) else f"{value.fault or value.plant} {value.board}"


# --- each row, run ---


@pytest.mark.parametrize(("requirement", "trip"), TRIPS, ids=trip_name)
def test_the_fault_trips_its_requirement_in_time_and_no_leg_is_hurt(
    requirement: Requirement, trip: Trip
) -> None:
    result = run_trip(requirement, trip)
    assert (result.code, result.chamber) == (requirement.code, trip.chamber)
    assert result.is_all_vent
    assert result.max_pressure_mmhg < 150
    assert result.is_in_time(requirement, trip), f"{result.detected_ms} ms"
    # A budget of its own only where the usual one is too short.
    assert (result.detected_ms > requirement.budget_ms) == bool(trip.budget), f"{result.detected_ms} ms"


def test_a_row_that_falls_short_is_named() -> None:
    requirement, trip = TRIPS[1]
    fine = TripResult(requirement.code, trip.chamber, requirement.budget_ms, 60.0, 1.0, True)
    assert safety_page.shortfall(requirement, trip, fine) == ""
    late = TripResult(requirement.code, trip.chamber, requirement.budget_ms + 10, 60.0, 1.0, True)
    other = TripResult("E99", trip.chamber, 10, 60.0, 1.0, True)
    elsewhere = TripResult(requirement.code, "left.thigh", 10, 60.0, 1.0, True)
    high = TripResult(requirement.code, trip.chamber, 10, 150.0, 1.0, True)
    awake = TripResult(requirement.code, trip.chamber, 10, 60.0, 1.0, False)
    for wrong in (late, other, elsewhere, high, awake):
        assert safety_page.shortfall(requirement, trip, wrong) != ""


# --- the table is that of the code ---


def test_every_fault_of_the_core_is_a_requirement_and_the_other_way_round() -> None:
    assert sorted(each.fault for each in REQUIREMENTS) == list(range(1, len(fault_table.TABLE)))


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=trip_name)
def test_every_requirement_has_a_fault_that_trips_it_or_a_test_that_says_why_none_does(
    requirement: Requirement,
) -> None:
    assert bool(requirement.trips) != bool(requirement.unit_test)
    assert bool(requirement.unit_test) == bool(requirement.unreached)
    if requirement.unit_test:
        file, _, name = requirement.unit_test.partition("::")
        assert f"def {name}(" in (CHECKOUT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=trip_name)
def test_a_requirements_guard_is_asked_by_the_controller_and_names_its_fault(
    requirement: Requirement,
) -> None:
    layouts = [
        ("fill_vent", "per_chamber"),
        ("fill_vent", "per_chamber_and_manifold"),
        ("three_way", "per_chamber"),
    ]
    asked = set()
    for valves, sensors in layouts:
        guards = Controller(boots(valves=valves, sensors=sensors)).guards
        assert isinstance(guards, Guards)
        asked |= {type(guard) for guard in (*vars(guards).values(), *vars(guards.active).values())}
    assert requirement.guard in asked
    # ... and that guard names this fault.
    module = importlib.import_module(requirement.guard.__module__)
    constant = next(
        name for name, value in vars(faults).items() if name.isupper() and value == requirement.fault
    )
    assert f"faults.{constant}" in Path(str(module.__file__)).read_text(encoding="utf-8")


# Limits that another module compares readings with, not the guard itself.
ELSEWHERE = {
    "PRESSED_PA": chamber_gauges,
    "RUNAWAY_MANIFOLD_PA": one_by_one,
    "RUNAWAY_MANIFOLD_MS": one_by_one,
    "ZERO_MOST_PA": zeroing,
    "RUNAWAY_RISE_PA": fills,
    "COLLAPSE_PERMILLE": trims,
}


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=trip_name)
def test_a_requirements_limits_are_those_that_its_guard_uses(requirement: Requirement) -> None:
    module = importlib.import_module(requirement.guard.__module__)
    for name in (*requirement.limits, *requirement.debounce):
        assert hasattr(limits, name)
        assert in_words(name)
        assert hasattr(ELSEWHERE.get(name, module), name), name


@pytest.mark.parametrize(("requirement", "trip"), TRIPS, ids=trip_name)
def test_a_trips_command_is_taken_by_the_command_line_and_stands_in_the_page(
    requirement: Requirement, trip: Trip
) -> None:
    words = shlex.split(trip.command)
    assert words[:2] == ["soleus", "sim"]
    assert words[2] == trip.program
    if trip.fault:
        assert words[words.index("--fault") + 1] == trip.fault
    assert trip.command in PAGE
    assert trip.since is not Since.STARTED or not trip.fault, requirement.code


def test_the_page_says_what_the_code_says() -> None:
    assert PAGE.startswith(safety_page.from_code()), "run `make docs`"
    assert PAGE.endswith(safety_page.rest_from_code()), "run `make docs`"


def test_the_page_has_a_measured_row_for_every_trip() -> None:
    rows = PAGE.partition("## What each fault did")[2].partition("To repeat a row")[0]
    for requirement, trip in TRIPS:
        fault = trip.fault or trip.plant
        board = trip.board.rpartition("/")[2]
        assert f"| {requirement.code} | `{fault}` | `{board}` |" in rows


def test_a_fault_of_the_page_is_one_that_its_board_has() -> None:
    the_boots = boots(chambers=["foot", "calf", "knee", "thigh"], zones=["foot", "calf", "calf", "thigh"])
    text = next(trip.fault for _, trip in TRIPS if trip.board == "esp32-devkit" and trip.fault)
    assert parse_fault(text, the_boots).text == text


# --- guards that no broken part trips: here the firmware itself is made wrong ---


def test_a_sequence_that_never_lets_go_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """E03: the sequencer has lost its own limit, and the program's ramps and hold take 4 min."""
    monkeypatch.setattr(sequencer, "CYCLE_PRESSED_MOST_MS", 1 << 29)
    monkeypatch.setattr(sequencer, "CYCLE_PRESSED_LAST_MS", 1 << 29)
    chambers = [f"c{number}" for number in range(6)]
    the_boots = boots(chambers=chambers, zones=["foot", "foot", "calf", "calf", "thigh", "thigh"])
    machine = Machine(the_boots, program(minutes=60, pressure=50, ramp_s=30, hold_s=60)).started()
    machine.until_state(FAULT, most_s=400)
    latch = machine.controller.latch
    assert latch.code == faults.PROLONGED
    assert latch.chamber_index == 0
    assert latch.value <= limits.PRESSED_MOST_MS + limits.TICK_MS
    assert is_all_vent(machine.controller.commands)
    assert max(machine.air.pressure_pa) < TARGET_DEFAULT_MOST_PA
    machine.run(5)
    assert max(machine.air.pressure_pa) < pa_from_mmhg(10)


def test_a_session_that_has_lost_its_end_is_stopped() -> None:
    """E42: the session has lost its own length. Ticks of 50 ms, as it takes an hour; somebody is awake."""
    machine = Machine(boots(), program(minutes=60)).started()
    machine.controller.session.duration_ms = 1 << 29
    dt_ms = 50
    for count in range(limits.SESSION_CAP_MS // dt_ms + 200):
        machine.tick(BUTTON_ALIVE if count % 6000 == 0 else 0, dt_ms=dt_ms)
        if machine.state == FAULT:
            break
    latch = machine.controller.latch
    assert latch.code == faults.SESSION_CAP
    assert limits.SESSION_CAP_MS < latch.value <= limits.SESSION_CAP_MS + dt_ms
    assert is_all_vent(machine.controller.commands)
