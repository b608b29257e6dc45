"""Whole sessions on the simulator, judged by the true pressures in the chambers."""

import json
from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from host_tools.basics.errors import InputError
from host_tools.plant.files.spec import PlantSpec, Range, load_plant
from host_tools.plant.parts.units import PA_PER_MMHG
from host_tools.sim.figures.metrics import SessionResult
from host_tools.sim.figures.session_metrics import session_result
from host_tools.sim.simulate import Session, simulate
from host_tools.sim.trace import Trace
from soleus.core.basics.limits import (
    LEVEL_STEP_PA,
    OVER_TARGET_PA,
    SOFT_START_PERMILLE,
    TARGET_MOST_PA,
    TICK_MS,
)
from soleus.core.controller import ROTOR_STOPS_MS
from soleus.core.program.timeline import STAGE_RAISE, STAGE_RELAX
from soleus.core.session.session import DONE, FAULT, PAUSED, RUNNING, STATE_NAMES, VENTING
from tests.sim.session_rig import (
    LAYOUTS,
    SEALED_LAYOUTS,
    Layout,
    at,
    board,
    by_leg,
    cycles,
    half_full_s,
    holding,
    program,
)

LEVEL_MMHG = 50.0
EMPTY_MMHG = 10.0


# Until the rotor stands still at the latest.
ROTOR_TICKS = ROTOR_STOPS_MS // TICK_MS


def layout_name(layout: Layout) -> str:
    valves, sensors, legs = layout
    return f"{valves} {sensors} {legs}"


each_layout = pytest.mark.parametrize("layout", LAYOUTS, ids=layout_name)
each_sealed_layout = pytest.mark.parametrize("layout", SEALED_LAYOUTS, ids=layout_name)


def completed(pattern: str, layout: Layout, **block: Any) -> Trace:
    """The trace of a session, which must be a healthy one."""
    session = simulate(program(pattern, **block), board(*layout))
    result = session_result(session)
    assert result.outcome == "completed", result.fault
    assert session.controller.interlock.refused_count == 0
    assert session.trace.pressure_mmhg.max() < LEVEL_MMHG + 20 + OVER_TARGET_PA / PA_PER_MMHG
    return session.trace


# --- foot before thigh ---

CLIMBING = [("sequential", layout) for layout in LAYOUTS]
CLIMBING += [("wave", layout) for layout in LAYOUTS]
CLIMBING += [(pattern, layout) for pattern in ("pulse", "gradient", "flow") for layout in SEALED_LAYOUTS]


@pytest.mark.parametrize(
    ("pattern", "layout"), CLIMBING, ids=lambda p: p if isinstance(p, str) else layout_name(p)
)
def test_in_every_cycle_each_chamber_comes_after_the_one_distal_to_it(pattern: str, layout: Layout) -> None:
    # A pulsing cycle is long.
    trace = completed(pattern, layout, minutes=10 if pattern == "pulse" else 5)
    all_cycles = cycles(trace)
    assert len(all_cycles) >= 3
    for ticks in all_cycles:
        for leg in by_leg(half_full_s(trace, ticks), board(*layout)):
            assert None not in leg
            assert all(distal < proximal for distal, proximal in pairwise(leg)), leg


@each_layout
def test_uniform_chambers_are_filled_together_and_held_alike(layout: Layout) -> None:
    trace = completed("uniform", layout)
    held = trace.pressure_mmhg[holding(trace)]
    assert len(held) > 500
    assert np.percentile(np.abs(held - LEVEL_MMHG), 95) < 4.0


# --- what each pattern promises ---


@each_sealed_layout
def test_gradient_holds_every_chamber_below_its_distal_neighbour(layout: Layout) -> None:
    trace = completed("gradient", layout, step_mmhg=5)
    per_leg = board(*layout).boots.chambers_per_leg
    held = trace.pressure_mmhg[holding(trace)].reshape(-1, layout[2], per_leg)
    assert len(held) > 500
    assert (np.diff(held, axis=2) < 0).all()
    assert np.abs(np.median(np.diff(held, axis=2), axis=0) + 5).max() < 2


