"""Every fault does to the boots what its name says, until it is over."""

import numpy as np
import pytest

from host_tools.basics.errors import InputError
from host_tools.plant.faults import FAULTS_MOST, FOREVER_MS, components, parse_fault
from host_tools.plant.parts.modes import KIND_NAMES, MODE_NAMES
from host_tools.plant.vocabulary import AMOUNTS, AT_THE_START, MODES
from tests.plant.plant_rig import Boots, Rig

MMHG = 133.322


def test_every_mode_has_a_code_and_a_kind() -> None:
    assert list(MODES) == list(KIND_NAMES)
    modes = [mode for table in (MODES, AT_THE_START) for modes in table.values() for mode in modes]
    assert set(modes) == set(MODE_NAMES) - {"ok"}


@pytest.mark.parametrize("kind", MODES)
def test_every_component_takes_every_mode_of_its_kind(kind: str) -> None:
    boots = Boots()
    name = next(name for name in components(boots, has_bus=True) if name.split(".")[0] == kind)
    for mode in MODES[kind]:
        rig = Rig(boots, faults=[f"{name}:{mode}@0s"]).command(0b11, pump=700)
        assert np.isfinite(rig.run(0.3).pressure).all()


@pytest.mark.parametrize(
    ("text", "start_ms", "end_ms"),
    [
        ("sensor.left.calf:stuck@60s", 60_000, FOREVER_MS),
        ("valve.left.foot.fill:off@12.5s+3s", 12_500, 15_500),
        ("pump:slow@5min", 300_000, FOREVER_MS),
        ("clock:delayed@0s+0.5min", 0, 30_000),
        ("sensor.left.calf:tube-pinched@60s+5s", 60_000, 65_000),
    ],
)
def test_times_of_a_fault_are_read_in_seconds_and_minutes(text: str, start_ms: int, end_ms: int) -> None:
    fault = parse_fault(text, Boots())
    assert (fault.start_ms, fault.end_ms) == (start_ms, end_ms)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "COMPONENT:MODE@START"),
        ("pump:off", "COMPONENT:MODE@START"),
        ("motor:off@1s", "component = 'motor': expected one of sensor, valve, pump"),
        ("sensor.left.toe:off@1s", "expected one that these boots have: sensor.left.foot, sensor.left.calf"),
        ("sensor:off@1s", "expected one that these boots have: sensor.left.foot"),
        ("valve.left.foot:off@1s", "these boots have: valve.left.foot.fill"),
        ("leg.middle:move@1s", "these boots have: leg.left, leg.right"),
        ("pump.left:off@1s", "pump alone"),
        ("pump:kink@1s", "mode = 'kink': expected one of off, stuck, slow, intermittent, for a pump"),
        ("pump:ok@1s", "expected one of off"),
        ("pump:off@soon", "start = 'soon': expected a time such as 60s"),
        ("pump:off@-3s", "a time such as"),
        ("pump:off@5", "a time such as"),
        ("pump:off@5s+", "duration = '': expected a time such as"),
        ("pump:off@5s+0s", "longer than nothing"),
        ("sensor.manifold:off@1s", "expected one that these boots have: sensor.left.foot"),
        ("sensor.left.foot:tube@1s", "expected one of off, stuck"),
        ("bus:hang@1s", "component = 'bus': expected a board whose sensors hang on a bus"),
        ("bus.left:hang@1s", "a board whose sensors hang on a bus"),
        ("relief.left:stuck@1s", "relief alone"),
    ],
)
def test_a_bad_fault_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_fault(text, Boots(2, 3))
    assert says in str(caught.value)
    assert str(caught.value).startswith("--fault")
    assert "\n" not in str(caught.value)


def test_too_many_faults_are_refused() -> None:
    with pytest.raises(InputError, match=f"at most {FAULTS_MOST}"):
        Rig(faults=["pump:off@1s"] * (FAULTS_MOST + 1))


def test_three_way_and_manifold_boots_have_their_own_names() -> None:
    boots = Boots(1, 3, three_way=True, manifold=True)
    assert parse_fault("valve.left.calf:off@0s", boots).index == 1
    assert parse_fault("valve.left.calf.fill:off@0s", boots).index == 1
    assert parse_fault("sensor.manifold:off@0s", boots).index == 0
    with pytest.raises(InputError, match=r"expected one that these boots have: sensor\.manifold"):
        parse_fault("sensor.left.foot:off@0s", boots)


