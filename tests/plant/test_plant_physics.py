"""Whatever its numbers, the plant keeps its air and behaves as real boots do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools.plant.files.spec import Range, load_plant, plant_names
from tests.plant.plant_rig import Boots, Rig

FULL = 1000
COMMANDS = st.tuples(
    st.integers(0, 63), st.integers(0, 63), st.sampled_from([0, 300, 700, 1000]), st.integers(1, 60)
)
FAULTS = st.lists(
    st.sampled_from(
        [
            "hose.left.calf:off@0.3s",
            "garment.left.foot:leak@0s",
            "manifold:leak@0.5s+1s",
            "clock:slow@0.2s+1s",
        ]
    ),
    unique=True,
)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["tired", "hysteretic"]),
    st.booleans(),
    st.integers(0, 1000),
    st.lists(COMMANDS, min_size=1, max_size=8),
    FAULTS,
)
def test_air_is_conserved(
    plant: str, three_way: bool, seed: int, commands: list[tuple], faults: list[str]
) -> None:
    rig = Rig(Boots(2, 3, three_way=three_way), plant, seed, faults)
    before_ml = rig.air_ml()
    for fill, seal, pump, ticks in commands:
        rig.command(fill, seal, pump).run(ticks * 0.01)
    balance = rig.plant.balance
    after_ml = before_ml + balance.pumped_ml - balance.vented_ml - balance.leaked_ml
    assert rig.air_ml() == pytest.approx(after_ml, rel=1e-9, abs=0)
    assert (rig.plant.truth.air_ml > 0.0).all()
    assert np.isfinite(rig.pressure).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("chamber", range(5))
def test_first_fill_takes_4_to_15_s(chamber: int, seed: int) -> None:
    rig = Rig(Boots(1), seed=seed).command(1 << chamber, pump=FULL)
    assert 4.0 <= rig.seconds_until(lambda b: b.pressure[chamber] >= 60.0) <= 15.0


@pytest.mark.parametrize(("name", "least_s", "most_s"), [("nominal", 1.0, 3.0), ("tired", 1.0, 4.5)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_vent_takes_a_chamber_from_80_to_below_10_mmhg_in_time(
    name: str, least_s: float, most_s: float, seed: int
) -> None:
    for chamber in range(5):
        rig = Rig(Boots(1), name, seed).filled(chamber, 80.0).run(0.2)
        rig.command(seal=0)
        assert least_s <= rig.seconds_until(lambda b, i=chamber: b.pressure[i] < 10.0) <= most_s


def test_a_whole_minute_is_enough_for_a_sequential_cycle_of_both_legs() -> None:
    rig = Rig()
    for cycle in range(2):
        seconds = 0.0
        for i in range(5):
            rig.command(0b100001 << i, pump=FULL)
            seconds += rig.seconds_until(lambda b, i=i: b.pressure[[i, i + 5]].min() >= 80.0)
        rig.command(seal=0).run(8.0)
        if cycle:
            assert seconds < 40.0


def test_the_slack_is_taken_up_once() -> None:
    rig = Rig(Boots(1)).command(0b100, pump=FULL)
    first_s = rig.seconds_until(lambda b: b.pressure[2] >= 60.0)
    rig.command(seal=0).run(3.0).command(0b100, pump=FULL)
    assert rig.seconds_until(lambda b: b.pressure[2] >= 60.0) < 0.8 * first_s


@pytest.mark.parametrize("name", plant_names())
def test_every_plant_reaches_120_mmhg(name: str) -> None:
    rig = Rig(Boots(1), name).command(0b10000, pump=FULL)
    rig.seconds_until(lambda b: b.pressure[4] >= 120.0)


def test_filling_a_chamber_presses_its_held_neighbour_alone() -> None:
    rig = Rig().filled(0, 50.0).filled(1, 70.0)
    held, far = rig.pressure[1], rig.pressure[6]
    rig.filled(2, 70.0)
    assert 1.0 < rig.pressure[1] - held < 12.0
    assert rig.pressure[6] == pytest.approx(far, abs=0.01)


def test_dead_headed_manifold_climbs_50_mmhg_in_10_ms() -> None:
    rig = Rig()
    rig.plant.manifold.relief_k = 0.0
    rig.command(0b100, pump=FULL).run(2.0).command(0, pump=FULL).run(0.04)
    assert 40.0 < np.diff(rig.manifold[-5:]).max() < 80.0


def test_the_relief_valve_bounds_the_manifold() -> None:
    rig = Rig().command(0, pump=FULL).run(3.0)
    assert 140.0 < rig.plant.truth.manifold_max_mmhg < 160.0


def test_the_highest_pressure_between_two_ticks_is_seen() -> None:
    rig = Rig().command(0, pump=FULL).run(0.5)
    assert rig.plant.truth.manifold_max_mmhg >= rig.plant.truth.manifold_mmhg > 100.0


def test_a_pump_at_rest_needs_more_duty_to_start_than_to_go_on() -> None:
    assert Rig().command(1, pump=150).run(1.0).plant.truth.pump_flow_ml_s == 0.0
    running = Rig().command(1, pump=400).run(0.5).command(1, pump=190).run(1.0)
    assert running.plant.truth.pump_flow_ml_s > 10.0
    assert Rig().command(1, pump=400).run(0.5).command(1, pump=50).run(1.0).plant.truth.pump_flow_ml_s < 0.1


def test_the_pump_takes_its_time_to_start() -> None:
    rig = Rig().command(1, pump=FULL)
    early = rig.run(0.03).plant.truth.pump_flow_ml_s
    assert early < 0.6 * rig.run(0.6).plant.truth.pump_flow_ml_s


def test_a_pump_in_use_drains_the_battery_and_sags_it() -> None:
    rig = Rig(plant="tired").run(0.1)
    rested_v = rig.plant.truth.supply_v
    rig.command(0b1, pump=FULL).run(3.0)
    assert rig.plant.truth.supply_v < rested_v - 0.2
    assert rig.readings.supply_mv == pytest.approx(rig.plant.truth.supply_v * 1000, abs=20)
    assert 0.005 < rig.plant.truth.battery_wh_used < 0.05


def test_a_valve_waits_and_then_travels() -> None:
    rig = Rig().command(0b1)
    rig.tick()
    places = [rig.plant.valves.place[0]]
    for _ in range(3):
        rig.tick()
        places.append(rig.plant.valves.place[0])
    assert places[0] < 1.0
    assert places[-1] == 1.0


def test_a_pulse_shorter_than_the_latency_moves_nothing() -> None:
    rig = Rig(plant="tired").command(0b1)
    rig.tick()
    rig.command(0).run(0.2)
    assert rig.plant.valves.place[0] == 0.0


def test_three_way_joins_the_manifold_or_vents() -> None:
    rig = Rig(Boots(1, 3, three_way=True)).command(0b1, seal=0, pump=FULL).run(8.0)
    assert rig.pressure[0] > 60.0
    assert rig.pressure[1] < 5.0
    rig.command(0b11, seal=0).run(15.0)
    assert rig.pressure[0] == pytest.approx(rig.pressure[1], abs=1.0)
    rig.command(0, seal=0).run(4.5)
    assert rig.pressure.max() < 10.0


def test_a_dropped_gate_unpowers_everything() -> None:
    rig = Rig(Boots(1, gate=True), faults=["pump:stuck@0s"]).filled(1, 70.0)
    rig.command(0b1, pump=FULL)
    rig.commands.gate_on = 0
    rig.run(5.0)
    assert rig.pressure.max() < 10.0
    assert rig.plant.truth.pump_flow_ml_s == 0.0


def test_boots_without_a_gate_ignore_its_command() -> None:
    rig = Rig(Boots(1)).command(0b1, pump=FULL)
    rig.commands.gate_on = 0
    assert rig.run(2.0).plant.truth.pump_flow_ml_s > 100.0


def test_held_pressure_sags_as_the_fabric_creeps_and_the_air_cools() -> None:
    rig = Rig().filled(2, 80.0).run(0.3)
    start = rig.pressure[2]
    assert 1.0 < start - rig.run(40.0).pressure[2] < 12.0


def test_a_sensor_behind_its_hose_reads_high_while_filling() -> None:
    rig = Rig().command(0b100, pump=FULL).run(4.0)
    truth = rig.plant.truth
    assert 5.0 < truth.node_mmhg[2] - truth.pressure_mmhg[2] < 25.0
    rig.command().run(0.3)
    assert truth.node_mmhg[2] == pytest.approx(truth.pressure_mmhg[2], abs=0.05)


def test_a_manifold_sensor_reads_the_manifold_alone() -> None:
    rig = Rig(Boots(1, manifold=True)).command(0b100, pump=FULL).run(3.0)
    assert rig.readings.chamber_pa == [0] * 5
    assert rig.readings.manifold_pa / 133.322 == pytest.approx(rig.plant.truth.manifold_mmhg, abs=20.0)
    assert rig.readings.missing_bits == 0


# --- a leg of the second kind ---


def turned(rig: Rig, chamber: int) -> tuple[float, float]:
    """A held chamber gets a little air: how much, and what its pressure gained."""
    air_ml, mmhg = rig.plant.truth.air_ml[chamber], rig.pressure[chamber]
    rig.command(1 << chamber, pump=FULL).run(0.12).command().run(0.3)
    return rig.plant.truth.air_ml[chamber] - air_ml, rig.pressure[chamber] - mmhg


def test_a_chamber_with_a_memory_is_larger_on_the_way_down() -> None:
    rig = Rig(Boots(1), "hysteretic").filled(2, 40.0).run(0.3)
    up_ml, up_mmhg = rig.plant.truth.air_ml[2], rig.pressure[2]
    rig.filled(2, 80.0).run(0.3).command(seal=0)
    rig.seconds_until(lambda b: b.pressure[2] < up_mmhg)
    assert rig.plant.truth.air_ml[2] > up_ml + 3.0


def test_the_pressure_turns_on_a_stiffer_branch() -> None:
    rig = Rig(Boots(1), "hysteretic").filled(2, 70.0).run(0.3)
    rig.command(seal=0).run(0.12).command().run(0.3)
    ml, mmhg = turned(rig, 2)
    elastic = Rig(Boots(1)).filled(2, 70.0).run(0.3)
    elastic.command(seal=0).run(0.12).command().run(0.3)
    elastic_ml, elastic_mmhg = turned(elastic, 2)
    assert mmhg / ml > 1.1 * elastic_mmhg / elastic_ml


def test_a_valve_sticks_after_a_rest_and_less_when_it_has_just_moved() -> None:
    rig = Rig(plant="hysteretic")
    valves = rig.plant.valves
    valves.jitter_ms[:] = 0.0
    rig.command(0b1).tick()
    first_ms = valves.due_ms[0] if valves.due_ms[0] < 1e17 else valves.on_ms[0]
    assert first_ms == pytest.approx(valves.on_ms[0] + valves.stick_ms[0])
    rig.run(0.2).command(0).run(0.1).command(0b1).tick()
    assert valves.due_ms[0] - (rig.plant.now_ms - 10) < valves.on_ms[0] + 0.1 * valves.stick_ms[0]


def test_air_that_waits_in_the_hose_reaches_the_chamber() -> None:
    rig = Rig(Boots(1), "hysteretic").filled(2, 60.0)
    assert rig.plant.truth.node_mmhg[2] - rig.pressure[2] > 2.0
    rig.run(0.2)
    assert rig.plant.truth.node_mmhg[2] == pytest.approx(rig.pressure[2], abs=0.1)


def test_a_restless_leg_moves_now_and_then() -> None:
    spec = load_plant("nominal")
    often = spec.leg.model_copy(update={"movements_per_min": Range(10.0, 10.0)})
    restless = spec.model_copy(update={"leg": often})
    still, moving = Rig(plant=spec).filled(2, 60.0), Rig(plant=restless).filled(2, 60.0)
    assert np.ptp(np.array(still.run(60.0).trace)[-5500:, 2]) < 6.0
    assert np.diff(np.array(moving.run(60.0).trace)[-5500:, 2]).max() > 0.1


def test_the_same_seed_draws_the_same_plant() -> None:
    one, same, other = (Rig(seed=seed).command(1, pump=FULL).run(1.0) for seed in (5, 5, 6))
    assert np.array_equal(one.trace, same.trace)
    assert one.readings.chamber_pa == same.readings.chamber_pa
    assert not np.array_equal(one.trace, other.trace)


def test_widening_one_range_leaves_the_other_draws_alone() -> None:
    spec = load_plant("nominal")
    wider = spec.model_copy(update={"hose": load_plant("tired").hose})
    one, other = Rig(plant=spec).plant, Rig(plant=wider).plant
    assert np.array_equal(one.valves.full_fill_k, other.valves.full_fill_k)
    assert not np.array_equal(one.hoses.hose_k, other.hoses.hose_k)


def test_fewer_chambers_share_the_same_leg() -> None:
    five, three = Rig(Boots(1, 5)).plant.chambers, Rig(Boots(1, 3)).plant.chambers
    assert three.slack_ml.sum() == pytest.approx(five.slack_ml.sum(), rel=0.1)