@each_layout
def test_wave_has_at_most_two_chambers_of_a_leg_under_pressure_and_they_are_neighbours(
    layout: Layout,
) -> None:
    trace = completed("wave", layout)
    per_leg = board(*layout).boots.chambers_per_leg
    pressed = (trace.pressure_mmhg > EMPTY_MMHG).reshape(-1, layout[2], per_leg)
    assert pressed.sum(axis=2).max() <= 2
    is_pair = pressed.sum(axis=2) == 2
    assert (pressed[:, :, :-1] & pressed[:, :, 1:]).any(axis=2)[is_pair].all()


@each_sealed_layout
def test_every_pulse_lets_go_and_comes_back_before_the_next(layout: Layout) -> None:
    trace = completed("pulse", layout, minutes=10, pulses=3, pulse_ms=1000, relax_percent=60)
    pressure, target = trace.pressure_mmhg, trace.target_mmhg
    after_first = np.flatnonzero((trace.cycle > 0) & (trace.state == RUNNING))
    changes = after_first[1:][np.diff(trace.stage[after_first]) != 0]
    relaxes = [(k, k_end) for k, k_end in pairwise(changes) if trace.stage_kind[k] == STAGE_RELAX]
    raises = [(k, k_end) for k, k_end in pairwise(changes) if trace.stage_kind[k] == STAGE_RAISE]
    assert len(relaxes) >= 20
    for start, end in relaxes:
        (pulsed,) = np.flatnonzero((target[start] < target[start - 1]) & (target[start] > 0))[:1]
        assert pressure[start:end, pulsed].min() < target[start - 1, pulsed] - 8
    assert len(raises) >= 20
    for start, end in raises:
        pulsed = int(np.argmax(target[start] - target[start - 1]))
        assert pressure[end - 1, pulsed] > target[end - 1, pulsed] - 5


@each_sealed_layout
def test_flow_keeps_a_part_of_the_pressure_behind_the_climbing_front(layout: Layout) -> None:
    trace = completed("flow", layout, relax_percent=50, ramp_s=3)
    last_hold = holding(trace)[-100:]
    per_leg = board(*layout).boots.chambers_per_leg
    held = np.median(trace.pressure_mmhg[last_hold], axis=0).reshape(layout[2], per_leg)
    assert np.abs(held[:, -1] - LEVEL_MMHG).max() < 4
    assert np.abs(held[:, :-1] - LEVEL_MMHG / 2).max() < 6


# --- modifiers ---


@each_layout
def test_zones_that_are_left_out_stay_soft(layout: Layout) -> None:
    trace = completed("sequential", layout, zones=["calf"])
    in_calf = np.array(board(*layout).boots.zone_of) == 1
    assert trace.pressure_mmhg[:, ~in_calf].max() < 5
    assert (trace.pressure_mmhg[:, in_calf].max(axis=0) > LEVEL_MMHG - 4).all()


@each_sealed_layout
def test_a_boosted_zone_is_firmer_by_its_boost(layout: Layout) -> None:
    trace = completed("sequential", layout, boost_mmhg={"calf": 10})
    in_calf = np.array(board(*layout).boots.zone_of) == 1
    held = np.median(trace.pressure_mmhg[holding(trace)], axis=0)
    assert np.abs(held[in_calf] - LEVEL_MMHG - 10).max() < 4
    assert np.abs(held[~in_calf] - LEVEL_MMHG).max() < 4


@each_sealed_layout
def test_a_step_between_zones_is_felt_from_zone_to_zone(layout: Layout) -> None:
    trace = completed("sequential", layout, zone_step_mmhg=8)
    steps = np.array(board(*layout).boots.zone_of) * 8
    held = np.median(trace.pressure_mmhg[holding(trace)], axis=0)
    assert np.abs(held - LEVEL_MMHG + steps).max() < 4


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout[2] == 2], ids=layout_name)
def test_alternating_legs_are_never_filled_at_once(layout: Layout) -> None:
    trace = completed("sequential", layout, legs="alternating")
    is_filled = [(trace.fill_bits & bits) != 0 for bits in (0b1111, 0b1111_0000)]
    is_full = [(trace.pressure_mmhg[:, leg] > LEVEL_MMHG / 2).any(axis=1) for leg in (slice(4), slice(4, 8))]
    pump_on = trace.pump_permille > 0
    assert not (is_filled[0] & is_filled[1] & pump_on).any()
    for leg in (0, 1):
        assert is_full[leg].any()
        assert not (is_full[leg] & is_filled[1 - leg] & pump_on)[at(trace, 3) :].mean() > 0.02