def test_every_size_belongs_to_a_fault() -> None:
    assert all(mode in MODES[kind] | AT_THE_START.get(kind, {}) for kind, mode in AMOUNTS)


def held(fault: str, boots: Boots | None = None) -> Rig:
    """The left foot and the left calf (index 2) are held at about 60 mmHg; the fault has just begun."""
    rig = Rig(boots)
    rig.filled(2, 60.0).filled(0, 60.0).run(0.5)
    now_s = rig.plant.now_ms / 1000
    rig.plant.set_fault(parse_fault(f"{fault.replace('@', f'@{now_s}s')}", rig.boots, has_bus=True))
    return rig


def shown_mmhg(rig: Rig, chamber: int = 2) -> float:
    return rig.readings.chamber_pa[chamber] / MMHG


class TestSensor:
    def test_off_reads_the_electrical_floor(self) -> None:
        rig = held("sensor.left.calf:off@").run(0.1)
        assert shown_mmhg(rig) == pytest.approx(-16.7, abs=0.2)
        assert rig.readings.missing_bits == 0

    def test_off_is_missing_when_the_part_is_silent(self) -> None:
        rig = held("sensor.left.calf:off@+0.1s")
        rig.plant.sensors.is_silent_when_off = 1
        rig.run(0.05)
        assert rig.readings.missing_bits == 0b100
        assert rig.readings.chamber_pa[2] == 0
        assert rig.run(0.1).readings.missing_bits == 0

    def test_a_silent_manifold_sensor_has_bit_16(self) -> None:
        rig = Rig(Boots(1, manifold=True), faults=["sensor.manifold:off@0s"])
        rig.plant.sensors.is_silent_when_off = 1
        assert rig.run(0.05).readings.missing_bits == 1 << 16

    def test_stuck_shows_what_it_showed(self) -> None:
        rig = held("sensor.left.calf:stuck@")
        before = rig.readings.chamber_pa[2]
        assert rig.command(seal=0).run(2.0).readings.chamber_pa[2] == before

    def test_garbage_shows_any_value(self) -> None:
        rig = held("sensor.left.calf:garbage@")
        shown = [shown_mmhg(rig.run(0.01)) for _ in range(100)]
        assert np.ptp(shown) > 150.0

    def test_wrong_shows_four_fifths_of_the_pressure(self) -> None:
        rig = held("sensor.left.calf:wrong@").run(0.1)
        assert shown_mmhg(rig) == pytest.approx(0.8 * rig.pressure[2], abs=2.5)

    def test_slow_trails_the_pressure_by_a_second(self) -> None:
        rig = held("sensor.left.calf:slow@").run(0.1).command(seal=0).run(1.0)
        assert shown_mmhg(rig) > rig.pressure[2] + 12.0

    def test_delayed_shows_the_past(self) -> None:
        rig = held("sensor.left.calf:delayed@").run(0.3).command(seal=0).run(0.15)
        assert shown_mmhg(rig) == pytest.approx(rig.trace[-20][2], abs=8.0)
        assert shown_mmhg(rig) > rig.pressure[2] + 5.0

    def test_intermittent_comes_and_goes(self) -> None:
        rig = held("sensor.left.calf:intermittent@")
        is_out = [shown_mmhg(rig.run(0.01)) < 0.0 for _ in range(300)]
        assert 0.2 < np.mean(is_out) < 0.8

    def test_dead_shows_its_own_noise_about_the_last_value(self) -> None:
        rig = held("sensor.left.calf:dead@")
        before, healthy = shown_mmhg(rig), spread_mmhg(rig, 0)
        rig.command(seal=0).run(2.0)
        assert rig.pressure[2] < 20.0
        assert shown_mmhg(rig) == pytest.approx(before, abs=3.0)
        assert spread_mmhg(rig, 2) == pytest.approx(healthy, rel=0.7)
        assert len(set(shown_of(rig, 2))) > 5

    def test_dead_drifts_slowly(self) -> None:
        rig = held("sensor.left.calf:dead@")
        means = [np.mean(shown_of(rig.run(10.0), 2)) for _ in range(12)]
        assert 0.2 < np.ptp(means) < 8.0

    def test_half_shows_half_above_the_same_zero(self) -> None:
        rig = held("sensor.left.calf:half@").run(0.1)
        zero_mmhg = rig.plant.sensors.offset_mmhg[2]
        assert shown_mmhg(rig) - zero_mmhg == pytest.approx(0.5 * rig.pressure[2], abs=2.5)

    def test_float_wanders_noisily_within_the_range(self) -> None:
        rig = held("sensor.left.calf:float@")
        healthy = spread_mmhg(rig, 0)
        shown = np.array([shown_mmhg(rig.run(0.01)) for _ in range(6000)])
        assert abs(shown[0] - 60.0) < 20.0
        assert np.ptp(shown) > 15.0
        assert np.std(np.diff(shown)) > 2.0 * healthy
        assert -17.0 < shown.min() < shown.max() <= 300.0

    def test_tube_off_shows_noise_about_zero(self) -> None:
        rig = held("sensor.left.calf:tube-off@").run(0.1)
        assert rig.pressure[2] > 50.0
        assert np.mean(shown_of(rig, 2)) == pytest.approx(rig.plant.sensors.offset_mmhg[2], abs=0.5)
        assert spread_mmhg(rig, 2) > 0.1

    def test_tube_pinched_keeps_the_pressure_and_leaks_slowly(self) -> None:
        rig = held("sensor.left.calf:tube-pinched@")
        before = shown_mmhg(rig)
        rig.command(seal=0).run(3.0)
        assert shown_mmhg(rig) == pytest.approx(before, abs=4.0)
        assert np.mean(shown_of(rig.run(60.0), 2)) == pytest.approx(0.6 * before, abs=6.0)
        assert spread_mmhg(rig, 2) > 0.1

    def test_a_sensor_is_whole_again_after_the_faults_duration(self) -> None:
        rig = held("sensor.left.calf:off@+0.2s").run(0.4)
        assert shown_mmhg(rig) == pytest.approx(rig.pressure[2], abs=8.0)


