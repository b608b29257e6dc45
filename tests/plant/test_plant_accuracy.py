"""The integrator beside a fine Runge-Kutta, and beside itself compiled."""

from typing import Any

import numpy as np
import pytest

from host_tools.plant.plant import Plant
from host_tools.sim.compiled import compiled, freeze, thaw
from tests.plant.oracle import oracle
from tests.plant.plant_rig import Boots, Commands, Rig

WORST_CHAMBER_MMHG = 0.2
# Each line: seconds, chambers to fill, chambers to seal, pump permille. Five chambers, one leg.
FILL_VENT = (
    (9.0, 0b00001, 0b11111, 1000),
    (0.3, 0b00001, 0b11111, 0),
    (0.2, 0b00000, 0b11111, 0),
    (4.5, 0b00010, 0b11111, 900),
    (0.05, 0b00110, 0b11111, 900),
    (3.0, 0b00100, 0b11111, 900),
    (0.04, 0b00000, 0b11111, 600),
    (0.5, 0b00000, 0b11111, 0),
    (0.6, 0b00100, 0b11110, 1000),
    (0.5, 0b00010, 0b01111, 0),
    (3.0, 0b00000, 0b00000, 0),
)
THREE_WAY = (
    (9.0, 0b00001, 0, 1000),
    (3.5, 0b00011, 0, 1000),
    (0.5, 0b00011, 0, 0),
    (1.0, 0b00111, 0, 900),
    (0.6, 0b00110, 0, 900),
    (0.5, 0b00010, 0, 0),
    (2.5, 0b00000, 0, 0),
)


def ideal_plant(name: str, boots: Boots, seed: int) -> Rig:
    """A plant without jitter, movement or a sagging battery, which the oracle doesn't model."""
    rig = Rig(boots, name, seed)
    rig.plant.valves.jitter_ms[:] = 0.0
    rig.plant.legs.start_ms[:] = 1e18
    rig.plant.supply.ohm = 0.0
    rig.plant.supply.capacity_wh = 1e12
    return rig


@pytest.mark.parametrize("name", ["nominal", "tired", "hysteretic"])
@pytest.mark.parametrize(("three_way", "scenario"), [(False, FILL_VENT), (True, THREE_WAY)])
def test_chambers_agree_with_runge_kutta(name: str, three_way: bool, scenario: tuple) -> None:
    rig = ideal_plant(name, Boots(1, 5, three_way=three_way), seed=4)
    ticks = [round(seconds * 100) for seconds, *_ in scenario]
    fill, seal, duty = (np.repeat([line[k] for line in scenario], ticks) for k in (1, 2, 3))
    expected = oracle(rig.plant, fill, seal, duty)
    for k in range(len(fill)):
        rig.command(int(fill[k]), int(seal[k]), int(duty[k])).tick()
    worst = np.abs(np.array(rig.trace) - expected[:, :-1]).max()
    manifold = np.abs(np.array(rig.manifold) - expected[:, -1])
    print(f"{name}: chambers within {worst:.3f} mmHg, manifold within {manifold.max():.2f}")
    assert expected[:, :-1].max() > 60.0
    assert worst < WORST_CHAMBER_MMHG
    assert manifold.max() < 5.0


@compiled
def run_commands(
    plant: Any, commands: Any, readings: Any, table: np.ndarray, pressures: np.ndarray, shown: np.ndarray
) -> None:
    for k in range(len(table)):
        commands.fill_bits = table[k, 0]
        commands.seal_bits = table[k, 1]
        commands.pump_permille = table[k, 2]
        plant.tick(commands, readings)
        for i in range(len(plant.truth.pressure_mmhg)):
            pressures[k, i] = plant.truth.pressure_mmhg[i]
            shown[k, i] = readings.chamber_pa[i]


@pytest.mark.parametrize(
    ("plant", "faults"),
    [
        ("tired", []),
        ("tired", ["leg.left:move@1s", "clock:intermittent@0s", "valve.left.foot.vent:leak@1s"]),
        ("hysteretic", ["sensor.left.foot:dead@1s", "sensor.left.calf:float@1s", "relief:stuck@2s"]),
    ],
)
def test_plain_and_compiled_agree_bit_for_bit(plant: str, faults: list[str]) -> None:
    plain, fast = (Rig(Boots(), plant, 7, faults) for _ in range(2))
    table = np.random.default_rng(3).integers(0, [1024, 1024, 1001], (60, 3)).repeat(10, axis=0)
    pressures, shown = np.zeros((600, 10)), np.zeros((600, 10), np.int64)
    frozen = freeze(fast.plant)
    run_commands(frozen, freeze(fast.commands), freeze(fast.readings), table, pressures, shown)
    thaw(frozen, fast.plant)
    for k, (fill, seal, pump) in enumerate(table.tolist()):
        plain.command(fill, seal, pump).tick()
        assert plain.readings.chamber_pa == shown[k].tolist()
    assert np.array_equal(np.array(plain.trace), pressures)
    assert scalars(plain.plant) == scalars(fast.plant)


def test_a_plant_that_has_run_plain_can_be_compiled() -> None:
    rig = Rig().command(0b1, pump=1000).run(0.5)
    pressures, shown = np.zeros((1, 10)), np.zeros((1, 10), np.int64)
    table = np.array([[1, 1023, 1000]])
    run_commands(freeze(rig.plant), freeze(rig.commands), freeze(rig.readings), table, pressures, shown)
    assert pressures.max() > 0.0


def scalars(plant: Plant) -> list[tuple[str, float]]:
    parts = [plant, *(part for part in vars(plant).values() if hasattr(part, "__dict__"))]
    return [
        (name, value)
        for part in parts
        for name, value in vars(part).items()
        if isinstance(value, int | float)
    ]


def test_commands_of_the_rig_are_those_of_the_core() -> None:
    from soleus.core.basics.signals import Commands as CoreCommands

    assert set(vars(Commands())) == set(vars(CoreCommands()))