@pytest.mark.parametrize("leg", ["left", "right"])
def test_one_leg_leaves_the_other_alone(leg: str) -> None:
    trace = completed("sequential", ("fill_vent", "per_chamber", 2), legs=leg)
    other = slice(4, 8) if leg == "left" else slice(4)
    assert trace.pressure_mmhg[:, other].max() < 2
    assert trace.pressure_mmhg.max() > LEVEL_MMHG - 4


def test_the_first_cycle_is_soft_and_the_second_as_asked() -> None:
    trace = completed("sequential", ("fill_vent", "per_chamber", 1))
    first, second = (trace.pressure_mmhg[ticks].max() for ticks in cycles(trace)[:2])
    assert abs(first - LEVEL_MMHG * SOFT_START_PERMILLE / 1000) < 4
    assert abs(second - LEVEL_MMHG) < 4


@pytest.mark.parametrize("sensors", ["per_chamber", "manifold"])
@pytest.mark.parametrize(
    ("block", "key"),
    [
        ({"pattern": "pulse"}, "blocks[0].pattern = 'pulse'"),
        ({"pattern": "gradient"}, "blocks[0].pattern = 'gradient'"),
        ({"pattern": "flow"}, "blocks[0].pattern = 'flow'"),
        ({"zone_step_mmhg": 5}, "blocks[0].zone_step_mmhg = 5"),
        ({"boost_mmhg": {"calf": 5}}, "blocks[0].boost_mmhg"),
    ],
)
def test_what_three_way_valves_cant_do_is_refused_in_one_line(block: Any, key: str, sensors: str) -> None:
    with pytest.raises(InputError) as refusal:
        simulate(program(**block), board("three_way", sensors))
    line = str(refusal.value)
    assert "\n" not in line
    assert "test-board" in line
    assert key in line
    assert "three-way valves give all filled chambers one pressure" in line


@pytest.mark.parametrize("legs", ["right", "alternating"])
def test_a_leg_that_isnt_there_is_refused(legs: str) -> None:
    with pytest.raises(InputError, match="this board has one leg"):
        simulate(program(legs=legs), board())


# --- the same again ---


def seeded(seed: int) -> Session:
    return simulate(
        program(), board(), "tired", fault=["leg.left:move@100s+5s"], event=["softer@60s"], seed=seed
    )


def json_without_wall(session: Session) -> str:
    table = session_result(session).to_dict()
    del table["wall_s"]
    return json.dumps(table)


def test_the_same_inputs_and_seed_give_the_same_bytes() -> None:
    one, other = seeded(7), seeded(7)
    assert json_without_wall(one) == json_without_wall(other)
    for column in fields(Trace):
        mine, its = getattr(one.trace, column.name), getattr(other.trace, column.name)
        assert np.array_equal(mine, its) if isinstance(mine, np.ndarray) else mine == its, column.name


def test_another_seed_is_another_pair_of_boots() -> None:
    assert json_without_wall(seeded(7)) != json_without_wall(seeded(8))


# --- what a person does ---


def with_events(*events: str, **keys: Any) -> Session:
    pressure = {"min": 40, "start": 50, "max": 60}
    return simulate(program(pressure=pressure), board(), event=list(events), **keys)


def states_of(trace: Trace) -> list[str]:
    return [note.text for note in trace.notes if note.kind == "state"]


def test_a_pause_empties_the_legs_and_a_resume_begins_at_the_foot() -> None:
    trace = with_events("pause@100s", "resume@130s").trace
    paused = slice(at(trace, 105), at(trace, 130))
    assert (trace.state[paused] == PAUSED).all()
    assert trace.pressure_mmhg[paused].max() < 5
    resumed = at(trace, 130.5)
    assert (trace.target_pa[resumed] > 0).tolist() == [True, False, False, False, False]
    assert trace.state[-1] == DONE
    assert trace.time_s[-1] > 5 * 60 + 29, "the time paused isn't taken from the session"


@pytest.mark.parametrize(
    ("events", "level_mmhg"),
    [
        (["louder@40s"], 50),
        (["louder@150s", "louder@151s"], 55),
        (["softer@40s"], 45),
        (["softer@150s", "louder@151s"], 50),
    ],
    ids=["too early", "one step at a time", "one down", "down and up"],
)
def test_louder_and_softer_are_felt_in_the_chambers(events: list[str], level_mmhg: int) -> None:
    trace = with_events(*events).trace
    held = trace.pressure_mmhg[holding(trace)[-200:]]
    assert np.abs(np.median(held, axis=0) - level_mmhg).max() < 3