def shown_of(rig: Rig, chamber: int) -> list[float]:
    """Half a second of readings."""
    return [shown_mmhg(rig.run(0.01), chamber) for _ in range(50)]


def spread_mmhg(rig: Rig, chamber: int) -> float:
    """The noise: how much one reading differs from the next."""
    return float(np.std(np.diff(shown_of(rig, chamber))))


class TestValve:
    def test_off_never_opens(self) -> None:
        rig = Rig(faults=["valve.left.calf.fill:off@0s+1s"]).command(0b100, pump=1000)
        assert rig.run(1.0).pressure[2] == 0.0
        assert rig.run(1.0).pressure[2] > 0.5

    def test_off_at_the_vent_lets_the_air_out(self) -> None:
        assert held("valve.left.calf.vent:off@").run(4.0).pressure[2] < 10.0

    def test_stuck_closed_and_stuck_open(self) -> None:
        closed = held("valve.left.calf.vent:stuck@+3s").command(seal=0).run(2.9)
        assert closed.pressure[2] > 50.0
        assert closed.run(4.0).pressure[2] < 10.0
        opened = Rig(faults=["valve.left.calf.fill:stuck@1s"]).command(0b100, pump=1000).run(2.0)
        before = opened.command(0b1, pump=1000).run(0.2).plant.truth.air_ml[2]
        assert opened.run(1.0).plant.truth.air_ml[2] > before + 20.0

    def test_slow_takes_ten_times_as_long(self) -> None:
        rig = held("valve.left.calf.vent:slow@").command(seal=0).run(0.08)
        assert rig.pressure[2] > 55.0
        assert rig.pressure[0] < 58.0
        assert rig.run(4.0).pressure[2] < 10.0

    def test_intermittent_drops_out(self) -> None:
        rig = held("valve.left.calf.vent:intermittent@").run(1.0)
        assert rig.pressure[2] < 45.0

    def test_leak_loses_air_and_heals(self) -> None:
        rig = held("valve.left.calf.vent:leak@+2s")
        before = rig.pressure[2]
        after = rig.run(2.0).pressure[2]
        assert 2.0 < before - after < 20.0
        assert after - rig.run(1.0).pressure[2] < 1.0

    def test_three_way_off_never_joins(self) -> None:
        boots = Boots(1, 3, three_way=True)
        rig = Rig(boots, faults=["valve.left.calf:off@0s"]).command(0b10, seal=0, pump=1000)
        assert rig.run(2.0).pressure[1] == 0.0