def test_softer_lowers_what_is_held_right_now() -> None:
    calm = with_events().trace
    held_s = calm.time_s[holding(calm)[20]]
    trace = with_events(f"softer@{held_s:.2f}s").trace
    pressed = at(trace, held_s)
    changed = trace.target_pa[pressed] - trace.target_pa[pressed - 1]
    assert changed.tolist() == [-LEVEL_STEP_PA] * 5
    eased = trace.pressure_mmhg[at(trace, held_s + 2)]
    assert (eased < LEVEL_MMHG - 2).all()


def test_what_a_person_did_is_noted_where_it_happened() -> None:
    trace = with_events("pause@100s", "resume@130s", "stop@200s").trace
    notes = [(note.at_s, note.text) for note in trace.notes if note.kind == "event"]
    assert notes == [(100.0, "pause@100s"), (130.0, "resume@130s"), (200.0, "stop@200s")]
    assert states_of(trace) == ["checking", "running", "paused", "running", "venting", "done"]


# --- stop ---

ONE_LEG = [layout for layout in LAYOUTS if layout[2] == 1]
WATCHED_S = 8


def stopped(
    pattern: str, layout: Layout, stop_s: float, plant: str = "nominal", pressure: int = 100
) -> Session:
    """A session that is stopped, watched for some seconds more: a run goes on until the last event."""
    events = [f"stop@{stop_s:.2f}s", f"softer@{stop_s + WATCHED_S:.2f}s"]
    return simulate(program(pattern, pressure=pressure), board(*layout), plant, event=events)


def is_off(trace: Trace, tick: int) -> bool:
    return not (trace.fill_bits[tick] or trace.seal_bits[tick] or trace.pump_permille[tick])


@pytest.mark.parametrize("stop_s", [1, 4, 21.5, 40, 47, 53, 55.5, 100, 200])
@pytest.mark.parametrize("pattern", ["sequential", "wave", "uniform"])
@pytest.mark.parametrize("layout", ONE_LEG, ids=layout_name)
def test_stop_commands_everything_off_in_its_tick_and_empties_the_legs_in_5_s(
    layout: Layout, pattern: str, stop_s: float
) -> None:
    session = stopped(pattern, layout, stop_s)
    trace = session.trace
    pressed = at(trace, stop_s)
    assert trace.state[pressed] == VENTING
    assert is_off(trace, pressed + ROTOR_TICKS)
    # Until then the pump's rotor may still turn: its air leaves through a valve whose chamber isn't closed.
    kept_bits = trace.fill_bits[pressed - 1] & trace.fill_bits[pressed] if layout[0] == "three_way" else 0
    assert kept_bits & (kept_bits - 1) == 0
    assert (trace.seal_bits[pressed : pressed + ROTOR_TICKS] == 0).all()
    assert (trace.pump_permille[pressed:] == 0).all()
    assert (trace.pressure_mmhg[at(trace, stop_s + 5) :] < EMPTY_MMHG).all()
    assert session_result(session).outcome == "stopped"


@pytest.mark.parametrize("plant", ["nominal", "large-leg", "small-leg", "tired"])
def test_a_stop_at_full_pressure_empties_the_legs_on_every_plant(plant: str) -> None:
    layout = ("fill_vent", "per_chamber", 2)
    calm = simulate(program(pressure=110), board(*layout), plant).trace
    held_s = float(calm.time_s[holding(calm)[50]])
    trace = stopped("sequential", layout, held_s, plant, pressure=110).trace
    assert trace.pressure_mmhg[at(trace, held_s)].min() > 95
    assert trace.pressure_mmhg[at(trace, held_s + 5) :].max() < EMPTY_MMHG


@pytest.mark.parametrize("plant", ["nominal", "large-leg", "small-leg", "tired"])
@pytest.mark.parametrize("layout", ONE_LEG, ids=layout_name)
def test_done_means_that_the_legs_are_truly_empty(layout: Layout, plant: str) -> None:
    trace = stopped("sequential", layout, 55.5, plant).trace
    done = np.flatnonzero(trace.state == DONE)
    assert len(done), states_of(trace)
    assert trace.pressure_mmhg[done[0]].max() < EMPTY_MMHG


# --- guards, tripped by a plant's broken parts ---


def hold_s(valves: str, sensors: str) -> float:
    """A moment in the third cycle with every chamber held."""
    trace = simulate(program(), board(valves, sensors)).trace
    ticks = holding(trace)
    return float(trace.time_s[ticks[trace.cycle[ticks] == 2][50]])


def spec_with(**sensor: Any) -> PlantSpec:
    nominal = load_plant("nominal")
    return nominal.model_copy(update={"sensor": nominal.sensor.model_copy(update=sensor)})


SILENT = spec_with(missing="silent")

BOTH = "per_chamber_and_manifold"

# Fault, valves, sensors, plant; the code and chamber that must be named; the seconds until then at most.
TRIPS: list[tuple[str, str, str, str | PlantSpec, str, str | None, float]] = [
    ("sensor.left.calf:off@60s", "fill_vent", "per_chamber", "nominal", "E11", "left.calf", 0.1),
    ("sensor.left.thigh:off@90s", "three_way", "per_chamber", "nominal", "E11", "left.thigh", 0.1),
    ("sensor.left.calf:intermittent@60s", "fill_vent", "per_chamber", "nominal", "E11", "left.calf", 1.0),
    ("sensor.manifold:off@60s", "fill_vent", "manifold", "nominal", "E11", "manifold", 0.1),
    ("sensor.manifold:off@60s", "three_way", "manifold", "nominal", "E11", "manifold", 0.1),
    ("sensor.left.calf:off@60s", "fill_vent", "per_chamber", SILENT, "E12", "left.calf", 0.1),
    ("sensor.manifold:off@60s", "three_way", "manifold", SILENT, "E12", "manifold", 0.1),
    ("clock:delayed@60s", "fill_vent", "per_chamber", "nominal", "E41", None, 0.3),
    ("clock:delayed@60s", "three_way", "manifold", "nominal", "E41", None, 0.3),
    ("clock:slow@60s", "fill_vent", "per_chamber", "nominal", "E41", None, 0.15),
    ("clock:intermittent@60s", "fill_vent", "manifold", "nominal", "E41", None, 2.0),
    ("clock:wrong@60s", "three_way", "per_chamber", "nominal", "E41", None, 2.0),
    # Two chambers are rested after 45 s each, without a trace of air: then the pump is named.
    ("pump:off@1s", "fill_vent", "per_chamber", "nominal", "E52", None, 100.0),
    ("pump:off@1s", "three_way", "manifold", "nominal", "E52", None, 100.0),
    ("sensor.left.calf:half@1s", "fill_vent", BOTH, "nominal", "E17", "left.calf", 40.0),
    ("sensor.left.calf:tube-off@1s", "fill_vent", BOTH, "nominal", "E17", "left.calf", 20.0),
    ("sensor.left.foot:dead@1s", "fill_vent", BOTH, "nominal", "E17", "left.foot", 15.0),
    ("sensor.manifold:half@1s", "fill_vent", BOTH, "nominal", "E17", "manifold", 60.0),
    ("valve.left.calf.vent:stuck@HOLD", "fill_vent", "per_chamber", "nominal", "E31", "left.calf", 12.0),
    ("valve.left.calf:stuck@HOLD", "three_way", "per_chamber", "nominal", "E31", "left.calf", 12.0),
    ("hose.left.calf:kink@HOLD", "fill_vent", "per_chamber", "nominal", "E31", "left.calf", 12.0),
]  # fmt: skip

# As above, for faults that rest one chamber; the seconds are those until then.
RESTS: list[tuple[str, str, str, str, str, float]] = [
    ("valve.left.foot.fill:off@1s", "fill_vent", "per_chamber", "E21", "left.foot", 50.0),
    ("valve.left.foot.fill:off@60s", "fill_vent", BOTH, "E21", "left.foot", 110.0),
    ("garment.left.calf:off@60s", "fill_vent", "per_chamber", "E21", "left.calf", 110.0),
    ("garment.left.calf:off@60s", "fill_vent", "manifold", "E21", "left.calf", 110.0),
    ("hose.left.calf:off@60s", "fill_vent", "per_chamber", "E21", "left.calf", 110.0),
    ("hose.left.calf:off@60s", "three_way", "per_chamber", "E21", "left.calf", 110.0),
]