class TestPump:
    def test_a_pump_that_is_off_runs_again_after_the_fault(self) -> None:
        rig = Rig(faults=["pump:off@1s+1s"]).command(0b1, pump=1000).run(1.9)
        assert rig.plant.truth.pump_flow_ml_s < 1.0
        assert rig.run(1.0).plant.truth.pump_flow_ml_s > 100.0

    def test_a_stuck_pump_runs_without_a_command(self) -> None:
        assert Rig(faults=["pump:stuck@0s"]).command(0b1).run(1.0).plant.truth.pump_flow_ml_s > 100.0

    def test_a_slow_pump_gives_half_the_flow(self) -> None:
        whole, half = (Rig(faults=f).command(0b1, pump=1000).run(2.0) for f in ([], ["pump:slow@0s"]))
        ratio = half.plant.balance.pumped_ml / whole.plant.balance.pumped_ml
        assert 0.45 < ratio < 0.6

    def test_an_intermittent_pump_gives_less_air(self) -> None:
        whole, less = (Rig(faults=f).command(0b1, pump=1000).run(3.0) for f in ([], ["pump:intermittent@0s"]))
        assert 0.2 < less.plant.balance.pumped_ml / whole.plant.balance.pumped_ml < 0.85


class TestHoseAndGarment:
    def test_hose_off_empties_the_chamber_and_the_pump_blows_into_the_air(self) -> None:
        rig = held("hose.left.calf:off@").command(0b100, pump=1000).run(3.0)
        assert rig.pressure[2] < 10.0
        assert rig.plant.balance.vented_ml > 200.0

    def test_hose_leak_slows_the_fill(self) -> None:
        whole, less = (Rig(faults=f).command(0b100, pump=1000) for f in ([], ["hose.left.calf:leak@0s"]))
        whole_s, less_s = (b.seconds_until(lambda b: b.pressure[2] >= 60.0) for b in (whole, less))
        assert less_s > 1.1 * whole_s

    def test_kink_keeps_the_chamber_and_raises_the_manifold(self) -> None:
        rig = held("hose.left.calf:kink@").command(seal=0).run(3.0)
        assert rig.pressure[2] > 45.0
        filling = Rig(faults=["hose.left.calf:kink@0s"]).command(0b100, pump=1000).run(2.0)
        assert filling.manifold[-1] > 100.0
        assert filling.pressure[2] < 3.0
        assert filling.readings.chamber_pa[2] / MMHG > 80.0

    def test_a_narrow_hose_passes_a_third(self) -> None:
        rig = held("hose.left.calf:narrow@").run(0.01)
        assert rig.plant.hoses.hose_k[2] == pytest.approx(rig.plant.hoses.healthy_k[2] / 3.0)
        whole, less = (Rig(faults=f).command(0b100, pump=1000) for f in ([], ["hose.left.calf:narrow@0s"]))
        shares = [
            shown_mmhg(rig.run(4.0)) - rig.pressure[2] - rig.plant.sensors.offset_mmhg[2]
            for rig in (whole, less)
        ]
        assert shares[1] > 4.0 * shares[0]

    def test_kink_straightens_after_its_duration(self) -> None:
        assert held("hose.left.calf:kink@+1s").command(seal=0).run(4.0).pressure[2] < 10.0

    def test_garment_off_can_not_hold(self) -> None:
        rig = held("garment.left.calf:off@").run(3.0)
        assert rig.pressure[2] < 10.0
        assert rig.command(0b100, pump=1000).run(5.0).pressure[2] < 15.0

    def test_garment_leak_sags_until_it_is_mended(self) -> None:
        rig = held("garment.left.calf:leak@+2s")
        before = rig.pressure[2]
        after = rig.run(2.0).pressure[2]
        assert 3.0 < before - after < 25.0
        assert after - rig.run(1.0).pressure[2] < 1.0