def tripped(fault: str, valves: str, sensors: str, plant: str | PlantSpec) -> tuple[SessionResult, Trace]:
    if fault.endswith("HOLD"):
        fault = fault.removesuffix("HOLD") + f"{hold_s(valves, sensors):.2f}s"
    session = simulate(program(), board(valves, sensors), plant, fault=[fault])
    return session_result(session), session.trace


@pytest.mark.parametrize(
    ("fault", "valves", "sensors", "plant", "code", "chamber", "most_s"),
    TRIPS,
    ids=[f"{row[0]} {row[1]} {row[2]}{' silent' if row[3] is SILENT else ''}" for row in TRIPS],
)
def test_a_broken_part_is_named_in_time_and_no_leg_is_hurt(
    fault: str,
    valves: str,
    sensors: str,
    plant: str | PlantSpec,
    code: str,
    chamber: str | None,
    most_s: float,
) -> None:
    result, trace = tripped(fault, valves, sensors, plant)
    assert result.fault is not None
    assert (result.fault.code, result.fault.chamber) == (code, chamber)
    (injected,) = result.injected
    assert injected.detected_s is not None
    assert injected.detected_s - injected.at_s <= most_s
    assert result.max_pressure_mmhg < 150
    ended = trace.state == FAULT
    for commands in (trace.fill_bits, trace.seal_bits, trace.pump_permille, trace.gate_on):
        assert not commands[ended].any()


@pytest.mark.parametrize(
    ("fault", "valves", "sensors", "code", "chamber", "most_s"),
    RESTS,
    ids=[f"{row[0]} {row[1]} {row[2]}" for row in RESTS],
)
def test_a_fault_of_one_chamber_rests_it_and_the_others_go_on(
    fault: str, valves: str, sensors: str, code: str, chamber: str, most_s: float
) -> None:
    session = simulate(program(minutes=10), board(valves, sensors), fault=[fault])
    result, trace = session_result(session), session.trace
    assert result.outcome == "completed", result.fault
    assert [(notice.code, notice.chamber) for notice in result.notices] == [(code, chamber)]
    rested_s = result.notices[0].at_s
    assert rested_s - result.injected[0].at_s <= most_s
    index = trace.chamber_names.index(chamber)
    after = trace.pressure_mmhg[at(trace, rested_s + 5) :]
    assert after[:, index].max() < EMPTY_MMHG
    assert (np.delete(after, index, axis=1).max(axis=0) > LEVEL_MMHG - 4).all()
    assert result.max_pressure_mmhg < LEVEL_MMHG + OVER_TARGET_PA / PA_PER_MMHG
    assert session.controller.interlock.refused_count == 0


@pytest.mark.parametrize("offset_mmhg", [12.0, -12.0])
def test_a_sensor_too_far_off_zero_stops_the_session_before_any_pressure(offset_mmhg: float) -> None:
    session = simulate(program(), board(), spec_with(offset_mmhg=Range(offset_mmhg, offset_mmhg)))
    result = session_result(session)
    assert result.fault is not None
    assert (result.fault.code, result.fault.chamber) == ("E13", "left.foot")
    assert abs(result.fault.value - offset_mmhg) < 1
    assert result.max_pressure_mmhg < 1
    assert "running" not in states_of(session.trace)


@pytest.mark.parametrize("moment_s", [0, 60])
@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout[2] == 1], ids=layout_name)
def test_a_restless_leg_stops_no_session(layout: Layout, moment_s: int) -> None:
    session = simulate(program(), board(*layout), fault=[f"leg.left:move@{moment_s}s+30s"])
    result = session_result(session)
    assert result.outcome == "completed", result.fault
    assert result.injected[0].detected_s is None


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout[2] == 1], ids=layout_name)
def test_a_pump_that_wont_stop_is_held_by_the_guards_and_the_relief_valve(layout: Layout) -> None:
    most_mmhg = TARGET_MOST_PA / PA_PER_MMHG
    session = simulate(program(pressure=110), board(*layout), fault=["pump:stuck@60s"])
    assert session.trace.pressure_mmhg.max() < most_mmhg + 30


def test_a_cleared_fault_lets_a_person_start_again() -> None:
    events = ["clear@75s", "start@80s"]
    session = simulate(program(), board(), fault=["sensor.left.calf:off@60s+5s"], event=events)
    states = states_of(session.trace)
    assert states == ["checking", "running", "fault", "idle", "checking", "running", "venting", "done"]
    assert session_result(session).outcome == "completed"
    assert all(name in STATE_NAMES for name in states)