class TestTheRest:
    def test_a_moving_leg_spikes_by_4_to_13_mmhg_and_settles(self) -> None:
        rig = held("leg.left:move@+3s")
        before = rig.pressure[2]
        moving = np.array(rig.run(3.0).trace)[-300:, 2]
        assert 4.0 < moving.max() - before < 13.0
        assert rig.run(1.0).pressure[2] == pytest.approx(before, abs=1.5)

    def test_manifold_leak_empties_it(self) -> None:
        leaking = held("manifold:leak@").run(1.0)
        assert leaking.plant.truth.manifold_mmhg < 1.0

    def test_a_relief_that_sticks_bounds_nothing(self) -> None:
        whole, stuck = (Rig(faults=f).command(0, pump=1000).run(3.0) for f in ([], ["relief:stuck@0s+3s"]))
        assert whole.plant.truth.manifold_max_mmhg < 160.0 < 250.0 < stuck.plant.truth.manifold_mmhg
        assert stuck.run(0.5).plant.truth.manifold_mmhg < 160.0

    def test_a_hung_bus_loses_every_reading_and_no_time(self) -> None:
        rig = held("bus:hang@+0.1s").run(0.05)
        assert rig.readings.missing_bits == rig.all_bits
        assert rig.readings.chamber_pa == [0] * 10
        assert rig.plant.dt_ms == 10
        assert rig.run(0.1).readings.missing_bits == 0

    def test_a_hung_bus_takes_the_manifolds_sensor_along(self) -> None:
        rig = held("bus:hang@", Boots(1, manifold=True)).run(0.05)
        assert (rig.readings.missing_bits, rig.readings.manifold_pa) == (1 << 16, 0)

    def test_a_slow_bus_stretches_the_tick_and_loses_no_reading(self) -> None:
        rig = held("bus:slow@+1s").run(0.01)
        assert (rig.plant.dt_ms, rig.plant.tick_ms) == (40, 40)
        assert rig.readings.missing_bits == 0
        assert rig.run(0.3).plant.dt_ms == 10

    def test_slow_clock_ticks_late_and_says_so(self) -> None:
        rig = Rig(faults=["clock:slow@0s+1s"])
        rig.tick()
        assert (rig.plant.dt_ms, rig.plant.tick_ms, rig.plant.now_ms) == (120, 120, 120)
        rig.run(0.1)
        assert (rig.plant.dt_ms, rig.plant.tick_ms) == (10, 10)

    def test_delayed_clock_has_one_gap(self) -> None:
        rig = Rig(faults=["clock:delayed@0.1s", "pump:off@0.3s+0.1s"])
        gaps = [rig.run(0.01).plant.dt_ms for _ in range(60)]
        assert sorted(gaps)[-2:] == [10, 300]

    def test_intermittent_clock_is_late_at_times(self) -> None:
        rig = Rig(faults=["clock:intermittent@0s"])
        gaps = np.array([rig.run(0.01).plant.dt_ms for _ in range(200)])
        assert 0.1 < (gaps > 10).mean() < 0.4
        assert 100 < gaps.max() <= 200

    def test_stuck_clock_measures_nothing_while_time_passes(self) -> None:
        rig = Rig(faults=["clock:stuck@0s"])
        assert rig.run(0.1).plant.dt_ms == 0
        assert rig.plant.now_ms == 100

    def test_wrong_clock_glitches_both_ways(self) -> None:
        rig = Rig(faults=["clock:wrong@0s"])
        gaps = {rig.run(0.01).plant.dt_ms for _ in range(200)}
        assert gaps == {10, 65_546, -65_526}
        assert rig.plant.now_ms == 2000

    def test_supply_off_vents_and_logic_lives_on(self) -> None:
        rig = held("supply:off@+5s").command(0b10, pump=1000).run(4.9)
        assert rig.pressure.max() < 10.0
        assert rig.readings.supply_mv == 0
        assert rig.readings.chamber_pa[2] != 0
        assert rig.run(1.0).readings.supply_mv > 10_000

    def test_supply_sag_slows_the_pump(self) -> None:
        rig = Rig(faults=["supply:wrong@1s+1s"]).command(0b1, pump=1000).run(0.9)
        whole = rig.plant.truth.pump_flow_ml_s
        rig.run(1.0)
        assert rig.plant.truth.pump_flow_ml_s < 0.8 * whole
        assert rig.readings.supply_mv < 9_000
        assert rig.run(1.0).readings.supply_mv > 11_000

    def test_intermittent_supply_drops_the_valves(self) -> None:
        assert held("supply:intermittent@").run(2.0).pressure[2] < 45.0

    def test_faults_overlap_and_end_one_by_one(self) -> None:
        rig = Rig(faults=["pump:off@0s+2s", "sensor.left.calf:off@1s+2s"]).command(0b1, pump=1000)
        rig.run(1.5)
        assert rig.plant.truth.pump_flow_ml_s == 0.0
        assert shown_mmhg(rig) < -10.0
        rig.run(1.0)
        assert rig.plant.truth.pump_flow_ml_s > 100.0
        assert shown_mmhg(rig) < -10.0
        assert shown_mmhg(rig.run(1.0)) > -10.0
